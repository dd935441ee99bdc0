// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import java.nio.file.Path;

/** The limit of pixels, kept before any memory is taken. */
final class ImageSize {
  private ImageSize() {}

  static void check(Path file, int height, int width) {
    if ((long) height * width > ImageFiles.MAX_PIXELS) {
      throw new DataException(
          file
              + ": its header says "
              + height
              + " x "
              + width
              + " pixels, read are at most "
              + ImageFiles.MAX_PIXELS
              + "; scale it down first");
    }
  }
}
