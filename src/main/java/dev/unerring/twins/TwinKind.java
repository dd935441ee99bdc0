// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

/** How two images are alike. */
public enum TwinKind {
  /** The same bytes, whatever they show. */
  IDENTICAL("identical"),
  /** Different bytes, and a flip or quarter turn makes one out of the other. */
  FLIPPED("flipped"),
  /** Different bytes and a correlation of the pixel values of at least 0.95 (those of NEAR too). */
  ALIKE("alike"),
  /** Different bytes and a correlation of the pixel values of at least 0.99. */
  NEAR("near");

  private final String text;

  TwinKind(String text) {
    this.text = text;
  }

  /** The kind in reports. */
  public String text() {
    return text;
  }
}
