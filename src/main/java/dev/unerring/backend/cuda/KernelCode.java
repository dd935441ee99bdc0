// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.unerring.DeviceException;
import dev.unerring.base.IoReason;
import dev.unerring.ffi.CudaDevice;
import dev.unerring.ffi.CudaRuntime;
import dev.unerring.ffi.NativeCallException;
import dev.unerring.ffi.NativeHandle;
import dev.unerring.ffi.Nvrtc;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The kernels as this program carries them: as source for NVRTC, and compiled for many GPUs in the
 * file of the system property {@code unerring.cuda.kernels}, else in the {@code lib} folder of the
 * running JDK image, where the build had NVIDIA's compiler. The jar has the source only.
 */
public final class KernelCode {
  private static final String FATBIN = "unerring_cuda.fatbin";
  private static final String SOURCE = "kernels.cu";
  private static final Pattern INCLUDE = Pattern.compile("#include \"([^\"]+)\"");

  /** No contraction, no approximation, no flush to zero: docs/arithmetic.md. */
  private static final List<String> ORDERED =
      List.of("--fmad=false", "--prec-div=true", "--prec-sqrt=true", "--ftz=false");

  /** Statuses that mean: the compiled code is not for this GPU or this driver. */
  private static final List<Integer> UNFIT =
      List.of(
          CudaRuntime.cudaErrorInvalidKernelImage,
          CudaRuntime.cudaErrorNoKernelImageForDevice,
          CudaRuntime.cudaErrorUnsupportedPtxVersion);

  private KernelCode() {}

  /** The compiled kernels, if they are there. */
  public static Optional<byte[]> compiled() {
    String named = System.getProperty("unerring.cuda.kernels");
    Path file =
        named == null ? Path.of(System.getProperty("java.home"), "lib", FATBIN) : Path.of(named);
    if (named == null && !Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new DeviceException(
          file + ", the compiled kernels, cannot be read: " + IoReason.of(e), e);
    }
  }

  /** The source in one piece: included files stand where they are included. */
  public static String source() {
    return text(SOURCE);
  }

  /**
   * A module on a GPU, which owns it.
   *
   * @param origin fatbin or nvrtc
   */
  record Loaded(MemorySegment module, String origin) {}

  /** Loads onto a GPU. */
  static Loaded load(Gpu gpu) {
    return load(gpu, compiled());
  }

  static Loaded load(Gpu gpu, Optional<byte[]> compiled) {
    gpu.enter();
    if (compiled.isPresent()) {
      try {
        return new Loaded(module(gpu, compiled.get()), "fatbin");
      } catch (NativeCallException e) {
        if (!UNFIT.contains(e.status())) {
          throw e;
        }
      }
    }
    return new Loaded(module(gpu, compile(gpu)), "nvrtc");
  }

  private static MemorySegment module(Gpu gpu, byte[] image) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(Math.max(1, image.length), 64);
      MemorySegment.copy(image, 0, code, JAVA_BYTE, 0, image.length);
      return gpu.own(
              new NativeHandle(gpu.driver().cuModuleLoadData(code), gpu.driver()::cuModuleUnload))
          .address();
    }
  }

  private static byte[] compile(Gpu gpu) {
    CudaDevice device = gpu.device();
    String architecture = "sm_" + device.major() + device.minor();
    Nvrtc nvrtc =
        gpu.libraries()
            .nvrtc()
            .orElseThrow(() ->
                new DeviceException(
                    "this build has no compiled kernels for "
                        + device.name()
                        + " ("
                        + architecture
                        + "), and NVRTC was not found to compile them; install NVRTC, or use"
                        + " --device cpu"));
    return compile(nvrtc, architecture);
  }

  /** Machine code for an architecture, e.g. {@code sm_90}, from the source. */
  static byte[] compile(Nvrtc nvrtc, String architecture) {
    try (Arena arena = Arena.ofConfined();
        NativeHandle program =
            new NativeHandle(
                nvrtc.nvrtcCreateProgram(
                    arena.allocateFrom(source()),
                    arena.allocateFrom(SOURCE),
                    0,
                    MemorySegment.NULL,
                    MemorySegment.NULL),
                handle -> {
                  MemorySegment place = arena.allocateFrom(ADDRESS, handle);
                  nvrtc.nvrtcDestroyProgram(place);
                })) {
      MemorySegment options = arena.allocate(ADDRESS, ORDERED.size() + 1);
      options.set(ADDRESS, 0, arena.allocateFrom("--gpu-architecture=" + architecture));
      for (int i = 0; i < ORDERED.size(); i++) {
        options.setAtIndex(ADDRESS, i + 1, arena.allocateFrom(ORDERED.get(i)));
      }
      try {
        nvrtc.nvrtcCompileProgram(program.address(), ORDERED.size() + 1, options);
      } catch (NativeCallException e) {
        throw new DeviceException(
            "the kernels could not be compiled for "
                + architecture
                + ": "
                + e.getMessage()
                + ": "
                + log(nvrtc, program, arena),
            e);
      }
      MemorySegment image = arena.allocate(nvrtc.nvrtcGetCUBINSize(program.address()));
      nvrtc.nvrtcGetCUBIN(program.address(), image);
      return image.toArray(JAVA_BYTE);
    }
  }

  private static String log(Nvrtc nvrtc, NativeHandle program, Arena arena) {
    MemorySegment log = arena.allocate(nvrtc.nvrtcGetProgramLogSize(program.address()) + 1);
    nvrtc.nvrtcGetProgramLog(program.address(), log);
    return log.getString(0).strip();
  }

  private static String text(String name) {
    byte[] bytes = resource(name);
    if (bytes == null) {
      throw new DeviceException("the program lacks " + name + ", a kernel's source; reinstall it");
    }
    return new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .map(line -> {
          var include = INCLUDE.matcher(line);
          return include.matches() ? text(include.group(1)) : line;
        })
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static byte[] resource(String name) {
    try (InputStream in = KernelCode.class.getResourceAsStream("kernels/" + name)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
