// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import dev.unerring.base.AtomicFile;
import dev.unerring.base.DiskSpace;
import dev.unerring.base.Sha256;
import dev.unerring.base.WorkMonitor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes npz files: the same arrays give the same bytes (no clock; every entry is dated
 * 1980-01-01). Stored entries are the same on every machine; deflated ones depend on its zlib.
 * Arrays that are streamed are made while the file is written, twice, and may have any size.
 */
public final class NpzWriter {
  /** Writes the items of an array, C order, as they shall stand in the file; each time the same. */
  public interface Items {
    /** Writes them all; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** An entry in memory ({@code streamed} null), or the head of one whose items are streamed. */
  private record Entry(String name, byte[] content, long size, Items streamed) {}

  private final boolean deflated;
  private final List<Entry> entries = new ArrayList<>();
  private String comment = "";

  /** A file without entries; {@code deflated}: compress those that are added. */
  public NpzWriter(boolean deflated) {
    this.deflated = deflated;
  }

  /** Sets the comment of the archive, ASCII; other readers of npz files pass over it. */
  public NpzWriter comment(String text) {
    comment = text;
    return this;
  }

  /**
   * Adds {@code <split>_images} (uint8) and {@code <split>_labels} (N x 1; uint8, or little-endian
   * int64 where a label needs it).
   *
   * @param imageShape extents of one image as they shall stand in the file, e.g. 28, 28
   * @param images all images, one after the other
   * @param labels one for each image
   */
  public NpzWriter addSplit(String split, List<Integer> imageShape, byte[] images, int[] labels) {
    List<Integer> shape = new ArrayList<>(imageShape);
    shape.addFirst(labels.length);
    add(split + "_images", npy("|u1", shape, images));
    boolean wide = false;
    for (int label : labels) {
      wide |= label < 0 || label > 255;
    }
    ByteBuffer items =
        ByteBuffer.allocate(labels.length * (wide ? 8 : 1)).order(ByteOrder.LITTLE_ENDIAN);
    for (int label : labels) {
      if (wide) {
        items.putLong(label);
      } else {
        items.put((byte) label);
      }
    }
    return add(
        split + "_labels", npy(wide ? "<i8" : "|u1", List.of(labels.length, 1), items.array()));
  }

  /** Adds the array {@code name} (without {@code .npy}), whose npy bytes are {@code npy}. */
  public NpzWriter add(String name, byte[] npy) {
    entries.add(new Entry(name + ".npy", npy, npy.length, null));
    return this;
  }

  /**
   * Adds an array whose items are made while the file is written.
   *
   * @param type as numpy writes it; one byte an item
   * @param shape outermost extent first
   */
  public NpzWriter addStreamed(String name, String type, List<Integer> shape, Items items) {
    byte[] head = npy(type, shape, new byte[0]);
    long size = 1;
    for (int extent : shape) {
      size = Math.multiplyExact(size, extent);
    }
    entries.add(new Entry(name + ".npy", head, head.length + size, items));
    return this;
  }

  /**
   * An array as npy version 1.0, C order.
   *
   * @param type as numpy writes it, e.g. {@code |u1}, {@code <i8}
   * @param shape outermost extent first
   * @param items the bytes of all items
   */
  public static byte[] npy(String type, List<Integer> shape, byte[] items) {
    String extents = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    String tuple = "(" + extents + (shape.size() == 1 ? ",)" : ")");
    String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + tuple + ", }";
    int padded = (10 + text.length() + 1 + 63) / 64 * 64;
    String header = text + " ".repeat(padded - 10 - text.length() - 1) + "\n";
    return ByteBuffer.allocate(padded + items.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0x93)
        .put("NUMPY\1\0".getBytes(StandardCharsets.US_ASCII))
        .putShort((short) header.length())
        .put(header.getBytes(StandardCharsets.US_ASCII))
        .put(items)
        .array();
  }

  /**
   * Texts as npy version 1.0: an array of numpy's type {@code <U}, as long as the longest.
   *
   * @param shape empty for one text alone
   */
  public static byte[] npyText(List<String> texts, List<Integer> shape) {
    int longest = 1;
    for (String text : texts) {
      longest = Math.max(longest, text.codePointCount(0, text.length()));
    }
    ByteBuffer items =
        ByteBuffer.allocate(texts.size() * longest * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < texts.size(); i++) {
      items.position(i * longest * Integer.BYTES);
      texts.get(i).codePoints().forEach(items::putInt);
    }
    return npy("<U" + longest, shape, items.array());
  }

  /** Writes the file so that it is either complete or not there; DataException on failure. */
  public void write(Path target) {
    write(target, WorkMonitor.SILENT);
  }

  /** The same; the monitor watches the reading back, and may stop it: then no file is there. */
  public void write(Path target, WorkMonitor monitor) {
    if (!deflated) {
      long bytes = entries.stream().mapToLong(Entry::size).sum();
      DiskSpace.require(target.toAbsolutePath().getParent(), bytes, target.toString());
    }
    AtomicFile.write(target, monitor, this::writeTo);
  }

  /** The whole file. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** SHA-256 of the whole file, without holding it. */
  public String sha256() {
    MessageDigest digest = Sha256.digest();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Sha256.hex(digest);
  }

  private void writeTo(OutputStream out) throws IOException {
    ZipWriter zip = new ZipWriter(out, deflated);
    for (Entry entry : entries) {
      if (entry.streamed == null) {
        zip.entry(entry.name, entry.content);
      } else {
        zip.entry(
            entry.name,
            entry.size,
            stream -> {
              stream.write(entry.content);
              entry.streamed.writeTo(stream);
            });
      }
    }
    zip.finish(comment);
  }
}
