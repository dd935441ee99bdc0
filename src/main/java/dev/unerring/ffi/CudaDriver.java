// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/**
 * The CUDA driver (libcuda): devices, modules and launches. Method names are the C names, and an
 * out-parameter is the value that is returned. {@code cuInit(0)} comes before everything but the
 * version. Errors are {@link NativeCallException}.
 */
public final class CudaDriver extends BoundLibrary {
  public static final int CUDA_ERROR_NO_DEVICE = 100;
  public static final int CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16;
  public static final int CU_DEVICE_ATTRIBUTE_ECC_ENABLED = 32;
  public static final int CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75;
  public static final int CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76;

  private final Function cuInit = bind("cuInit", I);
  private final Function cuDriverGetVersion = bind("cuDriverGetVersion", P);
  private final Function cuDeviceGetCount = bind("cuDeviceGetCount", P);
  private final Function cuDeviceGet = bind("cuDeviceGet", P, I);
  private final Function cuDeviceGetName = bind("cuDeviceGetName", P, I, I);
  private final Function cuDeviceGetUuid_v2 = bind("cuDeviceGetUuid_v2", P, I);
  private final Function cuDeviceGetAttribute = bind("cuDeviceGetAttribute", P, I, I);
  private final Function cuDeviceTotalMem_v2 = bind("cuDeviceTotalMem_v2", P, I);
  private final Function cuModuleLoadData = bind("cuModuleLoadData", P, P);
  private final Function cuModuleUnload = bind("cuModuleUnload", P);
  private final Function cuModuleGetFunction = bind("cuModuleGetFunction", P, P, P);
  private final Function cuLaunchKernel = bind("cuLaunchKernel", P, I, I, I, I, I, I, I, P, P, P);
  private final Function cuGetErrorName = bind("cuGetErrorName", I, P);
  private final Function cuGetErrorString = bind("cuGetErrorString", I, P);

  private static final int NAME = 256;
  private static final int UUID = 16;

  /** Binds the driver's library, of CUDA 12 or later; a DeviceException for another one. */
  CudaDriver(NativeLibrary library, String version) {
    super(library, version, 12, Integer.MAX_VALUE);
  }

  /** The newest version of CUDA that the driver serves, e.g. {@code 13.0}. */
  static String versionOf(NativeLibrary library) {
    return cudaVersion(intOf(library, "cuDriverGetVersion"));
  }

  @Override
  String statusName(int status) {
    return text(cuGetErrorName, status);
  }

  @Override
  String statusText(int status) {
    return text(cuGetErrorString, status);
  }

  @Override
  Remedy remedy(int status) {
    return Remedy.cuda(status);
  }

  /** C: {@code CUresult cuDeviceGetName(char *name, int len, CUdevice dev)}. */
  public String cuDeviceGetName(int dev) {
    return textFrom(cuDeviceGetName, NAME, (f, out) -> (int) f.invokeExact(out, NAME, dev));
  }

  /** C: {@code CUresult cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice dev)}; 32 hexadecimal digits. */
  public String cuDeviceGetUuid_v2(int dev) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment uuid = arena.allocate(UUID);
      call(cuDeviceGetUuid_v2, f -> (int) f.invokeExact(uuid, dev));
      return HexFormat.of().formatHex(uuid.toArray(JAVA_BYTE));
    }
  }

  /** C: {@code CUresult cuGetErrorName(CUresult error, const char **pStr)} and its like. */
  private static String text(Function function, int status) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      int unknown = (int) function.handle().invokeExact(status, out);
      return string(unknown == 0 ? out.get(ADDRESS, 0) : MemorySegment.NULL);
    } catch (Throwable e) {
      throw unexpected(function.name(), e);
    }
  }

  /** C: {@code CUresult cuInit(unsigned int Flags)}. */
  public void cuInit(int Flags) {
    call(cuInit, f -> (int) f.invokeExact(Flags));
  }

  /** C: {@code CUresult cuDriverGetVersion(int *driverVersion)}. */
  public int cuDriverGetVersion() {
    return intFrom(cuDriverGetVersion, (f, out) -> (int) f.invokeExact(out));
  }

  /** C: {@code CUresult cuDeviceGetCount(int *count)}. */
  public int cuDeviceGetCount() {
    return intFrom(cuDeviceGetCount, (f, out) -> (int) f.invokeExact(out));
  }

  /** C: {@code CUresult cuDeviceGet(CUdevice *device, int ordinal)}. */
  public int cuDeviceGet(int ordinal) {
    return intFrom(cuDeviceGet, (f, out) -> (int) f.invokeExact(out, ordinal));
  }

  /** C: {@code CUresult cuDeviceGetAttribute(int *pi, CUdevice_attribute attrib, CUdevice dev)}. */
  public int cuDeviceGetAttribute(int attrib, int dev) {
    return intFrom(cuDeviceGetAttribute, (f, out) -> (int) f.invokeExact(out, attrib, dev));
  }

  /** C: {@code CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice dev)}. */
  public long cuDeviceTotalMem_v2(int dev) {
    return longFrom(cuDeviceTotalMem_v2, (f, out) -> (int) f.invokeExact(out, dev));
  }

  /** C: {@code CUresult cuModuleLoadData(CUmodule *module, const void *image)}. */
  public MemorySegment cuModuleLoadData(MemorySegment image) {
    return pointerFrom(cuModuleLoadData, (f, out) -> (int) f.invokeExact(out, image));
  }

  /** C: {@code CUresult cuModuleUnload(CUmodule hmod)}. */
  public void cuModuleUnload(MemorySegment hmod) {
    call(cuModuleUnload, f -> (int) f.invokeExact(hmod));
  }

  /**
   * C: {@code CUresult cuModuleGetFunction(CUfunction *hfunc, CUmodule hmod, const char *name)}.
   */
  public MemorySegment cuModuleGetFunction(MemorySegment hmod, MemorySegment name) {
    return pointerFrom(cuModuleGetFunction, (f, out) -> (int) f.invokeExact(out, hmod, name));
  }

  /**
   * C: {@code CUresult cuLaunchKernel(CUfunction f, unsigned int gridDimX, unsigned int gridDimY,
   * unsigned int gridDimZ, unsigned int blockDimX, unsigned int blockDimY, unsigned int blockDimZ,
   * unsigned int sharedMemBytes, CUstream hStream, void **kernelParams, void **extra)}.
   */
  public void cuLaunchKernel(
      MemorySegment function,
      int gridDimX,
      int gridDimY,
      int gridDimZ,
      int blockDimX,
      int blockDimY,
      int blockDimZ,
      int sharedMemBytes,
      MemorySegment hStream,
      MemorySegment kernelParams,
      MemorySegment extra) {
    call(
        cuLaunchKernel,
        f ->
            (int)
                f.invokeExact(
                    function,
                    gridDimX,
                    gridDimY,
                    gridDimZ,
                    blockDimX,
                    blockDimY,
                    blockDimZ,
                    sharedMemBytes,
                    hStream,
                    kernelParams,
                    extra));
  }
}
