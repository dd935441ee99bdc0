// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import java.util.Locale;

/**
 * A GPU.
 *
 * @param index its number for the driver, from 0
 * @param major compute capability, first number
 * @param minor compute capability, second number
 * @param multiprocessors SMs
 * @param memoryBytes all of its memory
 * @param ecc whether its memory corrects errors
 * @param uuid 32 hexadecimal digits
 */
public record CudaDevice(
    int index,
    String name,
    int major,
    int minor,
    int multiprocessors,
    long memoryBytes,
    boolean ecc,
    String uuid) {
  /** What the driver says about the GPU with this number, after {@code cuInit}. */
  static CudaDevice of(CudaDriver driver, int index) {
    int device = driver.cuDeviceGet(index);
    return new CudaDevice(
        index,
        driver.cuDeviceGetName(device),
        driver.cuDeviceGetAttribute(
            CudaDriver.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device),
        driver.cuDeviceGetAttribute(
            CudaDriver.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device),
        driver.cuDeviceGetAttribute(CudaDriver.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device),
        driver.cuDeviceTotalMem_v2(device),
        driver.cuDeviceGetAttribute(CudaDriver.CU_DEVICE_ATTRIBUTE_ECC_ENABLED, device) != 0,
        driver.cuDeviceGetUuid_v2(device));
  }

  /** E.g. {@code NVIDIA H200, compute capability 9.0, 132 SMs, 139.8 GiB, ECC on}. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "%s, compute capability %d.%d, %d SMs, %.1f GiB, ECC %s",
        name,
        major,
        minor,
        multiprocessors,
        memoryBytes / (double) (1L << 30),
        ecc ? "on" : "off");
  }
}
