// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import java.util.Optional;
import java.util.stream.Stream;

/** How a picture of one aspect ratio becomes one of another. */
public enum Fit {
  /** The largest centred part with the wanted aspect ratio is kept, what is outside is lost. */
  CROP("crop"),
  /** All of it is kept, centred, and the rest of the image is 0 (black). */
  PAD("pad"),
  /** All of it is kept and height and width are scaled each for itself. */
  STRETCH("stretch"),
  /** Nothing is resized: another size is refused. */
  NONE("none");

  private final String word;

  Fit(String word) {
    this.word = word;
  }

  /** The word of the command line, e.g. {@code crop}. */
  public String word() {
    return word;
  }

  /** The rule of a word; empty for any other. */
  public static Optional<Fit> of(String word) {
    return Stream.of(values()).filter(fit -> fit.word.equals(word)).findFirst();
  }
}
