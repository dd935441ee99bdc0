// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The orientation tag of EXIF, which cameras write instead of turning the pixels. */
final class ExifOrientation {
  private static final int TAG = 0x0112;
  private static final int SHORT = 3;

  private ExifOrientation() {}

  /**
   * 1 to 8; 1 where the tag is absent or makes no sense.
   *
   * @param start of the TIFF header in {@code bytes}
   * @param end of the segment
   */
  static int of(byte[] bytes, int start, int end) {
    if (end - start < 8) {
      return 1;
    }
    ByteBuffer tiff = ByteBuffer.wrap(bytes, start, end - start).slice();
    switch (tiff.getShort(0)) {
      case 0x4949 -> tiff.order(ByteOrder.LITTLE_ENDIAN);
      case 0x4D4D -> tiff.order(ByteOrder.BIG_ENDIAN);
      default -> {
        return 1;
      }
    }
    int directory = tiff.getInt(4);
    if (directory < 8 || directory > tiff.limit() - 2) {
      return 1;
    }
    int entries = tiff.getShort(directory) & 0xFFFF;
    for (int i = 0; i < entries && directory + 14 + 12 * i <= tiff.limit(); i++) {
      int entry = directory + 2 + 12 * i;
      if ((tiff.getShort(entry) & 0xFFFF) == TAG && tiff.getShort(entry + 2) == SHORT) {
        int value = tiff.getShort(entry + 8) & 0xFFFF;
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }
}
