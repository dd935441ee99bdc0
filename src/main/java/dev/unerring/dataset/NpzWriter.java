package dev.unerring.dataset;

import dev.unerring.base.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes npz files: the same arrays give the same bytes (no clock; every entry is dated
 * 1980-01-01). Stored entries are the same on every machine; deflated ones depend on its zlib. For
 * files below 2 GiB.
 */
public final class NpzWriter {
  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_BYTES = 46;
  private static final int END_BYTES = 22;
  private static final short VERSION = 20;

  /** 1980-01-01 in the format of DOS. */
  private static final short DATE = 0x21;

  private record Entry(String name, byte[] content) {}

  private final boolean deflated;
  private final List<Entry> entries = new ArrayList<>();

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
    entries.add(new Entry(name + ".npy", npy));
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

  /** Writes the file so that it is either complete or not there; DataException on failure. */
  public void write(Path target) {
    AtomicFile.write(target, toBytes());
  }

  /** The whole file. */
  public byte[] toBytes() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ByteArrayOutputStream directory = new ByteArrayOutputStream();
    for (Entry entry : entries) {
      byte[] name = entry.name().getBytes(StandardCharsets.US_ASCII);
      byte[] data = deflated ? deflate(entry.content()) : entry.content();
      byte[] common = common(entry, data.length, name.length);
      int offset = body.size();
      body.writeBytes(
          littleEndian(LOCAL_BYTES).putInt(0x04034b50).put(common).putShort((short) 0).array());
      body.writeBytes(name);
      body.writeBytes(data);
      directory.writeBytes(
          littleEndian(CENTRAL_BYTES)
              .putInt(0x02014b50)
              .putShort(VERSION)
              .put(common)
              .putInt(42, offset)
              .array());
      directory.writeBytes(name);
    }
    int directoryOffset = body.size();
    body.writeBytes(directory.toByteArray());
    body.writeBytes(
        littleEndian(END_BYTES)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort((short) entries.size())
            .putShort((short) entries.size())
            .putInt(directory.size())
            .putInt(directoryOffset)
            .array());
    return body.toByteArray();
  }

  /** The fields that both headers of an entry share, from "version needed" to "name length". */
  private byte[] common(Entry entry, int compressedSize, int nameLength) {
    CRC32 crc = new CRC32();
    crc.update(entry.content());
    return littleEndian(24)
        .putShort(VERSION)
        .putShort((short) 0)
        .putShort((short) (deflated ? 8 : 0))
        .putShort((short) 0)
        .putShort(DATE)
        .putInt((int) crc.getValue())
        .putInt(compressedSize)
        .putInt(entry.content().length)
        .putShort((short) nameLength)
        .array();
  }

  private static byte[] deflate(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] piece = new byte[1 << 16];
    try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
      deflater.setInput(content);
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
