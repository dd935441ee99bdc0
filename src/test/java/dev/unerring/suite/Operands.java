// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Backend;
import dev.unerring.base.Philox;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The buffers of one computation on one backend. Inputs are drawn by their number, so that two
 * backends get the same; every buffer lies between guard words; results are compared as raw bits
 * with canonical NaN.
 */
final class Operands {
  /** A computation: takes operands, calls the backend, leaves results in outputs. */
  @FunctionalInterface
  interface Computation {
    void run(Backend backend, Operands operands);
  }

  /** Words on each side; odd, so that the buffer is not aligned. */
  static final int GUARD = 37;

  /** The same for a buffer whose address is one of 16 bytes. */
  static final int ALIGNED_GUARD = 40;

  /** A signalling NaN: a guard that is read into a result shows up as well. */
  private static final int GUARD_WORD = 0x7fa5a5a5;

  /** What outputs hold before. */
  private static final int STALE_WORD = 0x4b4b4b4b;

  private static final int CANONICAL_NAN = 0x7fc00000;

  /** A buffer between guards; {@code given} is what must still stand there, or null for outputs. */
  private record Piece(Buffer whole, Buffer inner, int[] given) {}

  private final Backend backend;
  private final Values values;
  private final int stream;
  private final int guard;
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Long> numbers = new ArrayList<>();

  Operands(Backend backend, Values values, int stream) {
    this(backend, values, stream, GUARD);
  }

  Operands(Backend backend, Values values, int stream, int guard) {
    this.backend = backend;
    this.values = values;
    this.stream = stream;
    this.guard = guard;
  }

  /** A drawn vector that the operation must not change. */
  Buffer input(long words) {
    int[] drawn = values.draw(stream + pieces.size(), Math.toIntExact(words));
    return add(drawn, drawn);
  }

  Tensor input(Shape shape) {
    return new Tensor(shape, input(shape.elements()));
  }

  /** Labels in 0..classes-1. */
  Buffer labels(int count, int classes) {
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = Integer.remainderUnsigned(Philox.bits(TestSeed.VALUE, 1_999, stream, i), classes);
    }
    return add(drawn, drawn);
  }

  Buffer output(long words) {
    int[] stale = new int[Math.toIntExact(words)];
    Arrays.fill(stale, STALE_WORD);
    return add(stale, null);
  }

  Tensor output(Shape shape) {
    return new Tensor(shape, output(shape.elements()));
  }

  /** A drawn vector that the operation updates in place. */
  Buffer updated(long words) {
    return add(values.draw(stream + pieces.size(), Math.toIntExact(words)), null);
  }

  Tensor updated(Shape shape) {
    return new Tensor(shape, updated(shape.elements()));
  }

  /** A result that is not in a buffer. */
  void number(long value) {
    numbers.add(value);
  }

  private Buffer add(int[] content, int[] given) {
    int[] all = new int[content.length + 2 * guard];
    Arrays.fill(all, GUARD_WORD);
    System.arraycopy(content, 0, all, guard, content.length);
    Buffer whole = backend.allocate(all.length);
    backend.upload(MemorySegment.ofArray(all), whole);
    Buffer inner = whole.slice(guard, content.length);
    pieces.add(new Piece(whole, inner, given));
    return inner;
  }

  /** What is wrong with these operands after the computation; empty where nothing is. */
  String compareWith(Operands expected) {
    for (int p = 0; p < pieces.size(); p++) {
      int[] words = words(p);
      int[] wanted = expected.words(p);
      int[] given = pieces.get(p).given();
      for (int i = 0; i < words.length; i++) {
        int at = i - guard;
        boolean outside = at < 0 || i >= words.length - guard;
        if (outside && words[i] != GUARD_WORD) {
          return "operand " + p + ": a guard word was overwritten at " + at;
        }
        if (!outside && given != null && words[i] != given[at]) {
          return "operand " + p + ": an input was changed at " + at;
        }
        if (!outside && canonical(words[i]) != canonical(wanted[i])) {
          return "operand "
              + p
              + " at "
              + at
              + ": "
              + text(words[i])
              + ", wanted "
              + text(wanted[i]);
        }
      }
    }
    return numbers.equals(expected.numbers) ? "" : numbers + ", wanted " + expected.numbers;
  }

  private int[] words(int piece) {
    Buffer whole = pieces.get(piece).whole();
    int[] words = new int[Math.toIntExact(whole.length())];
    backend.download(whole, MemorySegment.ofArray(words));
    return words;
  }

  /** The word itself, or the canonical NaN for every NaN. */
  static int canonical(int word) {
    return (word & 0x7fffffff) > 0x7f800000 ? CANONICAL_NAN : word;
  }

  private static String text(int word) {
    return String.format(Locale.ROOT, "%08x (%s)", word, Float.intBitsToFloat(word));
  }
}
