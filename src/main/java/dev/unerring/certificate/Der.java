// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** As much of DER (X.690) as keys need: values are read one after another, and written. */
final class Der {
  static final int INTEGER = 0x02;
  static final int OCTETS = 0x04;
  static final int OBJECT_ID = 0x06;
  static final int SEQUENCE = 0x30;
  static final int PARAMETERS = 0xA0;

  private final byte[] bytes;
  private int at;

  Der(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean next(int tag) {
    return at < bytes.length && (bytes[at] & 0xFF) == tag;
  }

  /** The content of the next value; IllegalArgumentException where it has another tag. */
  byte[] take(int tag) {
    if (!next(tag) || at + 2 > bytes.length) {
      throw new IllegalArgumentException("no value of type " + tag);
    }
    int length = bytes[at + 1] & 0xFF;
    int start = at + 2;
    if (length > 0x80) {
      int count = length - 0x80;
      if (count > 2 || start + count > bytes.length) {
        throw new IllegalArgumentException("a length beyond the file");
      }
      length = 0;
      for (int i = 0; i < count; i++) {
        length = length << 8 | bytes[start++] & 0xFF;
      }
    }
    if (length > bytes.length - start) {
      throw new IllegalArgumentException("a length beyond the file");
    }
    at = start + length;
    return Arrays.copyOfRange(bytes, start, at);
  }

  static byte[] value(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.size() < 0x80) {
      out.write(content.size());
    } else if (content.size() < 0x100) {
      out.write(0x81);
      out.write(content.size());
    } else {
      out.write(0x82);
      out.write(content.size() >> 8);
      out.write(content.size());
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
