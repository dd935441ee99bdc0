// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * An integer product from images to images, forward or backward-input, as the C kernels read it
 * (enums in {@code native/cpu/kernels.h}). By Winograd for 3x3 windows of stride 1 between whole
 * vectors of channels, else as it is written.
 *
 * @param winograd which of the two
 * @param words geometry
 * @param units units of images
 * @param unitWork multiply-adds of a unit
 * @param packUnits units of packing
 * @param packUnitWork weights that a unit of packing writes
 * @param weights number of weights
 * @param packedFloats packed weights, in floats
 * @param norms of groups of weights; none without Winograd
 * @param scratchFloats working memory of a thread
 */
record IntegerPlan(
    boolean winograd,
    MemorySegment words,
    long units,
    long unitWork,
    long packUnits,
    long packUnitWork,
    long weights,
    long packedFloats,
    long norms,
    long scratchFloats) {
  /** Output channels of packed weights are padded to whole vectors of any kernel set. */
  static final int LANES = 16;

  /** Columns of the widest kernel set's block, and rows or tiles that are computed together. */
  private static final int COLUMNS = 64;

  private static final int ROWS = 48;
  private static final int FREQUENCIES = 16;
  private static final int NORM_CHANNELS = 64;
  private static final long SCALE_FLOATS = 6;
  private static final long SLACK = 64;

  /** Rows of a unit that are worth the weights it reads. */
  private static final int UNIT_ROWS = 4 * ROWS;

  /** Units for each thread, at least, where there are as many images. */
  private static final int SHARES = 4;

  /** Whether the window is computed by Winograd's algorithm between so many channels. */
  static boolean byWinograd(Window window, int in, int out) {
    boolean square = window.kh() == 3 && window.kw() == 3 && window.stride() == 1;
    return square && in % LANES == 0 && out % LANES == 0;
  }

  /**
   * A product of a convolution; of a linear layer with the window of one point.
   *
   * @param backward from {@code out} to {@code in}
   */
  static IntegerPlan of(
      Shape in, Shape out, Window window, boolean backward, int threads, Arena arena) {
    Shape from = backward ? out : in;
    Shape to = backward ? in : out;
    return byWinograd(window, in.c(), out.c())
        ? winograd(from, to, window, backward, threads, arena)
        : direct(in, out, window, backward, threads, arena);
  }

  private static IntegerPlan winograd(
      Shape from, Shape to, Window window, boolean backward, int threads, Arena arena) {
    int kd = window.kd();
    long k = (long) kd * from.c();
    int front = backward ? kd - 1 - window.padDepth() : window.padDepth();
    int top = backward ? 2 - window.pad() : window.pad();
    int tiles = to.d() * Math.ceilDiv(to.h(), 2) * Math.ceilDiv(to.w(), 2);
    int unit = unit(to.n(), tiles, threads);
    int groups = Math.ceilDiv(from.c(), NORM_CHANNELS);
    long[] words = {
      to.n(),
      unit,
      from.d(),
      from.h(),
      from.w(),
      from.c(),
      to.c(),
      to.d(),
      to.h(),
      to.w(),
      kd,
      front,
      top,
      backward ? 1 : to.c(),
      backward ? from.c() : 1,
      backward ? 1 : 0
    };
    long numbers = from.c() + FREQUENCIES * ROWS * k + (long) unit * from.imageElements();
    long sums = (FREQUENCIES + 2L * 4) * ROWS * COLUMNS;
    return new IntegerPlan(
        true,
        Words.copy(arena, words),
        Math.ceilDiv(to.n(), unit),
        (long) unit * tiles * FREQUENCIES * k * to.c(),
        k / 2,
        2L * FREQUENCIES * to.c(),
        (long) window.taps() * from.c() * to.c(),
        FREQUENCIES * k * to.c() / 2,
        (long) kd * groups,
        sums + k + 2 + unit * SCALE_FLOATS + groups + numbers / 2 + SLACK);
  }

  /** Images of a unit. */
  private static int unit(int images, int rows, int threads) {
    int most = Math.max(1, images / (SHARES * threads));
    return Math.clamp(Math.ceilDiv(UNIT_ROWS, rows), 1, most);
  }

  /** A tap of a phase: where it reads, from the first position, and its weights. */
  private record Tap(int d, int h, int w, int weight) {
    int at(int axis) {
      return axis == 0 ? d : axis == 1 ? h : w;
    }
  }

  /** Outputs that the same taps reach: extents, the first one, and their step. */
  private record Phase(int[] extents, int[] first, int step, List<Tap> taps) {}

  /** Neighbouring numbers that taps read, from a position. */
  private record Run(long offset, long length) {}

  /** An image inside a border: extents with it, and where the image begins. */
  record Border(int[] extents, int[] before) {
    private static Border of(Shape image, List<Phase> phases, int step) {
      int[] own = {image.d(), image.h(), image.w()};
      int[] extents = new int[3];
      int[] before = new int[3];
      for (int axis = 0; axis < 3; axis++) {
        int end = own[axis];
        for (Phase phase : phases) {
          for (Tap tap : phase.taps()) {
            before[axis] = Math.max(before[axis], -tap.at(axis));
            end = Math.max(end, (phase.extents()[axis] - 1) * step + tap.at(axis) + 1);
          }
        }
        extents[axis] = before[axis] + end;
      }
      return new Border(extents, before);
    }

    /** For the taps of a forward pass. */
    static Border of(Shape in, Shape out, Window window) {
      return of(in, List.of(forward(out, window)), window.stride());
    }

    LongStream words() {
      return IntStream.concat(IntStream.of(extents), IntStream.of(before)).asLongStream();
    }

    long positions() {
      return (long) extents[0] * extents[1] * extents[2];
    }

    /** Number of runs, then offset and length of each. */
    long[] runs(Shape out, Window window, int channels) {
      LongStream.Builder words = LongStream.builder();
      List<Run> runs = runs(forward(out, window).taps(), channels);
      words.add(runs.size());
      runs.forEach(run -> words.add(run.offset()).add(run.length()));
      return words.build().toArray();
    }

    private List<Run> runs(List<Tap> taps, int channels) {
      List<Run> runs = new ArrayList<>();
      for (Tap tap : taps) {
        long plane = (long) (tap.d() + before[0]) * extents[1] + tap.h() + before[1];
        long offset = (plane * extents[2] + tap.w() + before[2]) * channels;
        Run last = runs.isEmpty() ? null : runs.getLast();
        if (last != null && last.offset() + last.length() == offset) {
          runs.set(runs.size() - 1, new Run(last.offset(), last.length() + channels));
        } else {
          runs.add(new Run(offset, channels));
        }
      }
      return runs;
    }
  }

  private static IntegerPlan direct(
      Shape in, Shape out, Window window, boolean backward, int threads, Arena arena) {
    Shape from = backward ? out : in;
    Shape to = backward ? in : out;
    List<Phase> phases = backward ? backward(in, window) : List.of(forward(out, window));
    int unit = unit(to.n(), to.positions(), threads);
    int padded = Math.ceilDiv(to.c(), LANES) * LANES;
    LongStream.Builder words = LongStream.builder();
    LongStream.of(to.n(), unit, from.d(), from.h(), from.w(), from.c(), to.c()).forEach(words::add);
    words.add(backward ? 1 : window.stride());
    words.add(backward ? 1 : to.c()).add(backward ? from.c() : 1);
    words.add(to.positions());
    Border border = Border.of(from, phases, backward ? 1 : window.stride());
    border.words().forEach(words::add);
    words.add(phases.size());
    long packed = 0;
    long pairs = 0;
    long most = 0;
    for (Phase phase : phases) {
      long own = Math.ceilDiv((long) phase.taps().size() * from.c(), 2);
      int[] at = phase.first();
      for (int extent : phase.extents()) {
        words.add(extent);
      }
      words.add(((long) at[0] * to.h() + at[1]) * to.w() + at[2]);
      words.add((long) phase.step() * to.h() * to.w()).add((long) phase.step() * to.w());
      List<Run> runs = border.runs(phase.taps(), from.c());
      words.add(phase.step()).add(packed).add(phase.taps().size()).add(runs.size());
      phase.taps().forEach(tap -> words.add(tap.weight()));
      runs.forEach(run -> words.add(run.offset()).add(run.length()));
      packed += own * 2 * padded;
      pairs += own;
      most = Math.max(most, own);
    }
    long numbers = unit * border.positions() * from.c() + ROWS * 2 * most;
    return new IntegerPlan(
        false,
        Words.copy(arena, words.build().toArray()),
        Math.ceilDiv(to.n(), unit),
        (long) unit * out.positions() * window.taps() * in.c() * out.c(),
        pairs,
        2L * to.c(),
        (long) window.taps() * in.c() * out.c(),
        packed / 2,
        0,
        3L * ROWS * COLUMNS + unit * SCALE_FLOATS + numbers / 2 + SLACK);
  }

  private static Phase forward(Shape out, Window window) {
    List<Tap> taps = new ArrayList<>();
    for (int t = 0; t < window.taps(); t++) {
      int[] at = place(window, t);
      taps.add(new Tap(at[0] - window.padDepth(), at[1] - window.pad(), at[2] - window.pad(), t));
    }
    return new Phase(new int[] {out.d(), out.h(), out.w()}, new int[3], 1, taps);
  }

  private static int[] place(Window window, int tap) {
    int plane = window.kh() * window.kw();
    return new int[] {tap / plane, tap / window.kw() % window.kh(), tap % window.kw()};
  }

  /** One phase for each position within the stride that the image has. */
  private static List<Phase> backward(Shape in, Window window) {
    int s = window.stride();
    List<Phase> phases = new ArrayList<>();
    for (int d = 0; d < Math.min(s, in.d()); d++) {
      for (int h = 0; h < Math.min(s, in.h()); h++) {
        for (int w = 0; w < Math.min(s, in.w()); w++) {
          List<Tap> taps = new ArrayList<>();
          for (int t = 0; t < window.taps(); t++) {
            int[] at = place(window, t);
            int fromD = d + window.padDepth() - at[0];
            int fromH = h + window.pad() - at[1];
            int fromW = w + window.pad() - at[2];
            if (fromD % s == 0 && fromH % s == 0 && fromW % s == 0) {
              taps.add(new Tap(fromD / s, fromH / s, fromW / s, t));
            }
          }
          int[] extents = {
            Math.ceilDiv(in.d() - d, s), Math.ceilDiv(in.h() - h, s), Math.ceilDiv(in.w() - w, s)
          };
          phases.add(new Phase(extents, new int[] {d, h, w}, s, taps.reversed()));
        }
      }
    }
    return phases;
  }
}
