// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.IoReason;
import dev.unerring.data.DatasetManifest;
import dev.unerring.npz.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the file that {@code --data} means: a file, a flag such as breastmnist, or the demo set.
 */
public final class DatasetLocator {
  private static final String OTHER_CACHE =
      "; name a writable folder by the environment variable UNERRING_CACHE";

  private final List<Path> folders = new ArrayList<>();
  private final Path demoFolder;

  /**
   * Where to look.
   *
   * @param root the folder of {@code --root}; looked into first
   * @param home the user's home, whose {@code .medmnist} is looked into next
   * @param demoFolder where the demo set is written; created when needed
   */
  public DatasetLocator(Optional<Path> root, Path home, Path demoFolder) {
    root.ifPresent(folders::add);
    folders.add(home.resolve(".medmnist"));
    this.demoFolder = demoFolder;
  }

  /**
   * The file of {@code data}. A path (with a slash or with {@code .npz} at its end) is that file;
   * {@code demo} is written first if need be; anything else is a flag, with or without an image
   * size ({@code breastmnist_64}).
   *
   * @throws DataException when the file is not there; says what was tried and where to get it
   * @throws UsageException when {@code data} is neither a file nor a known flag
   */
  public Path locate(String data) {
    if (data.equals(DatasetManifest.DEMO)) {
      return demo();
    }
    if (data.endsWith(".npz") || data.indexOf('/') >= 0 || data.indexOf('\\') >= 0) {
      return existing(data);
    }
    List<Path> tried = new ArrayList<>();
    for (Path folder : folders) {
      Path file = path(folder, data + ".npz");
      if (Files.isRegularFile(file)) {
        return file;
      }
      tried.add(file);
    }
    if (Files.isRegularFile(path(Path.of(""), data))) {
      return path(Path.of(""), data);
    }
    throw notFound(data, tried.stream().map(Path::toString).collect(Collectors.joining(" and ")));
  }

  private Path demo() {
    try {
      Files.createDirectories(demoFolder);
    } catch (IOException e) {
      throw new DataException(
          demoFolder
              + ": the folder for the demo set cannot be made: "
              + IoReason.of(e)
              + OTHER_CACHE,
          e);
    }
    Path file = demoFolder.resolve(DatasetManifest.DEMO + ".npz");
    try {
      DemoSet.write(file);
    } catch (DataException e) {
      demoFolder.toFile().delete(); // if it is empty
      throw new DataException(e.getMessage() + OTHER_CACHE, e);
    }
    return file;
  }

  private static Path existing(String data) {
    Path file = path(Path.of(""), data);
    if (!Files.exists(file)) {
      throw new DataException(
          data
              + ": there is no such file (looked for "
              + file.toAbsolutePath()
              + "); check the path, or name a flag such as breastmnist");
    }
    return file;
  }

  private static RuntimeException notFound(String data, String tried) {
    Optional<DatasetManifest.PublishedFile> published =
        DatasetManifest.find(data).stream()
            .flatMap(manifest -> manifest.files().stream())
            .filter(file -> file.stem().equals(data))
            .findFirst();
    if (data.startsWith(DatasetManifest.SYNTHETIC) && DatasetManifest.find(data).isPresent()) {
      return new DataException(
          data
              + ": not found (tried "
              + tried
              + "); write it with 'unerring datasets synthesize "
              + DatasetManifest.find(data).get().flag().replace(DatasetManifest.SYNTHETIC, "")
              + "', and name its folder with --root");
    }
    if (published.isEmpty()) {
      return new UsageException(
          Refusal.printable(data)
              + " is neither a file nor a known flag (tried "
              + tried
              + ")"
              + DatasetManifest.suggestion(data));
    }
    return new DataException(
        data
            + ": not found (tried "
            + tried
            + "); download "
            + published.get().url()
            + " as "
            + published.get().name()
            + " (MD5 "
            + published.get().md5()
            + ") into one of these folders, name another with --root, or run 'unerring datasets"
            + " fetch "
            + data
            + "'");
  }

  private static Path path(Path folder, String name) {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      throw new UsageException(Refusal.printable(name) + " cannot be a file name", e);
    }
  }
}
