// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the arithmetic integer: same bits on any kernels, every verb serves them, refusals. */
final class IntegerRunTest {
  @TempDir private Path folder;
  private String data;

  @BeforeEach
  void makeData() {
    Path file = folder.resolve("set.npz");
    CommandRun made =
        CommandRun.of(
            "datasets",
            "demo",
            "--train",
            "96",
            "--val",
            "24",
            "--test",
            "24",
            "--conflicts",
            "0",
            "--seed",
            "3",
            "--out",
            file.toString());
    assertEquals(0, made.code(), made.err());
    data = file.toString();
  }

  private CommandRun train(String name, String... more) {
    String[] fixed = {
      "train",
      "--data",
      data,
      "--epochs",
      "3",
      "--corrector",
      "none",
      "--no-progress",
      "--out",
      folder.resolve(name).toString()
    };
    String[] all = Arrays.copyOf(fixed, fixed.length + more.length);
    System.arraycopy(more, 0, all, fixed.length, more.length);
    return CommandRun.of((Object[]) all);
  }

  private String result(String name) throws IOException {
    return Files.readString(folder.resolve(name).resolve("result.json"));
  }

  private static String value(String json, String key) {
    int at = json.indexOf('"' + key + '"');
    assertTrue(at >= 0, key + " in " + json);
    int first = json.indexOf('"', json.indexOf(':', at)) + 1;
    return json.substring(first, json.indexOf('"', first));
  }

  @Test
  void oneHashForKernelsAndThreadsAndEveryVerbServesIt() throws IOException {
    train("first", "--arithmetic", "integer", "--kernels", "portable", "--threads", "1");
    train("second", "--arithmetic", "integer", "--threads", "3");
    train("ordered");
    String first = result("first");
    for (String key : new String[] {"weightsSha256", "logitsSha256"}) {
      assertEquals(value(first, key), value(result("second"), key));
      assertTrue(!value(first, key).equals(value(result("ordered"), key)), key);
    }
    assertEquals("integer", value(first, "arithmetic"));
    String plan = Files.readString(folder.resolve("first/plan.json"));
    assertTrue(plan.contains("\"arithmetic\":\"integer\"") && !plan.contains("precision"), plan);
    String run = folder.resolve("first").toString();
    CommandRun evaluated = CommandRun.of("evaluate", "--run", run);
    assertEquals(0, evaluated.code(), evaluated.err());
    CommandRun errors = CommandRun.of("errors", "--run", run);
    assertEquals(0, errors.code(), errors.err());
    CommandRun predicted = CommandRun.of("predict", "--run", run, "--split", "test", data);
    assertEquals(0, predicted.code(), predicted.err());
    CommandRun again =
        CommandRun.of("predict", "--run", run, "--split", "test", "--device", "reference", data);
    assertEquals(predicted.out(), again.out());
  }

  @Test
  void integerAndCudnnTogetherAreRefused() throws IOException {
    CommandRun both = train("x", "--arithmetic", "integer", "--precision", "bf16");
    assertEquals(2, both.code());
    assertTrue(
        both.err().contains("of integer arithmetic is int12; 'bf16' needs the arithmetic cudnn"),
        both.err());
    Path plan = folder.resolve("plan.json");
    Files.writeString(
        plan, "{\"schema\": 1, \"arithmetic\": \"integer\", \"precision\": \"tf32\"}");
    CommandRun planned = train("y", "--config", plan.toString());
    assertEquals(5, planned.code());
    assertTrue(planned.err().contains("plan.json: the precision of integer"), planned.err());
    CommandRun gpu = train("z", "--arithmetic", "integer", "--device", "cuda");
    assertEquals(2, gpu.code());
    assertTrue(gpu.err().contains("no kernels for a GPU yet; use --device cpu"), gpu.err());
  }

  @Test
  void aRunIsCorrectedInItsOwnArithmetic() throws IOException {
    train("base");
    Path plan = folder.resolve("plan.json");
    Files.writeString(plan, "{\"schema\": 1, \"arithmetic\": \"integer\"}");
    CommandRun run =
        CommandRun.of(
            "correct", "--run", folder.resolve("base").toString(), "--config", plan.toString());
    assertEquals(2, run.code());
    assertTrue(
        run.err().contains("base was trained in ordered arithmetic")
            && run.err().contains("train anew with --arithmetic integer"),
        run.err());
  }

  @Test
  void theArithmeticOfAModelFileIsKnownAndItsOwn() throws IOException {
    train("run", "--arithmetic", "integer");
    Path model = folder.resolve("run/model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    Files.write(model, replaced(bytes, "\"integer\"", "\"decimal\""));
    CommandRun unknown =
        CommandRun.of("predict", "--run", model.toString(), "--split", "test", data);
    assertEquals(5, unknown.code());
    assertTrue(
        unknown.err().contains("model.safetensors") && unknown.err().contains("'decimal'"),
        unknown.err());
    Files.write(model, replaced(bytes, "\"integer\"", "\"ordered\""));
    CommandRun other = CommandRun.of("predict", "--run", model.toString(), "--split", "test", data);
    assertEquals(4, other.code());
    assertTrue(other.err().contains("is not the model"), other.err());
  }

  private static byte[] replaced(byte[] bytes, String from, String to) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertTrue(text.contains(from), from);
    return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
  }
}
