// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Writes the hashes of the compiled code beside it, for certificates: of all classes but
 * module-info, which jlink changes, and of the kernels. Arguments: the folder of the classes, and
 * "none" where the jar leaves the CPU's kernels out.
 */
final class CodeHash {
  private static final String CPU_KERNELS = "dev/unerring/ffi/native/";
  private static final String GPU_KERNELS = "dev/unerring/backend/cuda/kernels/";

  private CodeHash() {}

  public static void main(String[] arguments) throws IOException, NoSuchAlgorithmException {
    Path classes = Path.of(arguments[0]);
    boolean without = arguments.length > 1 && arguments[1].equals("none");
    String code =
        hash(classes, path -> path.endsWith(".class") && !path.equals("module-info.class"));
    String kernels =
        hash(
            classes,
            path -> path.startsWith(GPU_KERNELS) || !without && path.startsWith(CPU_KERNELS));
    Files.writeString(
        classes.resolve("dev/unerring/base/code.properties"),
        "classes=" + code + "\nkernels=" + kernels + "\n");
  }

  /** SHA-256 of what sha256sum prints for the files, sorted by path. */
  private static String hash(Path folder, Predicate<String> wanted)
      throws IOException, NoSuchAlgorithmException {
    MessageDigest all = MessageDigest.getInstance("SHA-256");
    List<String> paths;
    try (Stream<Path> files = Files.walk(folder)) {
      paths =
          files
              .filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString().replace('\\', '/'))
              .filter(wanted)
              .sorted()
              .toList();
    }
    for (String path : paths) {
      byte[] bytes = Files.readAllBytes(folder.resolve(path));
      String hash =
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      all.update((hash + "  " + path + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(all.digest());
  }
}
