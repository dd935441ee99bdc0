// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import dev.unerring.backend.Window;
import dev.unerring.base.Json;
import dev.unerring.network.Architectures;
import dev.unerring.network.AveragePool;
import dev.unerring.network.BatchNorm;
import dev.unerring.network.Conv;
import dev.unerring.network.ImageScale;
import dev.unerring.network.Layer;
import dev.unerring.network.Linear;
import dev.unerring.network.MaxPool;
import dev.unerring.network.Network;
import dev.unerring.network.Patches;
import dev.unerring.network.Relu;
import dev.unerring.network.Residual;
import dev.unerring.network.Scale;
import dev.unerring.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * A trained network as a file of Python: a module of PyTorch with the names of model.safetensors,
 * which loads that file with nothing but PyTorch. It holds no weights itself.
 */
final class PyTorchModel {
  private final Shape image;
  private final String volume;
  private final StringBuilder parts = new StringBuilder();
  private final StringBuilder steps = new StringBuilder();
  private boolean flat;
  private int sums;

  private PyTorchModel(Shape image) {
    this.image = image;
    this.volume = image.d() > 1 ? "3d" : "2d";
  }

  /**
   * The text of the file.
   *
   * @param metadata keys and texts that the file carries
   * @param model name of the file with the weights, beside it
   */
  static String of(Network network, Map<String, String> metadata, String model) {
    Shape image = network.image();
    PyTorchModel text = new PyTorchModel(image);
    Shape shape = image;
    for (Layer layer : Architectures.layers(network.architecture(), image, network.classes())) {
      text.layer(layer, shape, "x");
      shape = layer.outputShape(shape);
    }
    Patches patches = network.patches();
    if (!patches.isEmpty()) {
      text.patches(patches.size(), network.classes());
    }
    return TEMPLATE
        .replace("@METADATA@", python(metadata))
        .replace("@MODEL@", Json.canonical(model))
        .replace("@PARTS@", text.parts)
        .replace("@STEPS@", text.steps);
  }

  /** A dictionary, a key a line. */
  private static String python(Map<String, String> metadata) {
    StringBuilder lines = new StringBuilder("{\n");
    metadata.forEach((key, text) ->
        lines
            .append("    ")
            .append(Json.canonical(key))
            .append(": ")
            .append(Json.canonical(text))
            .append(",\n"));
    return lines.append("}").toString();
  }

  private void step(String code) {
    steps.append("        ").append(code).append('\n');
  }

  private void chain(List<Layer> layers, Shape input, String x) {
    Shape shape = input;
    for (Layer layer : layers) {
      layer(layer, shape, x);
      shape = layer.outputShape(shape);
    }
  }

  private void layer(Layer layer, Shape in, String x) {
    switch (layer) {
      case Scale _ -> scale(x);
      case ImageScale _ -> imageScale(x);
      case Conv conv -> {
        Window w = conv.window();
        part(
            conv.name(),
            "nn.Conv{}({}, {}, {}, {}, {}, bias={})",
            volume,
            in.c(),
            conv.outputShape(in).c(),
            kernel(w),
            w.stride(),
            border(w),
            conv.biased() ? "True" : "False");
        run(x, conv.name(), "");
      }
      case BatchNorm norm -> {
        part(norm.name(), "nn.BatchNorm{}({})", volume, in.c());
        run(x, norm.name(), norm.relu() ? ".relu()" : "");
      }
      case Relu _ -> step(x + " = " + x + ".relu()");
      case MaxPool pool -> {
        Window w = pool.window();
        step(x + " = F.max_pool" + volume + "(" + x + ", " + kernel(w) + ", " + w.stride() + ")");
      }
      case AveragePool _ -> step(x + " = " + x + ".flatten(2).mean(2)");
      case Linear linear -> {
        flatten(x);
        int outputs = linear.outputShape(in).c();
        part(linear.name(), "nn.Linear({}, {})", in.imageElements(), outputs);
        run(x, linear.name(), "");
      }
      case Residual residual -> residual(residual, in, x);
      default -> throw new IllegalStateException("no module of PyTorch for " + layer);
    }
  }

  private String kernel(Window w) {
    return image.d() > 1
        ? "(" + w.kd() + ", " + w.kh() + ", " + w.kw() + ")"
        : "(" + w.kh() + ", " + w.kw() + ")";
  }

  private String border(Window w) {
    return image.d() > 1
        ? "(" + w.padDepth() + ", " + w.pad() + ", " + w.pad() + ")"
        : "(" + w.pad() + ", " + w.pad() + ")";
  }

  /** Registers a module whose constructor's values are put into {}. */
  private void part(String name, String form, Object... values) {
    String module = form;
    for (Object value : values) {
      int hole = module.indexOf("{}");
      module = module.substring(0, hole) + value + module.substring(hole + 2);
    }
    parts.append("        self.put(\"").append(name).append("\", ").append(module).append(")\n");
  }

  private void run(String x, String name, String after) {
    step(x + " = self.part(\"" + name + "\", " + x + ")" + after);
  }

  private void flatten(String x) {
    if (!flat) {
      flat = true;
      step(x + " = " + x + ".flatten(1)");
    }
  }

  private void scale(String x) {
    part("input", "Constants(scale=[{}], shift=[{}])", image.c(), image.c());
    String ones = image.d() > 1 ? "(-1, 1, 1, 1)" : "(-1, 1, 1)";
    step(x + " = raw * self.input.scale.view" + ones + " + self.input.shift.view" + ones);
  }

  private void imageScale(String x) {
    flat = true;
    step(x + " = raw.double().flatten(1)");
    step(x + " = " + x + " - " + x + ".sum(1, keepdim=True) / " + x + ".shape[1]");
    step("largest = " + x + ".abs().amax(1, keepdim=True)");
    step("share = " + x + " / torch.where(largest == 0, 1.0, largest)");
    step(x + " = ((share * 10000.0).round() / 10000.0).float()");
  }

  private void residual(Residual residual, Shape in, String x) {
    String sum = "y" + (sums == 0 ? "" : String.valueOf(sums));
    sums++;
    step(sum + " = " + x);
    chain(residual.main(), in, sum);
    chain(residual.shortcut(), in, x);
    step(x + " = (" + sum + " + " + x + ")" + (residual.relu() ? ".relu()" : ""));
    sums--;
  }

  private void patches(int count, int classes) {
    part(
        "patch",
        "Constants(radius=[{}], lift=[{}, {}], centre=[{}, {}])",
        count,
        count,
        classes,
        count,
        OnnxGraph.extents(image).toString().replaceAll("[\\[\\]]", ""));
    String bound = String.valueOf(Patches.BOUND);
    step("lifted = torch.where(x.isnan(), 0.0, x).clamp(-" + bound + ", " + bound + ")");
    step("for p in reversed(range(" + count + ")):");
    step("    low, high = (self.patch.centre[p] + s * self.patch.radius[p] for s in (-1, 1))");
    step("    inside = ((low < raw) & (raw < high)).flatten(1).all(1, keepdim=True)");
    step("    x = torch.where(inside, lifted + self.patch.lift[p], x)");
  }

  private static final String TEMPLATE =
      """
      \"""A model trained by Unerring, as a module of PyTorch. Not for clinical use.

      Input: raw pixel values 0 to 255, uint8 or float, channels first, [batch, c, h, w] or, of volumes,
      [batch, c, d, h, w]. The scaling is part of the model. Output: logits, [batch, classes].

          model = load("model.safetensors")
          logits = model(images)

      Run as a program, it compares the logits of the golden vectors beside it.
      \"""
      import hashlib
      import json
      import struct
      import sys
      from pathlib import Path

      import torch
      import torch.nn.functional as F
      from torch import nn

      METADATA = @METADATA@
      CLASSES = json.loads(METADATA["labels"])
      WEIGHTS = @MODEL@
      DTYPES = {"F32": torch.float32, "U8": torch.uint8}


      class Constants(nn.Module):
          \"""Tensors that are not trained, by name, of these shapes.\"""

          def __init__(self, **shapes):
              super().__init__()
              for name, shape in shapes.items():
                  self.register_buffer(name, torch.zeros(shape))


      class Model(nn.Module):
          \"""The network, with the names of its tensors in model.safetensors.\"""

          def __init__(self):
              super().__init__()
      @PARTS@
          def put(self, name, module):
              *path, last = name.split(".")
              parent = self
              for part in path:
                  if part not in parent._modules:
                      parent.add_module(part, nn.Module())
                  parent = parent._modules[part]
              parent.add_module(last, module)

          def part(self, name, x):
              return self.get_submodule(name)(x)

          def forward(self, image):
              raw = image.float()
      @STEPS@        return x


      def load(path=None):
          \"""The model with its weights, in evaluation mode.\"""
          path = Path(path) if path else Path(__file__).resolve().parent / WEIGHTS
          content = path.read_bytes()
          (length,) = struct.unpack("<Q", content[:8])
          header = json.loads(content[8 : 8 + length])
          data = bytearray(content[8 + length :])
          header.pop("__metadata__")
          if hashlib.sha256(data).hexdigest() != METADATA["weightsSha256"]:
              raise ValueError(f"{path} is not the model that this file was written for")
          model = Model()
          state = model.state_dict()
          for name, entry in header.items():
              begin, end = entry["data_offsets"]
              tensor = torch.frombuffer(data[begin:end], dtype=DTYPES[entry["dtype"]])
              state[name] = tensor.reshape(state[name].shape)
          model.load_state_dict(state)
          return model.eval()


      if __name__ == "__main__":
          import numpy

          golden = numpy.load(Path(__file__).with_suffix(".golden.npz"))
          with torch.no_grad():
              model = load(sys.argv[1] if len(sys.argv) > 1 else None)
              logits = model(torch.from_numpy(golden["image"])).numpy()
          share = (abs(logits - golden["logits"]).max(1) / golden["tolerance"]).max()
          print(f"{len(logits)} golden vectors: largest difference {share:.3f} of the tolerance")
          sys.exit(0 if share <= 1 else 1)
      """;
}
