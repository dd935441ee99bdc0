// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.ffi.CudaDevice;
import dev.unerring.ffi.CudaStatus;
import dev.unerring.ffi.StubCuda;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * {@link CudaBackend} without a GPU: look-alikes of NVIDIA's libraries whose launches run the
 * kernels' own source, built for the host (see {@code host_kernels.cpp}).
 *
 * @param stub the libraries
 * @param status what a look at them found
 */
public record HostGpu(StubCuda stub, CudaStatus status) {
  private static final Path SOURCES = Path.of("native", "cuda");

  /** Builds into a folder, from the sources of this project. */
  public static HostGpu build(Path folder) throws Exception {
    return build(folder, SOURCES, "-O2");
  }

  /** Builds into a folder, from other sources of the kernels, with a level of optimisation. */
  public static HostGpu build(Path folder, Path sources, String level) throws Exception {
    Path source = folder.resolve("host_kernels.cpp");
    try (InputStream in = HostGpu.class.getResourceAsStream("host_kernels.cpp")) {
      Files.write(source, in.readAllBytes());
    }
    Path object = folder.resolve("host_kernels.o");
    List<String> command =
        new ArrayList<>(List.of("c++", level, "-std=c++17", "-fPIC", "-march=native"));
    command.addAll(List.of("-ffp-contract=off", "-fno-strict-aliasing", "-fno-exceptions"));
    command.addAll(List.of("-fno-rtti", "-fno-threadsafe-statics", "-w", "-c"));
    command.addAll(List.of("-I", sources.toString(), "-I", "native/cpu", source.toString()));
    command.addAll(List.of("-o", object.toString()));
    String messages;
    try {
      messages = StubCuda.run(command.toArray(String[]::new));
    } catch (java.io.IOException e) {
      Assumptions.abort("SKIPPED, no C++ compiler for the host build of the kernels: " + e);
      throw e;
    }
    if (!Files.exists(object)) {
      throw new IllegalStateException("the kernels do not build for the host:\n" + messages);
    }
    StubCuda stub = StubCuda.build(folder, object.toString());
    return new HostGpu(stub, stub.status());
  }

  /** A backend on it. */
  public CudaBackend open() {
    return CudaBackend.open(status);
  }

  /** A backend that takes it for a GPU with so many multiprocessors, and so chooses other tiles. */
  public CudaBackend open(int multiprocessors) {
    CudaDevice d = status.devices().getFirst();
    CudaDevice other =
        new CudaDevice(
            d.index(),
            d.name(),
            d.major(),
            d.minor(),
            multiprocessors,
            d.memoryBytes(),
            d.ecc(),
            d.uuid());
    return CudaBackend.open(
        new CudaStatus(
            status.situation(),
            status.sentence(),
            status.libraries(),
            List.of(other),
            status.cause()));
  }
}
