// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import dev.unerring.data.Split;
import dev.unerring.tensor.Shape;
import java.util.Base64;

/**
 * A small picture of one sample, as a page holds it. Images larger than {@link #LARGEST} a side are
 * averaged down; of a volume the three middle slices stand side by side.
 *
 * @param channels 1 or 3
 * @param pixels rows one after another, channels last
 */
record Picture(int width, int height, int channels, byte[] pixels) {
  /** Most pixels a side of one slice. */
  static final int LARGEST = 64;

  private static final int GAP = 2;

  /** A sample of a split. */
  static Picture of(Split split, int sample, Shape image) {
    float[] values = new float[image.imageElements()];
    split.copyImage(sample, values, 0);
    return of(values, image);
  }

  /** Values 0 to 255, engine layout. */
  static Picture of(float[] values, Shape image) {
    if (image.d() == 1) {
      return slice(values, image, 0);
    }
    Picture[] three = {slice(values, image, 0), slice(values, image, 1), slice(values, image, 2)};
    int width = three[0].width + three[1].width + three[2].width + 2 * GAP;
    int height = Math.max(three[0].height, Math.max(three[1].height, three[2].height));
    byte[] pixels = new byte[width * height * image.c()];
    int left = 0;
    for (Picture part : three) {
      for (int y = 0; y < part.height; y++) {
        int row = part.width * image.c();
        System.arraycopy(part.pixels, y * row, pixels, (y * width + left) * image.c(), row);
      }
      left += part.width + GAP;
    }
    return new Picture(width, height, image.c(), pixels);
  }

  /** The middle slice across an axis: 0 depth, 1 height, 2 width. */
  private static Picture slice(float[] values, Shape image, int axis) {
    int[] extents = {image.d(), image.h(), image.w()};
    int down = axis == 0 ? 1 : 0;
    int across = axis == 2 ? 1 : 2;
    int factor = Math.ceilDiv(Math.max(extents[down], extents[across]), LARGEST);
    int height = Math.max(1, extents[down] / factor);
    int width = Math.max(1, extents[across] / factor);
    byte[] pixels = new byte[height * width * image.c()];
    int[] place = new int[3];
    place[axis] = extents[axis] / 2;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < image.c(); c++) {
          float sum = 0;
          int count = 0;
          for (int i = y * factor; i < Math.min((y + 1) * factor, extents[down]); i++) {
            for (int j = x * factor; j < Math.min((x + 1) * factor, extents[across]); j++) {
              place[down] = i;
              place[across] = j;
              int position = (place[0] * extents[1] + place[1]) * extents[2] + place[2];
              sum += values[position * image.c() + c];
              count++;
            }
          }
          pixels[(y * width + x) * image.c() + c] =
              (byte) Math.clamp(Math.round(sum / count), 0, 255);
        }
      }
    }
    return new Picture(width, height, image.c(), pixels);
  }

  /** The picture as a value of src. */
  String source() {
    byte[] png = Png.of(width, height, channels, pixels);
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }
}
