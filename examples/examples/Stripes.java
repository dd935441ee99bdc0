package examples;

import dev.unerring.Data;
import dev.unerring.Image;
import dev.unerring.ImageShape;
import java.util.List;

/** Tiny generated images: noise with a bright stripe, which is horizontal or vertical. */
final class Stripes {
  static final ImageShape SHAPE = ImageShape.of(28, 28, 1);
  static final List<String> CLASSES = List.of("horizontal", "vertical");

  private Stripes() {}

  /** A data set in memory. */
  static Data data() {
    return Data.of("stripes", SHAPE, CLASSES)
        .train(images(0, 60), labels(0, 60))
        .val(images(1000, 20), labels(1000, 20))
        .test(images(2000, 20), labels(2000, 20));
  }

  /** Samples that were found later. */
  static Data found() {
    return Data.of("found", SHAPE, CLASSES).train(images(3000, 6), labels(3000, 6));
  }

  static Image image(int number) {
    return Image.of(SHAPE, images(number, 1));
  }

  static int label(int number) {
    return number % 2;
  }

  private static int[] labels(int first, int count) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = label(first + i);
    }
    return labels;
  }

  private static byte[] images(int first, int count) {
    byte[] pixels = new byte[count * SHAPE.bytes()];
    for (int i = 0; i < pixels.length; i++) {
      int number = first + i / SHAPE.bytes();
      int y = i % SHAPE.bytes() / 28;
      int x = i % 28;
      int across = label(number) == 0 ? y : x;
      int noise = (number * 31 + y * 17 + x * 13) * 0x9E3779B1 >>> 26;
      pixels[i] = (byte) (noise + (across / 4 == 1 + number / 2 % 5 ? 150 : 0));
    }
    return pixels;
  }
}
