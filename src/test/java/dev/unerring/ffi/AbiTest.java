// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.FieldModel;
import java.lang.constant.ConstantDesc;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The constants, types and sizes of the CUDA bindings are those of NVIDIA's headers, judged by
 * three independent copies: JCuda (CUDA 12.6, cuDNN 8), JavaCPP's presets (CUDA 13.1, cuDNN 9.19),
 * and the headers themselves where {@code -Dtest.cuda.include=} or {@code CUDA_INCLUDE} names them.
 */
class AbiTest {
  private static final Path ABI = Path.of("native", "abi");

  /**
   * Names that JCuda does not have: cuDNN 9 renumbered and refined its status codes, and the graph
   * interface came after what JCuda wraps; NVRTC, library properties and the capture modes of the
   * runtime have no constants there.
   */
  private static final Predicate<String> NEWER_THAN_JCUDA =
      Pattern.compile(
              "cudaStreamCaptureMode.*|CUDNN_(STATUS|BACKEND|ATTR|TYPE|NUMERICAL_NOTE)_.*|NVRTC_ERROR_.*|(MAJOR|MINOR)_VERSION"
                  + "|PATCH_LEVEL")
          .asMatchPredicate();

  /** cuDNN 8 and 9 number this one differently: 1 became 1001. */
  private static final Set<String> RENUMBERED = Set.of("CUDNN_STATUS_NOT_INITIALIZED");

  @Test
  void theListsForJextractNameExactlyWhatIsBound() throws IOException {
    List<String> expected = new ArrayList<>();
    BoundSignatures.functions()
        .keySet()
        .forEach(name -> expected.add("--include-function " + name));
    BoundSignatures.constants()
        .keySet()
        .forEach(name -> expected.add("--include-constant " + name));
    assertEquals(expected, Files.readAllLines(ABI.resolve("includes.txt")));
  }

  @Test
  void theProgramPrintsEverySizeAndConstant() throws IOException {
    String source = Files.readString(ABI.resolve("print_abi.c"));
    assertEquals(BoundSignatures.constants().keySet(), all(source, "  CONSTANT\\((\\w+)\\);"));
    assertEquals(BoundSignatures.sizes().keySet(), all(source, "  SIZE\\(([^)]+)\\);"));
  }

  @Test
  void constantsEqualThoseOfJCuda() throws IOException {
    Map<String, Set<Long>> theirs = new TreeMap<>();
    for (String resource :
        List.of(
            "jcuda/runtime/cudaError.class",
            "jcuda/jcublas/cublasStatus.class",
            "jcuda/jcudnn/cudnnStatus.class")) {
      readConstants(resource, theirs);
    }
    Set<String> absent = new TreeSet<>();
    Map<String, Object> different = new TreeMap<>();
    BoundSignatures.constants()
        .forEach((name, value) -> {
          if (!theirs.containsKey(name)) {
            absent.add(name);
          } else if (!theirs.get(name).equals(Set.of(value))) {
            different.put(name, value + " here, there " + theirs.get(name));
          }
        });
    assertEquals(RENUMBERED, different.keySet(), different::toString);
    absent.removeIf(NEWER_THAN_JCUDA);
    assertEquals(Set.of(), absent, "not in JCuda and not known to be newer");
  }

  @Test
  void constantsEqualThoseOfThePresets() throws IOException {
    Map<String, String> theirs = new TreeMap<>();
    Pattern constant = Pattern.compile("\\b((?:CU|cu|NV|MA|MI|PA)\\w+)\\s*=\\s*(-?\\w+)\\s*[,;]");
    for (Matcher found = constant.matcher(presets()); found.find(); ) {
      theirs.putIfAbsent(found.group(1), found.group(2));
    }
    Map<String, Object> different = new TreeMap<>();
    BoundSignatures.constants()
        .forEach((name, value) -> {
          String text = theirs.get(name);
          while (text != null && theirs.containsKey(text)) {
            text = theirs.get(text);
          }
          if (text == null || Long.decode(text) != (long) value) {
            different.put(name, value + " here, there " + text);
          }
        });
    assertEquals(Map.of(), different);
  }

  @Test
  void signaturesEqualThoseOfThePresets() throws IOException {
    Map<String, String> theirs = new TreeMap<>();
    Pattern method =
        Pattern.compile(
            "public static native ((?:@\\w+(?:\\(\"[^\"]*\"\\))?\\s+)*\\w+)\\s+(\\w+)\\(([^;]*)\\);");
    for (Matcher found = method.matcher(presets()); found.find(); ) {
      String types =
          arguments(found.group(3)).stream()
              .map(AbiTest::typeOfPreset)
              .collect(Collectors.joining(",", "(", ")"));
      // Overloads leave out arguments with a default of C++; the longest is the C function.
      theirs.merge(
          found.group(2),
          typeOfPreset(found.group(1) + " result") + types,
          (one, other) -> one.length() >= other.length() ? one : other);
    }
    Map<String, Object> different = new TreeMap<>();
    BoundSignatures.functions()
        .forEach((name, types) -> {
          // Headers rename the newest version of a function: cuDeviceTotalMem is ..._v2.
          String there = theirs.getOrDefault(name, theirs.get(name.replaceFirst("_v2$", "")));
          if (!types.equals(there)) {
            different.put(name, types + " here, there " + there);
          }
        });
    assertEquals(Map.of(), different);
  }

  @Test
  void sizesAndConstantsEqualTheHeaders(@TempDir Path folder) throws Exception {
    String include = System.getProperty("test.cuda.include", System.getenv("CUDA_INCLUDE"));
    Assumptions.assumeTrue(
        include != null,
        "SKIPPED, no headers of CUDA and cuDNN (-Dtest.cuda.include=folder:folder)");
    Path program = folder.resolve("print_abi");
    List<String> compile = new ArrayList<>(List.of("cc", "-w"));
    List.of(include.split(":")).forEach(each -> compile.addAll(List.of("-I", each)));
    compile.addAll(List.of(ABI.resolve("print_abi.c").toString(), "-o", program.toString()));
    assertEquals("", StubCuda.run(compile.toArray(String[]::new)));
    Map<String, Long> expected = new TreeMap<>(BoundSignatures.constants());
    BoundSignatures.sizes().forEach((type, size) -> expected.put("sizeof(" + type + ")", size));
    Map<String, Long> printed = new TreeMap<>();
    for (String line : StubCuda.run(program.toString()).lines().toList()) {
      int space = line.lastIndexOf(' ');
      printed.put(line.substring(0, space), Long.valueOf(line.substring(space + 1)));
    }
    assertEquals(expected, printed);
  }

  private static Set<String> all(String text, String pattern) {
    Set<String> found = new TreeSet<>();
    Pattern.compile(pattern).matcher(text).results().forEach(each -> found.add(each.group(1)));
    return found;
  }

  /**
   * Constants of all classes in the jar of a class: read from the files, no class is initialised.
   */
  private static void readConstants(String resource, Map<String, Set<Long>> into)
      throws IOException {
    URL url = AbiTest.class.getClassLoader().getResource(resource);
    try (JarFile jar = ((JarURLConnection) url.openConnection()).getJarFile()) {
      for (JarEntry entry : jar.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        try (InputStream in = jar.getInputStream(entry)) {
          for (FieldModel field : ClassFile.of().parse(in.readAllBytes()).fields()) {
            field
                .findAttribute(Attributes.constantValue())
                .ifPresent(value -> {
                  ConstantDesc constant = value.constant().constantValue();
                  if (constant instanceof Integer number) {
                    into.computeIfAbsent(field.fieldName().stringValue(), name -> new TreeSet<>())
                        .add((long) number);
                  }
                });
          }
        }
      }
    }
  }

  /** The source of the presets without comments. */
  private static String presets() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String part : List.of("cudart", "cublas", "cudnn", "nvrtc")) {
      String resource = "org/bytedeco/cuda/global/" + part + ".java";
      try (InputStream in = AbiTest.class.getClassLoader().getResourceAsStream(resource)) {
        String source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int from = 0;
        for (int at = source.indexOf("/*"); at >= 0; at = source.indexOf("/*", from)) {
          text.append(source, from, at);
          from = source.indexOf("*/", at) + 2;
        }
        text.append(source, from, source.length());
      }
    }
    return text.toString().replaceAll("//[^\n]*", "");
  }

  /** Cuts at commas outside of annotations. */
  private static List<String> arguments(String text) {
    List<String> all = new ArrayList<>();
    String plain = text.replaceAll("@Cast\\(\\{[^}]*\\}\\)", "").strip();
    if (!plain.isEmpty()) {
      all.addAll(List.of(plain.split(",")));
    }
    return all;
  }

  private static String typeOfPreset(String declaration) {
    String plain = declaration.replaceAll("@\\w+(\\(\"[^\"]*\"\\))?", "").strip();
    String type = plain.split("\\s+")[0];
    assertTrue(!type.isEmpty(), declaration);
    return Set.of("int", "long", "float", "double", "void").contains(type) ? type : "pointer";
  }
}
