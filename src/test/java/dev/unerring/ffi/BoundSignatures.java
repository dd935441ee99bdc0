// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the bindings say about C: every function with its types, every constant with its value, the
 * size of every type behind an argument. As a program it prints them, or compares them with the
 * Java source that jextract made of NVIDIA's headers ({@code make bindings-diff}).
 */
final class BoundSignatures {
  private static final List<Class<?>> BINDINGS =
      List.of(
          CudaRuntime.class,
          CudaDriver.class,
          CublasLt.class,
          Cublas.class,
          Cudnn.class,
          Nvrtc.class);

  private BoundSignatures() {}

  /** {@code cudaMalloc} to {@code int(pointer,long)}. */
  static SortedMap<String, String> functions() {
    NativeLibrary nothing =
        new NativeLibrary(Path.of("none"), name -> Optional.of(MemorySegment.ofAddress(8)));
    SortedMap<String, String> all = new TreeMap<>();
    for (BoundLibrary library :
        List.of(
            new CudaRuntime(nothing, "13.0"),
            new CudaDriver(nothing, "13.0"),
            new CublasLt(nothing, "13.0"),
            new Cublas(nothing, "13.0"),
            new Cudnn(nothing, "9.0"),
            new Nvrtc(nothing, "13.0"))) {
      for (BoundLibrary.Function function : library.functions()) {
        String twice = all.put(function.name(), text(function.descriptor()));
        if (twice != null) {
          throw new IllegalStateException(function.name() + " is bound twice");
        }
      }
    }
    return all;
  }

  /** {@code CUDNN_TENSOR_NHWC} to 1. */
  static SortedMap<String, Long> constants() {
    SortedMap<String, Long> all = new TreeMap<>();
    for (Class<?> binding : BINDINGS) {
      for (Field field : binding.getDeclaredFields()) {
        if (Modifier.isPublic(field.getModifiers()) && field.getType() == int.class) {
          try {
            all.put(field.getName(), (long) field.getInt(null));
          } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
          }
        }
      }
    }
    return all;
  }

  /** C types that the bindings pass as pointer, long, int or bytes, to their sizes. */
  static SortedMap<String, Long> sizes() {
    SortedMap<String, Long> all = new TreeMap<>();
    for (String pointer :
        "void*,cudaStream_t,cudaEvent_t,cudaGraph_t,cudaGraphExec_t,CUmodule,CUfunction,"
            .concat("CUstream,cublasHandle_t,cudnnHandle_t,nvrtcProgram,cudnnTensorDescriptor_t")
            .split(",")) {
      all.put(pointer, ValueLayout.ADDRESS.byteSize());
    }
    for (String words : "size_t,long long".split(",")) {
      all.put(words, 8L);
    }
    for (String number :
        "int,unsigned int,float,CUdevice,cudaError_t,CUresult,cublasStatus_t,cudnnStatus_t,"
            .concat(
                "nvrtcResult,cudaDataType,cublasComputeType_t,cublasGemmAlgo_t,cudnnDataType_t,")
            .concat("cudnnTensorFormat_t,cudnnConvolutionFwdAlgo_t,libraryPropertyType,")
            .concat("enum cudaMemcpyKind,enum cudaStreamCaptureMode")
            .split(",")) {
      all.put(number, 4L);
    }
    all.put("double", 8L);
    all.put("CUuuid", 16L);
    return all;
  }

  /** Prints all, or compares with the folder of generated sources; ends with 1 on a difference. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      functions().forEach((name, types) -> System.out.println(name + " " + types));
      constants().forEach((name, value) -> System.out.println(name + " " + value));
      return;
    }
    Map<String, String> expected = new LinkedHashMap<>(functions());
    constants().forEach((name, value) -> expected.put(name, value.toString()));
    Map<String, String> generated = generated(Path.of(arguments[0]));
    int differences = 0;
    for (Map.Entry<String, String> ours : expected.entrySet()) {
      String theirs = generated.get(ours.getKey());
      if (!ours.getValue().equals(theirs)) {
        differences++;
        System.out.println(ours.getKey() + " " + ours.getValue() + ", the headers say " + theirs);
      }
    }
    System.out.println(
        functions().size()
            + " functions and "
            + constants().size()
            + " constants compared, "
            + differences
            + " differ");
    System.exit(differences == 0 ? 0 : 1);
  }

  /** Functions and constants of a {@code Headers.java} of jextract, and of its parent classes. */
  private static Map<String, String> generated(Path folder) throws IOException {
    Pattern function =
        Pattern.compile(
            "class (\\w+) \\{\\s+public static final FunctionDescriptor DESC ="
                + " FunctionDescriptor\\.(of|ofVoid)\\(([^;]*)\\);");
    Pattern constant = Pattern.compile("static final int (\\w+) = \\(int\\)(-?\\d+)L;");
    Map<String, String> all = new TreeMap<>();
    try (var sources = Files.list(folder)) {
      for (Path source : sources.toList()) {
        String text = Files.readString(source);
        for (Matcher found = function.matcher(text); found.find(); ) {
          List<String> types =
              Pattern.compile("C_(\\w+)")
                  .matcher(found.group(3))
                  .results()
                  .map(type -> ofJextract(type.group(1)))
                  .toList();
          boolean nothing = found.group(2).equals("ofVoid");
          all.put(
              found.group(1),
              (nothing ? "void" : types.getFirst())
                  + "("
                  + String.join(",", nothing ? types : types.subList(1, types.size()))
                  + ")");
        }
        for (Matcher found = constant.matcher(text); found.find(); ) {
          all.put(found.group(1), found.group(2));
        }
      }
    }
    return all;
  }

  private static String ofJextract(String type) {
    return switch (type) {
      case "POINTER" -> "pointer";
      case "LONG", "LONG_LONG" -> "long";
      case "INT" -> "int";
      case "FLOAT" -> "float";
      case "DOUBLE" -> "double";
      default -> type;
    };
  }

  private static String text(FunctionDescriptor descriptor) {
    StringJoiner arguments = new StringJoiner(",", "(", ")");
    descriptor.argumentLayouts().forEach(each -> arguments.add(text(each)));
    return descriptor.returnLayout().map(BoundSignatures::text).orElse("void") + arguments;
  }

  private static String text(MemoryLayout layout) {
    return layout.equals(ValueLayout.ADDRESS)
        ? "pointer"
        : ((ValueLayout) layout).carrier().getSimpleName();
  }
}
