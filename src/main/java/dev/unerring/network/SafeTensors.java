// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.DataException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A safetensors file that is being read: an 8-byte little-endian length, a JSON header, the
 * tensors. No size in it is believed before it is checked, every tensor has to be asked for, and
 * together they fill the file. Whatever is wrong is a {@link DataException} that names the file.
 */
final class SafeTensors {
  private static final int LARGEST_HEADER = 1 << 24;
  private static final int PIECE = 1 << 16;
  private static final String METADATA = "__metadata__";
  private static final String OUTSIDE =
      " has offsets outside the file or not of its shape's length";

  private final Path file;
  private final long size;
  private final int data;
  private final Map<?, ?> metadata;
  private final Map<String, Object> left = new TreeMap<>();
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  SafeTensors(Path file) {
    this.file = file;
    this.size = size();
    int headerLength = headerLength();
    this.data = Long.BYTES + headerLength;
    Map<String, Object> header = header(headerLength);
    requireWhole(header);
    this.metadata = map(header.get(METADATA), METADATA);
    left.putAll(header);
    left.remove(METADATA);
  }

  /** The text of a key of the metadata. */
  String text(String key) {
    if (metadata.get(key) instanceof String text) {
      return text;
    }
    throw damaged("its metadata lack '" + key + "'");
  }

  /** All texts of the metadata. */
  Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>();
    metadata.forEach((key, value) -> {
      if (value instanceof String text) {
        texts.put((String) key, text);
      }
    });
    return texts;
  }

  /** The SHA-256 of each tensor's bytes, by name. */
  Map<String, String> hashes() {
    Map<String, String> hashes = new TreeMap<>();
    for (String name : left.keySet()) {
      Map<?, ?> entry = map(left.get(name), name);
      MessageDigest digest = Sha256.digest();
      read(offset(entry, name, 0), offset(entry, name, 1), name, digest::update);
      hashes.put(name, Sha256.hex(digest));
    }
    return hashes;
  }

  /** Whether the metadata have a key. */
  boolean says(String key) {
    return metadata.containsKey(key);
  }

  /** Whether a tensor of this name was not asked for yet. */
  boolean holds(String name) {
    return left.containsKey(name);
  }

  /** First extent of a tensor that {@link #holds}. */
  long rows(String name) {
    return map(left.get(name), name).get("shape") instanceof List<?> shape
            && !shape.isEmpty()
            && shape.getFirst() instanceof Long rows
        ? rows
        : -1;
  }

  /**
   * Hands on the elements of a tensor as little-endian bytes, in pieces of whole elements.
   *
   * @param dtype F32 or U8
   */
  void take(String name, String dtype, List<Integer> shape, Consumer<ByteBuffer> sink) {
    Map<?, ?> entry = map(left.remove(name), name);
    long begin = offset(entry, name, 0);
    long end = offset(entry, name, 1);
    List<Long> extents = shape.stream().map(Integer::longValue).toList();
    if (!dtype.equals(entry.get("dtype")) || !extents.equals(entry.get("shape"))) {
      throw damaged(name + " is not " + dtype + " of shape " + shape);
    }
    long bytes = dtype.equals("F32") ? Float.BYTES : 1;
    for (long extent : extents) {
      bytes = Math.multiplyExact(bytes, extent);
    }
    if (end - begin != bytes) {
      throw damaged(name + OUTSIDE);
    }
    ends.put(begin, end);
    read(begin, end, name, sink);
  }

  private void read(long begin, long end, String name, Consumer<ByteBuffer> sink) {
    if (begin < 0 || begin > end || end > length()) {
      throw damaged(name + OUTSIDE);
    }
    long bytes = end - begin;
    byte[] piece = new byte[(int) Math.min(PIECE, bytes)];
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(data + begin);
      for (long left = bytes; left > 0; left -= piece.length) {
        int length = (int) Math.min(left, piece.length);
        in.readFully(piece, 0, length);
        sink.accept(ByteBuffer.wrap(piece, 0, length).order(ByteOrder.LITTLE_ENDIAN));
      }
    } catch (EOFException e) {
      throw damaged("it was cut off while it was read");
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Refuses tensors that were not asked for, and gaps and overlaps between the others. */
  void requireNothingElse() {
    if (!left.isEmpty()) {
      throw damaged("it holds the unknown tensor " + left.keySet().iterator().next());
    }
    long at = 0;
    for (Map.Entry<Long, Long> tensor : ends.entrySet()) {
      if (tensor.getKey() != at) {
        throw damaged("its tensors overlap or leave a gap at byte " + at);
      }
      at = tensor.getValue();
    }
    if (at != length()) {
      throw damaged("its tensors have " + at + " bytes, the file holds " + length());
    }
  }

  /** The error for this file. */
  DataException damaged(String reason) {
    return new DataException(
        "not a model of Unerring: " + file + ": " + reason + "; train again or take a backup");
  }

  /** Bytes of all tensors. */
  long length() {
    return size - data;
  }

  /** Found first, because a file that was cut off is the likeliest damage. */
  private void requireWhole(Map<String, Object> header) {
    for (Object entry : header.values()) {
      if (entry instanceof Map<?, ?> tensor
          && tensor.get("data_offsets") instanceof List<?> offsets
          && offsets.stream().anyMatch(at -> at instanceof Long end && end > length())) {
        throw damaged("its tensors have offsets " + offsets + ", the file holds " + length());
      }
    }
  }

  private long size() {
    try {
      long bytes = Files.size(file);
      if (bytes > Integer.MAX_VALUE - 16) {
        throw damaged("it is larger than 2 GiB");
      }
      return bytes;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private ByteBuffer bytes(long from, int count) {
    byte[] bytes = new byte[count];
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(from);
      in.readFully(bytes);
    } catch (EOFException e) {
      throw damaged("it was cut off while it was read");
    } catch (IOException e) {
      throw unreadable(e);
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private DataException unreadable(IOException e) {
    return new DataException("cannot read the model " + file + ": " + IoReason.of(e), e);
  }

  private int headerLength() {
    if (size < Long.BYTES) {
      throw damaged("it ends within its first 8 bytes");
    }
    long length = bytes(0, Long.BYTES).getLong();
    if (length < 2 || length > LARGEST_HEADER || length > size - Long.BYTES) {
      throw damaged("its header would have " + length + " bytes");
    }
    return (int) length;
  }

  private Map<String, Object> header(int length) {
    String json =
        new String(bytes(Long.BYTES, length).array(), StandardCharsets.UTF_8).stripTrailing();
    Object parsed;
    try {
      parsed = Json.parse(json);
    } catch (DataException e) {
      throw damaged("its header is not JSON: " + e.getMessage());
    }
    Map<String, Object> header = new LinkedHashMap<>();
    map(parsed, "header").forEach((key, value) -> header.put((String) key, value));
    return header;
  }

  private Map<?, ?> map(Object value, String what) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw damaged("it lacks " + what);
  }

  private long offset(Map<?, ?> entry, String name, int which) {
    if (entry.get("data_offsets") instanceof List<?> two
        && two.size() == 2
        && two.get(which) instanceof Long offset) {
      return offset;
    }
    throw damaged(name + " has no data_offsets");
  }
}
