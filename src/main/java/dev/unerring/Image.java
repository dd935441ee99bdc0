package dev.unerring;

import dev.unerring.base.UsageException;
import java.util.Arrays;

/** One image as the network takes it: a shape and its pixels. Immutable. */
public final class Image {
  private final ImageShape shape;
  private final byte[] pixels;

  private Image(ImageShape shape, byte[] pixels) {
    this.shape = shape;
    this.pixels = pixels;
  }

  /**
   * An image of raw pixel values.
   *
   * @param shape of the image
   * @param pixels unsigned bytes in the order of {@link ImageShape}; copied
   * @return the image
   */
  public static Image of(ImageShape shape, byte[] pixels) {
    if (pixels.length != shape.bytes()) {
      throw new UsageException(
          "an image of " + shape + " has " + shape.bytes() + " bytes, not " + pixels.length);
    }
    return new Image(shape, pixels.clone());
  }

  /** An image that takes the array itself. */
  static Image owning(ImageShape shape, byte[] pixels) {
    return new Image(shape, pixels);
  }

  /** {@return the shape of the image} */
  public ImageShape shape() {
    return shape;
  }

  /** {@return a copy of the pixels, unsigned bytes in the order of {@link ImageShape}} */
  public byte[] pixels() {
    return pixels.clone();
  }

  /** The array itself, which may not be changed. */
  byte[] own() {
    return pixels;
  }

  /** Whether the other object is an image with the same shape and pixels. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Image image
        && shape.equals(image.shape)
        && Arrays.equals(pixels, image.pixels);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(pixels);
  }

  /** The shape, for messages. */
  @Override
  public String toString() {
    return "image of " + shape;
  }
}
