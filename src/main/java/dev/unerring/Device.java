package dev.unerring;

/** Where a run computes. It changes no bit of the result. */
public enum Device {
  /** An NVIDIA GPU where one can be used, else the processor. */
  AUTO,
  /** The processor. */
  CPU,
  /** An NVIDIA GPU. */
  CUDA,
  /** The slow definition of all operations, in Java. */
  REFERENCE
}
