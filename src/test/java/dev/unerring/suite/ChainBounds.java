// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.Arrays;

/**
 * How far a float32 product may lie from the exact one, element by element. A sum of K products in
 * any order of fma and addition errs by at most K u / (1 - K u) times the sum of the magnitudes, u
 * = 2^-24 (Higham, "Accuracy and stability of numerical algorithms", 3.1). The magnitudes' sum is
 * the same operation on absolute values; {@link #SLACK} covers its own rounding and the 1 - K u.
 *
 * @param y of the outputs
 * @param gradInput of the input's gradient
 * @param gradWeight of the weight's gradient
 * @param gradBias of the bias's gradient
 */
record ChainBounds(double[] y, double[] gradInput, double[] gradWeight, double[] gradBias) {
  private static final double UNIT = 0x1p-24;
  private static final double SLACK = 1.01;

  /** What a convolution or a linear layer takes, engine layout. */
  record Product(Shape in, Shape out, float[] x, float[] weight, float[] bias, float[] gradY) {}

  static ChainBounds conv(Product p, Window window) {
    Host host = new Host(new ReferenceBackend());
    Tensor x = host.tensor(p.in, Host.magnitudes(p.x));
    Tensor gradY = host.tensor(p.out, Host.magnitudes(p.gradY));
    Buffer weight = host.buffer(Host.magnitudes(p.weight));
    Buffer bias = host.buffer(Host.magnitudes(p.bias));
    Tensor y = host.zeros(p.out);
    Tensor gradX = host.zeros(p.in);
    Buffer gradWeight = host.backend().allocate(p.weight.length);
    Buffer gradBias = host.backend().allocate(p.bias.length);
    host.backend().convForward(x, weight, bias, window, y);
    host.backend().convBackwardInput(gradY, weight, window, gradX);
    host.backend().convBackwardWeight(x, gradY, window, gradWeight, gradBias);
    int positions = p.out.n() * p.out.positions();
    return new ChainBounds(
        scaled(host.read(y), window.taps() * p.in.c() + 1),
        scaled(host.read(gradX), window.taps() * p.out.c()),
        scaled(host.read(gradWeight), positions),
        scaled(host.read(gradBias), positions));
  }

  static ChainBounds linear(Product p) {
    Host host = new Host(new ReferenceBackend());
    Tensor x = host.tensor(p.in, Host.magnitudes(p.x));
    Tensor gradY = host.tensor(p.out, Host.magnitudes(p.gradY));
    Buffer weight = host.buffer(Host.magnitudes(p.weight));
    Buffer bias = host.buffer(Host.magnitudes(p.bias));
    Tensor y = host.zeros(p.out);
    Tensor gradX = host.zeros(p.in);
    Buffer gradWeight = host.backend().allocate(p.weight.length);
    Buffer gradBias = host.backend().allocate(p.bias.length);
    host.backend().linearForward(x, weight, bias, y);
    host.backend().linearBackwardInput(gradY, weight, gradX);
    host.backend().linearBackwardWeight(x, gradY, gradWeight, gradBias);
    return new ChainBounds(
        scaled(host.read(y), p.in.imageElements() + 1),
        scaled(host.read(gradX), p.out.imageElements()),
        scaled(host.read(gradWeight), p.in.n()),
        scaled(host.read(gradBias), p.in.n()));
  }

  private static double[] scaled(float[] magnitudes, int length) {
    double[] bounds = new double[magnitudes.length];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = SLACK * length * UNIT * magnitudes[i] + Float.MIN_VALUE;
    }
    return bounds;
  }

  /** One bound for every element. */
  static double[] same(int count, double bound) {
    double[] bounds = new double[count];
    Arrays.fill(bounds, bound);
    return bounds;
  }
}
