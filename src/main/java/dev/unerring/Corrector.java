package dev.unerring;

/** What corrects the errors that training leaves. */
public enum Corrector {
  /** Focus, then tunneling, then patches, each on what the one before has left. */
  AUTO,
  /** Continued training with more weight on the errors. */
  FOCUS,
  /** Gradient descent tunneling. */
  TUNNELING,
  /** Patches: they end at the floor on any data, but the model then holds training images. */
  PATCH,
  /** No correction. */
  NONE
}
