// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import dev.unerring.backend.Window;
import dev.unerring.network.BatchNorm;
import java.util.ArrayList;
import java.util.List;

/**
 * Operations of the integer arithmetic (docs/arithmetic.md) as a graph: operands are rounded as
 * there, products are exact, and each elementwise step is rounded where it is there. Convolutions
 * take two digits of each operand, so that every sum of products is a whole number below 2^24,
 * which float32 holds in any order; linear layers sum in float64.
 */
final class OnnxIntegers {
  private static final int LARGEST = 2047;
  private static final int BITS = 10;
  private static final int SMALLEST = -126;
  private static final int DIGIT = 64;

  /** Products of two digits, 32 * 32 each, that stay below 2^24 in all. */
  private static final int MOST_PRODUCTS = 1 << 14;

  private final OnnxGraph graph;
  private final int axes;
  private int constants;

  /**
   * Operations on images.
   *
   * @param axes of an image with its batch: 4, of volumes 5
   */
  OnnxIntegers(OnnxGraph graph, int axes) {
    this.graph = graph;
    this.axes = axes;
  }

  /** Whole numbers and their scale, each the name of a tensor of float64. */
  private record Numbers(String values, String scale) {}

  private String real(double value) {
    return graph.scalar64("whole." + constants++, value);
  }

  private String wide(String x) {
    return graph.cast(x, OnnxGraph.Type.DOUBLE);
  }

  private String narrow(String x) {
    return graph.cast(x, OnnxGraph.Type.FLOAT);
  }

  /** Rounds the values of each image to whole numbers of 11 bits and a sign. */
  private Numbers numbers(String x, int rank) {
    long[] within = new long[rank - 1];
    for (int i = 0; i < within.length; i++) {
      within[i] = i + 1;
    }
    var largestOf = new OnnxGraph.Attributes().integers("axes", within).integer("keepdims", 1);
    String largest = wide(graph.node("ReduceMax", List.of(graph.node("Abs", x)), largestOf));
    String one = real(1.0);
    String two = real(2.0);
    String size = graph.node("Where", graph.node("Equal", largest, real(0.0)), one, largest);
    String log = graph.node("Mul", graph.node("Log", size), real(1 / StrictMath.log(2)));
    String near = graph.node("Floor", log); // may be one off beside a power of two
    String above = graph.node("Greater", graph.node("Pow", two, near), size);
    String low = graph.node("Where", above, graph.node("Sub", near, one), near);
    String twice = graph.node("Mul", two, graph.node("Pow", two, low));
    String below = graph.node("LessOrEqual", twice, size);
    String top = graph.node("Where", below, graph.node("Add", low, one), low);
    String exponent = graph.node("Sub", top, real(BITS));
    String scale = graph.node("Pow", two, graph.node("Max", exponent, real(SMALLEST)));
    String whole = graph.node("Round", graph.node("Div", wide(x), scale));
    return new Numbers(graph.node("Clip", whole, real(-LARGEST), real(LARGEST)), scale);
  }

  /** The same of a tensor of weights, here and now. */
  private static double scale(float[] weights) {
    float largest = 0;
    for (float each : weights) {
      largest = Math.max(largest, Math.abs(each));
    }
    int top = Math.getExponent(largest);
    return largest == 0 ? 1 : Math.scalb(1.0, Math.max(top - BITS, SMALLEST));
  }

  private static int whole(float weight, double scale) {
    return (int) Math.clamp(Math.rint(weight / scale), -LARGEST, LARGEST);
  }

  /**
   * A convolution, and its bias where there is one.
   *
   * @param shape of the weights, [out][in][taps...]
   * @param bias one a channel; null for none
   */
  String convolution(
      String name,
      String x,
      List<Integer> shape,
      float[] weights,
      float[] bias,
      OnnxGraph.Attributes window,
      Window w) {
    if ((long) shape.get(1) * w.taps() > MOST_PRODUCTS) {
      throw new IllegalStateException(name + " sums more products than two digits allow");
    }
    Numbers pixels = numbers(x, axes);
    String high = graph.node("Round", graph.node("Div", pixels.values, real(DIGIT)));
    String low = graph.node("Sub", pixels.values, graph.node("Mul", high, real(DIGIT)));
    double scale = scale(weights);
    float[] highs = new float[weights.length];
    float[] lows = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      int q = whole(weights[i], scale);
      highs[i] = (float) Math.rint((double) q / DIGIT);
      lows[i] = q - DIGIT * highs[i];
    }
    String wHigh = graph.constant(name + ".high", shape, highs);
    String wLow = graph.constant(name + ".low", shape, lows);
    String xHigh = narrow(high);
    String xLow = narrow(low);
    String both = wide(graph.node("Conv", List.of(xHigh, wHigh), window));
    String crossed =
        graph.node(
            "Add",
            wide(graph.node("Conv", List.of(xHigh, wLow), window)),
            wide(graph.node("Conv", List.of(xLow, wHigh), window)));
    String least = wide(graph.node("Conv", List.of(xLow, wLow), window));
    String sum =
        graph.node(
            "Add",
            graph.node("Mul", both, real(DIGIT * DIGIT)),
            graph.node("Add", graph.node("Mul", crossed, real(DIGIT)), least));
    String scales = graph.node("Mul", pixels.scale, real(scale));
    String y = narrow(graph.node("Mul", sum, scales));
    float[] summand = bias == null ? new float[shape.getFirst()] : bias;
    return graph.node("Add", y, graph.constant(name + ".summand", channels(summand), summand));
  }

  /** A linear layer on rows. */
  String linear(String name, String x, int outputs, float[] weights, float[] bias) {
    Numbers inputs = numbers(x, 2);
    double scale = scale(weights);
    int width = weights.length / outputs;
    double[] turned = new double[weights.length]; // [in][out]
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < width; i++) {
        turned[i * outputs + o] = whole(weights[o * width + i], scale);
      }
    }
    String matrix = graph.constant64(name + ".whole", List.of(width, outputs), turned);
    String sum = graph.node("MatMul", inputs.values, matrix);
    String scales = graph.node("Mul", inputs.scale, real(scale));
    String y = narrow(graph.node("Mul", sum, scales));
    return graph.node("Add", y, graph.constant(name + ".bias", List.of(outputs), bias));
  }

  /** x * factor + summand with one rounding, a number a channel each. */
  String fused(String name, String x, float[] factor, float[] summand) {
    String product =
        graph.node("Mul", wide(x), graph.constant64(name + ".factor", channels(factor), factor));
    String sum =
        graph.node("Add", product, graph.constant64(name + ".shift", channels(summand), summand));
    return narrow(sum);
  }

  /** Batch norm by running statistics, rounded step by step. */
  String batchNorm(
      String name, String x, float[] mean, float[] variance, float[] gamma, float[] beta) {
    float[] inverse = new float[variance.length];
    for (int c = 0; c < inverse.length; c++) {
      inverse[c] = 1.0f / (float) Math.sqrt(variance[c] + BatchNorm.EPSILON);
    }
    String centred = graph.node("Sub", x, graph.constant(name + ".mean", channels(mean), mean));
    String normal =
        graph.node("Mul", centred, graph.constant(name + ".inverse", channels(inverse), inverse));
    return fused(name, normal, gamma, beta);
  }

  /** The mean over positions, summed one after another: [batch][channels]. */
  String average(String x, int positions, int channels) {
    var rows = new OnnxGraph.Attributes().integers("perm", 2, 0, 1);
    String flat = graph.node("Reshape", x, graph.integers64("average.shape", 0, 0, -1));
    String turned = graph.node("Transpose", List.of(flat), rows);
    OnnxGraph body = new OnnxGraph("sum");
    body.input("sum_before", OnnxGraph.Type.FLOAT);
    body.input("position", OnnxGraph.Type.FLOAT);
    body.node("Add", List.of("sum_before", "position"), new OnnxGraph.Attributes(), "sum_after");
    body.rows("sum_after", channels);
    String first =
        graph.node(
            "Mul",
            graph.node(
                "ReduceSum",
                List.of(flat, graph.integers64("average.axis", 2)),
                new OnnxGraph.Attributes().integer("keepdims", 0)),
            graph.scalar("average.zero", 0.0f));
    var scan = new OnnxGraph.Attributes().graph("body", body).integer("num_scan_inputs", 1);
    String sum = graph.node("Scan", List.of(first, turned), scan);
    return graph.node("Div", sum, graph.scalar("average.positions", positions));
  }

  private List<Integer> channels(float[] values) {
    List<Integer> shape = new ArrayList<>(List.of(1, values.length));
    for (int i = 2; i < axes; i++) {
      shape.add(1);
    }
    return shape;
  }
}
