// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

/** How a tensor in a file (PyTorch's order) maps to the engine's order. */
public sealed interface Layout {
  /** Index in the engine of the element at {@code fileIndex}. */
  int engineIndex(int fileIndex);

  /** One number a channel; the same in both. */
  record Vector() implements Layout {
    @Override
    public int engineIndex(int fileIndex) {
      return fileIndex;
    }
  }

  /**
   * Convolution: file [oc][ic][taps], engine [taps][ic][oc].
   *
   * @param oc output channels
   * @param ic input channels
   * @param taps kd * kh * kw
   */
  record Convolution(int oc, int ic, int taps) implements Layout {
    @Override
    public int engineIndex(int fileIndex) {
      int tap = fileIndex % taps;
      int in = fileIndex / taps % ic;
      int out = fileIndex / taps / ic;
      return (tap * ic + in) * oc + out;
    }
  }

  /**
   * Linear after an image: file [out][c][positions], engine [positions][c][out].
   *
   * @param out outputs
   * @param c channels of the input
   * @param positions positions of the input, 1 for a vector
   */
  record Dense(int out, int c, int positions) implements Layout {
    @Override
    public int engineIndex(int fileIndex) {
      int position = fileIndex % positions;
      int channel = fileIndex / positions % c;
      int output = fileIndex / positions / c;
      return (position * c + channel) * out + output;
    }
  }
}
