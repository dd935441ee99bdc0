// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.data.Fit;
import java.util.Arrays;

/**
 * Resizing by exact area: an output pixel is the mean of the input that it covers, weighted by the
 * covered area, in integers, rounded half up. The same rule shrinks and enlarges; a picture that
 * has the wanted size already is not changed.
 *
 * <p>Along an axis of S input and D output pixels, output i covers [i S, (i + 1) S) and input j
 * covers [j D, (j + 1) D); the weight is the length of the overlap, and the weights of one output
 * pixel add up to S. So an output value is floor((2 sum + H W) / (2 H W)) of an H x W input.
 */
final class Resizer {
  private Resizer() {}

  /** The picture with {@code height} x {@code width} pixels; {@code fit} is not NONE. */
  static Picture resize(Picture picture, int height, int width, Fit fit) {
    if (picture.height() == height && picture.width() == width) {
      return picture;
    }
    return switch (fit) {
      case STRETCH -> area(picture, height, width);
      case CROP -> area(crop(picture, height, width), height, width);
      case PAD -> pad(picture, height, width);
      case NONE -> throw new IllegalArgumentException("a picture of another size and no resizing");
    };
  }

  /** The largest centred part of the aspect ratio; extents and offsets are rounded down. */
  private static Picture crop(Picture picture, int height, int width) {
    int rows = picture.height();
    int columns = picture.width();
    if ((long) columns * height > (long) rows * width) {
      columns = (int) Math.max(1, (long) rows * width / height);
    } else {
      rows = (int) Math.max(1, (long) columns * height / width);
    }
    Picture part =
        new Picture(
            rows, columns, picture.channels(), new byte[rows * columns * picture.channels()]);
    int top = (picture.height() - rows) / 2;
    int left = (picture.width() - columns) / 2;
    int rowBytes = columns * picture.channels();
    for (int row = 0; row < rows; row++) {
      int from = ((top + row) * picture.width() + left) * picture.channels();
      System.arraycopy(picture.samples(), from, part.samples(), row * rowBytes, rowBytes);
    }
    return part;
  }

  /** The whole picture centred on 0; extents and offsets are rounded down. */
  private static Picture pad(Picture picture, int height, int width) {
    int rows = height;
    int columns = width;
    if ((long) picture.width() * height > (long) picture.height() * width) {
      rows = (int) Math.max(1, (long) picture.height() * width / picture.width());
    } else {
      columns = (int) Math.max(1, (long) picture.width() * height / picture.height());
    }
    Picture inner = area(picture, rows, columns);
    byte[] samples = new byte[height * width * picture.channels()];
    int top = (height - rows) / 2;
    int left = (width - columns) / 2;
    int rowBytes = columns * picture.channels();
    for (int row = 0; row < rows; row++) {
      int to = ((top + row) * width + left) * picture.channels();
      System.arraycopy(inner.samples(), row * rowBytes, samples, to, rowBytes);
    }
    return new Picture(height, width, picture.channels(), samples);
  }

  private static Picture area(Picture picture, int height, int width) {
    if (picture.height() == height && picture.width() == width) {
      return picture;
    }
    int channels = picture.channels();
    int rowItems = width * channels;
    long[] sums = new long[rowItems];
    int[] row = new int[rowItems];
    byte[] samples = new byte[height * rowItems];
    long total = (long) picture.height() * picture.width();
    int rowInHand = -1;
    for (int i = 0; i < height; i++) {
      Arrays.fill(sums, 0);
      long start = (long) i * picture.height();
      long end = start + picture.height();
      for (long j = start / height; j * height < end; j++) {
        if (j != rowInHand) {
          rowInHand = (int) j;
          weighRow(picture, rowInHand, width, row);
        }
        long weight = Math.min(end, (j + 1) * height) - Math.max(start, j * height);
        for (int k = 0; k < rowItems; k++) {
          sums[k] += weight * row[k];
        }
      }
      for (int k = 0; k < rowItems; k++) {
        samples[i * rowItems + k] = (byte) ((2 * sums[k] + total) / (2 * total));
      }
    }
    return new Picture(height, width, channels, samples);
  }

  /** One input row, weighted sums for each output column; they add up to at most 255 x width. */
  private static void weighRow(Picture picture, int row, int width, int[] out) {
    int channels = picture.channels();
    byte[] samples = picture.samples();
    int first = row * picture.width() * channels;
    for (int i = 0; i < width; i++) {
      long start = (long) i * picture.width();
      long end = start + picture.width();
      int left = (int) (start / width);
      int right = (int) ((end - 1) / width); // the last input column that is covered
      long leftWeight = Math.min(end, (left + 1L) * width) - start;
      long rightWeight = end - (long) right * width;
      for (int c = 0; c < channels; c++) {
        int at = first + left * channels + c;
        int last = first + right * channels + c;
        long sum = leftWeight * (samples[at] & 0xFF);
        if (right > left) {
          int middle = 0;
          for (at += channels; at < last; at += channels) {
            middle += samples[at] & 0xFF;
          }
          sum += (long) width * middle + rightWeight * (samples[last] & 0xFF);
        }
        out[i * channels + c] = (int) sum;
      }
    }
  }
}
