// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.unerring.DataException;
import dev.unerring.data.Dataset;
import dev.unerring.data.DatasetReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;

/** Makes small npz files, sound and otherwise, and checks how they are refused. */
public final class Forge {
  static final int HEIGHT = 6;
  static final int WIDTH = 5;
  static final int IMAGE = HEIGHT * WIDTH;

  private static final long MAX_EXTRA_BYTES = 64L << 20;
  private static final long MAX_NANOS = 1_000_000_000L;

  private Forge() {}

  /** Six sound arrays: 4, 2, 2 images of 6 x 5, labels 0 and 1. */
  public static Map<String, byte[]> arrays() {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    int first = 0;
    for (String split : DatasetReader.SPLITS) {
      int count = split.equals("train") ? 4 : 2;
      arrays.put(split + "_images", images(count, first));
      int[] labels = new int[count];
      Arrays.setAll(labels, i -> i & 1);
      arrays.put(split + "_labels", labels(labels));
      first += count;
    }
    return arrays;
  }

  /** {@code count} different images. */
  public static byte[] images(int count, int first) {
    byte[] items = new byte[count * IMAGE];
    for (int i = 0; i < items.length; i++) {
      items[i] = (byte) (i * 7 + (first + i / IMAGE) * 31);
    }
    return NpzWriter.npy("|u1", List.of(count, HEIGHT, WIDTH), items);
  }

  public static byte[] labels(int... labels) {
    byte[] items = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      items[i] = (byte) labels[i];
    }
    return NpzWriter.npy("|u1", List.of(labels.length, 1), items);
  }

  /** An array with a header of any version and text. */
  public static byte[] npy(int major, String header, byte[] items) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(12 + text.length + items.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    out.put((byte) major).put((byte) 0);
    if (major == 1) {
      out.putShort((short) text.length);
    } else {
      out.putInt(text.length);
    }
    return Arrays.copyOf(out.put(text).put(items).array(), out.position());
  }

  public static String header(String type, boolean fortranOrder, String shape) {
    String order = fortranOrder ? "True" : "False";
    return "{'descr': " + type + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  }

  public static byte[] npz(Map<String, byte[]> arrays, boolean deflated) {
    NpzWriter writer = new NpzWriter(deflated);
    arrays.forEach(writer::add);
    return writer.toBytes();
  }

  /** The sound file with one array replaced ({@code null}: left out). */
  public static byte[] with(String array, byte[] npy) {
    Map<String, byte[]> arrays = arrays();
    arrays.put(array, npy);
    arrays.values().removeIf(content -> content == null);
    return npz(arrays, false);
  }

  /** Where the central header of an entry starts. */
  public static int central(byte[] zip, String entry) {
    return find(zip, 0x02014b50, 46, 28, entry);
  }

  /** Where the local header of an entry starts. */
  public static int local(byte[] zip, String entry) {
    return find(zip, 0x04034b50, 30, 26, entry);
  }

  private static int find(byte[] zip, int signature, int headerBytes, int lengthAt, String entry) {
    byte[] name = entry.getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at + headerBytes + name.length <= zip.length; at++) {
      if (buffer.getInt(at) == signature
          && buffer.getShort(at + lengthAt) == name.length
          && Arrays.equals(
              zip, at + headerBytes, at + headerBytes + name.length, name, 0, name.length)) {
        return at;
      }
    }
    throw new IllegalArgumentException("no entry " + entry);
  }

  static byte[] put16(byte[] zip, int at, int value) {
    ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putShort(at, (short) value);
    return zip;
  }

  static byte[] put32(byte[] zip, int at, int value) {
    ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return zip;
  }

  /** {@code start} and then {@code mebibytes} of zeros, deflated, without holding them. */
  static byte[] deflatedZeros(byte[] start, int mebibytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] piece = new byte[1 << 16];
    byte[] zeros = new byte[1 << 20];
    try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
      for (int i = 0; i <= mebibytes; i++) {
        deflater.setInput(i == 0 ? start : zeros);
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

  public static Path write(Path folder, byte[] bytes) {
    try {
      return Files.write(folder.resolve("bad.npz"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opening must fail with a message that holds file, entry and reason, cheaply. */
  public static void assertRefused(Path folder, byte[] bytes, String entry, String reason) {
    assertRefused(write(folder, bytes), entry, reason);
  }

  public static void assertRefused(Path file, String entry, String reason) {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = thread.getCurrentThreadAllocatedBytes();
    long cpu = thread.getCurrentThreadCpuTime();
    DataException e =
        assertThrows(DataException.class, () -> Dataset.open(file).close(), "expected: " + reason);
    allocated = thread.getCurrentThreadAllocatedBytes() - allocated;
    cpu = thread.getCurrentThreadCpuTime() - cpu;
    String start = file + (entry.isEmpty() ? ": " : ": entry " + entry + ": ");
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().substring(start.length()).contains("; "), "what to do: " + e);
    assertTrue(allocated < MAX_EXTRA_BYTES, "allocated " + allocated);
    assertTrue(cpu < MAX_NANOS, "took ns " + cpu);
  }
}
