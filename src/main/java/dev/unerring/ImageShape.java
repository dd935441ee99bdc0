package dev.unerring;

import dev.unerring.base.UsageException;
import dev.unerring.tensor.Shape;

/**
 * The shape of one image. Its pixels are unsigned bytes in the order depth, height, width, channel:
 * the channels of a pixel stand together.
 *
 * @param depth 1, or the number of slices of a volume
 * @param height in pixels
 * @param width in pixels
 * @param channels 1 for grey, 3 for RGB; volumes have 1
 */
public record ImageShape(int depth, int height, int width, int channels) {
  /** Checks the extents; an unchecked typed exception names what is wrong. */
  public ImageShape {
    long bytes = (long) depth * height;
    boolean positive = depth > 0 && height > 0 && width > 0;
    boolean colours = channels == 1 || channels == 3 && depth == 1;
    if (!positive || !colours || bytes > MOST_BYTES || bytes * width * channels > MOST_BYTES) {
      throw new UsageException(
          "an image has extents of at least 1, 1 or 3 channels (a volume 1) and at most "
              + MOST_BYTES
              + " bytes, not "
              + depth
              + "x"
              + height
              + "x"
              + width
              + "x"
              + channels);
    }
  }

  private static final int MOST_BYTES = 1 << 24;

  /**
   * The shape of a 2D image.
   *
   * @param height in pixels
   * @param width in pixels
   * @param channels 1 for grey, 3 for RGB
   * @return the shape with depth 1
   */
  public static ImageShape of(int height, int width, int channels) {
    return new ImageShape(1, height, width, channels);
  }

  /**
   * The shape of a grey volume.
   *
   * @param depth number of slices
   * @param height in pixels
   * @param width in pixels
   * @return the shape with one channel
   */
  public static ImageShape volume(int depth, int height, int width) {
    return new ImageShape(depth, height, width, 1);
  }

  /** {@return the number of bytes of one image} */
  public int bytes() {
    return depth * height * width * channels;
  }

  Shape shape() {
    return new Shape(1, depth, height, width, channels);
  }

  static ImageShape of(Shape shape) {
    return new ImageShape(shape.d(), shape.h(), shape.w(), shape.c());
  }

  /** Depth (of volumes), height, width, channels: for example {@code 28x28x3}. */
  @Override
  public String toString() {
    return (depth == 1 ? "" : depth + "x") + height + "x" + width + "x" + channels;
  }
}
