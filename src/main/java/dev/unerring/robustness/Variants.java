// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

/** Finitely many changes of an image that are named by a number. */
public interface Variants {
  /** What all of them are, e.g. {@code shift}. */
  String kind();

  /** How many there are. */
  int count();

  /** What number {@code i} does, e.g. {@code 1 -2}. */
  String name(int i);

  /**
   * Writes the changed image.
   *
   * @param image uint8, NHWC; stays as it is
   * @param out takes as many bytes
   */
  void write(byte[] image, int i, byte[] out);
}
