// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The taps of one convolution on the GPU: offsets (depth, height, width) of each tap.
 *
 * @param forward all taps, ascending; also those of backward-weight
 * @param backward the taps of the phases, one phase after another, as offsets in gradY
 * @param turned number of the forward tap of each entry of {@code backward}
 * @param phases the positions of the input, by their remainder by the stride
 */
record TapTables(Buffer forward, Buffer backward, Buffer turned, List<Phase> phases) {
  private static final int OFFSETS = 3;

  /**
   * The input positions with one remainder by the stride.
   *
   * @param d remainder in depth; h and w alike
   * @param rowsD positions with it in depth; rowsH and rowsW alike
   * @param first its first entry in the table
   * @param taps number of its entries
   */
  record Phase(int d, int h, int w, int rowsD, int rowsH, int rowsW, int first, int taps) {}

  static TapTables of(Gpu gpu, Shape in, Window window) {
    List<Integer> forward = new ArrayList<>();
    List<Integer> backward = new ArrayList<>();
    List<Integer> turned = new ArrayList<>();
    List<Phase> phases = new ArrayList<>();
    int s = window.stride();
    each(window, (kd, kh, kw) -> forward.addAll(List.of(kd, kh, kw)));
    for (int pd = 0; pd < Math.min(s, in.d()); pd++) {
      for (int ph = 0; ph < Math.min(s, in.h()); ph++) {
        for (int pw = 0; pw < Math.min(s, in.w()); pw++) {
          int first = turned.size();
          int[] at = {pd + window.padDepth(), ph + window.pad(), pw + window.pad()};
          each(
              window,
              (kd, kh, kw) -> {
                int d = at[0] - kd;
                int h = at[1] - kh;
                int w = at[2] - kw;
                if (d % s == 0 && h % s == 0 && w % s == 0) {
                  backward.addAll(List.of(d / s, h / s, w / s));
                  turned.add((kd * window.kh() + kh) * window.kw() + kw);
                }
              });
          phases.add(
              new Phase(
                  pd,
                  ph,
                  pw,
                  Math.ceilDiv(in.d() - pd, s),
                  Math.ceilDiv(in.h() - ph, s),
                  Math.ceilDiv(in.w() - pw, s),
                  first,
                  turned.size() - first));
        }
      }
    }
    return new TapTables(
        upload(gpu, forward), upload(gpu, backward), upload(gpu, turned), List.copyOf(phases));
  }

  /** Where the entries of a phase begin. */
  MemorySegment backward(Phase phase) {
    return backward.memory().asSlice((long) OFFSETS * phase.first() * Integer.BYTES);
  }

  private interface Tap {
    void at(int kd, int kh, int kw);
  }

  private static void each(Window window, Tap tap) {
    for (int kd = 0; kd < window.kd(); kd++) {
      for (int kh = 0; kh < window.kh(); kh++) {
        for (int kw = 0; kw < window.kw(); kw++) {
          tap.at(kd, kh, kw);
        }
      }
    }
  }

  private static Buffer upload(Gpu gpu, List<Integer> words) {
    Buffer buffer = gpu.allocate(words.size());
    int[] values = words.stream().mapToInt(Integer::intValue).toArray();
    gpu.upload(MemorySegment.ofArray(values), buffer);
    return buffer;
  }
}
