// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.base.Philox;

/** Families of float32 test values, drawn from {@link TestSeed} and a stream number. */
enum Values {
  /** Uniform in [-1, 1). */
  PLAIN,

  /** Around 2^-72, so that products are subnormal; some subnormals and both zeros. */
  TINY,

  /** Any finite bit pattern: sums overflow, products underflow. */
  WIDE,

  /** Uniform in [-1, 1), with zeros, subnormals, and two words of infinity or NaN. */
  SPECIAL;

  /** A Philox purpose that the engine does not use. */
  private static final int PURPOSE = 1_000;

  private static final int[] ODD = {
    0x80000000, 0x00000000, 0x00000001, 0x80000001, 0x007fffff, 0x807fffff, 0x00800000, 0x3f800001
  };
  private static final int[] NOT_FINITE = {
    0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001, 0x7f800001
  };

  /** The bit patterns of {@code count} values. */
  int[] draw(int stream, int count) {
    int[] words = new int[count];
    for (int i = 0; i < count; i++) {
      words[i] = word(bits(stream, 2L * i), bits(stream, 2L * i + 1));
    }
    if (this == SPECIAL && count > 1) {
      for (int i = 0; i < 2; i++) {
        int at = Integer.remainderUnsigned(bits(stream, -1L - i), count);
        words[at] = NOT_FINITE[Integer.remainderUnsigned(bits(stream, -3L - i), NOT_FINITE.length)];
      }
    }
    return words;
  }

  private int word(int a, int b) {
    int odd = ODD[b & 7];
    boolean takeOdd = (b >>> 8 & 15) == 0;
    return switch (this) {
      case PLAIN -> Float.floatToRawIntBits((a >> 8) * 0x1p-23f);
      case TINY -> takeOdd ? odd & 0x80ffffff : (a & 0x807fffff) | (50 + (b >>> 16 & 7)) << 23;
      case WIDE -> (a & 0x7f800000) == 0x7f800000 ? odd : a;
      case SPECIAL -> takeOdd ? odd : Float.floatToRawIntBits((a >> 8) * 0x1p-23f);
    };
  }

  private int bits(int stream, long index) {
    return Philox.bits(TestSeed.VALUE, PURPOSE + ordinal(), stream, index);
  }

  /** The values of {@link #draw}. */
  float[] floats(int stream, int count) {
    int[] words = draw(stream, count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat(words[i]);
    }
    return values;
  }
}
