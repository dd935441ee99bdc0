// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Integer backward-weight as the C kernels read it (enums in {@code native/cpu/kernels.h}): units
 * of images become panels, a slab of them is in memory at once, and its products are added to sums
 * of 64 bits.
 *
 * @param words geometry
 * @param units units of images
 * @param slab units of a slab
 * @param sumUnits groups of rows and columns
 * @param panelFloats panels of x of a slab
 * @param gradientFloats panels of gradY of a slab
 * @param scratchFloats working memory of a thread
 */
record IntegerWeightPlan(
    MemorySegment words,
    int units,
    int slab,
    long sumUnits,
    long panelFloats,
    long gradientFloats,
    long scratchFloats) {
  private static final int LANES = IntegerPlan.LANES;
  private static final int FREQUENCIES = 16;
  private static final int COLUMNS = 64;
  private static final int UNIT_PAIRS = 64;

  /** Bytes of a slab's panels a thread, or so often the sums that each slab reads and writes. */
  private static final long SLAB_BYTES = 1L << 20;

  private static final int SLAB_SUMS = 3;
  private static final int[] ROW_GROUPS = {64, 48, 32, 16};
  private static final int SHARES = 2;
  private static final long SLACK = 64;

  /** From x [in] and gradY [out] to the weights of the window. */
  static IntegerWeightPlan of(Shape in, Shape out, Window window, int threads, Arena arena) {
    boolean winograd = IntegerPlan.byWinograd(window, in.c(), out.c());
    int frequencies = winograd ? FREQUENCIES : 1;
    int items =
        winograd ? out.d() * Math.ceilDiv(out.h(), 2) * Math.ceilDiv(out.w(), 2) : out.positions();
    int most = Math.max(1, in.n() / (SHARES * threads));
    int unit = Math.clamp(Math.ceilDiv(2 * UNIT_PAIRS, items), 1, most);
    int units = Math.ceilDiv(in.n(), unit);
    long unitPairs = Math.ceilDiv((long) unit * items, 2);
    long rows = (winograd ? window.kd() : window.taps()) * (long) in.c();
    rows += rows % 2;
    long columns = Math.ceilDiv(out.c(), LANES) * (long) LANES;
    long unitBytes = unitPairs * 2 * frequencies * (rows + columns) * Short.BYTES;
    long sumBytes = (long) window.taps() * in.c() * out.c() * Long.BYTES;
    long limit = Math.max(threads * SLAB_BYTES, SLAB_SUMS * sumBytes);
    int slab = Math.clamp(limit / unitBytes, 1, units);
    long blocks = Math.ceilDiv(out.c(), COLUMNS);
    int group = winograd ? LANES : (int) Math.min(rows, LANES);
    for (int wider : ROW_GROUPS) {
      boolean fits = winograd ? in.c() % wider == 0 : wider <= rows;
      if (fits && wider > group && rows / wider * blocks >= (long) SHARES * threads) {
        group = wider;
        break;
      }
    }
    IntegerPlan.Border border = IntegerPlan.Border.of(in, out, window);
    long[] shapes = {
      in.n(),
      unit,
      in.d(),
      in.h(),
      in.w(),
      in.c(),
      out.c(),
      out.d(),
      out.h(),
      out.w(),
      window.kd(),
      window.padDepth(),
      window.pad(),
      0,
      0,
      0,
      window.kh(),
      window.kw(),
      window.stride(),
      winograd ? 1 : 0,
      rows,
      unitPairs,
      slab * unitPairs,
      group
    };
    long[] words =
        Stream.of(shapes, border.words().toArray(), border.runs(out, window, in.c()))
            .flatMapToLong(LongStream::of)
            .toArray();
    long widest = Math.max(in.c(), out.c());
    long whole = winograd ? in.imageElements() : border.positions() * in.c();
    long numbers =
        widest + 2L * frequencies * (rows + columns) + unit * (whole + out.imageElements());
    long rowGroups = Math.ceilDiv(rows, group);
    long columnGroup = Math.min(columns, COLUMNS);
    return new IntegerWeightPlan(
        Words.copy(arena, words),
        units,
        slab,
        rowGroups * blocks,
        frequencies * slab * unitPairs * rowGroups * group,
        frequencies * slab * unitPairs * blocks * columnGroup,
        Math.max(numbers / 2 + SLACK, (long) frequencies * group * COLUMNS));
  }
}
