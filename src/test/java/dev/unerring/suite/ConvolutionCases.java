// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Products;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Shapes of convolutions and linear layers: tile edges, strides, borders, chunk limits. */
final class ConvolutionCases {
  private final List<EqualityCase> cases = new ArrayList<>();

  private final boolean integer;

  private ConvolutionCases(boolean integer) {
    this.integer = integer;
  }

  static List<EqualityCase> all() {
    ConvolutionCases all = new ConvolutionCases(false);
    all.tileEdges();
    all.windows();
    all.boxes();
    all.outputsWithoutTaps();
    all.firstLayers();
    all.chunkLimits();
    all.linearLayers();
    return all.cases;
  }

  /** Of the arithmetic integer: the direct products, then Winograd's. */
  static List<EqualityCase> integer() {
    ConvolutionCases all = new ConvolutionCases(true);
    all.tileEdges();
    all.windows();
    all.outputsWithoutTaps();
    all.linearLayers();
    all.winogradTiles();
    return all.cases;
  }

  /** Extents, borders and channels around tiles, blocks of tiles, vectors and runs of channels. */
  private void winogradTiles() {
    Window three = Window.square(3, 1, 1);
    for (int w = 1; w <= 9; w++) {
      conv(new Shape(1 + w % 3, 1, 10 - w, w, 16), three, 16 * (1 + w % 5));
    }
    for (int pad = 0; pad <= 2; pad++) {
      conv(new Shape(3, 1, 5, 6, 32), Window.square(3, 1, pad), 48);
      conv(new Shape(2, 3, 3, 4, 16), new Window(3, 3, 3, 1, pad), 32);
    }
    conv(new Shape(2, 4, 5, 4, 32), new Window(2, 3, 3, 1, 1), 16);
    for (int n : new int[] {1, 7, 50, 130}) {
      conv(new Shape(n, 1, 2, 2, 16), three, 16);
    }
    conv(new Shape(5, 1, 14, 13, 64), three, 64);
    conv(new Shape(1, 1, 17, 16, 80), three, 112);
    conv(new Shape(2, 1, 4, 4, 272), three, 128);
    conv(new Shape(2, 1, 3, 3, 128), three, 272);
    conv(new Shape(1, 1, 41, 43, 16), Window.square(3, 1, 0), 16);
  }

  private void tileEdges() {
    Window three = Window.square(3, 1, 1);
    for (int w : new int[] {1, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 28, 29, 43}) {
      conv(new Shape(2, 1, 2, w, 3), three, 33);
    }
    for (int oc :
        new int[] {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 23, 24, 31, 32, 33, 48, 63, 64, 65}) {
      conv(new Shape(1, 1, 4, 5, 2), three, oc);
    }
    for (int ic : new int[] {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 31, 32, 33, 95, 96, 97}) {
      conv(new Shape(2, 1, 3, 3, ic), Window.square(1, 1, 0), 9);
    }
    conv(new Shape(1, 1, 3, 4, 33), three, 17);
  }

  /** Runs of any length, channels that fill a part of a vector, pieces of images and of weights. */
  private void boxes() {
    for (int w = 1; w <= 30; w++) {
      conv(
          new Shape(1 + w % 3, 1, 1 + w % 2, w, 1 + w % 4), Window.square(3, 1, 1), 1 + 5 * w % 18);
    }
    for (int oc = 1; oc <= 40; oc++) {
      conv(new Shape(1 + oc % 4, 1, 3, 3, 2), new Window(1, 2, 2, 1 + oc % 2, 0), oc);
    }
    for (int n : new int[] {1, 2, 3, 5, 6, 7, 8, 13, 14, 15}) {
      conv(new Shape(n, 1, 4, 4, 5), Window.square(3, 1, 1), 34);
      conv(new Shape(n, 1, 2, 2, 4), Window.square(3, 2, 1), 18);
    }
    conv(new Shape(1, 1, 40, 38, 64), Window.square(3, 1, 1), 3);
    conv(new Shape(2, 1, 37, 33, 65), Window.square(3, 2, 1), 3);
    conv(new Shape(3, 1, 21, 33, 4), Window.square(3, 2, 1), 300);
    conv(new Shape(1, 12, 21, 19, 17), new Window(3, 3, 3, 1, 1), 3);
    conv(new Shape(2, 9, 26, 24, 33), new Window(3, 3, 3, 2, 1), 2);
    conv(new Shape(3, 1, 4, 5, 256), Window.square(3, 1, 1), 33);
    conv(new Shape(3, 1, 3, 2, 34), Window.square(3, 1, 1), 256);
    conv(new Shape(1, 1, 9, 8, 260), Window.square(3, 2, 1), 3);
    conv(new Shape(2, 1, 2, 2, 520), Window.square(3, 1, 1), 70);
  }

  /** Strides beyond the window: backward-input has positions that no tap reaches. */
  private void outputsWithoutTaps() {
    conv(new Shape(2, 1, 61, 63, 40), Window.square(1, 2, 0), 50);
    conv(new Shape(5, 1, 6, 5, 70), Window.square(1, 2, 0), 34);
    conv(new Shape(2, 1, 8, 7, 3), Window.square(2, 3, 1), 17);
    conv(new Shape(2, 1, 9, 11, 4), Window.square(2, 3, 0), 6);
    conv(new Shape(2, 5, 7, 6, 3), new Window(1, 1, 1, 2, 0), 18);
    conv(new Shape(1, 19, 21, 22, 16), new Window(1, 1, 1, 2, 0), 33);
    conv(new Shape(1, 6, 7, 8, 2), new Window(2, 2, 2, 3, 0), 5);
  }

  private void windows() {
    conv(new Shape(1, 1, 1, 1, 1), Window.square(1, 1, 0), 1);
    conv(new Shape(3, 1, 9, 11, 5), Window.square(3, 1, 1), 7);
    conv(new Shape(2, 1, 14, 13, 6), Window.square(3, 2, 1), 8);
    conv(new Shape(2, 1, 14, 14, 8), Window.square(1, 2, 0), 12);
    conv(new Shape(2, 1, 7, 9, 3), Window.square(1, 3, 0), 2);
    conv(new Shape(2, 1, 10, 9, 3), Window.square(3, 2, 0), 16);
    conv(new Shape(2, 1, 9, 8, 4), Window.square(2, 2, 0), 5);
    conv(new Shape(2, 1, 8, 9, 1), Window.square(2, 1, 1), 33);
    conv(new Shape(2, 1, 13, 11, 3), Window.square(5, 3, 2), 8);
    conv(new Shape(1, 1, 17, 15, 3), Window.square(7, 2, 3), 16);
    conv(new Shape(1, 1, 6, 7, 2), Window.square(5, 1, 4), 3);
    conv(new Shape(2, 1, 6, 7, 3), new Window(1, 2, 3, 1, 1), 9);
    conv(new Shape(2, 1, 6, 7, 3), new Window(1, 1, 3, 2, 0), 9);
    conv(new Shape(2, 6, 7, 5, 2), new Window(3, 3, 3, 1, 1), 5);
    conv(new Shape(1, 7, 8, 6, 3), new Window(3, 3, 3, 2, 1), 4);
    conv(new Shape(2, 3, 3, 3, 1), new Window(3, 3, 3, 1, 0), 33);
    conv(new Shape(1, 4, 5, 6, 3), new Window(2, 3, 3, 1, 2), 16);
    conv(new Shape(1, 5, 4, 4, 2), new Window(3, 1, 1, 2, 0), 8);
    conv(new Shape(1, 5, 4, 4, 2), new Window(1, 3, 3, 2, 1), 8);
  }

  /** One or three channels of input, whole vectors of output channels of some kernel sets. */
  private void firstLayers() {
    for (int oc : new int[] {4, 8, 16, 20, 32, 40, 48, 64, 80, 112}) {
      for (int ic : new int[] {1, 3}) {
        conv(new Shape(2, 1, 5, 6, ic), Window.square(3, 1 + oc / 4 % 2, 1), oc);
      }
      conv(new Shape(2, 3, 4, 5, 1), new Window(3, 3, 3, 1 + oc / 4 % 2, 1), oc);
    }
    conv(new Shape(3, 1, 29, 30, 1), Window.square(3, 1, 0), 48);
    conv(new Shape(19, 1, 7, 7, 3), Window.square(3, 1, 1), 64);
    conv(new Shape(2, 6, 15, 17, 1), new Window(3, 3, 3, 1, 1), 16);
    conv(new Shape(1, 4, 5, 4, 3), new Window(3, 3, 3, 1, 1), 32);
    conv(new Shape(1, 5, 4, 4, 3), new Window(3, 1, 1, 1, 0), 16);
    conv(new Shape(1, 1, 10, 11, 1), Window.square(9, 1, 4), 16);
  }

  private void chunkLimits() {
    Window one = Window.square(1, 1, 0);
    for (int n : new int[] {1, 2, 3, 5, 7}) {
      conv(new Shape(n, 1, 28, 28, 1), one, 3);
    }
    for (int n : new int[] {67, 131, 263}) {
      conv(new Shape(n, 1, 28, 28, 1), one, 1);
    }
    conv(new Shape(2, 1, 28, 29, 1), one, 5);
    conv(new Shape(3, 1, 29, 29, 2), Window.square(3, 1, 1), 2);
    conv(new Shape(2, 1, 41, 43, 1), Window.square(3, 1, 0), 17);
    conv(new Shape(2, 1, 1, 1571, 1), one, 2);
    conv(new Shape(2, 1, 1571, 1, 1), one, 2);
    conv(new Shape(2, 3, 19, 23, 1), new Window(3, 3, 3, 1, 1), 4);
    for (int n : new int[] {16, 17, 49}) {
      conv(new Shape(n, 1, 7, 7, 3), Window.square(3, 1, 1), 16);
    }
    for (int n : new int[] {783, 784, 785, 1569, 4000}) {
      conv(new Shape(n, 1, 1, 1, 3), one, 2);
    }
    conv(new Shape(4, 1, 20, 20, 8), Window.square(3, 1, 0), 16);
    conv(new Shape(17, 1, 8, 8, 8), Window.square(3, 1, 1), 33);
  }

  private void linearLayers() {
    for (int n : new int[] {1, 7, 8, 9, 1023, 1024, 1025, 2049, 3073, 5121}) {
      linear(Shape.vectors(n, 5), 3);
    }
    for (int in : new int[] {1, 2, 12, 13, 95, 96, 97, 193}) {
      linear(Shape.vectors(17, in), 33);
    }
    for (int out : new int[] {1, 2, 4, 8, 15, 16, 17, 31, 32, 33, 128}) {
      linear(Shape.vectors(9, 11), out);
    }
    linear(Shape.vectors(1030, 37), 17);
    linear(Shape.vectors(19, 700), 300);
    linear(Shape.vectors(3, 2100), 40);
    linear(new Shape(41, 1, 4, 4, 24), 96);
    linear(new Shape(3, 2, 3, 2, 5), 7);
  }

  private String kind() {
    return integer ? "integer " : "";
  }

  private void conv(Shape in, Window window, int channels) {
    Shape out = window.outputOf(in, channels);
    long words = (long) window.taps() * in.c() * channels;
    cases.add(
        new EqualityCase(
            kind() + "conv " + in + " " + window + " to " + channels,
            (backend, o) -> {
              Products b = integer ? backend.integer() : backend;
              Tensor x = o.input(in);
              Tensor gradY = o.input(out);
              Buffer weight = o.input(words);
              b.convForward(x, weight, o.input(channels), window, o.output(out));
              b.convBackwardInput(gradY, weight, window, o.output(in));
              b.convBackwardWeight(x, gradY, window, o.output(words), o.output(channels));
            }));
  }

  private void linear(Shape in, int channels) {
    Shape out = Shape.vectors(in.n(), channels);
    long words = (long) in.imageElements() * channels;
    cases.add(
        new EqualityCase(
            kind() + "linear " + in + " to " + channels,
            (backend, o) -> {
              Products b = integer ? backend.integer() : backend;
              Tensor x = o.input(in);
              Tensor gradY = o.input(out);
              Buffer weight = o.input(words);
              b.linearForward(x, weight, o.input(channels), o.output(out));
              b.linearBackwardInput(gradY, weight, o.output(in));
              b.linearBackwardWeight(x, gradY, o.output(words), o.output(channels));
            }));
  }
}
