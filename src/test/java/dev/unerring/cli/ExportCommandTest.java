// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.unerring.export.Python;
import dev.unerring.npz.NpzReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code unerring export}: other programs give the verdicts of the run on every test sample; what
 * cannot be exported has a message of its own and leaves no file.
 */
class ExportCommandTest {
  @TempDir private static Path shared;
  private static SmallRun run;

  @TempDir private Path folder;

  @BeforeAll
  static void train() {
    run = SmallRun.train(shared);
  }

  private Path out(String name) {
    return folder.resolve(name);
  }

  @Test
  void onnxRuntimeGivesTheVerdictsOfTheRunOnAllTestSamples() throws OrtException {
    CommandRun export = run.command("export", "--to", "onnx", "--out", out("m.onnx"));
    assertEquals(0, export.code(), export.err());
    assertTrue(export.out().contains("0 of 10 test samples are not above it."), export.out());
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(out("m.onnx").toString());
        OnnxTensor images = images(environment, SmallRun.TEST.images(), 10);
        OrtSession.Result result = session.run(Map.of("image", images))) {
      Map<String, String> metadata = session.getMetadata().getCustomMetadata();
      assertEquals(run.json("result.json").get("weightsSha256"), metadata.get("weightsSha256"));
      assertEquals("[\"0\",\"1\"]", metadata.get("labels"));
      float[][] logits = (float[][]) result.get("logits").orElseThrow().getValue();
      CommandRun predict = run.command("predict", "--split", "test", run.data());
      String[] lines = predict.out().split("\n");
      assertEquals(11, lines.length, predict.out());
      for (int n = 0; n < 10; n++) {
        String verdict = logits[n][1] > logits[n][0] ? "1" : "0";
        assertTrue(
            List.of(lines[n + 1].split(",")).contains(verdict), lines[n + 1] + " is " + verdict);
      }
    }
  }

  private static OnnxTensor images(OrtEnvironment environment, byte[] pixels, int count)
      throws OrtException {
    ByteBuffer raw = ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
    return OnnxTensor.createTensor(
        environment, raw, new long[] {count, 1, 28, 28}, OnnxJavaType.UINT8);
  }

  @Test
  void theGoldenVectorsAreAnsweredByOnnxRuntime() throws OrtException {
    for (String type : List.of("uint8", "float32")) {
      Path model = out(type + ".onnx");
      run.command("export", "--to", "onnx", "--out", model, "--input", type);
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      try (NpzReader golden = NpzReader.open(out(type + ".golden.npz"));
          Arena arena = Arena.ofConfined();
          OrtSession session = environment.createSession(model.toString())) {
        byte[] pixels = golden.read("image", arena).toArray(ValueLayout.JAVA_BYTE);
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = pixels[i] & 0xFF;
        }
        long[] shape = {20, 1, 28, 28};
        OnnxTensor images =
            type.equals("uint8")
                ? images(environment, pixels, 20)
                : OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
        MemorySegment logits = golden.read("logits", arena);
        MemorySegment tolerance = golden.read("tolerance", arena);
        try (images;
            OrtSession.Result result = session.run(Map.of("image", images))) {
          float[][] rows = (float[][]) result.get("logits").orElseThrow().getValue();
          for (int n = 0; n < 20; n++) {
            float allowed = tolerance.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, n);
            for (int c = 0; c < 2; c++) {
              float own = logits.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, n * 2L + c);
              assertEquals(own, rows[n][c], allowed, type + " " + n);
            }
          }
        }
      }
    }
  }

  @Test
  void theChecksThatLieBesideItPassAndNoticeAnotherModel() throws IOException {
    Python python = Python.with("onnxruntime", "torch", "numpy");
    run.command("export", "--to", "onnx", "--out", out("m.onnx"));
    Python.Ended check = python.script(out("m.check.py"));
    assertEquals(0, check.code(), check.text());
    run.command("export", "--to", "pytorch", "--out", out("p.py"));
    Path weights = run.folder().resolve("model.safetensors");
    check = python.script(out("p.py"), weights.toString());
    assertEquals(0, check.code(), check.text());
    byte[] other = Files.readAllBytes(weights);
    other[other.length - 2] ^= 1;
    Files.write(out("model.safetensors"), other);
    check = python.script(out("p.py"));
    assertTrue(check.code() != 0 && check.text().contains("is not the model"), check.text());
    byte[] golden = Files.readAllBytes(out("m.golden.npz"));
    for (int i = 16_000; i < 16_100; i++) { // logits
      golden[i] ^= 64;
    }
    Files.write(out("m.golden.npz"), golden);
    check = python.script(out("m.check.py"));
    assertTrue(check.code() != 0, check.text());
  }

  @Test
  void theSameRunGivesTheSameBytes() throws IOException {
    for (String name : List.of("a.onnx", "b.onnx")) {
      assertEquals(0, run.command("export", "--to", "onnx", "--out", out(name)).code());
    }
    assertArrayEquals(Files.readAllBytes(out("a.onnx")), Files.readAllBytes(out("b.onnx")));
    assertArrayEquals(
        Files.readAllBytes(out("a.golden.npz")), Files.readAllBytes(out("b.golden.npz")));
  }

  @Test
  void aModelCardShowsNamesAsTheyAreAndNoMarkup() throws IOException {
    SmallRun copy = run.copy(out("copy"));
    copy.put("result.json", "labels", List.of("<img src=x>", "a|b`c\n# d"));
    copy.put("result.json", "trainErrors", null);
    CommandRun export = copy.command("export", "--to", "model-card", "--out", out("card.md"));
    assertEquals(0, export.code(), export.err());
    String card = Files.readString(out("card.md"));
    assertTrue(card.contains("Not for clinical use."), card);
    assertTrue(card.contains("&lt;img src=x&gt;, a\\|b\\`c \\# d"), card);
    assertTrue(card.contains("- Training errors at the end: – of 40; proved floor 0"), card);
    assertFalse(card.contains("<img"), card);
  }

  @Test
  void whatCannotBeExportedIsNamedAndLeavesNoFile() throws IOException {
    assertRefused(5, "no result.json there", CommandRun.of(words(folder, out("m.onnx"))));
    SmallRun copy = run.copy(out("copy"));
    copy.put("result.json", "arithmetic", "quantum");
    CommandRun other = copy.command("export", "--to", "onnx", "--out", out("m.onnx"));
    assertRefused(2, "computes in the arithmetic 'quantum'", other);
    Files.writeString(out("there.golden.npz"), "mine");
    CommandRun there = run.command("export", "--to", "onnx", "--out", out("there.onnx"));
    assertRefused(2, "there.golden.npz is there already", there);
    assertEquals("mine", Files.readString(out("there.golden.npz")));
    CommandRun suffix = run.command("export", "--to", "onnx", "--out", out("m.bin"));
    assertRefused(2, "ends in .onnx", suffix);
    CommandRun to = run.command("export", "--to", "tflite", "--out", out("m.bin"));
    assertRefused(2, "--to is onnx, pytorch or model-card, not 'tflite'", to);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count()); // the copy, and what was there
    }
  }

  private static Object[] words(Path run, Path out) {
    return new Object[] {"export", "--run", run, "--to", "onnx", "--out", out};
  }

  private static void assertRefused(int code, String message, CommandRun run) {
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains(message), run.err());
  }

  @Test
  void aDataFileThatMovedTakesNothingFromTheExport() {
    SmallRun copy = run.copy(out("copy")).withRecordedData(Path.of("/no/such.npz"));
    CommandRun export = copy.command("export", "--to", "onnx", "--out", out("m.onnx"));
    assertEquals(0, export.code(), export.err());
    assertTrue(export.out().contains("test samples were not looked at"), export.out());
    assertTrue(export.out().contains("/no/such.npz"), export.out());
    assertTrue(Files.exists(out("m.onnx")) && Files.exists(out("m.check.py")));
  }
}
