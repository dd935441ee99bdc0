// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.generate.DemoSet;
import dev.unerring.npz.NpzWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Files of generated data, made once and kept in the work folder. */
final class GeneratedSets {
  /** Training images of TissueMNIST, the largest 2D training set of MedMNIST. */
  static final int LARGE = 165_466;

  /** Contradictions planted in the large set: its floor. */
  static final int CONFLICTS = 17;

  private static final int SIDE = 28;

  private GeneratedSets() {}

  /** {@link #LARGE} training images of 28x28, stored, some pairs of them contradictory. */
  static Path large() {
    return make("audit-" + LARGE + ".npz", file -> write(file, LARGE, 1, 8, CONFLICTS));
  }

  /** 256 images of 28x28x3 for one epoch of ResNet-18. */
  static Path colour() {
    return make("colour-256.npz", file -> write(file, 256, 3, 5, 0));
  }

  /** The demo set with 500 training images, some pairs of them contradictory. */
  static Path small() {
    return make(
        "demo-500-conflicts.npz",
        file -> DemoSet.write(file, 3, 500, 50, 50, CorrectionBenchmark.CONFLICTS));
  }

  /** The demo set with 24 training images, for comparisons with the definition. */
  static Path tiny() {
    return make("demo-24.npz", file -> DemoSet.write(file, 3, 24, 2, 2, 0));
  }

  /** The demo set as users have it. */
  static Path demo() {
    return make("demo.npz", DemoSet::write);
  }

  private interface Writer {
    void write(Path file);
  }

  private static Path make(String name, Writer writer) {
    try {
      Path file = Settings.work().resolve(name);
      if (!Files.exists(file)) {
        Files.createDirectories(Settings.work());
        Path partial = Settings.work().resolve("partial-" + name);
        Files.deleteIfExists(partial);
        writer.write(partial);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, int train, int channels, int classes, int conflicts) {
    List<Integer> shape = channels == 1 ? List.of(SIDE, SIDE) : List.of(SIDE, SIDE, channels);
    NpzWriter writer = new NpzWriter(false);
    int seed = 1;
    for (String split : List.of("train", "val", "test")) {
      int count = split.equals("train") ? train : 10;
      byte[] images = bytes((long) count * SIDE * SIDE * channels, seed++);
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        labels[i] = i % classes;
      }
      // Images 2i and 2i + 1 become the same, their labels differ.
      int image = SIDE * SIDE * channels;
      for (int i = 0; split.equals("train") && i < conflicts; i++) {
        System.arraycopy(images, 2 * i * image, images, (2 * i + 1) * image, image);
      }
      writer.addSplit(split, shape, images, labels);
    }
    writer.write(file);
  }

  private static byte[] bytes(long count, long seed) {
    byte[] bytes = new byte[Math.toIntExact(count)];
    long state = seed;
    for (int i = 0; i < bytes.length; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      bytes[i] = (byte) (state >>> 56);
    }
    return bytes;
  }
}
