// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

/**
 * A decoded picture.
 *
 * @param height in pixels
 * @param width in pixels
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param samples uint8 in HWC order
 */
record Picture(int height, int width, int channels, byte[] samples) {
  /** The same picture with 1 or 3 channels; grey is (19595 r + 38470 g + 7471 b + 32768) / 2^16. */
  Picture withChannels(int wanted) {
    if (wanted == channels) {
      return this;
    }
    byte[] other = new byte[Math.multiplyExact(height * width, wanted)];
    for (int i = 0; i < height * width; i++) {
      if (wanted == 1) {
        int r = samples[3 * i] & 0xFF;
        int g = samples[3 * i + 1] & 0xFF;
        int b = samples[3 * i + 2] & 0xFF;
        other[i] = (byte) (19595 * r + 38470 * g + 7471 * b + 32768 >> 16);
      } else {
        other[3 * i] = samples[i];
        other[3 * i + 1] = samples[i];
        other[3 * i + 2] = samples[i];
      }
    }
    return new Picture(height, width, wanted, other);
  }

  /** Whether no pixel has a colour. */
  boolean isGrey() {
    for (int i = 0; channels == 3 && i < samples.length; i += 3) {
      if (samples[i] != samples[i + 1] || samples[i] != samples[i + 2]) {
        return false;
      }
    }
    return true;
  }

  /** Whether every sample is below {@code limit}. */
  boolean isBelow(int limit) {
    for (byte sample : samples) {
      if ((sample & 0xFF) >= limit) {
        return false;
      }
    }
    return true;
  }

  /**
   * The picture as its EXIF orientation wants it seen.
   *
   * @param orientation 1 (as it is) to 8
   */
  Picture oriented(int orientation) {
    if (orientation == 1) {
      return this;
    }
    boolean turned = orientation >= 5;
    int rows = turned ? width : height;
    int columns = turned ? height : width;
    boolean fromBottom = orientation == 3 || orientation == 4 || orientation >= 7;
    boolean fromRight =
        orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    byte[] other = new byte[samples.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int r = turned ? column : row;
        int c = turned ? row : column;
        r = (turned ? fromRight : fromBottom) ? height - 1 - r : r;
        c = (turned ? fromBottom : fromRight) ? width - 1 - c : c;
        int from = (r * width + c) * channels;
        System.arraycopy(samples, from, other, (row * columns + column) * channels, channels);
      }
    }
    return new Picture(rows, columns, channels, other);
  }
}
