// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A folder of look-alikes of NVIDIA's libraries, built by the C compiler from {@code stub_cuda.c}.
 * All names in the folder are one library with one state.
 */
public final class StubCuda {
  /** How a call fails; the order of the enum in C. */
  public enum Kind {
    OUT_OF_MEMORY,
    DRIVER_TOO_OLD,
    NO_DEVICE,
    ECC,
    ILLEGAL_ADDRESS,
    NO_KERNEL
  }

  /** What can be set; the order of the enum in C. */
  public enum Knob {
    DRIVER_VERSION,
    RUNTIME_VERSION,
    CUBLAS_MAJOR,
    CUDNN_VERSION,
    CUDNN_CUDART,
    DEVICES,
    WRONG_RESULT
  }

  private final Path folder;
  private final NativeLibrary control;

  private StubCuda(Path folder, NativeLibrary control) {
    this.folder = folder;
    this.control = control;
    reset();
  }

  /** Builds into a folder, with the names of CUDA 13. Options of the compiler may be added. */
  public static StubCuda build(Path folder, String... options) throws Exception {
    for (String part : new String[] {"stub_cuda.c", "stub_products.c"}) {
      try (InputStream in = StubCuda.class.getResourceAsStream(part)) {
        Files.write(folder.resolve(part), in.readAllBytes());
      }
    }
    Path source = folder.resolve("stub_cuda.c");
    Path library = folder.resolve("stub.so");
    List<String> command = new ArrayList<>(List.of("cc", "-w", "-shared", "-fPIC"));
    command.addAll(List.of(options));
    command.addAll(List.of(source.toString(), "-o", library.toString()));
    try {
      String messages = run(command.toArray(String[]::new));
      if (!Files.exists(library)) {
        throw new IOException(messages);
      }
    } catch (IOException e) {
      Assumptions.abort("SKIPPED, no C compiler for the stub of CUDA: " + e.getMessage());
    }
    return new StubCuda(folder, NativeLibrary.first(List.of(library)).library()).in(folder);
  }

  /** Another folder with the names of CUDA 13 for the same library. */
  StubCuda in(Path other) throws IOException {
    StubCuda stub = new StubCuda(other, control);
    stub.link("libcuda.so.1", "libcudnn.so.9", "libnvrtc-builtins.so.13.0");
    stub.toolkit(13);
    return stub;
  }

  /** Adds the libraries of a version of CUDA. */
  void toolkit(int cuda) throws IOException {
    link("libcudart.so." + cuda, "libnvrtc.so." + cuda);
    link("libcublasLt.so." + cuda, "libcublas.so." + cuda);
  }

  /** Takes a library away. */
  public void remove(String name) throws IOException {
    Files.delete(folder.resolve(name));
  }

  private void link(String... names) throws IOException {
    for (String name : names) {
      Files.createLink(folder.resolve(name), control.path());
    }
  }

  /** Where the libraries lie. */
  public Path folder() {
    return folder;
  }

  /** The whole path of the doctor, over this folder alone. */
  public CudaStatus status() {
    return CudaStatus.of(load());
  }

  CudaLibraries load() {
    return CudaLibraries.load(new LibraryFolders(List.of(folder), List.of(folder)));
  }

  /** Nothing fails, nothing was called, everything has its default. */
  public void reset() {
    invoke("stub_reset");
  }

  /** The n-th call from now on, counted from 1, fails. */
  public void fail(long call, Kind kind) {
    try {
      control
          .function("stub_fail", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT))
          .invokeExact(call, kind.ordinal());
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sets what the libraries say. */
  public void set(Knob knob, int value) {
    try {
      control
          .function("stub_set", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT))
          .invokeExact(knob.ordinal(), value);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Begins the random orders of kernels that are built for the host. */
  public void seed(long seed) {
    try {
      control.function("host_seed", FunctionDescriptor.ofVoid(JAVA_LONG)).invokeExact(seed);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Calls so far. */
  public long calls() {
    return number("stub_calls");
  }

  /** What was created and not given back. */
  public long live() {
    return number("stub_live");
  }

  /** The function that failed; empty where none did. */
  public String failed() {
    try {
      MethodHandle handle = control.function("stub_failed", FunctionDescriptor.of(ADDRESS));
      return BoundLibrary.string((MemorySegment) handle.invokeExact());
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private long number(String name) {
    return BoundLibrary.sizeOf(control, name);
  }

  private void invoke(String name) {
    try {
      control.function(name, FunctionDescriptor.ofVoid()).invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a command to its end; what it printed. */
  public static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return printed;
  }
}
