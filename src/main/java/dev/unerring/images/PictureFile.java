// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.data.ImageRemark;
import java.util.Set;

/** An image file whose header has been read and checked; its pixels are not decoded yet. */
sealed interface PictureFile permits PngDecoder, JpegDecoder {
  /** Number of 8-bit samples of the decoded picture: height x width x channels. */
  long samples();

  /**
   * Decodes it.
   *
   * @throws dev.unerring.DataException where the file is damaged
   */
  Picture decode();

  /** What a user should know of the decoded file. */
  Set<ImageRemark> remarks();
}
