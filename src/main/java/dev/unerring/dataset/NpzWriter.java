package dev.unerring.dataset;

import dev.unerring.base.AtomicFile;
import dev.unerring.base.DataException;
import dev.unerring.base.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes npz files: the same arrays give the same bytes (no clock; every entry is dated
 * 1980-01-01). Stored entries are the same on every machine; deflated ones depend on its zlib. For
 * files below 4 GiB.
 */
public final class NpzWriter {
  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_BYTES = 46;
  private static final int END_BYTES = 22;
  private static final short VERSION = 20;

  /** 1980-01-01 in the format of DOS. */
  private static final short DATE = 0x21;

  /** Sizes and offsets of the format are of 32 bits; the directory fits below. */
  private static final long MAX_BYTES = (1L << 32) - (1 << 20);

  /** An array: its npy bytes in pieces, one after another. */
  private record Entry(String name, List<byte[]> content, long size, int crc) {}

  private final boolean deflated;
  private final List<Entry> entries = new ArrayList<>();
  private long bytes;

  /** A file without entries; {@code deflated}: compress those that are added. */
  public NpzWriter(boolean deflated) {
    this.deflated = deflated;
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
    return add(name, List.of(npy));
  }

  /**
   * Adds an array given in pieces, which are kept and not copied (of a stored file).
   *
   * @param npy header (see {@link #npyHeader}) and items, one after another
   * @throws DataException when the file would exceed 4 GiB
   */
  public NpzWriter add(String name, List<byte[]> npy) {
    long size = npy.stream().mapToLong(piece -> piece.length).sum();
    bytes += size;
    if (bytes > MAX_BYTES) {
      throw new DataException(
          "with "
              + name
              + " the npz file needs "
              + bytes
              + " bytes, written are at most "
              + MAX_BYTES
              + "; write fewer or smaller images");
    }
    CRC32 crc = new CRC32();
    npy.forEach(crc::update);
    List<byte[]> content = deflated ? List.of(deflate(npy)) : List.copyOf(npy);
    entries.add(new Entry(name + ".npy", content, size, (int) crc.getValue()));
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
    byte[] header = npyHeader(type, shape);
    return ByteBuffer.allocate(header.length + items.length).put(header).put(items).array();
  }

  /** What stands before the items of such an array. */
  public static byte[] npyHeader(String type, List<Integer> shape) {
    String extents = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    String tuple = "(" + extents + (shape.size() == 1 ? ",)" : ")");
    String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + tuple + ", }";
    int padded = (10 + text.length() + 1 + 63) / 64 * 64;
    String header = text + " ".repeat(padded - 10 - text.length() - 1) + "\n";
    return ByteBuffer.allocate(padded)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0x93)
        .put("NUMPY\1\0".getBytes(StandardCharsets.US_ASCII))
        .putShort((short) header.length())
        .put(header.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  /** Writes the file so that it is either complete or not there; DataException on failure. */
  public void write(Path target) {
    AtomicFile.write(target, pieces());
  }

  /** SHA-256 of the file that {@link #write} writes. */
  public String sha256() {
    MessageDigest digest = Sha256.digest();
    pieces().forEach(digest::update);
    return Sha256.hex(digest);
  }

  /** The whole file, of less than 2 GiB. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pieces().forEach(out::writeBytes);
    return out.toByteArray();
  }

  private List<byte[]> pieces() {
    List<byte[]> body = new ArrayList<>();
    ByteArrayOutputStream directory = new ByteArrayOutputStream();
    long offset = 0;
    for (Entry entry : entries) {
      byte[] name = entry.name().getBytes(StandardCharsets.US_ASCII);
      long length = entry.content().stream().mapToLong(piece -> piece.length).sum();
      byte[] common = common(entry, length, name.length);
      body.add(
          littleEndian(LOCAL_BYTES).putInt(0x04034b50).put(common).putShort((short) 0).array());
      body.add(name);
      body.addAll(entry.content());
      directory.writeBytes(
          littleEndian(CENTRAL_BYTES)
              .putInt(0x02014b50)
              .putShort(VERSION)
              .put(common)
              .putInt(42, (int) offset)
              .array());
      directory.writeBytes(name);
      offset += LOCAL_BYTES + name.length + length;
    }
    body.add(directory.toByteArray());
    body.add(
        littleEndian(END_BYTES)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort((short) entries.size())
            .putShort((short) entries.size())
            .putInt(directory.size())
            .putInt((int) offset)
            .array());
    return body;
  }

  /** The fields that both headers of an entry share, from "version needed" to "name length". */
  private byte[] common(Entry entry, long compressedSize, int nameLength) {
    return littleEndian(24)
        .putShort(VERSION)
        .putShort((short) 0)
        .putShort((short) (deflated ? 8 : 0))
        .putShort((short) 0)
        .putShort(DATE)
        .putInt(entry.crc())
        .putInt((int) compressedSize)
        .putInt((int) entry.size())
        .putShort((short) nameLength)
        .array();
  }

  private static byte[] deflate(List<byte[]> content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] piece = new byte[1 << 16];
    try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
      for (byte[] next : content) {
        deflater.setInput(next);
        while (!deflater.needsInput()) {
          out.write(piece, 0, deflater.deflate(piece));
        }
      }
      deflater.finish();
      while (!deflater.finished()) {
        out.write(piece, 0, deflater.deflate(piece));
      }
    }
    return out.toByteArray();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
