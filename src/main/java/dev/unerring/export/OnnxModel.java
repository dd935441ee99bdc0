// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.base.AtomicFile;
import dev.unerring.network.Architectures;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import java.util.List;
import java.util.Map;

/**
 * A trained network as a model of ONNX: raw pixel values in, logits out, scaling and patches
 * inside. The input {@code image} is [batch][c][h][w], of volumes [batch][c][d][h][w]; the output
 * {@code logits} is [batch][classes].
 */
final class OnnxModel {
  /** Version of the operations. */
  static final int OPSET = 17;

  private static final int IR_VERSION = 8;
  private static final String INPUT = "image";
  private static final String OUTPUT = "logits";

  /** A message of Protocol Buffers is smaller than 2 GiB. */
  private static final long LARGEST = Integer.MAX_VALUE;

  private OnnxModel() {}

  /**
   * The file.
   *
   * @param bytes whether the input is uint8 (else float32); the values are 0 to 255 either way
   * @param metadata keys and texts that the file carries
   * @throws UsageException where the model is too large for the format
   */
  static AtomicFile.Content of(
      Network network, boolean bytes, String version, Map<String, String> metadata) {
    Protobuf model =
        new Protobuf()
            .integer(1, IR_VERSION)
            .text(2, "unerring")
            .text(3, version)
            .text(6, metadata.get("notice"))
            .message(8, new Protobuf().text(1, "").integer(2, OPSET));
    metadata.forEach((key, text) -> model.message(14, new Protobuf().text(1, key).text(2, text)));
    model.message(7, graph(network, bytes).toMessage());
    if (model.size() > LARGEST) {
      throw new UsageException(
          "the model has "
              + model.size()
              + " bytes, a file of ONNX holds 2 GiB; export it with --to pytorch");
    }
    return model::writeTo;
  }

  private static OnnxGraph graph(Network network, boolean bytes) {
    StoredTensors tensors = StoredTensors.of(network);
    OnnxGraph graph = new OnnxGraph(network.architecture());
    graph.images(INPUT, bytes ? OnnxGraph.Type.UINT8 : OnnxGraph.Type.FLOAT, network.image());
    graph.rows(OUTPUT, network.classes());
    String pixels = bytes ? graph.cast(INPUT, OnnxGraph.Type.FLOAT) : INPUT;
    boolean integers = network.arithmetic() == Arithmetic.INTEGER;
    OnnxLayers layers = new OnnxLayers(graph, tensors, integers);
    String logits =
        layers.chain(
            Architectures.layers(network.architecture(), network.image(), network.classes()),
            pixels,
            network.image());
    if (tensors.patches().isEmpty()) {
      graph.node("Identity", List.of(logits), new OnnxGraph.Attributes(), OUTPUT);
    } else {
      layers.patches(pixels, logits, OUTPUT);
    }
    return graph;
  }
}
