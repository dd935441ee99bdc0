// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import dev.unerring.DeviceException;
import dev.unerring.UnerringException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * NVIDIA's libraries on this machine. Of the versions 13 and 12 of CUDA the newest one is taken
 * that the driver serves and of which runtime and cuBLAS are there; all of its libraries are loaded
 * by absolute path, in the order of {@link CudaLibrary}, and stay loaded.
 */
public final class CudaLibraries {
  private static final List<Integer> VERSIONS = List.of(13, 12);

  private final int cuda;
  private final Map<CudaLibrary, Found> found = new EnumMap<>(CudaLibrary.class);

  /**
   * What the search for one library came to.
   *
   * @param file the name that was looked for
   * @param library null where there is none
   * @param version null where there is no library, or one that does not say its version
   * @param absent the paths where it was looked for and does not lie
   * @param refused one line for each file that is there and cannot be used, with the reason
   */
  public record Found(
      String file,
      NativeLibrary library,
      String version,
      List<Path> absent,
      List<String> refused) {}

  private CudaLibraries(LibraryFolders folders) {
    Found driver = find(CudaLibrary.DRIVER, folders, 0);
    found.put(CudaLibrary.DRIVER, driver);
    cuda =
        choose(
            folders,
            driver.version() == null ? Integer.MAX_VALUE : BoundLibrary.major(driver.version()));
    for (CudaLibrary library : CudaLibrary.values()) {
      if (library != CudaLibrary.DRIVER) {
        found.put(library, find(library, folders, cuda));
      }
    }
  }

  /** Searches where {@link LibraryFolders} says, and loads what is there. */
  public static CudaLibraries load() {
    return load(LibraryFolders.ofThisMachine());
  }

  static CudaLibraries load(LibraryFolders folders) {
    return new CudaLibraries(folders);
  }

  /** The version of CUDA that was looked for: 13 or 12. */
  public int cuda() {
    return cuda;
  }

  /** What each search came to, in the order of loading. */
  public Map<CudaLibrary, Found> found() {
    return Collections.unmodifiableMap(found);
  }

  /** The driver, if its library is there. */
  public Optional<CudaDriver> driver() {
    return bound(CudaLibrary.DRIVER, CudaDriver::new);
  }

  /** The CUDA runtime, if it is there. */
  public Optional<CudaRuntime> runtime() {
    return bound(CudaLibrary.CUDART, CudaRuntime::new);
  }

  /** The compiler, if it is there. */
  public Optional<Nvrtc> nvrtc() {
    return bound(CudaLibrary.NVRTC, Nvrtc::new);
  }

  /** cuBLASLt, if it is there. */
  public Optional<CublasLt> cublasLt() {
    return bound(CudaLibrary.CUBLAS_LT, CublasLt::new);
  }

  /** cuBLAS, if it is there. */
  public Optional<Cublas> cublas() {
    return bound(CudaLibrary.CUBLAS, Cublas::new);
  }

  /** cuDNN, if it is there. */
  public Optional<Cudnn> cudnn() {
    return bound(CudaLibrary.CUDNN, Cudnn::new);
  }

  /** Binds; a {@link DeviceException} where the library does not say its version or is unfit. */
  private <T> Optional<T> bound(CudaLibrary library, BiFunction<NativeLibrary, String, T> binding) {
    Found result = found.get(library);
    if (result.library() == null) {
      return Optional.empty();
    }
    if (result.version() == null) {
      throw new DeviceException(result.refused().getLast());
    }
    return Optional.of(binding.apply(result.library(), result.version()));
  }

  private static Found find(CudaLibrary library, LibraryFolders folders, int cuda) {
    List<Path> candidates = library.candidates(folders, cuda);
    NativeLibrary.Search search =
        NativeLibrary.first(candidates.stream().filter(Files::exists).toList());
    List<String> refused = new ArrayList<>(search.tried());
    String version = null;
    if (search.library() != null) {
      try {
        version = library.versionOf(search.library());
      } catch (UnerringException e) {
        refused.add(e.getMessage());
      }
    }
    return new Found(
        library.file(cuda),
        search.library(),
        version,
        candidates.stream().filter(path -> !Files.exists(path)).toList(),
        List.copyOf(refused));
  }

  private static int choose(LibraryFolders folders, int served) {
    for (CudaLibrary[] wanted :
        new CudaLibrary[][] {{CudaLibrary.CUDART, CudaLibrary.CUBLAS}, {CudaLibrary.CUDART}}) {
      for (int version : VERSIONS) {
        if ((version <= served || wanted.length == 1) && present(folders, version, wanted)) {
          return version;
        }
      }
    }
    return VERSIONS.getFirst();
  }

  private static boolean present(LibraryFolders folders, int version, CudaLibrary[] wanted) {
    for (CudaLibrary library : wanted) {
      if (library.candidates(folders, version).stream().noneMatch(Files::exists)) {
        return false;
      }
    }
    return true;
  }
}
