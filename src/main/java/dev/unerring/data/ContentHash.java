// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.base.Sha256;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The hash that {@link Dataset#contentSha256()} documents, fed in its order: for each split the
 * images, in pieces of any size, then the labels.
 */
final class ContentHash {
  private final MessageDigest digest = Sha256.digest();

  /** Begins the images of a split. */
  void images(String split, int samples, Shape image) {
    String extents = image.d() + "x" + image.h() + "x" + image.w() + "x" + image.c();
    line(split + "_images " + samples + "x" + extents);
  }

  /** More bytes of the images. */
  void update(MemorySegment piece) {
    Sha256.update(digest, piece);
  }

  /** The labels of a split, row by row. */
  void labels(String split, int labelCount, int[] labels) {
    line(split + "_labels " + labels.length / labelCount + "x" + labelCount);
    ByteBuffer row = ByteBuffer.allocate(8 * labelCount).order(ByteOrder.LITTLE_ENDIAN);
    for (int label : labels) {
      row.putLong(label);
      if (!row.hasRemaining()) {
        digest.update(row.array());
        row.clear();
      }
    }
  }

  /** Ends the hash. */
  String hex() {
    return Sha256.hex(digest);
  }

  private void line(String text) {
    digest.update((text + "\n").getBytes(StandardCharsets.US_ASCII));
  }
}
