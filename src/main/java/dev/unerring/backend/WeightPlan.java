// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.ffi.Layouts.Weight;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * How backward-weight is cut into units: a run of chunks times a group of output channels times a
 * group of input channels. A run is an aligned subtree of the tree over all chunks.
 *
 * @param words geometry of {@code weight_units}
 * @param runs runs of chunks
 * @param units units of all runs
 * @param unitWork multiply-adds of one unit
 * @param scratchFloats scratch of one unit
 */
record WeightPlan(MemorySegment words, int runs, long units, long unitWork, long scratchFloats) {
  /** Floats of the sums of a unit: few enough to stay in a second-level cache. */
  private static final int SUM_FLOATS = 36 * 1024;

  /** Floats of the copied input of a unit. */
  private static final int INPUT_FLOATS = 96 * 1024;

  /** Units wanted, so that many threads get equal shares. */
  private static final int UNITS = 32;

  /** Channels of gradY that a tile of any kernel set divides. */
  private static final int BLOCK = 32;

  static WeightPlan of(Shape in, Shape out, Window window, Chunks chunks, Arena arena) {
    ConvGeometry.Box box = ConvGeometry.Box.ofInput(in, out, window);
    int taps = window.taps();
    long positions = largestBox(out, box, chunks);
    long outputs = (long) Math.min(chunks.chunkRows(), chunks.groupRows()) * out.w();
    // The more positions x has for one of gradY, the more channels of gradY share its copy.
    long wanted =
        Math.max(2 * BLOCK, (long) Math.sqrt((double) SUM_FLOATS * positions / outputs / taps));
    int outGroup = even(out.c(), wanted, BLOCK);
    wanted = Math.min(SUM_FLOATS / ((long) taps * outGroup), INPUT_FLOATS / positions);
    int parts = Math.ceilDiv(8, Math.ceilDiv(out.c(), outGroup) * chunks.count());
    wanted = Math.min(wanted, Math.max(2 * BLOCK, Math.ceilDiv(in.c(), parts)));
    int inGroup = even(in.c(), wanted, 4);
    int groups = Math.ceilDiv(in.c(), inGroup) * Math.ceilDiv(out.c(), outGroup);
    int run = 1;
    int levels = 1;
    while (run < chunks.count() && (long) groups * Math.ceilDiv(chunks.count(), 2 * run) >= UNITS) {
      run *= 2;
      levels++;
    }
    if (groups >= UNITS) {
      while (run < chunks.count()) {
        run *= 2;
        levels++;
      }
    }
    long input = round(positions * inGroup);
    long panel = (long) chunks.chunkRows() * out.w() * BLOCK;
    long places = round((long) chunks.chunkRows() * out.w());
    long slot = ((long) taps * inGroup + 1) * round(outGroup);
    Words words =
        box.words(Weight.values().length)
            .from(ConvGeometry.Box.WORDS)
            .set(Weight.OD, out.d())
            .set(Weight.OH, out.h())
            .set(Weight.OW, out.w())
            .set(Weight.KD, window.kd())
            .set(Weight.KH, window.kh())
            .set(Weight.KW, window.kw())
            .set(Weight.GROUP_ROWS, chunks.groupRows())
            .set(Weight.CHUNK_ROWS, chunks.chunkRows())
            .set(Weight.CHUNKS, chunks.count())
            .set(Weight.RUN, run)
            .set(Weight.C_GROUP, inGroup)
            .set(Weight.OC_GROUP, outGroup)
            .set(Weight.AT_PANEL, input)
            .set(Weight.AT_PLACES, input + panel)
            .set(Weight.AT_STACK, input + panel + places);
    int runs = Math.ceilDiv(chunks.count(), run);
    return new WeightPlan(
        words.in(arena),
        runs,
        (long) runs * groups,
        (long) run * chunks.chunkRows() * out.w() * taps * inGroup * outGroup,
        input + panel + places + levels * slot);
  }

  /** Positions of the largest box that a chunk reads. */
  private static long largestBox(Shape out, ConvGeometry.Box box, Chunks chunks) {
    int imageRows = out.d() * out.h();
    long images = Math.ceilDiv(Math.min(chunks.chunkRows(), chunks.groupRows()), imageRows);
    int rows = Math.min(chunks.chunkRows(), imageRows);
    int depths = images > 1 ? out.d() : Math.min(out.d(), (rows - 1) / out.h() + 2);
    int heights = images > 1 || rows > 1 && out.d() > 1 ? out.h() : Math.min(out.h(), rows);
    return images
        * ((depths - 1L) * box.stride() + box.halo()[0])
        * ((heights - 1L) * box.stride() + box.halo()[1])
        * box.width();
  }

  /** A group of at most {@code most} channels, a multiple of {@code unit}, all nearly equal. */
  private static int even(int channels, long most, int unit) {
    int groups = (int) Math.ceilDiv(channels, Math.max(unit, most / unit * unit));
    return Math.min(channels, Math.ceilDiv(Math.ceilDiv(channels, groups), unit) * unit);
  }

  private static long round(long floats) {
    return (floats + BLOCK - 1) / BLOCK * BLOCK;
  }
}
