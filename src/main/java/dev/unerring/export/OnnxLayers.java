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
  private boolean flat;

  /**
   * Begins a network.
   *
   * @param graph the operations go there
   */
  OnnxLayers(OnnxGraph graph, StoredTensors tensors) {
    this.graph = graph;
    this.tensors = tensors;
    this.deep = tensors.image().d() > 1;
  }

  /** The name of the output of some layers, one after another, for an input. */
  String chain(List<Layer> layers, String input) {
    String x = input;
    for (Layer layer : layers) {
      x =
          switch (layer) {
            case Scale _ -> scale(x);
            case ImageScale _ -> imageScale(x);
            case Conv conv -> convolution(conv, x);
            case BatchNorm norm -> relu(norm.relu(), batchNorm(norm, x));
            case Relu _ -> relu(true, x);
            case MaxPool pool -> graph.node("MaxPool", List.of(x), window(pool.window()));
            case AveragePool _ -> graph.node("GlobalAveragePool", x);
            case Linear linear -> linear(linear, x);
            case Residual residual -> residual(residual, x);
            default -> throw new IllegalStateException("no operation of ONNX for " + layer);
          };
    }
    return x;
  }

  private String tensor(String name) {
    int number = number(name);
    List<Integer> extents = new ArrayList<>(tensors.specs().get(number).fileShape());
    if (deep && extents.size() == 4) {
      extents.add(2, 1); // a kernel without depth, in a network of volumes
    }
    return graph.constant(name, extents, tensors.inFileLayout(number));
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
    return graph.node(
        "Add", graph.node("Mul", x, channels("input.scale")), channels("input.shift"));
  }

  private String channels(String name) {
    List<Integer> shape = new ArrayList<>(List.of(tensors.image().c(), 1, 1));
    if (deep) {
      shape.add(1);
    }
    return graph.constant(name, shape, tensors.inFileLayout(number(name)));
  }

  /** Each image centred, divided by its largest absolute value, rounded to 4 decimals. */
  private String imageScale(String input) {
    String x = graph.cast(flatten(input), OnnxGraph.Type.DOUBLE);
    String axis = graph.axis("scale.axis", 1);
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
    List<String> inputs = new ArrayList<>(List.of(x, tensor(conv.name() + ".weight")));
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
    List<String> inputs = new ArrayList<>(List.of(x));
    for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
      inputs.add(tensor(norm.name() + "." + part));
    }
    var epsilon = new OnnxGraph.Attributes().real("epsilon", BatchNorm.EPSILON);
    return graph.node("BatchNormalization", inputs, epsilon);
  }

  private String relu(boolean wanted, String x) {
    return wanted ? graph.node("Relu", x) : x;
  }

  private String linear(Linear linear, String x) {
    List<String> inputs =
        List.of(flatten(x), tensor(linear.name() + ".weight"), tensor(linear.name() + ".bias"));
    return graph.node("Gemm", inputs, new OnnxGraph.Attributes().integer("transB", 1));
  }

  private String flatten(String x) {
    if (flat) {
      return x;
    }
    flat = true;
    return graph.node("Flatten", List.of(x), new OnnxGraph.Attributes().integer("axis", 1));
  }

  private String residual(Residual residual, String x) {
    String sum = graph.node("Add", chain(residual.main(), x), chain(residual.shortcut(), x));
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
            .graph("body", patch(pixels, clamped))
            .integer("num_scan_inputs", 3)
            .integers("scan_input_directions", 1, 1, 1);
    graph.node("Scan", inputs, scan, output);
  }

  /** The logits after one patch. */
  private static OnnxGraph patch(String pixels, String clamped) {
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
    body.output("after", OnnxGraph.Type.FLOAT);
    return body;
  }
}
