// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.backend.Window;
import dev.unerring.tensor.Shape;
import java.util.List;

/**
 * A convolution of one of the networks.
 *
 * @param name kernel, channels in to out, extent of the image; "/2" for stride 2
 * @param input shape of the batch that is measured
 * @param outputs output channels
 * @param window kernel, stride, border
 * @param inResNet18 how often ResNet-18 for 28x28x3 images has it
 * @param kind what the targets tell apart
 */
record ConvCase(
    String name, Shape input, int outputs, Window window, int inResNet18, ConvCase.Kind kind) {
  enum Kind {
    /** 3x3, 64 to 256 channels. */
    MAIN,
    /** Strided, 1x1, 512x4x4 and 3D. */
    OTHER,
    /** First layer of a network: memory bounds it, and it has no gradient of its input. */
    FIRST
  }

  /** The passes of a layer. */
  static final List<String> PASSES = List.of("forward", "backwardInput", "backwardWeight");

  private static final int BATCH = 128;
  private static final int BATCH_3D = 32;

  static final List<ConvCase> ALL =
      List.of(
          flat("3x3-64x28", 28, 64, 64, 3, 1, 4, Kind.MAIN),
          flat("3x3-128x14", 14, 128, 128, 3, 1, 3, Kind.MAIN),
          flat("3x3-256x7", 7, 256, 256, 3, 1, 3, Kind.MAIN),
          flat("3x3-512x4", 4, 512, 512, 3, 1, 3, Kind.OTHER),
          flat("3x3/2-64-128x28", 28, 64, 128, 3, 2, 1, Kind.OTHER),
          flat("3x3/2-128-256x14", 14, 128, 256, 3, 2, 1, Kind.OTHER),
          flat("3x3/2-256-512x7", 7, 256, 512, 3, 2, 1, Kind.OTHER),
          flat("1x1/2-64-128x28", 28, 64, 128, 1, 2, 1, Kind.OTHER),
          flat("1x1/2-128-256x14", 14, 128, 256, 1, 2, 1, Kind.OTHER),
          flat("1x1/2-256-512x7", 7, 256, 512, 1, 2, 1, Kind.OTHER),
          flat("3x3-3-64x28", 28, 3, 64, 3, 1, 1, Kind.FIRST),
          flat("3x3-1-16x28", 28, 1, 16, 3, 1, 0, Kind.FIRST),
          deep("3x3x3-1-16x28", 28, 1, 16, Kind.FIRST),
          deep("3x3x3-16-32x14", 14, 16, 32, Kind.OTHER),
          deep("3x3x3-32-64x7", 7, 32, 64, Kind.OTHER));

  static ConvCase named(String name) {
    return ALL.stream().filter(c -> c.name.equals(name)).findFirst().orElseThrow();
  }

  private static ConvCase flat(
      String name, int side, int in, int out, int kernel, int stride, int times, Kind kind) {
    Window window = Window.square(kernel, stride, kernel / 2);
    return new ConvCase(name, new Shape(BATCH, 1, side, side, in), out, window, times, kind);
  }

  private static ConvCase deep(String name, int side, int in, int out, Kind kind) {
    Window window = new Window(3, 3, 3, 1, 1);
    return new ConvCase(name, new Shape(BATCH_3D, side, side, side, in), out, window, 0, kind);
  }

  Shape output() {
    return window.outputOf(input, outputs);
  }

  int weights() {
    return window.taps() * input.c() * outputs;
  }

  /** Billions of floating-point operations of one pass, two for each fma, the border counted. */
  double gflop() {
    return 2e-9 * output().n() * output().positions() * weights();
  }

  /** The passes that a training step takes. */
  List<String> passes() {
    return PASSES.stream()
        .filter(pass -> kind != Kind.FIRST || !pass.equals(PASSES.get(1)))
        .toList();
  }
}
