// SPDX-License-Identifier: Apache-2.0
package dev.unerring.guard;

/**
 * What is known of the training samples: statistics of the images, for a Mahalanobis distance, and
 * embeddings, for the distance to the nearest. All in binary64 in ascending order.
 */
final class Features {
  /** Least deviation of a number, as a share of the mean deviation of its group. */
  private static final double FLOOR = 0.05;

  /** Share of the mean variance that the covariance is shrunk towards. */
  private static final double SHRINKAGE = 0.1;

  private final float[] rows;
  private final int statistics;
  private final int width;
  private final double[] mean;
  private final double[] scale;
  private final double[][] factor; // Cholesky factor of the shrunk covariance

  /**
   * Takes the vectors of the training samples.
   *
   * @param rows [samples][width]: statistics, then the embedding
   * @param statistics numbers of the first group
   */
  Features(float[] rows, int statistics, int width) {
    this.rows = rows;
    this.statistics = statistics;
    this.width = width;
    mean = new double[width];
    scale = new double[width];
    int samples = samples();
    for (int j = 0; j < width; j++) {
      for (int n = 0; n < samples; n++) {
        mean[j] += (double) rows[n * width + j] / samples;
      }
      for (int n = 0; n < samples; n++) {
        double d = rows[n * width + j] - mean[j];
        scale[j] += d * d / samples;
      }
      scale[j] = Math.sqrt(scale[j]);
    }
    raise(0, statistics);
    raise(statistics, width);
    factor = cholesky(covariance());
  }

  /** A number that hardly varies in training would count without bound. */
  private void raise(int begin, int end) {
    double sum = 0;
    for (int j = begin; j < end; j++) {
      sum += scale[j] / Math.max(1, end - begin);
    }
    for (int j = begin; j < end; j++) {
      scale[j] = Math.max(scale[j], Math.max(FLOOR * sum, Double.MIN_NORMAL));
    }
  }

  private double standardised(float value, int j) {
    return (value - mean[j]) / scale[j];
  }

  private double[][] covariance() {
    double[][] matrix = new double[statistics][statistics];
    double[] z = new double[statistics];
    for (int n = 0; n < samples(); n++) {
      for (int i = 0; i < statistics; i++) {
        z[i] = standardised(rows[n * width + i], i);
        for (int j = 0; j <= i; j++) {
          matrix[i][j] += z[i] * z[j] / samples();
        }
      }
    }
    double trace = 0;
    for (int i = 0; i < statistics; i++) {
      trace += matrix[i][i] / statistics;
    }
    for (int i = 0; i < statistics; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i][j] *= 1 - SHRINKAGE;
      }
      matrix[i][i] += SHRINKAGE * Math.max(trace, 1e-12);
    }
    return matrix;
  }

  /** The lower factor, in place; a shrunk covariance is positive definite. */
  private static double[][] cholesky(double[][] matrix) {
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i][j];
        for (int k = 0; k < j; k++) {
          sum -= matrix[i][k] * matrix[j][k];
        }
        matrix[i][j] = i == j ? Math.sqrt(sum) : sum / matrix[j][j];
      }
    }
    return matrix;
  }

  int samples() {
    return rows.length / width;
  }

  int width() {
    return width;
  }

  float[] rows() {
    return rows;
  }

  /**
   * Mahalanobis distance of the statistics to the training mean, divided by the root of their
   * number.
   */
  double statistics(float[] vector) {
    double[] z = new double[statistics];
    double sum = 0;
    for (int i = 0; i < statistics; i++) {
      double value = standardised(vector[i], i);
      for (int k = 0; k < i; k++) {
        value -= factor[i][k] * z[k];
      }
      z[i] = value / factor[i][i];
      sum += z[i] * z[i];
    }
    return Math.sqrt(sum / Math.max(1, statistics));
  }

  /** Root of the mean squared standardised difference of the embedding to every sample. */
  double[] embedding(float[] vector) {
    double[] distances = new double[samples()];
    for (int n = 0; n < distances.length; n++) {
      double sum = 0;
      for (int j = statistics; j < width; j++) {
        double d = ((double) vector[j] - rows[n * width + j]) / scale[j];
        sum += d * d;
      }
      distances[n] = Math.sqrt(sum / Math.max(1, width - statistics));
    }
    return distances;
  }
}
