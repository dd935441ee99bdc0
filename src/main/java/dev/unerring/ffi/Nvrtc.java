// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * NVRTC, the compiler from CUDA C++ source to CUBIN. Method names are the C names. Errors are
 * {@link NativeCallException}.
 */
public final class Nvrtc extends BoundLibrary {
  public static final int NVRTC_ERROR_OUT_OF_MEMORY = 1;
  public static final int NVRTC_ERROR_INVALID_OPTION = 5;
  public static final int NVRTC_ERROR_COMPILATION = 6;
  public static final int NVRTC_ERROR_BUILTIN_OPERATION_FAILURE = 7;

  private final Function nvrtcCreateProgram = bind("nvrtcCreateProgram", P, P, P, I, P, P);
  private final Function nvrtcDestroyProgram = bind("nvrtcDestroyProgram", P);
  private final Function nvrtcCompileProgram = bind("nvrtcCompileProgram", P, I, P);
  private final Function nvrtcGetCUBINSize = bind("nvrtcGetCUBINSize", P, P);
  private final Function nvrtcGetCUBIN = bind("nvrtcGetCUBIN", P, P);
  private final Function nvrtcGetProgramLogSize = bind("nvrtcGetProgramLogSize", P, P);
  private final Function nvrtcGetProgramLog = bind("nvrtcGetProgramLog", P, P);

  private final Function nvrtcVersion = bind("nvrtcVersion", P, P);
  private final Function nvrtcGetErrorString = function("nvrtcGetErrorString", TEXT);

  /** Binds libnvrtc of CUDA 12 or 13; a DeviceException for another one. */
  Nvrtc(NativeLibrary library, String version) {
    super(library, version, 12, 13);
  }

  /** The version of the compiler, e.g. {@code 13.0}. */
  static String versionOf(NativeLibrary library) {
    MethodHandle version =
        library.function("nvrtcVersion", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment major = arena.allocate(JAVA_INT);
      MemorySegment minor = arena.allocate(JAVA_INT);
      requireVersion(library, (int) version.invokeExact(major, minor));
      return major.get(JAVA_INT, 0) + "." + minor.get(JAVA_INT, 0);
    } catch (Throwable e) {
      throw unexpected("nvrtcVersion", e);
    }
  }

  /** C: {@code nvrtcResult nvrtcVersion(int *major, int *minor)}. */
  public void nvrtcVersion(MemorySegment major, MemorySegment minor) {
    call(nvrtcVersion, f -> (int) f.invokeExact(major, minor));
  }

  @Override
  String statusName(int status) {
    return textOf(nvrtcGetErrorString, status);
  }

  @Override
  String statusText(int status) {
    return statusName(status);
  }

  @Override
  Remedy remedy(int status) {
    return Remedy.nvrtc(status);
  }

  /**
   * C: {@code nvrtcResult nvrtcCreateProgram(nvrtcProgram *prog, const char *src, const char *name,
   * int numHeaders, const char *const *headers, const char *const *includeNames)}.
   */
  public MemorySegment nvrtcCreateProgram(
      MemorySegment src,
      MemorySegment name,
      int numHeaders,
      MemorySegment headers,
      MemorySegment includeNames) {
    return pointerFrom(
        nvrtcCreateProgram,
        (f, out) -> (int) f.invokeExact(out, src, name, numHeaders, headers, includeNames));
  }

  /** C: {@code nvrtcResult nvrtcDestroyProgram(nvrtcProgram *prog)}. */
  public void nvrtcDestroyProgram(MemorySegment prog) {
    call(nvrtcDestroyProgram, f -> (int) f.invokeExact(prog));
  }

  /**
   * C: {@code nvrtcResult nvrtcCompileProgram(nvrtcProgram prog, int numOptions, const char *const
   * *options)}.
   */
  public void nvrtcCompileProgram(MemorySegment prog, int numOptions, MemorySegment options) {
    call(nvrtcCompileProgram, f -> (int) f.invokeExact(prog, numOptions, options));
  }

  /** C: {@code nvrtcResult nvrtcGetCUBINSize(nvrtcProgram prog, size_t *cubinSizeRet)}. */
  public long nvrtcGetCUBINSize(MemorySegment prog) {
    return longFrom(nvrtcGetCUBINSize, (f, out) -> (int) f.invokeExact(prog, out));
  }

  /** C: {@code nvrtcResult nvrtcGetCUBIN(nvrtcProgram prog, char *cubin)}. */
  public void nvrtcGetCUBIN(MemorySegment prog, MemorySegment cubin) {
    call(nvrtcGetCUBIN, f -> (int) f.invokeExact(prog, cubin));
  }

  /** C: {@code nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram prog, size_t *logSizeRet)}. */
  public long nvrtcGetProgramLogSize(MemorySegment prog) {
    return longFrom(nvrtcGetProgramLogSize, (f, out) -> (int) f.invokeExact(prog, out));
  }

  /** C: {@code nvrtcResult nvrtcGetProgramLog(nvrtcProgram prog, char *log)}. */
  public void nvrtcGetProgramLog(MemorySegment prog, MemorySegment log) {
    call(nvrtcGetProgramLog, f -> (int) f.invokeExact(prog, log));
  }
}
