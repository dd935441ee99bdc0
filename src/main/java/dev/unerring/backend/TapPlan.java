// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.ffi.Layouts;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * How the outputs of a tap product (forward, backward-input, linear) are cut into boxes of rows.
 *
 * @param words geometry of {@code tap_boxes}
 * @param boxes boxes of the batch
 * @param boxWork multiply-adds of a box
 * @param scratchFloats floats of a box inside its border; 0 where the input is read in place
 * @param packWords geometry of {@code pack_weights}
 * @param packUnits units of {@code pack_weights}
 * @param packUnitFloats floats of one
 * @param weightFloats floats of the packed weights, of any kernel set; a word for the note follows
 */
record TapPlan(
    MemorySegment words,
    long boxes,
    long boxWork,
    long scratchFloats,
    MemorySegment packWords,
    long packUnits,
    long packUnitFloats,
    long weightFloats) {
  /** Floats of a box that leave room for weights in a second-level cache of 512 KiB or more. */
  private static final long BOX_FLOATS = 80 * 1024;

  /** Floats of the weights that all outputs of a box use before the next ones. */
  private static final long PIECE_FLOATS = 64 * 1024;

  /** Most taps of them: a bit each in a word. */
  private static final int PIECE_TAPS = 64;

  /** Most outputs of a tile of any kernel set. */
  private static final int TILE = 14;

  /** Boxes that the outputs are cut into where they are large enough. */
  private static final int BOXES = 64;

  /** Fewest multiply-adds that are worth a box of their own. */
  private static final long BOX_WORK = 1_000_000;

  /** Fewest units of a linear layer that is large enough, for as many threads. */
  private static final int LINEAR_UNITS = 4;

  /** Most rows of a box of a linear layer, which has one row or two vectors each. */
  private static final int LINEAR_ROWS = 256;

  /** Channels of a unit of {@code pack_weights}: whole vectors of any kernel set. */
  private static final int BLOCK = 32;

  private static final int TAP_WORDS = Layouts.Tap.values().length;
  private static final int PHASE_WORDS = Layouts.Phase.values().length;
  private static final int PACK_WORDS = Layouts.Pack.values().length;
  private static final int PACKED_WORDS = Layouts.Packed.values().length;

  /** One tap of a phase: which of the window's, and where it reads, in padded positions. */
  private record Tap(int index, int d, int h, int w) {}

  /** The outputs that the same taps reach: {@code rows} (d, h, w), every {@code step}-th. */
  private record Phase(int[] first, int[] rows, int step, List<Tap> taps) {}

  static TapPlan forward(Shape in, Shape out, Window window, Arena arena) {
    List<Tap> taps = new ArrayList<>();
    for (int kd = 0; kd < window.kd(); kd++) {
      for (int kh = 0; kh < window.kh(); kh++) {
        for (int kw = 0; kw < window.kw(); kw++) {
          taps.add(new Tap(taps.size(), kd, kh, kw));
        }
      }
    }
    Phase phase = new Phase(new int[3], new int[] {out.d(), out.h(), out.w()}, 1, taps);
    ConvGeometry.Box box = ConvGeometry.Box.ofInput(in, out, window);
    return of(box, out, List.of(phase), window.pad() > 0, false, false, arena);
  }

  static TapPlan backward(Shape in, Shape out, Window window, Arena arena) {
    int s = window.stride();
    int[] kernel = {window.kd(), window.kh(), window.kw()};
    int[] pad = {window.padDepth(), window.pad(), window.pad()};
    int[] size = {in.d(), in.h(), in.w()};
    int[] outSize = {out.d(), out.h(), out.w()};
    int[] front = new int[3];
    int[] bordered = new int[3];
    boolean border = false;
    for (int i = 0; i < 3; i++) {
      front[i] = Math.max(0, Math.ceilDiv(kernel[i] - 1 - pad[i], s));
      int last = (size[i] - 1 + pad[i]) / s;
      bordered[i] = front[i] + Math.max(outSize[i], last + 1);
      border |= bordered[i] != outSize[i];
    }
    List<Phase> phases = new ArrayList<>();
    for (int d = 0; d < Math.min(s, in.d()); d++) {
      for (int h = 0; h < Math.min(s, in.h()); h++) {
        for (int w = 0; w < Math.min(s, in.w()); w++) {
          phases.add(phase(in, window, front, d, h, w));
        }
      }
    }
    int[] halo = {1, 1};
    for (Phase phase : phases) {
      for (Tap tap : phase.taps()) {
        halo[0] = Math.max(halo[0], tap.d() + 1);
        halo[1] = Math.max(halo[1], tap.h() + 1);
      }
    }
    ConvGeometry.Box box = new ConvGeometry.Box(out, front, 1, halo, bordered[2], 1, in.c());
    return of(box, in, phases, border, true, false, arena);
  }

  /**
   * A linear layer, or its backward-input ({@code turned}), of vectors as the positions of one
   * image, rows of two where that fills tiles: where their number is even, and a tile's vectors do
   * not crowd into few sets of the cache.
   */
  static TapPlan linear(int vectors, int from, int to, boolean turned, Arena arena) {
    int w = vectors % 2 == 0 && from % 1024 != 0 ? 2 : 1;
    Shape x = new Shape(1, 1, vectors / w, w, from);
    Shape y = x.withC(to);
    ConvGeometry.Box box = ConvGeometry.Box.ofInput(x, y, Window.square(1, 1, 0));
    int[] rows = {1, vectors / w, w};
    Phase phase = new Phase(new int[3], rows, 1, List.of(new Tap(0, 0, 0, 0)));
    return of(box, y, List.of(phase), false, turned, true, arena);
  }

  private static Phase phase(Shape in, Window window, int[] front, int d0, int h0, int w0) {
    int s = window.stride();
    List<Tap> taps = new ArrayList<>();
    for (int kd = 0; kd < window.kd(); kd++) {
      for (int kh = 0; kh < window.kh(); kh++) {
        for (int kw = 0; kw < window.kw(); kw++) {
          int d = d0 + window.padDepth() - kd;
          int h = h0 + window.pad() - kh;
          int w = w0 + window.pad() - kw;
          if (d % s == 0 && h % s == 0 && w % s == 0) {
            int index = (kd * window.kh() + kh) * window.kw() + kw;
            taps.add(new Tap(index, front[0] + d / s, front[1] + h / s, front[2] + w / s));
          }
        }
      }
    }
    int[] rows = {
      Math.ceilDiv(in.d() - d0, s), Math.ceilDiv(in.h() - h0, s), Math.ceilDiv(in.w() - w0, s)
    };
    return new Phase(new int[] {d0, h0, w0}, rows, s, taps);
  }

  private static TapPlan of(
      ConvGeometry.Box box,
      Shape y,
      List<Phase> phases,
      boolean copy,
      boolean turned,
      boolean linear,
      Arena arena) {
    int c = box.x().c();
    int oc = y.c();
    int d = phases.getFirst().rows()[0];
    int h = phases.getFirst().rows()[1];
    int taps = phases.stream().mapToInt(phase -> phase.taps().size()).sum();
    long rowWork = (long) phases.getFirst().rows()[2] * Math.max(1, taps) * c * oc;
    // Positions a power of two of cache lines apart would crowd into few sets of the cache.
    int pixel = copy && c % 256 == 0 ? c + 16 : c;
    int blocks = linear ? Math.ceilDiv(oc, BLOCK) : 1;
    int[] rows =
        linear
            ? new int[] {1, 1, linearRows(h, blocks, rowWork)}
            : cut(box, y.n(), phases.getFirst().rows(), pixel, rowWork);
    int depths = (rows[1] - 1) * box.stride() + box.halo()[0];
    int heights = (rows[2] - 1) * box.stride() + box.halo()[1];
    List<Phase> reached = phases.stream().filter(phase -> !phase.taps().isEmpty()).toList();
    int more = TAP_WORDS + reached.size() * PHASE_WORDS + 3 * taps;
    Words words = box.words(more);
    long step = copy ? pixel : words.get(Layouts.Box.X_STEP);
    long row = copy ? box.width() * step : words.get(Layouts.Box.X_ROW);
    long depth = copy ? heights * row : words.get(Layouts.Box.X_DEPTH);
    long image = copy ? depths * depth : words.get(Layouts.Box.X_IMAGE);
    boolean clear = reached.size() < phases.size();
    int s = box.stride();
    long boxFloats = copy ? rows[0] * image : 0;
    int most = phases.stream().mapToInt(phase -> phase.taps().size()).max().orElseThrow();
    long piece = Math.clamp(PIECE_FLOATS / ((long) c * BLOCK), 1, Math.clamp(most, 1, PIECE_TAPS));
    piece = Math.max(1, Math.ceilDiv(most, Math.ceilDiv(most, piece)));
    long outputs = (long) rows[0] * rows[1] * rows[2] * (y.w() + TILE) + TILE;
    long cStep = turned ? 1 : oc;
    long ocStep = turned ? c : 1;
    long weightFloats = (long) taps * c * Math.ceilDiv(oc, BLOCK) * BLOCK;
    words
        .from(ConvGeometry.Box.WORDS)
        .set(Layouts.Tap.N, y.n())
        .set(Layouts.Tap.D, d)
        .set(Layouts.Tap.H, h)
        .set(Layouts.Tap.BOX_N, rows[0])
        .set(Layouts.Tap.BOX_D, rows[1])
        .set(Layouts.Tap.BOX_H, rows[2])
        .set(Layouts.Tap.COPY, copy ? 1 : 0)
        .set(Layouts.Tap.PIXEL, pixel)
        .set(Layouts.Tap.X_IMAGE, image)
        .set(Layouts.Tap.X_DEPTH, s * depth)
        .set(Layouts.Tap.X_ROW, s * row)
        .set(Layouts.Tap.X_STEP, s * step)
        .set(Layouts.Tap.Y_IMAGE, y.imageElements())
        .set(Layouts.Tap.Y_D, y.d())
        .set(Layouts.Tap.Y_H, y.h())
        .set(Layouts.Tap.CLEAR, clear ? phases.getFirst().step() : 0)
        .set(Layouts.Tap.C_STEP, linear ? cStep : 0)
        .set(Layouts.Tap.OC_STEP, linear ? ocStep : 0)
        .set(Layouts.Tap.PIECE, piece)
        .set(Layouts.Tap.AT_CHAINS, boxFloats)
        .set(Layouts.Tap.AT_NOTE, weightFloats)
        .set(Layouts.Tap.PHASES, reached.size());
    Words pack =
        new Words(PACK_WORDS + taps * PACKED_WORDS)
            .set(Layouts.Pack.C, c)
            .set(Layouts.Pack.OC, oc)
            .set(Layouts.Pack.C_STEP, cStep)
            .set(Layouts.Pack.OC_STEP, ocStep)
            .set(Layouts.Pack.AT_NOTE, weightFloats);
    int at = ConvGeometry.Box.WORDS + TAP_WORDS;
    int packAt = PACK_WORDS;
    long packed = 0;
    for (Phase phase : reached) {
      int count = phase.taps().size();
      long yRow = (long) y.w() * oc;
      int[] first = phase.first();
      words
          .from(at)
          .set(Layouts.Phase.D, phase.rows()[0])
          .set(Layouts.Phase.H, phase.rows()[1])
          .set(Layouts.Phase.W, phase.rows()[2])
          .set(Layouts.Phase.Y, (((long) first[0] * y.h() + first[1]) * y.w() + first[2]) * oc)
          .set(Layouts.Phase.Y_DEPTH, phase.step() * y.h() * yRow)
          .set(Layouts.Phase.Y_ROW, phase.step() * yRow)
          .set(Layouts.Phase.Y_STEP, (long) phase.step() * oc)
          .set(Layouts.Phase.WEIGHT, packed)
          .set(Layouts.Phase.TAPS, count);
      at += PHASE_WORDS;
      for (int i = 0; i < count; i++) {
        Tap tap = phase.taps().get(i);
        words
            .set(at + i, tap.d() * depth + tap.h() * row + tap.w() * step)
            .set(at + count + i, tap.d())
            .set(at + 2 * count + i, tap.h());
        pack.from(packAt)
            .set(Layouts.Packed.SOURCE, tap.index())
            .set(Layouts.Packed.PHASE, packed)
            .set(Layouts.Packed.TAPS, count)
            .set(Layouts.Packed.INDEX, i);
        packAt += PACKED_WORDS;
      }
      at += 3 * count;
      packed += (long) count * c * Math.ceilDiv(oc, BLOCK) * BLOCK;
    }
    long boxes =
        (long) Math.ceilDiv(y.n(), rows[0]) * Math.ceilDiv(d, rows[1]) * Math.ceilDiv(h, rows[2]);
    return new TapPlan(
        words.in(arena),
        boxes * blocks,
        rowWork * rows[0] * rows[1] * rows[2] / blocks,
        linear ? (long) c * BLOCK : boxFloats + (piece < most ? outputs * BLOCK : 0),
        pack.in(arena),
        linear ? 0 : (long) taps * Math.ceilDiv(oc, BLOCK),
        (long) c * BLOCK,
        weightFloats);
  }

  /** Rows of a box of a linear layer: many, because each box packs its weights. */
  private static int linearRows(int rows, int blocks, long rowWork) {
    long threads = Math.clamp(rows * rowWork / BOX_WORK, 1, Math.ceilDiv(LINEAR_UNITS, blocks));
    long boxes = Math.max(threads, Math.ceilDiv(rows, LINEAR_ROWS));
    return (int) Math.ceilDiv(rows, boxes);
  }

  /** Images, depths and rows of a box. */
  private static int[] cut(
      ConvGeometry.Box box, int images, int[] extents, int pixel, long rowWork) {
    int[] limits = {images, extents[0], extents[1]};
    long all = (long) images * extents[0] * extents[1];
    long wanted = Math.max(BOX_WORK / rowWork, Math.ceilDiv(all, BOXES));
    wanted = Math.max(wanted, Math.ceilDiv(TILE, extents[2]));
    int[] rows = {1, 1, 1};
    for (int axis = 2; axis >= 0; axis--) { // the innermost direction first, a whole one at a time
      int most = 1;
      while (most < limits[axis] && fits(box, rows, axis, most + 1, pixel, wanted)) {
        most++;
      }
      // Parts of an image are cut evenly.
      rows[axis] = axis == 0 ? most : Math.ceilDiv(limits[axis], Math.ceilDiv(limits[axis], most));
      if (most < limits[axis]) {
        break;
      }
    }
    return rows;
  }

  private static boolean fits(
      ConvGeometry.Box box, int[] rows, int axis, int size, int pixel, long wanted) {
    int[] grown = rows.clone();
    grown[axis] = size;
    long depths = (grown[1] - 1L) * box.stride() + box.halo()[0];
    long heights = (grown[2] - 1L) * box.stride() + box.halo()[1];
    return (long) grown[0] * grown[1] * grown[2] <= wanted
        && grown[0] * depths * heights * box.width() * pixel <= BOX_FLOATS;
  }
}
