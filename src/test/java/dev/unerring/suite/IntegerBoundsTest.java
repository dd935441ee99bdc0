// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.Products;
import dev.unerring.backend.Window;
import dev.unerring.ffi.CpuKernels;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Sums of integer products on both sides of what 32 bits hold: 2^31 as they are written, 2^29 by
 * Winograd, where equal operands make the bound of Cauchy and Schwarz the sum itself.
 */
final class IntegerBoundsTest {
  private static final int MOST = 2047;

  private interface Check {
    void with(CpuBackend backend, Host host, String set);
  }

  private static void eachSet(Check check) {
    for (CpuKernels kernels : KernelSets.find().supported()) {
      String set = kernels.set().label();
      try (CpuBackend backend = CpuBackend.open(set, 2)) {
        check.with(backend, new Host(backend), set);
      }
    }
  }

  /** One value of which the largest in the group is MOST, so that it stays a whole number. */
  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void forwardAndBackwardInputByWinograd() {
    int[] weights = {1800, 1817, 1818, 1819, 1820, 1821, 1822, 1823, 1824, 1900, 2046, MOST};
    eachSet((backend, host, set) -> {
      for (int channels : new int[] {16, 64, 128}) {
        for (int weight : weights) {
          Shape shape = new Shape(2, 1, 3, 3, channels);
          Window window = Window.square(3, 1, 1);
          float[] w = filled(9 * channels * channels, weight);
          for (int sign : new int[] {1, -1}) {
            Tensor x = host.tensor(shape, filled((int) shape.elements(), sign * MOST));
            Tensor y = host.zeros(shape);
            Products integer = backend.integer();
            Buffer bias = backend.allocate(channels);
            integer.convForward(x, host.buffer(w), bias, window, y);
            Tensor gradX = host.zeros(shape);
            integer.convBackwardInput(x, host.buffer(w), window, gradX);
            float centre = sign * (9L * channels * MOST * weight);
            float corner = sign * (4L * channels * MOST * weight);
            for (Tensor found : new Tensor[] {y, gradX}) {
              float[] values = host.read(found);
              assertEquals(corner, values[0], set + ", weight " + weight);
              assertEquals(centre, values[4 * channels + 3], set + ", weight " + weight);
            }
          }
        }
      }
    });
  }

  @Test
  void asWritten() {
    eachSet((backend, host, set) -> {
      for (int in : new int[] {511, 512, 513, 514, 515, 1024, 1026, 3000}) {
        for (int sign : new int[] {1, -1}) {
          Tensor x = host.tensor(Shape.vectors(2, in), filled(2 * in, sign * MOST));
          Tensor y = host.zeros(Shape.vectors(2, 3));
          Buffer weight = host.buffer(filled(in * 3, MOST));
          backend.integer().linearForward(x, weight, backend.allocate(3), y);
          for (float value : host.read(y)) {
            assertEquals(sign * (float) ((long) in * MOST * MOST), value, set + ", " + in);
          }
        }
      }
    });
  }

  @Test
  void backwardWeight() {
    eachSet((backend, host, set) -> {
      int[][] extents = {{8, 15}, {8, 16}, {10, 13}, {9, 14}, {1, 127}, {40, 40}, {1, 1}};
      for (int[] extent : extents) {
        for (int images : new int[] {1, 2, 5}) {
          for (int channels : new int[] {16, 3}) {
            Shape shape = new Shape(images, 1, extent[0], extent[1], channels);
            Window window = Window.square(3, 1, 1);
            Tensor x = host.tensor(shape, filled((int) shape.elements(), MOST));
            Tensor gradY = host.tensor(shape, filled((int) shape.elements(), -MOST));
            Buffer gradWeight = backend.allocate(9L * channels * channels);
            Buffer gradBias = backend.allocate(channels);
            backend.integer().convBackwardWeight(x, gradY, window, gradWeight, gradBias);
            long positions = (long) images * extent[0] * extent[1];
            String where = set + ", " + shape;
            float[] weights = host.read(gradWeight);
            assertEquals(
                -(float) (positions * MOST * MOST), weights[4 * channels * channels], where);
            long inside = (long) images * (extent[0] - 1) * (extent[1] - 1);
            assertEquals(-(float) (inside * MOST * MOST) + 0.0f, weights[0] + 0.0f, where);
            assertEquals(-(float) (positions * MOST), host.read(gradBias)[0], where);
          }
        }
      }
    });
  }
}
