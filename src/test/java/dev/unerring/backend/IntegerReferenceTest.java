// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The integer arithmetic's definition: operands, groups, the one rounding, values at the ends. */
final class IntegerReferenceTest {
  private static final float SUBNORMAL = Float.MIN_VALUE;

  private final ReferenceBackend backend = new ReferenceBackend();

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void theLargestValueGetsElevenBits() {
    WholeNumbers found = WholeNumbers.of(new float[] {1.0f, -1.5f, 0.25f, 0.0f, -0.0f}, 1);
    assertEquals(0x1p-10, found.scales()[0]);
    assertNumbers(found, 1024, -1536, 256, 0, 0);
  }

  @Test
  void tiesGoToEven() {
    float[] values = {1024.0f, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 1023.5f, 0.50000006f, 0.49999997f};
    WholeNumbers found = WholeNumbers.of(values, 1);
    assertEquals(1.0, found.scales()[0]);
    assertNumbers(found, 1024, 0, 2, 2, 0, -2, 1024, 1, 0);
  }

  @Test
  void valuesJustBelowThePowerOfTwoSaturate() {
    float below = Math.nextDown(2048.0f);
    float[] values = {below, -below, 2047.5f, Math.nextDown(2047.5f), 2046.5f};
    assertNumbers(WholeNumbers.of(values, 1), 2047, -2047, 2047, 2047, 2046);
    assertNumbers(WholeNumbers.of(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE}, 1), 2047, -2047);
  }

  @Test
  void eachGroupHasAScaleOfItsOwn() {
    WholeNumbers found = WholeNumbers.of(new float[] {1.0f, 0.5f, 3.0f, 4096.0f}, 2);
    assertEquals(0x1p-10, found.scales()[0]);
    assertEquals(4.0, found.scales()[1]);
    assertNumbers(found, 1024, 512, 1, 1024);
  }

  @Test
  void exponentsEndAtTheSmallest() {
    float least = 0x1p-116f;
    assertEquals(0x1p-126, WholeNumbers.of(new float[] {least}, 1).scales()[0]);
    assertNumbers(WholeNumbers.of(new float[] {least, least / 1024, least / 2048}, 1), 1024, 1, 0);
    WholeNumbers tiny = WholeNumbers.of(new float[] {0x1p-126f, 0x1p-127f, 0x1.8p-127f}, 1);
    assertEquals(0x1p-126, tiny.scales()[0]);
    assertNumbers(tiny, 1, 0, 1);
    assertNumbers(WholeNumbers.of(new float[] {SUBNORMAL, -SUBNORMAL}, 1), 0, 0);
    assertEquals(0x1p117, WholeNumbers.of(new float[] {Float.MAX_VALUE}, 1).scales()[0]);
  }

  @Test
  void allZero() {
    WholeNumbers zeros = WholeNumbers.of(new float[] {0.0f, -0.0f}, 1);
    assertEquals(1.0, zeros.scales()[0]);
    assertNumbers(zeros, 0, 0);
    int[] product = linear(new float[] {-0.0f, -0.0f}, 1, new float[] {-3.0f, 5.0f}, 0.0f);
    assertBits(new float[] {0.0f}, product);
  }

  @Test
  void notFiniteValuesSpoilTheirGroupOnly() {
    for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] x = {odd, 0.0f, 1.0f, 2.0f};
      assertBits(new float[] {Float.NaN, 5.0f}, linear(x, 2, new float[] {1.0f, 2.0f}, 0.0f));
      float[] weight = {1.0f, odd};
      assertBits(
          new float[] {Float.NaN, Float.NaN}, linear(new float[] {1, 2, 3, 4}, 2, weight, 0.0f));
    }
  }

  @Test
  void oneRoundingThenTheBias() {
    float[] x = {2047.0f, 2047.0f, 2047.0f, 2047.0f, 1.0f};
    float[] weight = {2047.0f, 2047.0f, 2047.0f, 2047.0f, 1.0f};
    long sum = 4L * 2047 * 2047 + 1; // below 2^24
    assertBits(new float[] {sum}, linear(x, 1, weight, 0.0f));
    float[] many = new float[5 * 4];
    float[] weights = new float[5 * 4];
    for (int i = 0; i < many.length; i++) {
      many[i] = x[i % 5];
      weights[i] = weight[i % 5];
    }
    assertBits(new float[] {4 * sum}, linear(many, 1, weights, 0.0f)); // a tie, to even
    assertBits(new float[] {(float) (4 * sum) + 0.75f}, linear(many, 1, weights, 0.75f));
  }

  @Test
  void subnormalResultsAreRoundedOnce() {
    float x = 0x1p-70f;
    for (int times : new int[] {1024, 1025, 1536, 2046, 2047}) {
      float[] both = {x, x * times / 1024};
      float[] weight = {0.0f, 0x1.004p-70f};
      BigDecimal exact =
          new BigDecimal(times).multiply(new BigDecimal(1025)).multiply(new BigDecimal(0x1p-160));
      assertBits(new float[] {exact.floatValue()}, linear(both, 1, weight, 0.0f));
    }
    float[] huge = {0x1p127f, 0x1p127f};
    assertBits(new float[] {Float.POSITIVE_INFINITY}, linear(huge, 1, new float[] {1, 1}, 0.0f));
  }

  /** A last batch that is smaller stands at the start of a longer buffer. */
  @Test
  void whatABufferHoldsBehindTheShapeIsNotRead() {
    float[] weight = {1.0f, 2.0f};
    float[] short2 = {1.0f, 3.0f, 0.5f, 0.25f};
    float[] long2 = {1.0f, 3.0f, 0.5f, 0.25f, Float.NaN, 1e30f};
    int[] expected = linear(short2, 2, weight, 0.0f);
    Shape in = Shape.vectors(2, 2);
    Tensor y = new Tensor(Shape.vectors(2, 1), backend.allocate(2));
    backend.integer().linearForward(tensor(in, long2), buffer(weight), buffer(0.0f), y);
    assertArrayEquals(expected, bits(y.data()));
    Buffer gradWeight = backend.allocate(2);
    Buffer gradBias = backend.allocate(1);
    Tensor gradY = tensor(Shape.vectors(2, 1), 1.0f, -2.0f, Float.NaN);
    backend.integer().linearBackwardWeight(tensor(in, long2), gradY, gradWeight, gradBias);
    assertBits(new float[] {0.0f, 2.5f}, bits(gradWeight));
    assertBits(new float[] {-1.0f}, bits(gradBias));
  }

  /** All passes of a convolution against sums in decimal arithmetic. */
  @Test
  void decimalArithmeticAgrees() {
    Random random = new Random(16);
    Shape in = new Shape(2, 1, 4, 5, 3);
    Window window = Window.square(3, 2, 1);
    Shape out = window.outputOf(in, 2);
    float[] x = values(random, (int) in.elements());
    float[] g = values(random, (int) out.elements());
    float[] w = values(random, window.taps() * 3 * 2);
    Tensor y = new Tensor(out, backend.allocate(out.elements()));
    Tensor gradX = new Tensor(in, backend.allocate(in.elements()));
    Buffer gradWeight = backend.allocate(w.length);
    Buffer gradBias = backend.allocate(2);
    Products integer = backend.integer();
    integer.convForward(tensor(in, x), buffer(w), buffer(0.5f, -0.25f), window, y);
    integer.convBackwardInput(tensor(out, g), buffer(w), window, gradX);
    integer.convBackwardWeight(tensor(in, x), tensor(out, g), window, gradWeight, gradBias);

    BigDecimal[] xOfImage = operands(x, 2);
    BigDecimal[] gOfImage = operands(g, 2);
    BigDecimal[] xOfAll = operands(x, 1);
    BigDecimal[] gOfAll = operands(g, 1);
    BigDecimal[] weights = operands(w, 1);
    BigDecimal[] sums = zeros(g.length);
    BigDecimal[] inputSums = zeros(x.length);
    BigDecimal[] weightSums = zeros(w.length);
    BigDecimal[] biasSums = zeros(2);
    for (int o = 0; o < g.length; o++) {
      int oc = o % 2;
      int ow = o / 2 % out.w();
      int oh = o / 2 / out.w() % out.h();
      int n = o / 2 / out.w() / out.h();
      biasSums[oc] = biasSums[oc].add(gOfAll[o]);
      for (int k = 0; k < 9 * 3; k++) {
        int h = oh * 2 + k / 9 - 1;
        int v = ow * 2 + k / 3 % 3 - 1;
        if (h < 0 || h >= 4 || v < 0 || v >= 5) {
          continue;
        }
        int from = ((n * 4 + h) * 5 + v) * 3 + k % 3;
        sums[o] = sums[o].add(xOfImage[from].multiply(weights[k * 2 + oc]));
        inputSums[from] = inputSums[from].add(gOfImage[o].multiply(weights[k * 2 + oc]));
        weightSums[k * 2 + oc] = weightSums[k * 2 + oc].add(xOfAll[from].multiply(gOfAll[o]));
      }
    }
    float[] biased = floats(sums);
    for (int o = 0; o < biased.length; o++) {
      biased[o] += o % 2 == 0 ? 0.5f : -0.25f;
    }
    assertBits(biased, bits(y.data()));
    assertBits(floats(inputSums), bits(gradX.data()));
    assertBits(floats(weightSums), bits(gradWeight));
    assertBits(floats(biasSums), bits(gradBias));
  }

  private static float[] values(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * 3;
    }
    return values;
  }

  private static BigDecimal[] operands(float[] values, int groups) {
    BigDecimal[] operands = new BigDecimal[values.length];
    int size = values.length / groups;
    for (int g = 0; g < groups; g++) {
      float largest = 0;
      for (int i = g * size; i < (g + 1) * size; i++) {
        largest = Math.max(largest, Math.abs(values[i]));
      }
      BigDecimal unit = new BigDecimal(Math.ulp(largest)).multiply(new BigDecimal(1 << 13));
      for (int i = g * size; i < (g + 1) * size; i++) {
        BigDecimal whole =
            new BigDecimal(values[i]).divide(unit).setScale(0, RoundingMode.HALF_EVEN);
        BigDecimal most = new BigDecimal(2047);
        operands[i] = whole.min(most).max(most.negate()).multiply(unit);
      }
    }
    return operands;
  }

  private static BigDecimal[] zeros(int count) {
    BigDecimal[] zeros = new BigDecimal[count];
    java.util.Arrays.fill(zeros, BigDecimal.ZERO);
    return zeros;
  }

  private static float[] floats(BigDecimal[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values[i].floatValue();
    }
    return floats;
  }

  private int[] linear(float[] x, int images, float[] weight, float bias) {
    Tensor y = new Tensor(Shape.vectors(images, 1), backend.allocate(images));
    Tensor in = tensor(Shape.vectors(images, x.length / images), x);
    backend.integer().linearForward(in, buffer(weight), buffer(bias), y);
    return bits(y.data());
  }

  private Tensor tensor(Shape shape, float... values) {
    return new Tensor(shape, buffer(values));
  }

  private Buffer buffer(float... values) {
    Buffer buffer = backend.allocate(values.length);
    for (int i = 0; i < values.length; i++) {
      buffer.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
    }
    return buffer;
  }

  private static int[] bits(Buffer buffer) {
    int[] bits = buffer.memory().toArray(ValueLayout.JAVA_INT);
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(Float.intBitsToFloat(bits[i]));
    }
    return bits;
  }

  private static void assertBits(float[] expected, int[] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < found.length; i++) {
      int at = i;
      assertEquals(
          Float.floatToIntBits(expected[i]),
          found[i],
          () -> "at " + at + ": " + expected[at] + ", " + Float.intBitsToFloat(found[at]));
    }
  }

  private static void assertNumbers(WholeNumbers found, int... expected) {
    assertEquals(expected.length, found.values().length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found.values()[i], "at " + i);
    }
  }
}
