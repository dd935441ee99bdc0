// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.base.Philox;
import dev.unerring.data.Split;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Smooth random images, and changed copies of them. */
public final class Fields {
  static final int PURPOSE = 1_200;
  private static final int CELL = 7;

  private Fields() {}

  public static double uniform(long seed, int stream, long index) {
    return Philox.uniform(seed, PURPOSE, stream, index);
  }

  /** {@code count} images, linear between random values {@value #CELL} pixels apart. */
  public static byte[] smooth(long seed, int count, Shape shape) {
    byte[] images = new byte[count * shape.imageElements()];
    int rows = shape.h() / CELL + 2;
    int columns = shape.w() / CELL + 2;
    double[] corners = new double[rows * columns];
    for (int n = 0; n < count; n++) {
      for (int layer = 0; layer <= shape.d() / CELL; layer++) {
        for (int c = 0; c < shape.c(); c++) {
          for (int i = 0; i < corners.length; i++) {
            corners[i] = uniform(seed, c, (long) n * 4096 + layer * 256 + i);
          }
          for (int d = layer * CELL; d < Math.min(shape.d(), (layer + 1) * CELL); d++) {
            int at = n * shape.imageElements() + d * shape.h() * shape.w() * shape.c() + c;
            drawPlane(images, at, shape, corners, columns);
          }
        }
      }
    }
    return images;
  }

  private static void drawPlane(byte[] images, int at, Shape shape, double[] corners, int columns) {
    for (int h = 0; h < shape.h(); h++) {
      for (int w = 0; w < shape.w(); w++) {
        int i = h / CELL * columns + w / CELL;
        double down = (double) (h % CELL) / CELL;
        double right = (double) (w % CELL) / CELL;
        double value =
            (1 - down) * ((1 - right) * corners[i] + right * corners[i + 1])
                + down * ((1 - right) * corners[i + columns] + right * corners[i + columns + 1]);
        images[at + (h * shape.w() + w) * shape.c()] = (byte) (20 + 200 * value);
      }
    }
  }

  /** The same with noise of at most {@code size} grey values. */
  public static byte[] noisy(byte[] image, int size, long seed, int stream) {
    byte[] changed = image.clone();
    for (int i = 0; i < changed.length; i++) {
      double noise = (2 * uniform(seed, 100 + stream, i) - 1) * size;
      changed[i] = (byte) Math.clamp(Math.round((image[i] & 0xFF) + noise), 0, 255);
    }
    return changed;
  }

  /** Values times {@code factor} plus {@code offset}. */
  public static byte[] scaled(byte[] image, double factor, int offset) {
    byte[] changed = image.clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i] = (byte) Math.clamp(Math.round((image[i] & 0xFF) * factor + offset), 0, 255);
    }
    return changed;
  }

  /** One pixel to the right; the first column stays. */
  public static byte[] shifted(byte[] image, Shape shape) {
    byte[] changed = image.clone();
    int line = shape.w() * shape.c();
    for (int start = 0; start < image.length; start += line) {
      System.arraycopy(image, start, changed, start + shape.c(), line - shape.c());
    }
    return changed;
  }

  /** A mapped image. */
  public static byte[] mapped(byte[] image, ImageSymmetry symmetry) {
    Shape shape = symmetry.shape();
    byte[] changed = new byte[image.length];
    int at = 0;
    for (int d = 0; d < shape.d(); d++) {
      for (int h = 0; h < shape.h(); h++) {
        for (int w = 0; w < shape.w(); w++) {
          for (int c = 0; c < shape.c(); c++) {
            changed[at++] = image[symmetry.source(d, h, w) * shape.c() + c];
          }
        }
      }
    }
    return changed;
  }

  public static byte[] image(byte[] images, int n, Shape shape) {
    int size = shape.imageElements();
    return Arrays.copyOfRange(images, n * size, (n + 1) * size);
  }

  public static void put(byte[] image, byte[] images, int n) {
    System.arraycopy(image, 0, images, n * image.length, image.length);
  }

  /** Some of the images as a split, with one label each. */
  public static Split split(
      String name, byte[] images, Shape shape, int from, int to, int... labels) {
    int size = shape.imageElements();
    byte[] own = Arrays.copyOfRange(images, from * size, to * size);
    return new Split(
        name, size, MemorySegment.ofArray(own), 1, Arrays.copyOfRange(labels, from, to));
  }
}
