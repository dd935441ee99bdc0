// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.base.WorkMonitor;
import dev.unerring.npz.NpzWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a data set with some samples more at the end of its training split, as an ordinary npz
 * file: uint8 images, int64 labels, stored, so that the same arrays give the same bytes, and what
 * the set says of itself.
 */
public final class ClosedWorldFile {
  private static final int PIECE = 1 << 16;
  private static final long HEADERS = 1 << 14;

  private ClosedWorldFile() {}

  /** The name under which a file with these samples is read as the same set. */
  public static String name(Dataset data) {
    return data.name() + ".npz";
  }

  /** Bytes of a file with {@code more} samples, at most. */
  public static long bytes(Dataset data, int more) {
    long sample = data.imageShape().imageElements() + (long) data.train().labelCount() * Long.BYTES;
    long samples = more;
    for (Split split : data.splits()) {
      samples += split.size();
    }
    return samples * sample + HEADERS;
  }

  /**
   * Writes the file.
   *
   * @param file where; a reader goes by its name, see {@link #name}
   * @param added more samples of the same shape; null for none
   * @param rows which of them join, in this order
   * @throws dev.unerring.DataException where it cannot be written
   * @throws dev.unerring.StoppedException when the monitor stops; no file is left
   */
  public static void write(Path file, Dataset data, Split added, int[] rows, WorkMonitor monitor) {
    NpzWriter npz = new NpzWriter(false);
    for (Split split : data.splits()) {
      int[] more = split == data.train() ? rows : new int[0];
      List<Integer> extents = extents(data, split.size() + more.length);
      npz.addStreamed(
          split.name() + "_images",
          "|u1",
          extents,
          out -> {
            copy(split.images(), out, monitor);
            for (int row : more) {
              long start = (long) row * added.imageBytes();
              copy(added.images().asSlice(start, added.imageBytes()), out, WorkMonitor.SILENT);
            }
          });
      npz.add(split.name() + "_labels", labels(split, added, more));
    }
    if (data.description().named() || data.fit().isPresent()) {
      data.description().addTo(npz);
    }
    npz.write(file, monitor);
  }

  private static List<Integer> extents(Dataset data, int samples) {
    var image = data.imageShape();
    List<Integer> extents = new ArrayList<>(List.of(samples, image.h(), image.w()));
    if (image.d() > 1) {
      extents.add(1, image.d());
      extents.add(image.c()); // a small depth alone would look like channels
    } else if (image.c() > 1) {
      extents.add(image.c());
    }
    return extents;
  }

  private static void copy(MemorySegment images, OutputStream out, WorkMonitor monitor)
      throws IOException {
    byte[] piece = new byte[PIECE];
    for (long at = 0; at < images.byteSize(); at += PIECE) {
      int length = (int) Math.min(PIECE, images.byteSize() - at);
      MemorySegment.copy(images, ValueLayout.JAVA_BYTE, at, piece, 0, length);
      out.write(piece, 0, length);
      monitor.stepBytes("writing the closed world", at + length, images.byteSize());
    }
  }

  private static byte[] labels(Split split, Split added, int[] more) {
    int columns = split.labelCount();
    int samples = split.size() + more.length;
    ByteBuffer items =
        ByteBuffer.allocate(Math.multiplyExact(samples, columns * Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples; i++) {
      boolean old = i < split.size();
      for (int column = 0; column < columns; column++) {
        items.putLong(old ? split.label(i, column) : added.label(more[i - split.size()], column));
      }
    }
    return NpzWriter.npy("<i8", List.of(samples, columns), items.array());
  }
}
