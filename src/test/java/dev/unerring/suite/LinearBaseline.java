// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.data.Split;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * How many training samples a linear model of the raw pixels (with intercept) gets wrong. All of it
 * is binary64 on an orthonormal basis of the pixels' linear span, which gives a linear model
 * neither more nor less than the pixels do: least squares on one-hot labels, and softmax regression
 * by full-batch gradient descent until the gradient vanishes, of which the best iterate counts. A
 * sample with several labels is wrong when one of them is; each label has a model of its own.
 */
final class LinearBaseline {
  private static final double RANK_TOLERANCE = 1e-9;
  private static final double SMALL_GRADIENT = 1e-4;
  private static final int MOST_STEPS = 1000;
  private static final int COUNT_EVERY = 10;

  /**
   * What was measured.
   *
   * @param rank dimension of the span of the pixels and the intercept
   * @param leastSquares errors of least squares
   * @param softmax errors of softmax regression
   */
  record Result(int samples, int rank, int leastSquares, int softmax) {
    int fewest() {
      return Math.min(leastSquares, softmax);
    }

    double share() {
      return (double) fewest() / samples;
    }
  }

  private final int samples;
  private final int rank;

  /** The coordinates of each sample: row i holds value i of every vector of the basis. */
  private final double[][] features;

  private LinearBaseline(double[][] columns, int samples) {
    double[][] basis = basis(columns);
    this.samples = samples;
    rank = basis.length;
    features = new double[samples][rank];
    for (int i = 0; i < samples; i++) {
      for (int k = 0; k < rank; k++) {
        features[i][k] = basis[k][i];
      }
    }
  }

  static Result of(Split split, int classes) {
    LinearBaseline model = new LinearBaseline(columns(split), split.size());
    boolean[] wrongLeast = new boolean[split.size()];
    boolean[] wrongSoftmax = new boolean[split.size()];
    for (int column = 0; column < split.labelCount(); column++) {
      int[] labels = new int[split.size()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = split.label(i, column);
      }
      int own = split.labelCount() == 1 ? classes : 2;
      add(wrongLeast, model.leastSquares(labels, own), labels, own);
      add(wrongSoftmax, model.softmax(labels, own), labels, own);
    }
    return new Result(split.size(), model.rank, count(wrongLeast), count(wrongSoftmax));
  }

  /** The distinct pixels of all samples, and the intercept first. */
  private static double[][] columns(Split split) {
    int bytes = split.imageBytes();
    byte[] images = split.images().toArray(ValueLayout.JAVA_BYTE);
    Set<ByteBuffer> distinct = new LinkedHashSet<>();
    for (int pixel = 0; pixel < bytes; pixel++) {
      byte[] column = new byte[split.size()];
      for (int i = 0; i < column.length; i++) {
        column[i] = images[i * bytes + pixel];
      }
      distinct.add(ByteBuffer.wrap(column));
    }
    double[][] columns = new double[distinct.size() + 1][split.size()];
    Arrays.fill(columns[0], 1);
    int next = 1;
    for (ByteBuffer column : distinct) {
      for (int i = 0; i < split.size(); i++) {
        columns[next][i] = (column.get(i) & 0xFF) / 255.0;
      }
      next++;
    }
    return columns;
  }

  /** Gram-Schmidt with pivoting, each column orthogonalised twice; the intercept goes first. */
  private static double[][] basis(double[][] columns) {
    double[] residuals = new double[columns.length];
    double largest = 0;
    for (int k = 0; k < columns.length; k++) {
      residuals[k] = dot(columns[k], columns[k]);
      largest = Math.max(largest, residuals[k]);
    }
    int limit = Math.min(columns.length, columns[0].length);
    double[][] basis = new double[limit][];
    int rank = 0;
    int pivot = 0;
    while (rank < limit) {
      double[] next = columns[pivot].clone();
      for (int twice = 0; twice < 2; twice++) {
        for (int k = 0; k < rank; k++) {
          addTo(next, basis[k], -dot(next, basis[k]));
        }
      }
      double length = Math.sqrt(dot(next, next));
      residuals[pivot] = -1;
      if (length > RANK_TOLERANCE * Math.sqrt(largest)) {
        for (int i = 0; i < next.length; i++) {
          next[i] /= length;
        }
        basis[rank++] = next;
        for (int k = 0; k < columns.length; k++) {
          double part = residuals[k] < 0 ? 0 : dot(columns[k], next);
          residuals[k] -= part * part;
        }
      }
      pivot = 0;
      for (int k = 1; k < residuals.length; k++) {
        pivot = residuals[k] > residuals[pivot] ? k : pivot;
      }
      if (residuals[pivot] <= RANK_TOLERANCE * RANK_TOLERANCE * largest) {
        break;
      }
    }
    return Arrays.copyOf(basis, rank);
  }

  /** Scores, by sample and class, of the projection of the one-hot labels onto the span. */
  private double[][] leastSquares(int[] labels, int classes) {
    double[][] weights = new double[classes][rank];
    for (int i = 0; i < samples; i++) {
      addTo(weights[labels[i]], features[i], 1);
    }
    return scores(weights);
  }

  /**
   * Scores of softmax regression. The basis, scaled to unit variance, bounds the curvature of the
   * mean loss by 1/2, so that a step of 2 never raises it; on the basis of unit length, whose
   * slopes are those divided by sqrt(samples), this is a step of 2 * samples. Momentum is dropped
   * when it points uphill.
   */
  private double[][] softmax(int[] labels, int classes) {
    double[][] weights = new double[classes][rank];
    double[][] ahead = new double[classes][rank];
    double[][] best = null;
    int fewest = Integer.MAX_VALUE;
    double momentum = 1;
    for (int step = 0; step < MOST_STEPS; step++) {
      double[][] scores = scores(ahead);
      double[][] gradient = gradient(scores, labels, classes);
      double nextMomentum = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
      double carry = (momentum - 1) / nextMomentum;
      double steepest = 0;
      double uphill = 0;
      for (int c = 0; c < classes; c++) {
        for (int k = 0; k < rank; k++) {
          double slope = gradient[c][k];
          steepest = Math.max(steepest, Math.abs(slope) * Math.sqrt(samples));
          double moved = ahead[c][k] - 2 * samples * slope;
          uphill += slope * (moved - weights[c][k]);
          ahead[c][k] = moved + carry * (moved - weights[c][k]);
          weights[c][k] = moved;
        }
      }
      momentum = uphill > 0 ? 1 : nextMomentum;
      boolean last = steepest < SMALL_GRADIENT || step == MOST_STEPS - 1;
      if (last || step % COUNT_EVERY == 0) {
        boolean[] wrong = new boolean[samples];
        add(wrong, scores, labels, classes);
        if (count(wrong) < fewest) {
          fewest = count(wrong);
          best = scores;
        }
      }
      if (last || fewest == 0) {
        break;
      }
    }
    return best;
  }

  /** Of the mean cross-entropy with respect to the weights on the basis of unit length. */
  private double[][] gradient(double[][] scores, int[] labels, int classes) {
    double[][] gradient = new double[classes][rank];
    double[] share = new double[classes];
    for (int i = 0; i < samples; i++) {
      double highest = Double.NEGATIVE_INFINITY;
      for (double score : scores[i]) {
        highest = Math.max(highest, score);
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        share[c] = StrictMath.exp(scores[i][c] - highest);
        sum += share[c];
      }
      for (int c = 0; c < classes; c++) {
        addTo(gradient[c], features[i], (share[c] / sum - (c == labels[i] ? 1 : 0)) / samples);
      }
    }
    return gradient;
  }

  private double[][] scores(double[][] weights) {
    double[][] scores = new double[samples][weights.length];
    for (int i = 0; i < samples; i++) {
      for (int c = 0; c < weights.length; c++) {
        scores[i][c] = dot(features[i], weights[c]);
      }
    }
    return scores;
  }

  /** Marks the samples whose label has not the single highest score. */
  private static void add(boolean[] wrong, double[][] scores, int[] labels, int classes) {
    for (int i = 0; i < wrong.length; i++) {
      for (int c = 0; c < classes; c++) {
        wrong[i] |= c != labels[i] && scores[i][c] >= scores[i][labels[i]];
      }
    }
  }

  private static int count(boolean[] wrong) {
    int count = 0;
    for (boolean each : wrong) {
      count += each ? 1 : 0;
    }
    return count;
  }

  private static double dot(double[] a, double[] b) {
    double even = 0;
    double odd = 0;
    int last = a.length - 1;
    for (int i = 0; i < last; i += 2) {
      even += a[i] * b[i];
      odd += a[i + 1] * b[i + 1];
    }
    return even + odd + (a.length % 2 == 0 ? 0 : a[last] * b[last]);
  }

  private static void addTo(double[] to, double[] what, double times) {
    for (int i = 0; i < to.length; i++) {
      to[i] += times * what[i];
    }
  }
}
