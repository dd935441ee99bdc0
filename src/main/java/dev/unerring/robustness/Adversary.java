// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

/**
 * An image that is answered otherwise than the image that it was made from.
 *
 * @param attack which found it
 * @param image uint8, NHWC
 * @param answer to it, see {@link Answer}
 * @param most largest step of an element in grey levels (L-infinity)
 * @param elements that differ (L0)
 */
public record Adversary(String attack, byte[] image, long answer, int most, int elements) {
  static Adversary of(String attack, byte[] from, byte[] image, long answer) {
    int most = 0;
    int elements = 0;
    for (int i = 0; i < image.length; i++) {
      int step = Math.abs((image[i] & 0xFF) - (from[i] & 0xFF));
      most = Math.max(most, step);
      elements += step > 0 ? 1 : 0;
    }
    return new Adversary(attack, image.clone(), answer, most, elements);
  }
}
