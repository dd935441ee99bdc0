// SPDX-License-Identifier: Apache-2.0
package dev.unerring.tensor;

/**
 * Shape of an activation, layout NDHWC: n images of d x h x w positions with c channels, channels
 * innermost. A 2D image has d = 1; a vector has d = h = w = 1.
 *
 * @param n images
 * @param d depth
 * @param h height
 * @param w width
 * @param c channels
 */
public record Shape(int n, int d, int h, int w, int c) {
  /** Checks that every extent is at least 1 and that one image has fewer than 2^31 elements. */
  public Shape {
    if (n < 1 || d < 1 || h < 1 || w < 1 || c < 1) {
      throw new IllegalArgumentException(
          "every extent of a shape is at least 1, not "
              + n
              + "x"
              + d
              + "x"
              + h
              + "x"
              + w
              + "x"
              + c);
    }
    Math.toIntExact(Math.multiplyExact(Math.multiplyExact((long) d * h, w), (long) c));
  }

  /** One 2D image. */
  public static Shape image2d(int h, int w, int c) {
    return new Shape(1, 1, h, w, c);
  }

  /** n vectors of c elements. */
  public static Shape vectors(int n, int c) {
    return new Shape(n, 1, 1, 1, c);
  }

  /** Positions of one image: d * h * w. */
  public int positions() {
    return d * h * w;
  }

  /** Elements of one image: positions * channels. */
  public int imageElements() {
    return positions() * c;
  }

  /** Elements of all images. */
  public long elements() {
    return (long) n * imageElements();
  }

  /** The same images, {@code images} of them. */
  public Shape withN(int images) {
    return new Shape(images, d, h, w, c);
  }

  /** The same positions with {@code channels} channels. */
  public Shape withC(int channels) {
    return new Shape(n, d, h, w, channels);
  }
}
