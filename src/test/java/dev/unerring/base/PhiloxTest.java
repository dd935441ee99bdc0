// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Philox is Philox4x32-10 of Random123, and a draw is a function of seed, purpose, epoch and index
 * through the counter words (low index / 4, high index / 4, epoch, purpose).
 */
final class PhiloxTest {
  /** Known answers of Random123 1.14 (kat_vectors): counter, key, result. */
  private static final String[][] KNOWN = {
    {
      "00000000 00000000 00000000 00000000",
      "00000000 00000000",
      "6627e8d5 e169c58d bc57ac4c 9b00dbd8"
    },
    {
      "ffffffff ffffffff ffffffff ffffffff",
      "ffffffff ffffffff",
      "408f276d 41c83b0e a20bc7c6 6d5451fd"
    },
    {
      "243f6a88 85a308d3 13198a2e 03707344",
      "a4093822 299f31d0",
      "d16cfe09 94fdcceb 5001e420 24126ea1"
    },
  };

  @Test
  void givesTheKnownAnswers() {
    for (String[] known : KNOWN) {
      int[] c = words(known[0]);
      int[] key = words(known[1]);
      long seed = (long) key[1] << 32 | key[0] & 0xFFFFFFFFL;
      int[] found = new int[4];
      for (int lane = 0; lane < 4; lane++) {
        found[lane] = Philox.word(c[0], c[1], c[2], c[3], seed, lane);
      }
      assertArrayEquals(words(known[2]), found, known[0]);
    }
  }

  private static int[] words(String hex) {
    String[] parts = hex.split(" ");
    int[] words = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      words[i] = Integer.parseUnsignedInt(parts[i], 16);
    }
    return words;
  }

  @Test
  void mapsTheIndexToCounterAndLane() {
    long seed = 0x299f31d0a4093822L;
    int epoch = 0x13198a2e;
    int purpose = 0x03707344;
    for (long index : new long[] {0, 1, 2, 3, 4, 7, 1L << 33, (1L << 34) + 2, (1L << 40) + 5}) {
      int low = (int) (index / 4);
      int high = (int) (index / 4 >>> 32);
      assertEquals(
          Philox.word(low, high, epoch, purpose, seed, (int) (index % 4)),
          Philox.bits(seed, purpose, epoch, index),
          "index " + index);
    }
    assertEquals(0xd16cfe09, Philox.word(0x243f6a88, 0x85a308d3, epoch, purpose, seed, 0));
    assertEquals(0x6627e8d5, Philox.bits(0, 0, 0, 0));
    assertEquals(0x9b00dbd8, Philox.bits(0, 0, 0, 3));
  }

  @Test
  void uniformsAreTheUpper24BitsAndStayBelowOne() {
    for (long index = 0; index < 100_000; index++) {
      float u = Philox.uniform(7, Philox.INITIAL_WEIGHTS, 3, index);
      int bits = Philox.bits(7, Philox.INITIAL_WEIGHTS, 3, index);
      assertTrue(u >= 0.0f && u < 1.0f, () -> "index out of range");
      assertEquals(bits >>> 8, (int) (u * 0x1p24f));
    }
  }

  @Test
  void wideDrawsTakeTwoWords() {
    for (long index = 0; index < 10; index++) {
      long high = Philox.bits(5, Philox.SAMPLE_ORDER, 2, 2 * index) & 0xFFFFFFFFL;
      long low = Philox.bits(5, Philox.SAMPLE_ORDER, 2, 2 * index + 1) & 0xFFFFFFFFL;
      assertEquals(high << 32 | low, Philox.bits64(5, Philox.SAMPLE_ORDER, 2, index));
    }
  }

  @Test
  void purposesAreDistinctAndFrozen() {
    Map<Integer, String> frozen = new TreeMap<>();
    frozen.put(1, "initial weights");
    frozen.put(2, "sample order");
    frozen.put(3, "auxiliary image");
    frozen.put(4, "correction order");
    frozen.put(5, "reference share");
    frozen.put(64, "demo set");
    int[] used = {
      Philox.INITIAL_WEIGHTS,
      Philox.SAMPLE_ORDER,
      Philox.AUXILIARY_IMAGE,
      Philox.CORRECTION_ORDER,
      Philox.REFERENCE_SHARE,
      Philox.DEMO_SET
    };
    assertArrayEquals(
        frozen.keySet().stream().mapToInt(Integer::intValue).toArray(),
        used,
        "a purpose number is part of every seed's meaning: " + frozen);
  }
}
