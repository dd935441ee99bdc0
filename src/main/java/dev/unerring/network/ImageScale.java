// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The fixed first layer of the d-n-K networks: each image by itself is centred, divided by its
 * largest absolute value and rounded to 4 decimals; a constant image becomes zeros. Computed on the
 * host in binary64, so it is the same on every backend; the operations stand in docs/arithmetic.md.
 */
public final class ImageScale implements Layer {
  private static final double DECIMALS = 10_000.0;

  /** Describes the layer. */
  public ImageScale() {}

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    return List.of();
  }

  @Override
  public void bind(Backend backend, Shape input, List<Parameter> bound, Scratch scratch) {}

  @Override
  public void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    float[] values = new float[Math.toIntExact(x.shape().elements())];
    backend.download(x.data(), MemorySegment.ofArray(values));
    int size = x.shape().imageElements();
    for (int from = 0; from < values.length; from += size) {
      scale(values, from, size);
    }
    backend.upload(MemorySegment.ofArray(values), y.data());
  }

  /** One image, as {@code size} pixels from {@code from}, in place. */
  public static void scale(float[] values, int from, int size) {
    double sum = 0.0;
    for (int i = from; i < from + size; i++) {
      sum = sum + values[i];
    }
    double mean = sum / size;
    double largest = 0.0;
    for (int i = from; i < from + size; i++) {
      largest = Math.max(largest, Math.abs(values[i] - mean));
    }
    for (int i = from; i < from + size; i++) {
      double share = largest == 0.0 ? 0.0 : (values[i] - mean) / largest;
      values[i] = (float) (Math.rint(share * DECIMALS) / DECIMALS);
    }
  }

  @Override
  public void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    if (gradX != null) {
      throw new IllegalArgumentException("the scaling of images is the first layer");
    }
  }
}
