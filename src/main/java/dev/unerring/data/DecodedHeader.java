// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.base.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The first block of a {@link DecodedFile}: lines of ASCII, filled with line feeds. It names the
 * npz and its arrays by hash, name, offset and size, and ends with its own hash; a header is valid
 * when it is, to the byte, the one that the npz calls for.
 *
 * @param npzSha256 of the npz file
 * @param contentSha256 of its decoded arrays
 * @param imageBytes of train, val, test
 */
record DecodedHeader(String npzSha256, String contentSha256, long[] imageBytes) {
  /** Part of the file's name: another layout is another file. */
  static final int LAYOUT = 1;

  /** Size of the header, and what the arrays are aligned to. */
  static final int BLOCK = 4096;

  private static final String TITLE = "unerring decoded images, layout " + LAYOUT + "\n";
  private static final String CONTENT = "\ncontent ";

  /** Where the images of a split start; for the number of splits, the size of the file. */
  long offset(int split) {
    long at = BLOCK;
    for (int i = 0; i < split; i++) {
      at = Math.ceilDiv(at + imageBytes[i], (long) BLOCK) * BLOCK;
    }
    return at;
  }

  /** Size of the whole file. */
  long fileBytes() {
    return offset(imageBytes.length);
  }

  ByteBuffer block() {
    StringBuilder text = new StringBuilder(TITLE);
    text.append("npz ").append(npzSha256).append(CONTENT).append(contentSha256).append('\n');
    for (int i = 0; i < imageBytes.length; i++) {
      text.append(DatasetReader.SPLITS.get(i))
          .append("_images at ")
          .append(offset(i))
          .append(" bytes ")
          .append(imageBytes[i])
          .append('\n');
    }
    text.append("file bytes ").append(fileBytes()).append('\n');
    String sha256 = Sha256.hex(text.toString().getBytes(StandardCharsets.US_ASCII));
    text.append("header ").append(sha256).append('\n');
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] block = Arrays.copyOf(bytes, BLOCK);
    Arrays.fill(block, bytes.length, BLOCK, (byte) '\n');
    return ByteBuffer.wrap(block);
  }

  /** The header in {@code block} if it is the valid one for this npz and these sizes. */
  static Optional<DecodedHeader> parse(byte[] block, String npzSha256, long[] imageBytes) {
    String text = new String(block, StandardCharsets.US_ASCII);
    int at = text.indexOf(CONTENT) + CONTENT.length();
    String content =
        at < CONTENT.length() || at + 64 > text.length() ? "" : text.substring(at, at + 64);
    DecodedHeader header = new DecodedHeader(npzSha256, content, imageBytes);
    return Arrays.equals(header.block().array(), block) ? Optional.of(header) : Optional.empty();
  }
}
