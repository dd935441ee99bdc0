// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.UsageException;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The networks by name. Names of tensors are those of the same network in PyTorch: numbers of a
 * Sequential for {@code small} and {@code small3d}, the attributes of MedMNIST's own models for the
 * residual networks.
 */
public final class Architectures {
  /** The choice by the shape of the images, see {@link #choose}. */
  public static final String AUTO = "auto";

  /** Five convolutions and three linear layers for 28x28 images. */
  public static final String SMALL = "small";

  /** Three convolutions and two linear layers for 3D images. */
  public static final String SMALL_3D = "small3d";

  /** Residual network of 18 layers with a 3x3 stem, 2D and 3D. */
  public static final String RESNET_18 = "resnet18";

  /** Residual network of 50 layers with a 3x3 stem, 2D and 3D. */
  public static final String RESNET_50 = "resnet50";

  /**
   * Before a number n: the d-n-K network of arXiv 2312.16060, one hidden layer of n ReLUs between d
   * pixels, each image scaled by itself, and K classes.
   */
  public static final String DENG = "deng-";

  private static final int MOST_HIDDEN = 4096;
  private static final int SMALL_SIZE = 28;
  private static final int SMALLEST_3D = 8;

  private Architectures() {}

  /** The names that {@link #layers} knows, besides {@link #DENG} with a number. */
  public static List<String> names() {
    return List.of(SMALL, SMALL_3D, RESNET_18, RESNET_50);
  }

  /** {@code small} for 28x28, {@code small3d} for 28x28x28, {@code resnet18} for all others. */
  public static String choose(Shape image) {
    boolean square = image.h() == SMALL_SIZE && image.w() == SMALL_SIZE;
    if (square && image.d() == 1) {
      return SMALL;
    }
    return square && image.d() == SMALL_SIZE ? SMALL_3D : RESNET_18;
  }

  /**
   * Fresh layers of an architecture.
   *
   * @param name one of {@link #names}
   * @param image shape of one image
   * @param classes number of logits, at least 2
   * @throws UsageException where the name is unknown or the image does not fit
   */
  public static List<Layer> layers(String name, Shape image, int classes) {
    if (isDeng(name)) {
      return List.of(
          new ImageScale(), new Linear("1", hidden(name)), new Relu(), new Linear("3", classes));
    }
    return switch (name) {
      case SMALL -> small(image, classes);
      case SMALL_3D -> small3d(image, classes);
      case RESNET_18 -> ResNets.resnet18(image, classes);
      case RESNET_50 -> ResNets.resnet50(image, classes);
      default -> throw unknown(name);
    };
  }

  /**
   * Refuses a name that nothing is known of, before there are images.
   *
   * @throws UsageException with the names that are known
   */
  public static void requireKnown(String name) {
    if (isDeng(name)) {
      hidden(name);
    } else if (!name.equals(AUTO) && !names().contains(name)) {
      throw unknown(name);
    }
  }

  private static UsageException unknown(String name) {
    return new UsageException(
        "no architecture '"
            + name
            + "'; known are auto, "
            + String.join(", ", names())
            + " and "
            + DENG
            + "N");
  }

  /** Whether it is a d-n-K network. */
  public static boolean isDeng(String name) {
    return name.startsWith(DENG);
  }

  private static int hidden(String name) {
    String number = name.substring(DENG.length());
    int hidden = number.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(number) : 0;
    if (hidden < 1 || hidden > MOST_HIDDEN) {
      throw new UsageException(
          "no architecture '"
              + name
              + "'; after deng- stands the number of hidden units, 1 to "
              + MOST_HIDDEN);
    }
    return hidden;
  }

  /** What the first layer does, for the metadata of a model. */
  static String input(String name) {
    return isDeng(name)
        ? "raw 0..255; the first layer centres each image, divides it by its largest absolute value"
            + " and rounds to 4 decimals"
        : "raw 0..255; the first layer is x * input.scale + input.shift";
  }

  private static List<Layer> small(Shape image, int classes) {
    require(
        image.d() == 1 && image.h() == SMALL_SIZE && image.w() == SMALL_SIZE,
        "the architecture 'small' takes 28x28 images",
        image);
    Window half = Window.square(2, 2, 0);
    List<Layer> layers = new ArrayList<>();
    layers.add(new Scale());
    block(layers, 0, 16, Window.square(3, 1, 0));
    block(layers, 3, 16, Window.square(3, 1, 0));
    layers.add(new MaxPool(half)); // 6
    block(layers, 7, 64, Window.square(3, 1, 0));
    block(layers, 10, 64, Window.square(3, 1, 0));
    block(layers, 13, 64, Window.square(3, 1, 1));
    layers.add(new MaxPool(half)); // 16; 17 is PyTorch's Flatten
    layers.add(new Linear("18", 128));
    layers.add(new Relu());
    layers.add(new Linear("20", 128));
    layers.add(new Relu());
    layers.add(new Linear("22", classes));
    return layers;
  }

  private static List<Layer> small3d(Shape image, int classes) {
    int least = Math.min(image.d(), Math.min(image.h(), image.w()));
    require(
        least >= SMALLEST_3D,
        "the architecture 'small3d' takes 3D images of 8 voxels a side or more",
        image);
    Window half = new Window(2, 2, 2, 2, 0);
    List<Layer> layers = new ArrayList<>();
    layers.add(new Scale());
    int index = 0;
    for (int channels : new int[] {16, 32, 64}) {
      block(layers, index, channels, new Window(3, 3, 3, 1, 1));
      layers.add(new MaxPool(half));
      index += 4;
    }
    layers.add(new Linear("13", 128)); // 12 is PyTorch's Flatten
    layers.add(new Relu());
    layers.add(new Linear("15", classes));
    return layers;
  }

  private static void block(List<Layer> layers, int index, int channels, Window window) {
    layers.add(new Conv(String.valueOf(index), channels, window, true));
    layers.add(new BatchNorm(String.valueOf(index + 1), true));
  }

  private static void require(boolean fits, String what, Shape image) {
    if (!fits) {
      throw new UsageException(
          what
              + ", not "
              + (image.d() == 1 ? "" : image.d() + "x")
              + image.h()
              + "x"
              + image.w()
              + "; take --arch "
              + choose(image)
              + " or auto");
    }
  }
}
