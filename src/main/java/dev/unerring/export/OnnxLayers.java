// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import dev.unerring.backend.Window;
import dev.unerring.network.AveragePool;
import dev.unerring.network.BatchNorm;
import dev.unerring.network.Conv;
import dev.unerring.network.ImageScale;
import dev.unerring.network.Layer;
import dev.unerring.network.Linear;
import dev.unerring.network.MaxPool;
import dev.unerring.network.Patches;
import dev.unerring.network.Relu;
import dev.unerring.network.Residual;
import dev.unerring.network.Scale;
import dev.unerring.network.StoredTensors;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Turns the layers of a network into operations of a graph, in evaluation mode. */
final class OnnxLayers {
  private final OnnxGraph graph;
  private final StoredTensors tensors;
  private final boolean deep;
  private final OnnxIntegers integers; // null in ordered arithmetic
  private boolean flat;

  /**
   * Begins a network.
   *
   * @param graph the operations go there
   * @param integers whether products are those of the integer arithmetic
   */
  OnnxLayers(OnnxGraph graph, StoredTensors tensors, boolean integers) {
    this.graph = graph;
    this.tensors = tensors;
    this.deep = tensors.image().d() > 1;
    this.integers = integers ? new OnnxIntegers(graph, deep ? 5 : 4) : null;
  }

  /**
   * The name of the output of some layers, one after another.
   *
   * @param shape of the input
   */
  String chain(List<Layer> layers, String input, Shape shape) {
    String x = input;
    Shape in = shape;
    for (Layer layer : layers) {
      x = layer(layer, x, in);
      in = layer.outputShape(in);
    }
    return x;
  }

  private String layer(Layer layer, String x, Shape shape) {
    return switch (layer) {
      case Scale _ -> scale(x);
      case ImageScale _ -> imageScale(x);
      case Conv conv -> convolution(conv, x);
      case BatchNorm norm -> relu(norm.relu(), batchNorm(norm, x));
      case Relu _ -> relu(true, x);
      case MaxPool pool -> graph.node("MaxPool", List.of(x), window(pool.window()));
      case AveragePool _ -> average(x, shape);
      case Linear linear -> linear(linear, x);
      case Residual residual -> residual(residual, x, shape);
      default -> throw new IllegalStateException("no operation of ONNX for " + layer);
    };
  }

  private String tensor(String name) {
    return graph.constant(name, extents(name), values(name));
  }

  private float[] values(String name) {
    return tensors.inFileLayout(number(name));
  }

  private List<Integer> extents(String name) {
    List<Integer> extents = new ArrayList<>(tensors.specs().get(number(name)).fileShape());
    if (deep && extents.size() == 4) {
      extents.add(2, 1); // a kernel without depth, in a network of volumes
    }
    return extents;
  }

  private int number(String name) {
    for (int t = 0; t < tensors.specs().size(); t++) {
      if (tensors.specs().get(t).name().equals(name)) {
        return t;
      }
    }
    throw new IllegalStateException("no tensor " + name);
  }

  /** x * scale + shift, a number a channel each. */
  private String scale(String x) {
    if (integers != null) {
      return integers.fused("input", x, values("input.scale"), values("input.shift"));
    }
    return graph.node(
        "Add", graph.node("Mul", x, channels("input.scale")), channels("input.shift"));
  }

  private String channels(String name) {
    List<Integer> shape = new ArrayList<>(List.of(tensors.image().c(), 1, 1));
    if (deep) {
      shape.add(1);
    }
    return graph.constant(name, shape, values(name));
  }

  /** Each image centred, divided by its largest absolute value, rounded to 4 decimals. */
  private String imageScale(String input) {
    String x = graph.cast(flatten(input), OnnxGraph.Type.DOUBLE);
    String axis = graph.integers64("scale.axis", 1);
    var rows = new OnnxGraph.Attributes().integer("keepdims", 1);
    String sum = graph.node("ReduceSum", List.of(x, axis), rows);
    String size = graph.scalar64("scale.pixels", tensors.image().imageElements());
    String centred = graph.node("Sub", x, graph.node("Div", sum, size));
    var largestOf = new OnnxGraph.Attributes().integers("axes", 1).integer("keepdims", 1);
    String largest = graph.node("ReduceMax", List.of(graph.node("Abs", centred)), largestOf);
    String zero = graph.scalar64("scale.zero", 0.0);
    String one = graph.scalar64("scale.one", 1.0);
    String divisor = graph.node("Where", graph.node("Equal", largest, zero), one, largest);
    String share = graph.node("Div", centred, divisor);
    String decimals = graph.scalar64("scale.decimals", 10_000.0);
    String rounded = graph.node("Round", graph.node("Mul", share, decimals));
    return graph.cast(graph.node("Div", rounded, decimals), OnnxGraph.Type.FLOAT);
  }

  private String convolution(Conv conv, String x) {
    String weight = conv.name() + ".weight";
    if (integers != null) {
      float[] bias = conv.biased() ? values(conv.name() + ".bias") : null;
      return integers.convolution(
          conv.name(),
          x,
          extents(weight),
          values(weight),
          bias,
          window(conv.window()),
          conv.window());
    }
    List<String> inputs = new ArrayList<>(List.of(x, tensor(weight)));
    if (conv.biased()) {
      inputs.add(tensor(conv.name() + ".bias"));
    }
    return graph.node("Conv", inputs, window(conv.window()));
  }

  private OnnxGraph.Attributes window(Window w) {
    return deep
        ? new OnnxGraph.Attributes()
            .integers("kernel_shape", w.kd(), w.kh(), w.kw())
            .integers("strides", w.stride(), w.stride(), w.stride())
            .integers("pads", w.padDepth(), w.pad(), w.pad(), w.padDepth(), w.pad(), w.pad())
        : new OnnxGraph.Attributes()
            .integers("kernel_shape", w.kh(), w.kw())
            .integers("strides", w.stride(), w.stride())
            .integers("pads", w.pad(), w.pad(), w.pad(), w.pad());
  }

  private String batchNorm(BatchNorm norm, String x) {
    String name = norm.name();
    if (integers != null) {
      return integers.batchNorm(
          name,
          x,
          values(name + ".running_mean"),
          values(name + ".running_var"),
          values(name + ".weight"),
          values(name + ".bias"));
    }
    List<String> inputs = new ArrayList<>(List.of(x));
    for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
      inputs.add(tensor(name + "." + part));
    }
    var epsilon = new OnnxGraph.Attributes().real("epsilon", BatchNorm.EPSILON);
    return graph.node("BatchNormalization", inputs, epsilon);
  }

  private String average(String x, Shape shape) {
    if (integers == null) {
      return graph.node("GlobalAveragePool", x);
    }
    flat = true;
    return integers.average(x, shape.positions(), shape.c());
  }

  private String relu(boolean wanted, String x) {
    return wanted ? graph.node("Relu", x) : x;
  }

  private String linear(Linear linear, String x) {
    String weight = linear.name() + ".weight";
    String bias = linear.name() + ".bias";
    if (integers != null) {
      float[] summand = values(bias);
      return integers.linear(linear.name(), flatten(x), summand.length, values(weight), summand);
    }
    List<String> inputs = List.of(flatten(x), tensor(weight), tensor(bias));
    return graph.node("Gemm", inputs, new OnnxGraph.Attributes().integer("transB", 1));
  }

  private String flatten(String x) {
    if (flat) {
      return x;
    }
    flat = true;
    return graph.node("Flatten", List.of(x), new OnnxGraph.Attributes().integer("axis", 1));
  }

  private String residual(Residual residual, String x, Shape shape) {
    String main = chain(residual.main(), x, shape);
    String sum = graph.node("Add", main, chain(residual.shortcut(), x, shape));
    return relu(residual.relu(), sum);
  }

  /**
   * The logits with patches on top: from the last patch to the first, the logits of the images
   * inside one are replaced, so that of several the first has its way.
   *
   * @param pixels raw values as float32
   */
  void patches(String pixels, String logits, String output) {
    Patches patches = tensors.patches();
    Shape image = tensors.image();
    int count = patches.size();
    int classes = patches.lifts().length / count;
    List<Integer> centres = new ArrayList<>(List.of(count));
    centres.addAll(OnnxGraph.extents(image));
    String zero = graph.scalar("patch.zero", 0.0f);
    String low = graph.scalar("patch.low", -Patches.BOUND);
    String high = graph.scalar("patch.high", Patches.BOUND);
    String number = graph.node("Where", graph.node("IsNaN", logits), zero, logits);
    String clamped = graph.node("Clip", number, low, high);
    List<String> inputs =
        List.of(
            logits,
            graph.constant("patch.radius", List.of(count), patches.radii()),
            graph.constant("patch.lift", List.of(count, classes), patches.lifts()),
            graph.constant("patch.centre", OnnxGraph.Type.UINT8, centres, patches.centres(image)));
    OnnxGraph.Attributes scan =
        new OnnxGraph.Attributes()
            .graph("body", patch(pixels, clamped, classes))
            .integer("num_scan_inputs", 3)
            .integers("scan_input_directions", 1, 1, 1);
    graph.node("Scan", inputs, scan, output);
  }

  /** The logits after one patch. */
  private static OnnxGraph patch(String pixels, String clamped, int classes) {
    OnnxGraph body = new OnnxGraph("patch");
    body.input("before", OnnxGraph.Type.FLOAT);
    body.input("radius", OnnxGraph.Type.FLOAT);
    body.input("lift", OnnxGraph.Type.FLOAT);
    body.input("centre", OnnxGraph.Type.UINT8);
    String centre = body.cast("centre", OnnxGraph.Type.FLOAT);
    String above = body.node("Greater", pixels, body.node("Sub", centre, "radius"));
    String below = body.node("Less", pixels, body.node("Add", centre, "radius"));
    String each = body.cast(body.node("And", above, below), OnnxGraph.Type.FLOAT);
    var rows = new OnnxGraph.Attributes().integer("axis", 1);
    var least = new OnnxGraph.Attributes().integers("axes", 1).integer("keepdims", 1);
    String all = body.node("ReduceMin", List.of(body.node("Flatten", List.of(each), rows)), least);
    String inside = body.node("Greater", all, body.scalar("half", 0.5f));
    String lifted = body.node("Add", clamped, "lift");
    body.node("Where", List.of(inside, lifted, "before"), new OnnxGraph.Attributes(), "after");
    body.rows("after", classes);
    return body;
  }
}
