// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

/**
 * How far float32 batch norm may lie from the exact one, for one case of the oracle. With u =
 * 2^-24, M positions, values up to X and 1 / deviation up to R: a mean errs by M u X, a variance by
 * (M + 8) u (2X)^2, xhat by (M + 8) u times H = 2 X R (largest possible xhat, its root halves the
 * variance's share), and each later multiplication or addition by one u of its own size.
 *
 * @param statistics of running mean and variance
 * @param evaluation of outputs with running statistics
 * @param training of outputs with batch statistics
 * @param sums of gradGamma and gradBeta
 * @param gradInput of the input's gradient, batch statistics
 */
record BatchNormBounds(
    double statistics, double evaluation, double training, double sums, double gradInput) {
  private static final double UNIT = 0x1p-24;

  static BatchNormBounds of(OracleFile oracle, String name) {
    double x = largest(oracle, name + "/x", name + "/runningMean");
    double gamma = largest(oracle, name + "/gamma");
    double beta = largest(oracle, name + "/beta");
    double gradY = largest(oracle, name + "/gradOutput");
    OracleFile.Array input = oracle.get(name + "/x").channelsLast();
    int channels = input.shape()[input.shape().length - 1];
    int count = input.values().length / channels;
    double smallest = Double.POSITIVE_INFINITY;
    for (double v : DoubleOps.statistics(input.values(), channels)[1]) {
      smallest = Math.min(smallest, v);
    }
    double inverse = 1 / Math.sqrt(smallest);
    for (double v : oracle.get(name + "/runningVar").values()) {
      smallest = Math.min(smallest, v);
    }
    double error = (count + 8) * UNIT;
    double xhat = 2 * x * inverse;
    double meanErrors = gradY * error * (1 + 2 * xhat * xhat);
    return new BatchNormBounds(
        error * 4 * x * x,
        8 * UNIT * (2 * x / Math.sqrt(smallest) * gamma + beta),
        error * 2 * xhat * gamma + 2 * UNIT * (xhat * gamma + beta),
        count * gradY * error * (1 + 2 * xhat),
        gamma * inverse * 2 * meanErrors);
  }

  private static double largest(OracleFile oracle, String... arrays) {
    double largest = 0;
    for (String array : arrays) {
      for (double value : oracle.get(array).values()) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest;
  }
}
