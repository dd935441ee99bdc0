// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import dev.unerring.DeviceException;
import dev.unerring.UnerringException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Whether this machine can compute on an NVIDIA GPU.
 *
 * @param situation the case
 * @param sentence the case with its values, and what to do
 * @param libraries what was found and where
 * @param devices the GPUs, as far as the driver could be asked
 * @param cause the error behind it, or null
 */
public record CudaStatus(
    Situation situation,
    String sentence,
    CudaLibraries libraries,
    List<CudaDevice> devices,
    UnerringException cause) {

  /** The cases; all but the last one mean that no GPU can be used. */
  public enum Situation {
    /** No library of the driver. */
    NO_DRIVER,
    /** The driver's library cannot be used or does not start. */
    DRIVER_UNUSABLE,
    /** The driver shows no GPU. */
    NO_DEVICE,
    /** CUDA, cuBLAS or cuDNN were not found. */
    LIBRARIES_MISSING,
    /** A library has the wrong version or lacks a function. */
    LIBRARIES_UNUSABLE,
    /** The driver serves an older CUDA than the one that was found. */
    DRIVER_TOO_OLD,
    /** The GPU fails or computes wrongly. */
    DEVICE_UNUSABLE,
    /** A trial computation came out right. */
    USABLE
  }

  private static final String SETTING =
      "name their folders with UNERRING_CUDA_PATH (see 'unerring doctor' for the places tried)";

  /** Looks at this machine, and computes a trial on the first GPU with all libraries. */
  public static CudaStatus ofThisMachine() {
    return of(CudaLibraries.load());
  }

  /** The same for ordered arithmetic, which needs neither cuBLAS nor cuDNN. */
  public static CudaStatus forOrderedArithmetic() {
    return of(CudaLibraries.load(), false);
  }

  /** Whether a GPU can be used. */
  public boolean usable() {
    return situation == Situation.USABLE;
  }

  /** The libraries; a {@link DeviceException} with the sentence where no GPU can be used. */
  public CudaLibraries require() {
    if (!usable()) {
      throw new DeviceException("no GPU can be used: " + sentence, cause);
    }
    return libraries;
  }

  static CudaStatus of(CudaLibraries libraries) {
    return of(libraries, true);
  }

  /**
   * Looks and tries.
   *
   * @param products whether cuBLAS and cuDNN are needed
   */
  static CudaStatus of(CudaLibraries libraries, boolean products) {
    CudaLibraries.Found found = libraries.found().get(CudaLibrary.DRIVER);
    if (found.library() == null) {
      String reason =
          found.refused().isEmpty()
              ? " was not found"
              : " cannot be loaded (" + String.join("; ", found.refused()) + ")";
      return new CudaStatus(
          Situation.NO_DRIVER,
          "no NVIDIA driver: "
              + found.file()
              + reason
              + "; with an NVIDIA GPU, install its driver, 580 or later",
          libraries,
          List.of(),
          null);
    }
    return afterDriver(libraries, products);
  }

  private static CudaStatus afterDriver(CudaLibraries libraries, boolean products) {
    List<CudaDevice> devices;
    String driverVersion;
    try {
      CudaDriver driver = libraries.driver().orElseThrow();
      driverVersion = driver.version();
      driver.cuInit(0);
      devices =
          IntStream.range(0, driver.cuDeviceGetCount())
              .mapToObj(index -> CudaDevice.of(driver, index))
              .toList();
    } catch (NativeCallException e) {
      return e.status() == CudaDriver.CUDA_ERROR_NO_DEVICE
          ? noDevice(libraries, e)
          : new CudaStatus(
              Situation.DRIVER_UNUSABLE,
              "the NVIDIA driver is there but does not work: " + e.getMessage(),
              libraries,
              List.of(),
              e);
    } catch (DeviceException e) {
      return new CudaStatus(
          Situation.DRIVER_UNUSABLE,
          "the NVIDIA driver cannot be used: " + e.getMessage(),
          libraries,
          List.of(),
          e);
    }
    return devices.isEmpty()
        ? noDevice(libraries, null)
        : afterDevices(libraries, products, driverVersion, devices);
  }

  private static CudaStatus noDevice(CudaLibraries libraries, UnerringException cause) {
    return new CudaStatus(
        Situation.NO_DEVICE,
        "the NVIDIA driver is there, but shows no GPU; see that nvidia-smi lists one, that"
            + " CUDA_VISIBLE_DEVICES does not hide it, and that a container was started with access"
            + " to it",
        libraries,
        List.of(),
        cause);
  }

  private static CudaStatus afterDevices(
      CudaLibraries libraries, boolean products, String driverVersion, List<CudaDevice> devices) {
    String missing =
        (products
                ? Stream.of(
                    CudaLibrary.CUDART,
                    CudaLibrary.CUBLAS_LT,
                    CudaLibrary.CUBLAS,
                    CudaLibrary.CUDNN)
                : Stream.of(CudaLibrary.CUDART))
            .map(library -> libraries.found().get(library))
            .filter(found -> found.library() == null)
            .map(CudaLibraries.Found::file)
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      return new CudaStatus(
          Situation.LIBRARIES_MISSING,
          "GPU and driver are there, but not "
              + missing
              + (products ? "; install CUDA and cuDNN, or " : "; install CUDA, or ")
              + SETTING,
          libraries,
          devices,
          null);
    }
    try {
      return afterLibraries(libraries, products, driverVersion, devices);
    } catch (NativeCallException e) {
      return afterFailure(libraries, driverVersion, devices, e);
    } catch (DeviceException e) {
      return new CudaStatus(
          Situation.LIBRARIES_UNUSABLE,
          "GPU and driver are there, but a library cannot be used: " + e.getMessage(),
          libraries,
          devices,
          e);
    }
  }

  private static CudaStatus afterLibraries(
      CudaLibraries libraries, boolean products, String driverVersion, List<CudaDevice> devices) {
    CudaRuntime runtime = libraries.runtime().orElseThrow();
    if (BoundLibrary.major(driverVersion) < BoundLibrary.major(runtime.version())) {
      return tooOld(libraries, driverVersion, devices, null);
    }
    if (!products) {
      return tried(
          new CudaTrial(runtime, null, null), libraries, driverVersion, devices, runtime.version());
    }
    libraries.cublasLt().orElseThrow();
    Cublas cublas = libraries.cublas().orElseThrow();
    Cudnn cudnn = libraries.cudnn().orElseThrow();
    String builtWith = BoundLibrary.cudaVersion(cudnn.cudnnGetCudartVersion());
    if (BoundLibrary.major(builtWith) != libraries.cuda()) {
      throw new DeviceException(
          cudnn.library().path()
              + " was built for CUDA "
              + builtWith
              + ", and the others are of CUDA "
              + libraries.cuda()
              + "; install cuDNN for CUDA "
              + libraries.cuda());
    }
    return tried(
        new CudaTrial(runtime, cublas, cudnn),
        libraries,
        driverVersion,
        devices,
        runtime.version() + ", cuBLAS " + cublas.version() + ", cuDNN " + cudnn.version());
  }

  private static CudaStatus tried(
      CudaTrial trial,
      CudaLibraries libraries,
      String driverVersion,
      List<CudaDevice> devices,
      String versions) {
    try {
      trial.run();
    } catch (DeviceException e) {
      return new CudaStatus(
          Situation.DEVICE_UNUSABLE,
          "GPU 0 (" + devices.getFirst().name() + ") computes wrongly: " + e.getMessage(),
          libraries,
          devices,
          e);
    }
    return new CudaStatus(
        Situation.USABLE,
        "usable: "
            + devices.getFirst().name()
            + " with driver for CUDA "
            + driverVersion
            + ", CUDA runtime "
            + versions
            + "; a trial computation came out right",
        libraries,
        devices,
        null);
  }

  private static CudaStatus afterFailure(
      CudaLibraries libraries,
      String driverVersion,
      List<CudaDevice> devices,
      NativeCallException failure) {
    return switch (failure.status()) {
      case CudaRuntime.cudaErrorInsufficientDriver ->
          tooOld(libraries, driverVersion, devices, failure);
      case CudaRuntime.cudaErrorNoDevice -> noDevice(libraries, failure);
      default ->
          new CudaStatus(
              Situation.DEVICE_UNUSABLE,
              "GPU 0 ("
                  + devices.getFirst().name()
                  + ") is there, but fails: "
                  + failure.getMessage(),
              libraries,
              devices,
              failure);
    };
  }

  private static CudaStatus tooOld(
      CudaLibraries libraries,
      String driverVersion,
      List<CudaDevice> devices,
      UnerringException cause) {
    return new CudaStatus(
        Situation.DRIVER_TOO_OLD,
        "the NVIDIA driver serves CUDA up to "
            + driverVersion
            + ", and CUDA "
            + libraries.found().get(CudaLibrary.CUDART).version()
            + " was found; update the driver (CUDA 13 needs 580 or later), or install CUDA "
            + BoundLibrary.major(driverVersion),
        libraries,
        devices,
        cause);
  }
}
