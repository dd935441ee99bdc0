// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.backend.Backend;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Deterministic values, and the comparison of bits that stands before every measurement. */
final class Memory {
  private static final long MULTIPLIER = 6364136223846793005L;
  private static final long INCREMENT = 1442695040888963407L;
  private static final int NAN = 0x7fc00000;

  private Memory() {}

  /** Values in -1..1, a linear congruential sequence (Knuth, MMIX) by the seed. */
  static float[] values(long count, long seed) {
    float[] values = new float[Math.toIntExact(count)];
    long state = seed * MULTIPLIER + INCREMENT;
    for (int i = 0; i < values.length; i++) {
      state = state * MULTIPLIER + INCREMENT;
      values[i] = (state >> 40) * 0x1p-23f;
    }
    return values;
  }

  /** A buffer of the backend with {@link #values}. */
  static Buffer random(Backend backend, long count, long seed) {
    return upload(backend, values(count, seed));
  }

  static Tensor random(Backend backend, Shape shape, long seed) {
    return new Tensor(shape, random(backend, shape.elements(), seed));
  }

  static Tensor empty(Backend backend, Shape shape) {
    return new Tensor(shape, backend.allocate(shape.elements()));
  }

  static Buffer upload(Backend backend, float[] values) {
    Buffer buffer = backend.allocate(values.length);
    backend.upload(MemorySegment.ofArray(values), buffer);
    return buffer;
  }

  static float[] download(Backend backend, Buffer buffer) {
    float[] values = new float[Math.toIntExact(buffer.length())];
    backend.download(buffer, MemorySegment.ofArray(values));
    return values;
  }

  /**
   * Demands equal 32-bit patterns, all NaN being one.
   *
   * @throws IllegalStateException naming the first element that differs
   */
  static void requireSameBits(Buffer reference, Buffer measured, String what) {
    if (reference.length() != measured.length()) {
      throw new IllegalStateException(what + ": sizes differ");
    }
    for (long i = 0; i < reference.length(); i++) {
      int wanted = bits(reference.memory(), i);
      int found = bits(measured.memory(), i);
      if (wanted != found) {
        throw new IllegalStateException(
            String.format(
                "%s: element %d is %08x, the definition says %08x", what, i, found, wanted));
      }
    }
  }

  private static int bits(MemorySegment memory, long index) {
    int bits = memory.getAtIndex(ValueLayout.JAVA_INT, index);
    return Float.isNaN(Float.intBitsToFloat(bits)) ? NAN : bits;
  }

  /** Demands that a peer computes the same thing: differences small against the largest value. */
  static void requireClose(Buffer ours, MemorySegment peer, String what) {
    double largest = 0.0;
    double difference = 0.0;
    for (long i = 0; i < ours.length(); i++) {
      double value = ours.memory().getAtIndex(ValueLayout.JAVA_FLOAT, i);
      double other = peer.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      largest = Math.max(largest, Math.abs(value));
      difference = Math.max(difference, Math.abs(value - other));
    }
    if (!(difference <= 1e-3 * largest)) {
      throw new IllegalStateException(
          what + ": the peer differs by " + difference + " where the largest is " + largest);
    }
  }
}
