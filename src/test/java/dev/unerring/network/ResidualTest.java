// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.Window;
import dev.unerring.base.Philox;
import dev.unerring.suite.TestBackends;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Residual layers, with and without a shortcut of their own, 2D and 3D: the kernels give the bits
 * of the definition for all gradients, and these are the slopes of the function.
 */
class ResidualTest {
  private static final int IMAGES = 3;
  private static final int CLASSES = 3;
  private static final float STEP = 0x1p-4f;

  @Test
  void theKernelsHaveTheBitsOfTheDefinition() {
    for (Shape image : List.of(Shape.image2d(9, 10, 3), new Shape(1, 6, 7, 5, 1))) {
      for (Mode mode : Mode.values()) {
        float[] expected;
        try (Backend reference = new ReferenceBackend()) {
          expected = new Bound(reference, image, true).gradients(mode);
        }
        try (Backend backend = TestBackends.open()) {
          float[] found = new Bound(backend, image, true).gradients(mode);
          assertArrayEquals(bits(expected), bits(found), mode + " " + image);
        }
      }
    }
  }

  /** Without ReLU and with frozen statistics the logits are linear in one parameter at a time. */
  @Test
  void gradientsAreTheSlopes() {
    for (Shape image : List.of(Shape.image2d(7, 6, 2), new Shape(1, 4, 5, 6, 1))) {
      try (Backend backend = TestBackends.open()) {
        Bound bound = new Bound(backend, image, false);
        float[] gradients = bound.gradients(Mode.RUNNING_STATISTICS);
        double largest = 0;
        for (float gradient : gradients) {
          largest = Math.max(largest, Math.abs(gradient));
        }
        assertTrue(largest > 1, "gradients " + largest);
        for (int i = 0; i < gradients.length; i += 7) {
          // sums of some 100 float32 terms of the size of the largest gradient, over the step
          assertEquals(bound.slope(i), gradients[i], 2e-4 * largest, "parameter " + i);
        }
      }
    }
  }

  @Test
  void shapesThatCannotBeAddedAreRefused() {
    Residual residual = new Residual(List.of(new AveragePool()), List.of(), false);
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> residual.outputShape(Shape.image2d(4, 4, 2)));
    assertTrue(refusal.getMessage().contains("cannot add"), refusal.getMessage());
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  private static float[] drawn(int stream, long count, float size) {
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (2 * Philox.uniform(3, 1_300, stream, i) - 1) * size;
    }
    return values;
  }

  /** A residual network of few channels with its memory. */
  private static final class Bound {
    private final Backend backend;
    private final Chain chain;
    private final Buffer values;
    private final Buffer gradients;
    private final Tensor x;
    private final Tensor y;
    private final Tensor pull;

    Bound(Backend backend, Shape image, boolean relu) {
      this.backend = backend;
      this.chain = new Chain(layers(image.d() > 1, relu));
      Shape batch = image.withN(IMAGES + 1);
      List<ParameterSpec> specs = chain.parameters(batch);
      long words =
          specs.stream().filter(s -> s.role().trained()).mapToLong(ParameterSpec::size).sum();
      values = backend.allocate(words);
      gradients = backend.allocate(words);
      List<Parameter> parameters = new ArrayList<>();
      long next = 0;
      for (ParameterSpec spec : specs) {
        Buffer value = backend.allocate(spec.size());
        if (spec.role().trained()) {
          value = values.slice(next, spec.size());
          parameters.add(new Parameter(spec, value, gradients.slice(next, spec.size())));
          next += spec.size();
        } else {
          backend.fill(value, spec.role() == ParameterSpec.Role.RUNNING_VARIANCE ? 0.7f : 0.1f);
          parameters.add(new Parameter(spec, value, null));
        }
      }
      upload(values, drawn(0, words, 0.6f));
      chain.bind(
          backend,
          batch,
          parameters,
          new Scratch(backend, chain.largest(batch), Arithmetic.ORDERED));
      x = tensor(batch, 1);
      y = tensor(chain.outputShape(batch), 2);
      pull = tensor(y.shape(), 3);
    }

    private static List<Layer> layers(boolean deep, boolean relu) {
      int kd = deep ? 3 : 1;
      Window three = new Window(kd, 3, 3, 1, 1);
      Window half = new Window(kd, 3, 3, 2, 1);
      List<Layer> layers = new ArrayList<>();
      layers.add(new Conv("stem", 5, three, true));
      List<Layer> main = new ArrayList<>(List.of(new Conv("a", 4, three, false)));
      main.add(new BatchNorm("an", relu));
      main.add(new Conv("b", 5, new Window(1, 1, 1, 1, 0), false));
      main.add(new BatchNorm("bn", false));
      layers.add(new Residual(main, List.of(), relu));
      layers.add(
          new Residual(
              List.of(new Conv("c", 17, half, false), new BatchNorm("cn", false)),
              List.of(
                  new Conv("s", 17, new Window(1, 1, 1, 2, 0), false), new BatchNorm("sn", false)),
              false));
      layers.add(new AveragePool());
      layers.add(new Linear("l", CLASSES));
      return layers;
    }

    private Tensor tensor(Shape shape, int stream) {
      Tensor tensor = new Tensor(shape, backend.allocate(shape.elements()));
      upload(tensor.data(), drawn(stream, shape.elements(), 1));
      return tensor;
    }

    private void upload(Buffer to, float[] from) {
      backend.upload(MemorySegment.ofArray(from), to);
    }

    private float[] read(Buffer from) {
      float[] to = new float[Math.toIntExact(from.length())];
      backend.download(from, MemorySegment.ofArray(to));
      return to;
    }

    /** Of the sum of y * pull, for fewer images than there is room for. */
    float[] gradients(Mode mode) {
      Tensor in = x.firstImages(IMAGES);
      Tensor out = y.firstImages(IMAGES);
      chain.forward(backend, in, out, mode);
      chain.backward(backend, in, out, pull.firstImages(IMAGES), null, mode);
      return read(gradients);
    }

    double slope(int parameter) {
      float[] at = read(values);
      float kept = at[parameter];
      double[] sums = new double[2];
      for (int side = 0; side < 2; side++) {
        at[parameter] = kept + (side == 0 ? -STEP : STEP);
        upload(values, at);
        Tensor out = y.firstImages(IMAGES);
        chain.forward(backend, x.firstImages(IMAGES), out, Mode.RUNNING_STATISTICS);
        float[] logits = read(y.data());
        float[] weights = read(pull.data());
        for (int j = 0; j < IMAGES * CLASSES; j++) {
          sums[side] += (double) logits[j] * weights[j];
        }
      }
      double wide = (double) (kept + STEP) - (double) (kept - STEP);
      at[parameter] = kept;
      upload(values, at);
      return (sums[1] - sums[0]) / wide;
    }
  }
}
