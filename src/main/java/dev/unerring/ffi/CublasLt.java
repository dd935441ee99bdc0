// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

/**
 * cuBLASLt, which cuBLAS and cuDNN load by name: it is loaded before them, and asked its version.
 */
public final class CublasLt extends BoundLibrary {
  private final Function cublasLtGetVersion = function("cublasLtGetVersion", SIZE);
  private final Function cublasLtGetStatusName = function("cublasLtGetStatusName", TEXT);
  private final Function cublasLtGetStatusString = function("cublasLtGetStatusString", TEXT);

  /** Binds libcublasLt of CUDA 12 or 13; a DeviceException for another one. */
  CublasLt(NativeLibrary library, String version) {
    super(library, version, 12, 13);
  }

  /** The version of cuBLASLt, e.g. {@code 13.1.1}. */
  static String versionOf(NativeLibrary library) {
    return dotted(sizeOf(library, "cublasLtGetVersion"));
  }

  /** C: {@code size_t cublasLtGetVersion(void)}; 130101 is 13.1.1. */
  public long cublasLtGetVersion() {
    return size(cublasLtGetVersion);
  }

  @Override
  String statusName(int status) {
    return textOf(cublasLtGetStatusName, status);
  }

  @Override
  String statusText(int status) {
    return textOf(cublasLtGetStatusString, status);
  }

  @Override
  Remedy remedy(int status) {
    return Remedy.cublas(status);
  }
}
