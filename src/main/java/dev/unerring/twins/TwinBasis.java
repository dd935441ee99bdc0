// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.base.WorkMonitor;
import dev.unerring.tensor.Shape;
import java.util.Arrays;

/**
 * A few directions in which the images of a set differ most, found on a sample of them. They are
 * orthonormal, so that with u and v the pixel values of two images, centred and of norm 1, and Pu
 * and Pv their coordinates, correlation(u, v) = Pu.Pv + (u - Pu).(v - Pv), whose last term is at
 * most |u - Pu| * |v - Pv|, and at least minus that. Which directions they are changes the time of
 * a search and never its result.
 *
 * <p>An image is first reduced to at most {@link #MAX_CELLS} sums over equal blocks, divided by the
 * square root of the block's size (that is a projection, too); then orthogonal iteration on the
 * sample's reduced images finds the directions, the strongest first.
 */
final class TwinBasis {
  /** Number of coordinates; those beyond {@link #cells} are zero. */
  static final int COORDINATES = 64;

  private static final int MAX_CELLS = 1024;
  private static final int SAMPLE = 2000;
  private static final int ITERATIONS = 4;
  private static final String WORK = "preparing the search for near-twins";

  private final Correlation correlation;
  private final int[] cellOfElement;
  private final double[] cellScale;
  private final int cells;

  /** By cell, then by coordinate. */
  private final double[][] directions;

  /**
   * Finds the directions.
   *
   * @param images numbers of images that are not constant
   * @param monitor stops it, by a StoppedException
   */
  TwinBasis(Correlation correlation, Shape shape, int[] images, WorkMonitor monitor) {
    this.correlation = correlation;
    int block = 1;
    while (cells(shape, block) > MAX_CELLS) {
      block++;
    }
    cells = (int) cells(shape, block);
    cellOfElement = cellOfElement(shape, block);
    cellScale = new double[cells];
    for (int cell : cellOfElement) {
      cellScale[cell]++;
    }
    for (int cell = 0; cell < cells; cell++) {
      cellScale[cell] = Math.sqrt(cellScale[cell]);
    }
    directions = directions(images, monitor);
  }

  /** Rows of a search from which on to project an image costs less than to compare it with all. */
  static int rowsWorthIt(Shape shape) {
    int elements = shape.imageElements();
    return 2 * (1 + COORDINATES * Math.min(MAX_CELLS, elements) / elements);
  }

  private static long cells(Shape shape, int block) {
    return (long) blocks(shape.d(), block)
        * blocks(shape.h(), block)
        * blocks(shape.w(), block)
        * shape.c();
  }

  private static int blocks(int extent, int block) {
    return (extent + block - 1) / block;
  }

  private static int[] cellOfElement(Shape shape, int block) {
    int[] cells = new int[shape.imageElements()];
    int element = 0;
    for (int d = 0; d < shape.d(); d++) {
      for (int h = 0; h < shape.h(); h++) {
        for (int w = 0; w < shape.w(); w++) {
          int row = d / block * blocks(shape.h(), block) + h / block;
          int cell = (row * blocks(shape.w(), block) + w / block) * shape.c();
          for (int c = 0; c < shape.c(); c++) {
            cells[element++] = cell + c;
          }
        }
      }
    }
    return cells;
  }

  private double[][] directions(int[] images, WorkMonitor monitor) {
    int sampled = Math.min(SAMPLE, images.length);
    double[][] reduced = new double[sampled][cells];
    Correlation.Reader reader = correlation.new Reader();
    long steps = (long) (ITERATIONS + 1) * sampled;
    long step = 0;
    for (int i = 0; i < sampled; i++) {
      monitor.step(WORK, ++step, steps);
      reduce(reader, images[(int) ((long) i * images.length / sampled)], reduced[i]);
    }
    double[][] current = new double[cells][COORDINATES];
    for (int cell = 0; cell < cells; cell++) {
      for (int k = 0; k < COORDINATES; k++) { // Walsh functions: any start would do
        current[cell][k] = (Integer.bitCount(cell & k) & 1) == 0 ? 1 : -1;
      }
    }
    orthonormalize(current);
    for (int i = 0; i < ITERATIONS; i++) {
      double[][] next = new double[cells][COORDINATES];
      double[] coordinates = new double[COORDINATES];
      for (double[] image : reduced) {
        monitor.step(WORK, ++step, steps);
        Arrays.fill(coordinates, 0);
        for (int cell = 0; cell < cells; cell++) {
          addScaled(coordinates, image[cell], current[cell]);
        }
        for (int cell = 0; cell < cells; cell++) {
          addScaled(next[cell], image[cell], coordinates);
        }
      }
      current = next;
      orthonormalize(current);
    }
    return current;
  }

  private static void addScaled(double[] to, double factor, double[] from) {
    for (int k = 0; k < COORDINATES; k++) {
      to[k] += factor * from[k];
    }
  }

  /** Gram-Schmidt, each vector twice; one that has nothing of its own becomes a unit vector. */
  private void orthonormalize(double[][] columns) {
    int count = Math.min(COORDINATES, cells);
    double[][] done = new double[count][];
    for (int k = 0; k < count; k++) {
      double[] vector = new double[cells];
      for (int cell = 0; cell < cells; cell++) {
        vector[cell] = columns[cell][k];
      }
      boolean own = removeAndScale(vector, done, k, 1e-12 * dot(vector, vector));
      for (int unit = 0; !own; unit++) { // the squares left of all units add up to cells - k
        vector = new double[cells];
        vector[unit] = 1;
        own = removeAndScale(vector, done, k, 0.5 * (cells - k) / cells);
      }
      removeAndScale(vector, done, k, 0);
      done[k] = vector;
    }
    for (int cell = 0; cell < cells; cell++) {
      for (int k = 0; k < COORDINATES; k++) {
        columns[cell][k] = k < count ? done[k][cell] : 0;
      }
    }
  }

  /** Whether more than {@code least} is left of the squared norm; the rest is scaled to 1. */
  private static boolean removeAndScale(double[] vector, double[][] done, int count, double least) {
    for (int k = 0; k < count; k++) {
      double along = dot(vector, done[k]);
      for (int i = 0; i < vector.length; i++) {
        vector[i] -= along * done[k][i];
      }
    }
    double square = dot(vector, vector);
    if (!(square > least)) {
      return false;
    }
    double scale = 1 / Math.sqrt(square);
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= scale;
    }
    return true;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** The reduced image: block sums of the values, centred and scaled to norm 1. */
  private void reduce(Correlation.Reader reader, int image, double[] reduced) {
    int[] values = reader.values(image);
    Arrays.fill(reduced, 0);
    for (int i = 0; i < values.length; i++) {
      reduced[cellOfElement[i]] += values[i];
    }
    double mean = (double) correlation.sum(image) / values.length;
    double norm = Math.sqrt((double) correlation.variance(image) / values.length);
    for (int cell = 0; cell < cells; cell++) {
      double size = cellScale[cell] * cellScale[cell];
      reduced[cell] = (reduced[cell] - size * mean) / (cellScale[cell] * norm);
    }
  }

  /** Projects images for one thread. */
  final class Projector {
    private final Correlation.Reader reader = correlation.new Reader();
    private final double[] reduced = new double[cells];

    /** The coordinates of an image, {@link #COORDINATES} of them. */
    void project(int image, double[] coordinates) {
      reduce(reader, image, reduced);
      Arrays.fill(coordinates, 0);
      for (int cell = 0; cell < cells; cell++) {
        addScaled(coordinates, reduced[cell], directions[cell]);
      }
    }
  }
}
