package dev.unerring.network;

import dev.unerring.backend.Window;
import dev.unerring.base.UsageException;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The networks by name. Names of tensors are those of the same network as a PyTorch Sequential. */
public final class Architectures {
  /** Five convolutions and three linear layers for 28x28 images. */
  public static final String SMALL = "small";

  private static final int SMALL_SIZE = 28;

  private Architectures() {}

  /** The names that {@link #layers} knows. */
  public static List<String> names() {
    return List.of(SMALL);
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
    if (!name.equals(SMALL)) {
      throw new UsageException(
          "no architecture '" + name + "'; known are " + String.join(", ", names()));
    }
    if (image.d() != 1 || image.h() != SMALL_SIZE || image.w() != SMALL_SIZE) {
      throw new UsageException(
          "the architecture 'small' takes 28x28 images, not "
              + (image.d() == 1 ? "" : image.d() + "x")
              + image.h()
              + "x"
              + image.w()
              + "; other sizes and 3D sets have no network yet");
    }
    return small(classes);
  }

  private static List<Layer> small(int classes) {
    Window half = Window.square(2, 2, 0);
    List<Layer> layers = new ArrayList<>();
    layers.add(new Scale());
    block(layers, 0, 16, 0);
    block(layers, 3, 16, 0);
    layers.add(new MaxPool(half)); // 6
    block(layers, 7, 64, 0);
    block(layers, 10, 64, 0);
    block(layers, 13, 64, 1);
    layers.add(new MaxPool(half)); // 16; 17 is PyTorch's Flatten
    layers.add(new Linear("18", 128));
    layers.add(new Relu());
    layers.add(new Linear("20", 128));
    layers.add(new Relu());
    layers.add(new Linear("22", classes));
    return layers;
  }

  private static void block(List<Layer> layers, int index, int channels, int pad) {
    layers.add(new Conv(String.valueOf(index), channels, Window.square(3, 1, pad)));
    layers.add(new BatchNorm(String.valueOf(index + 1)));
    layers.add(new Relu());
  }
}
