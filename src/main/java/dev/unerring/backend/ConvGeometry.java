package dev.unerring.backend;

import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The geometry words that the C kernels of one convolution read (enums in {@code
 * native/cpu/kernels.h}), made once for each pair of shapes.
 *
 * @param forward tap product of the forward pass on the padded input
 * @param phases one tap product for each position within the stride of the backward-input pass
 * @param weight backward-weight on the padded input
 * @param inputBorder how the input is copied into its border
 * @param gradientBorder how gradY is copied into its border
 */
record ConvGeometry(
    MemorySegment forward,
    List<Phase> phases,
    MemorySegment weight,
    Border inputBorder,
    Border gradientBorder) {

  /** Rows of s that one unit of backward-weight covers. */
  static final int BLOCK = 96;

  /**
   * A copy into a border of zeros.
   *
   * @param words geometry of the copy
   * @param imageElements floats of one padded image
   * @param needed false where the border is empty
   */
  record Border(MemorySegment words, long imageElements, boolean needed) {}

  /**
   * The input positions with one remainder by the stride.
   *
   * @param words geometry of the tap product
   * @param taps taps that reach these positions, ascending
   * @param firstElement offset of the first position within an image of gradX
   * @param rows rows of one image
   */
  record Phase(MemorySegment words, int[] taps, long firstElement, int rows) {}

  static ConvGeometry of(Shape in, Shape out, Window window, Arena arena) {
    int ic = in.c();
    int oc = out.c();
    int s = window.stride();
    int[] pad = {window.padDepth(), window.pad(), window.pad()};
    int[] size = {in.d(), in.h(), in.w()};
    int[] outSize = {out.d(), out.h(), out.w()};
    int[] kernel = {window.kd(), window.kh(), window.kw()};
    int[] padded = new int[3];
    int[] front = new int[3];
    int[] bordered = new int[3];
    for (int i = 0; i < 3; i++) {
      padded[i] = size[i] + 2 * pad[i];
      front[i] = Math.max(0, Math.ceilDiv(kernel[i] - 1 - pad[i], s));
      int back = Math.max(0, (size[i] - 1 + pad[i]) / s - (outSize[i] - 1));
      bordered[i] = front[i] + outSize[i] + back;
    }
    long row = (long) padded[2] * ic;
    long depth = padded[1] * row;
    List<Long> offsets = new ArrayList<>();
    for (int kd = 0; kd < kernel[0]; kd++) {
      for (int kh = 0; kh < kernel[1]; kh++) {
        for (int kw = 0; kw < kernel[2]; kw++) {
          offsets.add(kd * depth + kh * row + (long) kw * ic);
        }
      }
    }
    long outRow = (long) out.w() * oc;
    MemorySegment forward =
        taps(
            arena,
            offsets,
            new long[] {
              out.d(),
              out.h(),
              out.w(),
              ic,
              oc,
              padded[0] * depth,
              s * depth,
              s * row,
              (long) s * ic,
              out.imageElements(),
              out.h() * outRow,
              outRow,
              oc
            });
    Chunks chunks = Chunks.ofPositions(out);
    MemorySegment weight =
        words(
            arena,
            new long[] {
              out.d(),
              out.h(),
              out.w(),
              oc,
              (long) window.kw() * ic,
              window.kd(),
              window.kh(),
              padded[0] * depth,
              depth,
              row,
              (long) s * ic,
              s,
              chunks.groupRows(),
              chunks.chunkRows(),
              BLOCK
            });
    List<Phase> phases = new ArrayList<>();
    for (int pd = 0; pd < Math.min(s, in.d()); pd++) {
      for (int ph = 0; ph < Math.min(s, in.h()); ph++) {
        for (int pw = 0; pw < Math.min(s, in.w()); pw++) {
          phases.add(phase(arena, in, out, window, new int[] {pd, ph, pw}, front, bordered));
        }
      }
    }
    return new ConvGeometry(
        forward,
        phases,
        weight,
        border(arena, size, ic, padded, pad),
        border(arena, outSize, oc, bordered, front));
  }

  private static Phase phase(
      Arena arena, Shape in, Shape out, Window window, int[] at, int[] front, int[] bordered) {
    int s = window.stride();
    int ic = in.c();
    int oc = out.c();
    List<Long> offsets = new ArrayList<>();
    List<Integer> taps = new ArrayList<>();
    for (int kd = 0; kd < window.kd(); kd++) {
      for (int kh = 0; kh < window.kh(); kh++) {
        for (int kw = 0; kw < window.kw(); kw++) {
          int d = at[0] + window.padDepth() - kd;
          int h = at[1] + window.pad() - kh;
          int w = at[2] + window.pad() - kw;
          if (d % s != 0 || h % s != 0 || w % s != 0) {
            continue;
          }
          long position = (long) (front[0] + d / s) * bordered[1] + front[1] + h / s;
          offsets.add((position * bordered[2] + front[2] + w / s) * oc);
          taps.add((kd * window.kh() + kh) * window.kw() + kw);
        }
      }
    }
    int rowsD = Math.ceilDiv(in.d() - at[0], s);
    int rowsH = Math.ceilDiv(in.h() - at[1], s);
    long row = (long) bordered[2] * oc;
    long inRow = (long) in.w() * ic;
    MemorySegment words =
        taps(
            arena,
            offsets,
            new long[] {
              rowsD,
              rowsH,
              Math.ceilDiv(in.w() - at[2], s),
              oc,
              ic,
              bordered[0] * bordered[1] * row,
              bordered[1] * row,
              row,
              oc,
              in.imageElements(),
              s * in.h() * inRow,
              s * inRow,
              (long) s * ic
            });
    long first = (((long) at[0] * in.h() + at[1]) * in.w() + at[2]) * ic;
    return new Phase(
        words, taps.stream().mapToInt(Integer::intValue).toArray(), first, rowsD * rowsH);
  }

  private static Border border(Arena arena, int[] size, int c, int[] padded, int[] front) {
    MemorySegment words =
        words(
            arena,
            new long[] {
              size[0], size[1], size[2], c, padded[0], padded[1], padded[2], front[0], front[1],
              front[2]
            });
    long elements = (long) padded[0] * padded[1] * padded[2] * c;
    return new Border(words, elements, elements != (long) size[0] * size[1] * size[2] * c);
  }

  private static MemorySegment taps(Arena arena, List<Long> offsets, long[] head) {
    long[] all = new long[head.length + 1 + offsets.size()];
    System.arraycopy(head, 0, all, 0, head.length);
    all[head.length] = offsets.size();
    for (int i = 0; i < offsets.size(); i++) {
      all[head.length + 1 + i] = offsets.get(i);
    }
    return words(arena, all);
  }

  static MemorySegment words(Arena arena, long... values) {
    return arena.allocateFrom(ValueLayout.JAVA_LONG, values);
  }
}
