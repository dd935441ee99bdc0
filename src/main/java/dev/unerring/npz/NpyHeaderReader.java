// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import dev.unerring.DataException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads npy headers of version 1 to 3 and refuses every array that is not plain numbers, or where
 * text is wanted, text.
 */
final class NpyHeaderReader {
  /** numpy itself refuses more than 10,000 bytes; the dictionary needs about 100. */
  static final int MAX_HEADER_BYTES = 1 << 14;

  private static final int MAX_DIMENSIONS = 32;
  private static final Pattern TYPE = Pattern.compile("([<>|=]?)([A-Za-z?])([0-9]{0,9})(.*)");
  private static final String PLAIN = "save it as a plain array (images as uint8, labels as int64)";
  private static final String AGAIN = "write it again with numpy.save";

  private final Path path;
  private final ZipEntry entry;
  private final boolean text;

  private NpyHeaderReader(Path path, ZipEntry entry, boolean text) {
    this.path = path;
    this.entry = entry;
    this.text = text;
  }

  /**
   * Reads the header from the start of {@code stream}, which then stands on the first item.
   *
   * @throws DataException when the array is not of plain numbers in C order, or when shape and type
   *     do not need exactly the bytes of the entry
   */
  static NpyHeader read(Path path, ZipEntry entry, EntryStream stream) {
    return new NpyHeaderReader(path, entry, false).read(stream);
  }

  /** The same of an array of texts, numpy's types U and S. */
  static NpyHeader readText(Path path, ZipEntry entry, EntryStream stream) {
    return new NpyHeaderReader(path, entry, true).read(stream);
  }

  private NpyHeader read(EntryStream stream) {
    byte[] start = take(stream, 8);
    if (start[0] == 'P' && start[1] == 'K') {
      throw refusal("it is an archive inside the archive, not an array", "unpack it first");
    }
    if (start[0] != (byte) 0x93
        || !new String(start, 1, 5, StandardCharsets.US_ASCII).equals("NUMPY")) {
      throw refusal("it is not an npy array", AGAIN);
    }
    int major = start[6];
    if (major < 1 || major > 3 || start[7] != 0) {
      throw refusal(
          "its npy version is " + major + "." + start[7] + ", known are 1.0 to 3.0", AGAIN);
    }
    int lengthBytes = major == 1 ? 2 : 4;
    byte[] field = take(stream, lengthBytes);
    long length = 0;
    for (int i = lengthBytes - 1; i >= 0; i--) {
      length = length << 8 | field[i] & 0xFF;
    }
    int before = 8 + lengthBytes;
    if (length > MAX_HEADER_BYTES || length > entry.size() - before) {
      throw refusal("its npy header declares " + length + " bytes", AGAIN);
    }
    byte[] bytes = take(stream, (int) length);
    return header(
        new String(bytes, major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1),
        before + (int) length);
  }

  private byte[] take(EntryStream stream, int bytes) {
    if (bytes > entry.size()) {
      throw refusal("it is too short for an npy array (" + entry.size() + " bytes)", AGAIN);
    }
    byte[] result = new byte[bytes];
    stream.read(MemorySegment.ofArray(result));
    return result;
  }

  private NpyHeader header(String dictionary, int dataOffset) {
    Map<String, Object> members;
    try {
      members = new PythonLiteral(dictionary).dictionary();
    } catch (IllegalArgumentException e) {
      throw refusal("its npy header is not readable: " + e.getMessage(), AGAIN);
    }
    if (members.size() != 3
        || !members.containsKey("descr")
        || !(members.get("fortran_order") instanceof Boolean fortranOrder)
        || !(members.get("shape") instanceof List<?> shape)) {
      throw refusal("its npy header does not hold exactly descr, fortran_order and shape", AGAIN);
    }
    Matcher type = text ? textType(members.get("descr")) : type(members.get("descr"));
    boolean wide = type.group(2).equals("U");
    NpyHeader header =
        new NpyHeader(
            type.group(2).charAt(0),
            Integer.parseInt(type.group(3)) * (wide ? Integer.BYTES : 1),
            type.group(1).equals(">"),
            extents(shape),
            dataOffset);
    checkBytes(header);
    if (fortranOrder && header.shape().stream().filter(extent -> extent != 1).count() > 1) {
      throw refusal(
          "it is in Fortran order, which is not read", "save numpy.ascontiguousarray(array)");
    }
    return header;
  }

  private Matcher type(Object descr) {
    if (!(descr instanceof String word)) {
      throw refusal("it is a structured array (several fields for each item)", PLAIN);
    }
    Matcher type = TYPE.matcher(word);
    if (!type.matches()) {
      throw refusal("its type " + Refusal.printable(word) + " is unknown", PLAIN);
    }
    boolean plain =
        switch (type.group(2)) {
          case "b" -> type.group(3).equals("1");
          case "i", "u" -> type.group(3).matches("[1248]");
          case "f" -> type.group(3).matches("[248]");
          case "O" ->
              throw refusal(
                  "it holds Python objects (a pickle, which could run code when it is read)",
                  PLAIN);
          case "U", "S", "a" ->
              throw refusal("it holds text (type " + Refusal.printable(word) + ")", PLAIN);
          case "V" ->
              throw refusal(
                  "it is a structured array (type " + Refusal.printable(word) + ")", PLAIN);
          default -> false;
        };
    boolean ordered = type.group(3).equals("1") || type.group(1).matches("[<>]");
    if (!plain || !ordered || !type.group(4).isEmpty()) {
      throw refusal("its type " + Refusal.printable(word) + " is not one of plain numbers", PLAIN);
    }
    return type;
  }

  private Matcher textType(Object descr) {
    Matcher type = TYPE.matcher(String.valueOf(descr));
    if (!type.matches()
        || !type.group(2).matches("[US]")
        || !type.group(3).matches("[1-9][0-9]{0,6}")
        || !type.group(4).isEmpty()) {
      throw refusal(
          "it is no text (type " + Refusal.printable(String.valueOf(descr)) + ")",
          "save it as numpy.array([\"benign\", \"malignant\"]), or leave it out");
    }
    return type;
  }

  private List<Integer> extents(List<?> shape) {
    List<Integer> extents = new ArrayList<>();
    for (Object extent : shape) {
      if (!(extent instanceof Long value) || value < 0 || value > Integer.MAX_VALUE) {
        throw refusal(
            "its shape holds the extent " + Refusal.printable(String.valueOf(extent)), AGAIN);
      }
      extents.add(value.intValue());
    }
    if (extents.size() > MAX_DIMENSIONS) {
      throw refusal("its shape has " + extents.size() + " dimensions", AGAIN);
    }
    return List.copyOf(extents);
  }

  private void checkBytes(NpyHeader header) {
    long bytes;
    try {
      bytes = header.dataBytes();
    } catch (ArithmeticException e) {
      throw refusal("its shape " + header.shapeText() + " overflows 64 bits", AGAIN);
    }
    long there = entry.size() - header.dataOffset();
    if (bytes != there) {
      throw refusal(
          "its shape "
              + header.shapeText()
              + " of "
              + header.typeName()
              + " needs "
              + bytes
              + " bytes, but it holds "
              + there,
          AGAIN);
    }
  }

  private DataException refusal(String reason, String advice) {
    return Refusal.entry(path, entry.name(), reason, advice);
  }
}
