// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/**
 * The definition of the integer arithmetic: plain sums of whole numbers in 64 bits. Slow on
 * purpose, like {@link ReferenceBackend}, whose letters it uses.
 */
final class IntegerReference implements Products {
  @Override
  public void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    OperandChecks.conv(x, weight, bias, window, y);
    WholeNumbers pixels = numbers(x, x.shape().n());
    WholeNumbers weights = WholeNumbers.of(weight.memory().toArray(ValueLayout.JAVA_FLOAT), 1);
    Shape in = x.shape();
    Shape out = y.shape();
    long[] sums = new long[Math.toIntExact(out.elements())];
    each(
        in,
        out,
        window,
        (from, to, tap) -> {
          for (int ic = 0; ic < in.c(); ic++) {
            long v = pixels.values()[from * in.c() + ic];
            for (int oc = 0; v != 0 && oc < out.c(); oc++) {
              sums[to * out.c() + oc] += v * weights.values()[(tap * in.c() + ic) * out.c() + oc];
            }
          }
        });
    store(sums, pixels, weights, bias, y);
  }

  @Override
  public void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    OperandChecks.conv(gradX, weight, null, window, gradY);
    WholeNumbers gradients = numbers(gradY, gradY.shape().n());
    WholeNumbers weights = WholeNumbers.of(weight.memory().toArray(ValueLayout.JAVA_FLOAT), 1);
    Shape in = gradX.shape();
    Shape out = gradY.shape();
    long[] sums = new long[Math.toIntExact(in.elements())];
    each(
        in,
        out,
        window,
        (to, from, tap) -> {
          for (int ic = 0; ic < in.c(); ic++) {
            long sum = 0;
            for (int oc = 0; oc < out.c(); oc++) {
              long g = gradients.values()[from * out.c() + oc];
              sum += g * weights.values()[(tap * in.c() + ic) * out.c() + oc];
            }
            sums[to * in.c() + ic] += sum;
          }
        });
    store(sums, gradients, weights, null, gradX);
  }

  @Override
  public void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
    OperandChecks.conv(x, gradWeight, gradBias, window, gradY);
    WholeNumbers pixels = numbers(x, 1);
    WholeNumbers gradients = numbers(gradY, 1);
    Shape in = x.shape();
    Shape out = gradY.shape();
    long[] sums = new long[Math.toIntExact(gradWeight.length())];
    each(
        in,
        out,
        window,
        (from, to, tap) -> {
          for (int ic = 0; ic < in.c(); ic++) {
            long v = pixels.values()[from * in.c() + ic];
            for (int oc = 0; v != 0 && oc < out.c(); oc++) {
              sums[(tap * in.c() + ic) * out.c() + oc] += v * gradients.values()[to * out.c() + oc];
            }
          }
        });
    store(sums, pixels.scales()[0] * gradients.scales()[0], gradWeight);
    store(columns(gradients.values(), out.c()), gradients.scales()[0], gradBias);
  }

  /** A linear layer is a 1x1 convolution of images with one position. */
  private static final Window POINT = Window.square(1, 1, 0);

  private static Tensor flat(Tensor tensor) {
    Shape shape = tensor.shape();
    return new Tensor(Shape.vectors(shape.n(), shape.imageElements()), tensor.data());
  }

  @Override
  public void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    OperandChecks.linear(x, weight, bias, y);
    convForward(flat(x), weight, bias, POINT, flat(y));
  }

  @Override
  public void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    OperandChecks.linear(gradX, weight, null, gradY);
    convBackwardInput(flat(gradY), weight, POINT, flat(gradX));
  }

  @Override
  public void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    OperandChecks.linear(x, gradWeight, gradBias, gradY);
    convBackwardWeight(flat(x), flat(gradY), POINT, gradWeight, gradBias);
  }

  /** A tap that joins a position of x with one of y, both counted over all images. */
  private interface Joined {
    void take(int ofX, int ofY, int tap);
  }

  private static void each(Shape in, Shape out, Window window, Joined joined) {
    for (int n = 0; n < out.n(); n++) {
      for (int od = 0; od < out.d(); od++) {
        for (int oh = 0; oh < out.h(); oh++) {
          for (int ow = 0; ow < out.w(); ow++) {
            int ofY = ((n * out.d() + od) * out.h() + oh) * out.w() + ow;
            for (int tap = 0; tap < window.taps(); tap++) {
              int kd = tap / (window.kh() * window.kw());
              int kh = tap / window.kw() % window.kh();
              int d = od * window.stride() + kd - window.padDepth();
              int h = oh * window.stride() + kh - window.pad();
              int w = ow * window.stride() + tap % window.kw() - window.pad();
              boolean inside = d >= 0 && d < in.d() && h >= 0 && h < in.h() && w >= 0;
              if (inside && w < in.w()) {
                joined.take(((n * in.d() + d) * in.h() + h) * in.w() + w, ofY, tap);
              }
            }
          }
        }
      }
    }
  }

  private static long[] columns(short[] values, int columns) {
    long[] sums = new long[columns];
    for (int i = 0; i < values.length; i++) {
      sums[i % columns] += values[i];
    }
    return sums;
  }

  /** The bias may be null. */
  private static void store(
      long[] sums, WholeNumbers images, WholeNumbers weights, Buffer bias, Tensor y) {
    int size = y.shape().imageElements();
    for (int i = 0; i < sums.length; i++) {
      double scale = images.scales()[i / size] * weights.scales()[0];
      float value = WholeNumbers.rounded(sums[i], scale);
      set(y.data(), i, bias == null ? value : value + get(bias, i % y.shape().c()));
    }
  }

  private static void store(long[] sums, double scale, Buffer target) {
    for (int i = 0; i < sums.length; i++) {
      set(target, i, WholeNumbers.rounded(sums[i], scale));
    }
  }

  /** Of a tensor, whose buffer may be longer than its shape. */
  private static WholeNumbers numbers(Tensor tensor, int groups) {
    Buffer own = tensor.data().slice(0, tensor.shape().elements());
    return WholeNumbers.of(own.memory().toArray(ValueLayout.JAVA_FLOAT), groups);
  }

  private static float get(Buffer buffer, int index) {
    return buffer.memory().getAtIndex(ValueLayout.JAVA_FLOAT, index);
  }

  private static void set(Buffer buffer, int index, float value) {
    buffer.memory().setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
  }
}
