// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.EngineVersion;
import dev.unerring.base.Json;
import dev.unerring.npz.NpzWriter;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code correct} goes from version to version beside the first run, shows the figures before and
 * after, and each way in which it cannot has a message and an exit code; the other verbs work with
 * what it leaves.
 */
class CorrectCommandTest {
  @TempDir private Path folder;
  private Path run;

  private static CommandRun on(Path run, Object... words) {
    List<Object> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--device", TestBackends.kernels() ? "auto" : "reference"));
    all.addAll(List.of("--threads", 2, words[0].equals("train") ? "--out" : "--run", run));
    return CommandRun.of(all.toArray());
  }

  private CommandRun correct(Object... words) {
    List<Object> all = new ArrayList<>(List.of("correct", "--no-progress"));
    all.addAll(List.of(words));
    return on(run, all.toArray());
  }

  private void train() {
    Path data = TestData.write(folder.resolve("set.npz"), 40, 2);
    run = folder.resolve("model");
    CommandRun trained = on(run, "train", "--data", data, "--no-progress");
    assertEquals(0, trained.code(), trained.err());
  }

  private Path added(int stream) {
    TestData samples = TestData.generated(10, 2, stream).contrary(2);
    byte[] labels = new byte[10];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) samples.labels()[i];
    }
    Path file = folder.resolve("new" + stream + ".npz");
    NpzWriter npz = new NpzWriter(false);
    npz.add("images", NpzWriter.npy("|u1", List.of(10, 28, 28), samples.images()));
    npz.add("labels", NpzWriter.npy("|u1", List.of(10), labels));
    npz.write(file);
    return file;
  }

  @Test
  void fromVersionToVersion() throws IOException {
    train();
    CommandRun second = correct("--add", added(7));
    assertEquals(0, second.code(), second.err());
    for (String line :
        List.of(
            "version 2          10 samples joined 40, 0 more already there or twice",
            "errors before ",
            "validation before  ACC 1.000",
            "closed world       set.npz in the new folder",
            "training errors    0/50   floor 0",
            "validation         ACC ")) {
      assertTrue(second.out().contains("\n" + line), line + " is missing in " + second.out());
    }
    run = folder.resolve("model-v2");
    assertTrue(Files.isDirectory(run));
    Files.delete(folder.resolve("set.npz")); // the version has its data
    CommandRun third = correct("--add", added(8), "--corrector", "patch");
    assertEquals(0, third.code(), third.err());
    assertTrue(third.out().contains("MODEL HOLDS"), third.out());
    run = folder.resolve("model-v3");

    CommandRun history = CommandRun.of("errors", "--history", "--run", run);
    assertEquals(0, history.code(), history.err());
    assertTrue(history.out().contains("1.000"), "validation figures: " + history.out());
    assertTrue(history.out().contains("training samples were wrong in a version"));
    assertTrue(history.out().contains(", corrected by focus round "), history.out());
    assertTrue(history.out().contains("corrected by patch round 1"), history.out());
    assertTrue(history.out().contains("note: the model holds "), history.out());
    CommandRun json = CommandRun.of("errors", "--history", "--json", "--run", run);
    Map<?, ?> all = (Map<?, ?>) Json.parse(json.out());
    assertEquals(3L, all.get("version"));
    assertEquals(3, ((List<?>) all.get("versions")).size());
    assertEquals(
        Files.readAllLines(run.resolve("regression.jsonl")).size(),
        ((List<?>) all.get("samples")).size());
    CommandRun errors = CommandRun.of("errors", "--run", run);
    assertTrue(errors.out().contains("training errors before correction"), errors.out());
    CommandRun evaluate = on(run, "evaluate", "--split", "train");
    assertEquals(0, evaluate.code(), evaluate.err());
    assertTrue(evaluate.out().contains("0/60"), evaluate.out());
    CommandRun predict = on(run, "predict", added(9));
    assertEquals(0, predict.code(), predict.err());

    Path plan = folder.resolve("plan.json");
    Files.writeString(plan, "{\"correction\":{\"sweeps\":7}}");
    CommandRun fourth = correct("--add", added(9), "--config", plan);
    assertEquals(0, fourth.code(), fourth.err());
    Path written = folder.resolve("model-v4").resolve("plan.json");
    Map<?, ?> correction =
        (Map<?, ?>) ((Map<?, ?>) Json.parse(Files.readString(written))).get("correction");
    assertEquals("patch", correction.get("corrector"), "as the version before");
    assertEquals(7L, correction.get("sweeps"));
  }

  @Test
  void whatCannotBeDoneHasItsMessageAndCode() throws IOException {
    train();
    require(2, "there is nothing to correct; name newly found samples with --add");
    require(2, "--corrector is one of", "--corrector", "magic");
    require(
        2,
        "--corrector is one of auto, focus, tunneling, patch, not 'none'",
        "--corrector",
        "none",
        "--add",
        added(7));
    require(5, "no such file", "--add", folder.resolve("absent.npz"));
    require(5, "is not the data of model", "--data", "demo", "--add", added(7));
    require(3, "; nothing is written and model is as it was", "--max-time", 0, "--add", added(7));
    Path plan = folder.resolve("plan.json");
    Files.writeString(plan, "{\"correction\":{\"focusRounds\":0}}");
    require(5, "correction.focusRounds is 1 to 100000, not 0", "--config", plan);
    Files.writeString(plan, "{\"correction\":{\"corrector\":\"none\"}}");
    require(2, "the corrector none corrects nothing", "--config", plan, "--add", added(7));
    Files.writeString(plan, "{\"correction\":{\"learningRate\":1e-12,\"sweeps\":1}}");
    Object[] hopeless = {"--config", plan, "--corrector", "focus", "--add", added(7)};
    require(3, ", held up by training samples #", hopeless);
    require(3, " is as it was; --corrector auto ends at the floor", hopeless);
    Path errors = run.resolve("errors.csv");
    byte[] whole = Files.readAllBytes(errors);
    Files.writeString(errors, "stage\n");
    CommandRun damaged = CommandRun.of("errors", "--run", run);
    assertEquals(4, damaged.code(), damaged.err());
    assertTrue(damaged.err().contains(errors + " is not the one that this run wrote"));
    Files.write(errors, whole);
    assertEquals(2, CommandRun.of("errors", "--run", run, "--json").code());
    Path environment = run.resolve("environment.json");
    Files.writeString(
        environment,
        Files.readString(environment)
            .replace("\"unerring\": \"" + EngineVersion.number(), "\"unerring\": \"0.0.1"));
    require(5, "was made by unerring 0.0.1", "--add", added(7));
    assertFalse(Files.exists(folder.resolve("model-v2")));
  }

  private void require(int code, String reason, Object... words) {
    CommandRun refused = correct(words);
    assertEquals(code, refused.code(), refused.err());
    assertTrue(refused.err().contains(reason), refused.err());
    assertEquals("", refused.out());
  }
}
