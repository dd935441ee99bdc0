// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** NVIDIA's libraries, in the order in which they have to be loaded: each needs some before it. */
public enum CudaLibrary {
  /** The driver; comes with it and not with CUDA. */
  DRIVER("driver", "libcuda.so.1", CudaDriver::versionOf),
  /** The CUDA runtime. */
  CUDART("CUDA runtime", "libcudart.so.", CudaRuntime::versionOf),
  /** What the compiler includes; it carries no version function. */
  NVRTC_BUILTINS("NVRTC builtins", "libnvrtc-builtins.so.", null),
  /** The run-time compiler. */
  NVRTC("NVRTC", "libnvrtc.so.", Nvrtc::versionOf),
  /** What cuBLAS and cuDNN stand on. */
  CUBLAS_LT("cuBLASLt", "libcublasLt.so.", CublasLt::versionOf),
  /** Products of matrices. */
  CUBLAS("cuBLAS", "libcublas.so.", Cublas::versionOf),
  /** Convolutions. */
  CUDNN("cuDNN", "libcudnn.so.9", Cudnn::versionOf);

  private final String title;
  private final String file;
  private final Function<NativeLibrary, String> version;

  CudaLibrary(String title, String file, Function<NativeLibrary, String> version) {
    this.title = title;
    this.file = file;
    this.version = version;
  }

  /** The name for readers. */
  public String title() {
    return title;
  }

  /** The name of its file for a version of CUDA: libcublas.so.13. */
  String file(int cuda) {
    return file.endsWith(".") ? file + cuda : file;
  }

  /** Where it may lie. */
  List<Path> candidates(LibraryFolders folders, int cuda) {
    return switch (this) {
      case DRIVER -> LibraryFolders.candidates(folders.driver(), file(cuda));
      case NVRTC_BUILTINS -> LibraryFolders.beginningWith(folders.toolkit(), file(cuda));
      default -> LibraryFolders.candidates(folders.toolkit(), file(cuda));
    };
  }

  /** The version that a loaded library says it has; null where it cannot say. */
  String versionOf(NativeLibrary library) {
    return version == null ? null : version.apply(library);
  }
}
