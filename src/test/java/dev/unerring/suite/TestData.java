// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.base.Philox;
import dev.unerring.data.Split;
import dev.unerring.npz.NpzWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * 28x28 grey images with labels, in memory, for data sets that a test makes itself.
 *
 * @param images one after another, 784 bytes each
 * @param labels one an image
 */
public record TestData(byte[] images, int[] labels) {
  /** Bytes of one image. */
  public static final int IMAGE = 28 * 28;

  private static final int PURPOSE = 1_100;

  /**
   * Learnable images: noise below 64, and a bright bar whose row goes by the class; labels 0, 1,
   * ..., classes - 1, 0, ...
   *
   * @param stream number of the noise; another number gives other images
   */
  public static TestData generated(int count, int classes, int stream) {
    byte[] images = new byte[count * IMAGE];
    int[] labels = new int[count];
    for (int n = 0; n < count; n++) {
      labels[n] = n % classes;
      for (int i = 0; i < IMAGE; i++) {
        int noise = Philox.bits(TestSeed.VALUE, PURPOSE, stream, (long) n * IMAGE + i) >>> 26;
        boolean bar = i / 28 / 4 == 1 + labels[n] && i % 28 >= 4 && i % 28 < 24;
        images[n * IMAGE + i] = (byte) (noise + (bar ? 120 : 0));
      }
    }
    return new TestData(images, labels);
  }

  /** Every fifth label becomes the next class, against its picture: to be learned by heart. */
  public TestData contrary(int classes) {
    for (int n = 0; n < labels.length; n += 5) {
      labels[n] = (labels[n] + 1) % classes;
    }
    return this;
  }

  /** The first samples of a split. */
  public static TestData of(Split split, int count) {
    byte[] images = new byte[count * IMAGE];
    MemorySegment.copy(split.images(), ValueLayout.JAVA_BYTE, 0, images, 0, images.length);
    int[] labels = new int[count];
    Arrays.setAll(labels, split::label);
    return new TestData(images, labels);
  }

  /** Overwrites one image with another; the labels stay. */
  public TestData copyImage(int from, int to) {
    System.arraycopy(images, from * IMAGE, images, to * IMAGE, IMAGE);
    return this;
  }

  /** A data set of three splits as an npz file. */
  public static Path write(Path file, TestData train, TestData val, TestData test) {
    NpzWriter writer = new NpzWriter(false);
    List<Integer> shape = List.of(28, 28);
    writer.addSplit("train", shape, train.images, train.labels);
    writer.addSplit("val", shape, val.images, val.labels);
    writer.addSplit("test", shape, test.images, test.labels);
    writer.write(file);
    return file;
  }

  /** A learnable set: {@code count} training images, a quarter as many (4 at least) elsewhere. */
  public static Path write(Path file, int count, int classes) {
    return write(file, generated(count, classes, 0), classes);
  }

  /** The same with {@link #contrary} training labels: one epoch does not learn it. */
  public static Path writeContrary(Path file, int count, int classes) {
    return write(file, generated(count, classes, 0).contrary(classes), classes);
  }

  private static Path write(Path file, TestData train, int classes) {
    int quarter = Math.max(4, train.labels.length / 4);
    return write(file, train, generated(quarter, classes, 1), generated(quarter, classes, 2));
  }

  /**
   * A file of ../shared/datasets beside the checkout, or of {@code -Dtest.datasets=}; where it is
   * absent, this is said on stderr and the test counts as skipped.
   */
  public static Path real(String name) {
    Path base = Path.of(System.getProperty("basedir", ""));
    String beside = base.resolve("../shared/datasets").toString();
    Path folder = Path.of(System.getProperty("test.datasets", beside));
    Path file = folder.toAbsolutePath().normalize().resolve(name);
    if (!Files.isRegularFile(file)) {
      String reason =
          "SKIPPED, no data: " + file + " is absent (-Dtest.datasets= names its folder)";
      System.err.println(reason);
      Assumptions.abort(reason);
    }
    return file;
  }
}
