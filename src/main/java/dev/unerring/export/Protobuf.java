// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One message of Protocol Buffers that is being put together: fields in the order in which they are
 * added. It keeps the arrays that it is given, so that large tensors are not copied.
 */
final class Protobuf {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int DELIMITED = 2;
  private static final int FIXED_32 = 5;

  private final List<byte[]> pieces = new ArrayList<>();
  private long size;

  Protobuf() {}

  /** An integer, an enumeration or a truth value. */
  Protobuf integer(int field, long value) {
    return tag(field, VARINT).append(varint(value));
  }

  /** Integers, one field each. */
  Protobuf integers(int field, long... values) {
    for (long value : values) {
      integer(field, value);
    }
    return this;
  }

  Protobuf float32(int field, float value) {
    byte[] bytes = new byte[Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(value);
    return tag(field, FIXED_32).append(bytes);
  }

  Protobuf float64(int field, double value) {
    byte[] bytes = new byte[Double.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(value);
    return tag(field, FIXED_64).append(bytes);
  }

  Protobuf text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  Protobuf bytes(int field, byte[] value) {
    return tag(field, DELIMITED).append(varint(value.length)).append(value);
  }

  /** Another message; what is added to it later is not part of this one. */
  Protobuf message(int field, Protobuf value) {
    tag(field, DELIMITED).append(varint(value.size));
    value.pieces.forEach(this::append);
    return this;
  }

  /** All fields of another message after those of this one. */
  Protobuf append(Protobuf other) {
    other.pieces.forEach(this::append);
    return this;
  }

  private Protobuf tag(int field, int type) {
    return append(varint((long) field << 3 | type));
  }

  private Protobuf append(byte[] piece) {
    pieces.add(piece);
    size += piece.length;
    return this;
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(2);
    long left = value;
    while ((left & ~0x7FL) != 0) {
      out.write((int) (left & 0x7F | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
    return out.toByteArray();
  }

  /** Bytes of the message. */
  long size() {
    return size;
  }

  void writeTo(OutputStream out) throws IOException {
    for (byte[] piece : pieces) {
      out.write(piece);
    }
  }

  byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(Math.toIntExact(size));
    try {
      writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
