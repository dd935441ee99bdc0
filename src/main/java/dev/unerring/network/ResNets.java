// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Window;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Residual networks with a 3x3 stem and no pooling before the first stage (He et al. 2015 in the
 * form for small images that MedMNIST's base line uses): convolutions without bias, four stages of
 * 64, 128, 256 and 512 channels, strides 1, 2, 2, 2, mean over positions, one linear layer. A 3D
 * image gets the same network with a third kernel axis.
 */
final class ResNets {
  private static final int[] CHANNELS = {64, 128, 256, 512};

  private final boolean deep;
  private final int expansion;
  private final List<Layer> layers = new ArrayList<>();
  private int width = CHANNELS[0];

  private ResNets(Shape image, int expansion) {
    this.deep = image.d() > 1;
    this.expansion = expansion;
  }

  static List<Layer> resnet18(Shape image, int classes) {
    return new ResNets(image, 1).build(new int[] {2, 2, 2, 2}, classes);
  }

  static List<Layer> resnet50(Shape image, int classes) {
    return new ResNets(image, 4).build(new int[] {3, 4, 6, 3}, classes);
  }

  private List<Layer> build(int[] blocks, int classes) {
    layers.add(new Scale());
    convolution(layers, "conv1", "bn1", CHANNELS[0], window(3, 1), true);
    for (int stage = 0; stage < blocks.length; stage++) {
      for (int block = 0; block < blocks[stage]; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        residual("layer" + (stage + 1) + "." + block + ".", CHANNELS[stage], stride);
      }
    }
    layers.add(new AveragePool());
    layers.add(new Linear("linear", classes));
    return layers;
  }

  /** Two 3x3 convolutions, or with expansion 1x1, 3x3, 1x1 (the bottleneck). */
  private void residual(String name, int channels, int stride) {
    int outputs = channels * expansion;
    List<Layer> main = new ArrayList<>();
    if (expansion == 1) {
      convolution(main, name + "conv1", name + "bn1", channels, window(3, stride), true);
      convolution(main, name + "conv2", name + "bn2", outputs, window(3, 1), false);
    } else {
      convolution(main, name + "conv1", name + "bn1", channels, window(1, 1), true);
      convolution(main, name + "conv2", name + "bn2", channels, window(3, stride), true);
      convolution(main, name + "conv3", name + "bn3", outputs, window(1, 1), false);
    }
    List<Layer> shortcut = new ArrayList<>();
    if (stride != 1 || width != outputs) {
      convolution(
          shortcut, name + "shortcut.0", name + "shortcut.1", outputs, window(1, stride), false);
    }
    layers.add(new Residual(main, shortcut, true));
    width = outputs;
  }

  private static void convolution(
      List<Layer> to, String name, String norm, int channels, Window window, boolean relu) {
    to.add(new Conv(name, channels, window, false));
    to.add(new BatchNorm(norm, relu));
  }

  private Window window(int kernel, int stride) {
    return new Window(deep ? kernel : 1, kernel, kernel, stride, kernel / 2);
  }
}
