// SPDX-License-Identifier: Apache-2.0
package dev.unerring.guard;

import dev.unerring.base.Philox;

/**
 * A sum over the elements of an image, each times a fixed random number, modulo 2^61 - 1. Of two
 * images that differ in one element the difference tells which one and by how much; a SHA-256
 * proves it afterwards.
 */
final class Fingerprint {
  private static final long MODULUS = (1L << 61) - 1;

  private final long[] weights;
  private final long[] inverses;

  Fingerprint(int elements) {
    weights = new long[elements];
    inverses = new long[elements];
    for (int i = 0; i < elements; i++) {
      weights[i] = (Philox.bits64(0, Philox.GUARD, 0, i) >>> 4) % (MODULUS - 1) + 1;
      inverses[i] = power(weights[i], MODULUS - 2);
    }
  }

  private static long times(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    long sum = (low & MODULUS) + (high << 3 | low >>> 61);
    sum = (sum & MODULUS) + (sum >>> 61);
    return sum >= MODULUS ? sum - MODULUS : sum;
  }

  private static long power(long base, long exponent) {
    long result = 1;
    long square = base;
    for (long e = exponent; e > 0; e >>= 1) {
      result = (e & 1) == 1 ? times(result, square) : result;
      square = times(square, square);
    }
    return result;
  }

  /** The sum of an image. */
  long of(byte[] image) {
    long sum = 0;
    for (int i = 0; i < image.length; i++) {
      sum = (sum + times(weights[i], image[i] & 0xFF)) % MODULUS;
    }
    return sum;
  }

  /**
   * The element in which two images would differ, if they differ in one.
   *
   * @param from fingerprint of the known image
   * @param to fingerprint of the other
   * @return element * 512 + 256 + step; -1 where no single element explains the difference
   */
  long single(long from, long to) {
    long difference = to - from;
    difference += difference < 0 ? MODULUS : 0;
    for (int i = 0; i < weights.length; i++) {
      long step = times(difference, inverses[i]);
      if (step < 256 || step > MODULUS - 256) {
        return i * 512L + 256 + (step < 256 ? step : step - MODULUS);
      }
    }
    return -1;
  }
}
