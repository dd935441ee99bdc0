// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.suite.TestBackends;
import dev.unerring.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX Runtime answers as the engine does, for every architecture and any size of a batch. */
class OnnxModelTest {
  private static final Map<String, String> NOTICE = Map.of("notice", ModelExport.NOTICE);

  record Case(String architecture, Shape image, int classes, boolean patched) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case("small", Shape.image2d(28, 28, 1), 2, false),
        new Case("small", Shape.image2d(28, 28, 3), 5, true),
        new Case("small3d", new Shape(1, 9, 8, 11, 1), 3, true),
        new Case("resnet18", Shape.image2d(13, 17, 3), 4, false),
        new Case("resnet18", new Shape(1, 7, 8, 9, 1), 2, false),
        new Case("resnet50", Shape.image2d(9, 8, 1), 11, false),
        new Case("deng-20", Shape.image2d(12, 10, 3), 3, true));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void itsLogitsAreOurs(Case each) throws OrtException, IOException {
    try (Backend backend = TestBackends.open()) {
      ExportedNetwork exported =
          ExportedNetwork.of(
              each.architecture(), each.image(), each.classes(), each.patched(), backend);
      float[] own = exported.logits();
      assertNear(own, answers(exported, true, ExportedNetwork.IMAGES), each.classes());
      assertNear(own, answers(exported, true, 1), each.classes());
      assertNear(own, answers(exported, false, 4), each.classes());
    }
  }

  private static void assertNear(float[] own, float[] other, int classes) {
    for (int n = 0; n * classes < own.length; n++) {
      float tolerance = GoldenVectors.tolerance(own, n * classes, classes);
      for (int i = n * classes; i < (n + 1) * classes; i++) {
        assertEquals(own[i], other[i], tolerance, "sample " + n + ", logit " + (i - n * classes));
      }
    }
  }

  /** Logits by ONNX Runtime, some images at a time. */
  private static float[] answers(ExportedNetwork exported, boolean bytes, int batch)
      throws OrtException, IOException {
    Network network = exported.network();
    byte[] images = exported.channelsFirst();
    int elements = network.image().imageElements();
    float[] logits = new float[ExportedNetwork.IMAGES * network.classes()];
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    OnnxModel.of(network, bytes, "1", NOTICE).writeTo(model);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model.toByteArray())) {
      for (int first = 0; first < ExportedNetwork.IMAGES; first += batch) {
        int count = Math.min(batch, ExportedNetwork.IMAGES - first);
        ByteBuffer raw = ByteBuffer.allocateDirect(count * elements);
        raw.put(images, first * elements, count * elements).flip();
        try (OnnxTensor image = input(environment, network.image(), raw, count, bytes);
            OrtSession.Result result = session.run(Map.of("image", image))) {
          float[][] rows = (float[][]) result.get("logits").orElseThrow().getValue();
          assertEquals(count, rows.length);
          for (int n = 0; n < count; n++) {
            System.arraycopy(
                rows[n], 0, logits, (first + n) * network.classes(), network.classes());
          }
        }
      }
    }
    return logits;
  }

  private static OnnxTensor input(
      OrtEnvironment environment, Shape image, ByteBuffer raw, int count, boolean bytes)
      throws OrtException {
    long[] shape =
        LongStream.concat(
                LongStream.of(count),
                OnnxGraph.extents(image).stream().mapToLong(Integer::longValue))
            .toArray();
    if (bytes) {
      return OnnxTensor.createTensor(environment, raw, shape, OnnxJavaType.UINT8);
    }
    FloatBuffer values = FloatBuffer.allocate(raw.remaining());
    while (raw.hasRemaining()) {
      values.put(raw.get() & 0xFF);
    }
    return OnnxTensor.createTensor(environment, values.flip(), shape);
  }

  /** Every step is the same, so the bits are, but for a step in 2^29 that is rounded twice. */
  @ParameterizedTest
  @MethodSource("cases")
  void inIntegerArithmeticItsLogitsAreOursToTheBit(Case each) throws OrtException, IOException {
    try (Backend backend = TestBackends.open()) {
      ExportedNetwork exported =
          ExportedNetwork.of(
              each.architecture(),
              each.image(),
              each.classes(),
              each.patched(),
              backend,
              Arithmetic.INTEGER);
      float[] own = exported.logits();
      assertArrayEquals(own, answers(exported, true, ExportedNetwork.IMAGES));
      assertArrayEquals(own, answers(exported, false, 2));
    }
  }

  @Test
  void theOnnxCheckerFindsNothing(@TempDir Path folder) throws IOException {
    Python python = Python.with("onnx");
    try (Backend backend = TestBackends.open()) {
      for (Case each : cases().toList()) {
        ExportedNetwork exported =
            ExportedNetwork.of(
                each.architecture(), each.image(), each.classes(), each.patched(), backend);
        Path file = folder.resolve(each.architecture() + each.image().d() + ".onnx");
        try (var out = Files.newOutputStream(file)) {
          OnnxModel.of(exported.network(), true, "1", NOTICE).writeTo(out);
        }
        Python.Ended ended =
            python.code(
                "import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=True)",
                file.toString());
        assertEquals(0, ended.code(), each + ": " + ended.text());
      }
    }
  }

  @Test
  void pytorchLoadsEveryNetworkAndAnswersTheSame(@TempDir Path folder) throws IOException {
    Python python = Python.with("torch", "numpy");
    List<String> files = new ArrayList<>();
    try (Backend backend = TestBackends.open()) {
      for (Case each : cases().toList()) {
        ExportedNetwork exported =
            ExportedNetwork.of(
                each.architecture(), each.image(), each.classes(), each.patched(), backend);
        String name = "model" + files.size();
        Path weights = folder.resolve(name + ".safetensors");
        ModelFile.write(weights, exported.network());
        Map<String, String> metadata = ModelFile.metadata(weights);
        metadata.put("labels", "[]");
        Path file = folder.resolve(name + ".py");
        Files.writeString(
            file, PyTorchModel.of(exported.network(), metadata, name + ".safetensors"));
        GoldenVectors.of(exported.network()).write(folder.resolve(name + ".golden.npz"));
        files.add(file.toString());
      }
    }
    String all =
        """
        import runpy, sys
        files, sys.argv = sys.argv[1:], sys.argv[:1]
        for file in files:
            try:
                runpy.run_path(file, run_name="__main__")
            except SystemExit as end:
                if end.code != 0:
                    sys.exit(file + " differs")
        """;
    Python.Ended ended = python.code(all, files.toArray(String[]::new));
    assertEquals(0, ended.code(), ended.text());
    assertEquals(files.size(), ended.text().split("20 golden vectors", -1).length - 1);
  }

  @Test
  void allPartsOfTheFormatAreOfTheStatedVersion() throws IOException {
    try (Backend backend = TestBackends.open()) {
      Network network =
          ExportedNetwork.of("deng-1", Shape.image2d(2, 2, 1), 2, false, backend).network();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      OnnxModel.of(network, true, "1", NOTICE).writeTo(out);
      List<Byte> head = List.of((byte) 8, (byte) 8); // field 1, ir_version 8
      assertEquals(head, List.of(out.toByteArray()[0], out.toByteArray()[1]));
    }
  }
}
