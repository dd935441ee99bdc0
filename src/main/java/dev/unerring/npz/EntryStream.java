// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import dev.unerring.DataException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The content of one entry, read once from front to back in pieces. Compressed bytes are copied to
 * the heap first: a mapped file that shrinks meanwhile must not fault inside zlib.
 */
final class EntryStream implements AutoCloseable {
  private static final int INPUT_PIECE = 1 << 16;
  private static final int OUTPUT_PIECE = 1 << 20;
  private static final String AGAIN = "download or write the file again";

  private final Path path;
  private final MemorySegment file;
  private final ZipEntry entry;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] input = new byte[INPUT_PIECE];
  private long inputAt;

  EntryStream(Path path, MemorySegment file, ZipEntry entry) {
    this.path = path;
    this.file = file;
    this.entry = entry;
    this.inputAt = entry.dataOffset();
  }

  /** Fills {@code destination} with the next bytes; DataException when there are fewer. */
  void read(MemorySegment destination) {
    long at = 0;
    while (at < destination.byteSize()) {
      long length = Math.min(OUTPUT_PIECE, destination.byteSize() - at);
      MemorySegment piece = destination.asSlice(at, length);
      if (entry.deflated()) {
        inflate(piece);
      } else {
        copy(piece);
      }
      crc.update(piece.asByteBuffer());
      at += length;
    }
  }

  /** Reads the rest of the content into nothing. */
  void readToEnd(long bytes) {
    MemorySegment scratch = MemorySegment.ofArray(new byte[INPUT_PIECE]);
    for (long left = bytes; left > 0; left -= INPUT_PIECE) {
      read(scratch.asSlice(0, Math.min(left, INPUT_PIECE)));
    }
  }

  /**
   * To be called when the declared size was read: nothing more may follow, and the CRC must fit.
   */
  void finish() {
    if (entry.deflated()) {
      ByteBuffer more = ByteBuffer.allocate(1);
      if (inflateSome(more) > 0) {
        throw failure("it inflates to more than the " + entry.size() + " bytes that it declares");
      }
      if (inputAt - inflater.getRemaining() != entry.end()) {
        throw failure("its compressed data end before its declared compressed size");
      }
    }
    if ((int) crc.getValue() != entry.crc()) {
      throw failure("its content does not fit its checksum (CRC-32): the file is damaged");
    }
  }

  private void copy(MemorySegment piece) {
    if (piece.byteSize() > entry.end() - inputAt) {
      throw failure("it ends too early");
    }
    MemorySegment.copy(file, inputAt, piece, 0, piece.byteSize());
    inputAt += piece.byteSize();
  }

  private void inflate(MemorySegment piece) {
    ByteBuffer output = piece.asByteBuffer();
    while (output.hasRemaining()) {
      if (inflateSome(output) == 0) {
        throw failure("it inflates to less than the " + entry.size() + " bytes that it declares");
      }
    }
  }

  /** Inflates at least one byte, or returns 0 at the end of the compressed data. */
  private int inflateSome(ByteBuffer output) {
    try {
      while (true) {
        int count = inflater.inflate(output);
        if (count > 0 || inflater.finished()) {
          return count;
        }
        int next = (int) Math.min(INPUT_PIECE, entry.end() - inputAt);
        if (next == 0 || !inflater.needsInput()) {
          return 0;
        }
        MemorySegment.copy(file, ValueLayout.JAVA_BYTE, inputAt, input, 0, next);
        inflater.setInput(input, 0, next);
        inputAt += next;
      }
    } catch (DataFormatException e) {
      throw failure("its compressed data are damaged (" + e.getMessage() + ")");
    }
  }

  private DataException failure(String reason) {
    return Refusal.entry(path, entry.name(), reason, AGAIN);
  }

  @Override
  public void close() {
    inflater.end();
  }
}
