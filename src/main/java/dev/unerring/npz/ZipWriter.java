// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes a zip file from front to back, so that no entry has to be held in memory: the same calls
 * give the same bytes (no clock; every entry is dated 1980-01-01). Sizes and checksum stand in the
 * header before the data, so that readers of streams take the file too; for them every content is
 * made twice. Sizes and offsets that do not fit 32 bits get zip64 fields.
 */
final class ZipWriter {
  /** Writes the content of an entry; called twice, with the same bytes. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** What a field of 32 bits holds when the value is in a zip64 field. */
  private static final long SATURATED = 0xFFFFFFFFL;

  private static final short VERSION = 20;
  private static final short VERSION_ZIP64 = 45;

  /** 1980-01-01 in the format of DOS. */
  private static final short DATE = 0x21;

  private final Counted out;
  private final boolean deflated;
  private final long zip64From;
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private int entries;

  /** A file on {@code out}, which is not closed. */
  ZipWriter(OutputStream out, boolean deflated) {
    this(out, deflated, SATURATED);
  }

  /** The same with zip64 fields for sizes and offsets from {@code zip64From} on. */
  ZipWriter(OutputStream out, boolean deflated, long zip64From) {
    this.out = new Counted(out);
    this.deflated = deflated;
    this.zip64From = zip64From;
  }

  /** Sizes and checksum of an entry, and where its header stands. */
  private record Entry(
      byte[] name, long crc, long compressed, long size, long offset, boolean zip64) {}

  /** An entry that is in memory already. */
  void entry(String name, byte[] content) throws IOException {
    entry(name, content.length, stream -> stream.write(content));
  }

  /**
   * An entry whose content is made twice: measured, then written.
   *
   * @param size bytes that {@code content} writes
   * @throws IOException where it writes other bytes the second time
   */
  void entry(String name, long size, Content content) throws IOException {
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    Entry measured = packed(ascii, content, new Counted(OutputStream.nullOutputStream()));
    if (measured.size != size) {
      throw new IllegalStateException(
          name + ": " + measured.size + " bytes written, announced were " + size);
    }
    local(measured);
    Entry written = packed(ascii, content, out);
    if (written.crc != measured.crc
        || written.size != measured.size
        || written.compressed != measured.compressed) {
      throw new IOException(name + " was changed while it was written");
    }
    remember(measured);
  }

  private Entry packed(byte[] name, Content content, Counted to) throws IOException {
    long start = to.count;
    CRC32 crc = new CRC32();
    Counted[] checked = new Counted[1];
    pack(
        to,
        stream -> {
          checked[0] = new Counted(stream, crc);
          content.writeTo(checked[0]);
        });
    long compressed = to.count - start;
    long size = checked[0].count;
    boolean zip64 = size >= zip64From || compressed >= zip64From;
    return new Entry(name, crc.getValue(), compressed, size, out.count, zip64);
  }

  private void pack(OutputStream to, Content content) throws IOException {
    if (!deflated) {
      content.writeTo(to);
      return;
    }
    try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
      DeflaterOutputStream stream = new DeflaterOutputStream(to, deflater, 1 << 16);
      content.writeTo(stream);
      stream.finish();
    }
  }

  private void local(Entry entry) throws IOException {
    int extra = entry.zip64 ? 20 : 0;
    ByteBuffer header = littleEndian(30 + entry.name.length + extra).putInt(0x04034b50);
    common(header, entry).putShort((short) extra).put(entry.name);
    if (entry.zip64) {
      header.putShort((short) 1).putShort((short) 16).putLong(entry.size).putLong(entry.compressed);
    }
    out.write(header.array());
  }

  private void remember(Entry entry) {
    boolean far = entry.offset >= zip64From;
    int values = (entry.zip64 ? 16 : 0) + (far ? 8 : 0);
    int extra = values == 0 ? 0 : 4 + values;
    ByteBuffer header =
        littleEndian(46 + entry.name.length + extra).putInt(0x02014b50).putShort(VERSION);
    common(header, entry)
        .putShort((short) extra)
        .position(42)
        .putInt((int) (far ? SATURATED : entry.offset))
        .put(entry.name);
    if (extra > 0) {
      header.putShort((short) 1).putShort((short) values);
    }
    if (entry.zip64) {
      header.putLong(entry.size).putLong(entry.compressed);
    }
    if (far) {
      header.putLong(entry.offset);
    }
    directory.writeBytes(header.array());
    entries++;
  }

  /** The fields that both headers of an entry share, from "version needed" to "name length". */
  private ByteBuffer common(ByteBuffer header, Entry entry) {
    return header
        .putShort(entry.zip64 ? VERSION_ZIP64 : VERSION)
        .putShort((short) 0)
        .putShort((short) (deflated ? 8 : 0))
        .putShort((short) 0)
        .putShort(DATE)
        .putInt((int) entry.crc)
        .putInt((int) (entry.zip64 ? SATURATED : entry.compressed))
        .putInt((int) (entry.zip64 ? SATURATED : entry.size))
        .putShort((short) entry.name.length);
  }

  /** Ends the file with its directory and a comment of ASCII, which may be empty. */
  void finish(String comment) throws IOException {
    byte[] ascii = comment.getBytes(StandardCharsets.US_ASCII);
    long start = out.count;
    directory.writeTo(out);
    boolean zip64 = start >= zip64From;
    if (zip64) {
      long end = out.count;
      out.write(
          littleEndian(56 + 20)
              .putInt(0x06064b50)
              .putLong(44)
              .putShort(VERSION_ZIP64)
              .putShort(VERSION_ZIP64)
              .putLong(0)
              .putLong(entries)
              .putLong(entries)
              .putLong(directory.size())
              .putLong(start)
              .putInt(0x07064b50)
              .putInt(0)
              .putLong(end)
              .putInt(1)
              .array());
    }
    out.write(
        littleEndian(22 + ascii.length)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort((short) entries)
            .putShort((short) entries)
            .putInt(directory.size())
            .putInt((int) (zip64 ? SATURATED : start))
            .putShort((short) ascii.length)
            .put(ascii)
            .array());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Counts what passes, and adds it to a checksum where there is one. */
  private static final class Counted extends FilterOutputStream {
    private final CRC32 crc;
    private long count;

    Counted(OutputStream out) {
      this(out, null);
    }

    Counted(OutputStream out, CRC32 crc) {
      super(out);
      this.crc = crc;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count += length;
      if (crc != null) {
        crc.update(bytes, offset, length);
      }
    }
  }
}
