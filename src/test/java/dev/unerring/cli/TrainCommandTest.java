// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.ffi.NativeLibrary;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code unerring train}: the result on stdout, messages on stderr, the promised exit code for
 * every way it can end, and every option in the plan.
 */
class TrainCommandTest {
  @TempDir private Path folder;
  private Path data;
  private Path out;

  @BeforeEach
  void write() {
    data = TestData.writeContrary(folder.resolve("set.npz"), 40, 2);
    out = folder.resolve("run");
  }

  @Test
  void aRunToTheFloorEndsWithZero() throws IOException {
    CommandRun run = train();
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("training errors    0/40   floor 0\n"), run.out());
    assertTrue(run.out().contains("weightsSha256      " + result().get("weightsSha256")));
    assertTrue(run.out().contains("Not for clinical use."), run.out());
    assertTrue(run.out().contains("test               ACC "), run.out());
    assertTrue(run.err().contains("is not an official MedMNIST file"), run.err());
    assertTrue(run.err().contains("epoch 1: loss "), run.err());
    assertFalse(run.out().contains("epoch 1: loss "), "progress is no result");
  }

  @Test
  void errorsAboveTheFloorEndWithThree() throws IOException {
    CommandRun run = train("--epochs", 1, "--corrector", "none");
    assertEquals(3, run.code(), run.err());
    long left = (Long) result().get("trainErrors");
    assertTrue(left > 0);
    assertTrue(run.out().contains(left + "/40   floor 0   NOT REACHED (epochs)"), run.out());
    assertTrue(run.out().contains("\ntest, epoch 1      ACC "), run.out());
    assertTrue(run.err().contains(left + " training errors are left, the floor is 0"), run.err());
    assertTrue(Files.isRegularFile(out.resolve("model.safetensors")));
  }

  @Test
  void aValueOutOfRangeNamesItsOption() {
    CommandRun run = train("--lr", -1);
    assertEquals(2, run.code());
    assertTrue(
        run.err().contains("--lr: the plan's learningRate is above 0, at most 10, not -1"),
        run.err());
    run = train("--batch-size", 1);
    assertTrue(run.err().contains("--batch-size: the plan's batchSize is "), run.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void aPlanThatIsNotThereIsSaidInWords() {
    CommandRun run = train("--config", folder.resolve("none.json"));
    assertEquals(5, run.code());
    assertTrue(run.err().contains("there is no such file"), run.err());
    assertFalse(run.err().contains("Exception"), run.err());
  }

  @Test
  void aTimeLimitThatIsOverBeforeTrainingWritesNothing() {
    CommandRun run = train("--max-time", 0);
    assertEquals(3, run.code(), run.err());
    assertTrue(run.err().contains("unerring: the time was up while "), run.err());
    assertTrue(run.err().contains("; nothing is written\n"), run.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void theTimeLimitEndsWithThreeAndASavedModel() throws IOException {
    CommandRun run = train("--max-time", 4, "--patience", 0, "--lr", "1e-9", "--epochs", 100000);
    assertEquals(3, run.code(), run.err());
    assertEquals("time", result().get("endedBy"));
    assertEquals("last step", result().get("model"));
    assertEquals(List.of(), result().get("corrections"));
    assertTrue(run.err().contains("; not begun, ended by: time"), run.err());
    assertTrue(
        run.err().contains("; give more --max-time, or go on: unerring correct --run " + out));
    assertTrue(Files.isRegularFile(out.resolve("model.safetensors")));
    assertFalse(Files.exists(out.resolve("model.safetensors.previous")), "it was written once");
  }

  @Test
  void correctionAloneTakesOverFromAShareOfErrors() throws IOException {
    CommandRun run = train("--prime-to", 0.15);
    assertEquals(0, run.code(), run.err());
    assertTrue((Long) result().get("trainErrorsAfterTraining") > 0);
    assertTrue((Long) result().get("correctionRounds") > 0);
    assertEquals(0L, result().get("trainErrors"));
  }

  @Test
  void everyOptionOfThePlanIsInThePlan() throws IOException {
    CommandRun run =
        train(
            "--epochs",
            1,
            "--corrector",
            "none",
            "--seed",
            5,
            "--batch-size",
            9,
            "--lr",
            0.5,
            "--prime-to",
            0.25,
            "--patience",
            4,
            "--arch",
            "small");
    assertEquals(3, run.code(), run.err());
    assertEquals(
        Map.of(
            "patience",
            4L,
            "architecture",
            "small",
            "seed",
            5L,
            "epochs",
            1L,
            "batchSize",
            9L,
            "learningRate",
            0.5,
            "weightDecay",
            0L,
            "batchNormMomentum",
            0.1,
            "primeTo",
            0.25,
            "arithmetic",
            "ordered"),
        without(json("plan.json"), "schema", "correction", "dropAt", "dropFactor", "stopAtFloor"));
    assertEquals("none", ((Map<?, ?>) json("plan.json").get("correction")).get("corrector"));
  }

  @Test
  void aPlanFromAFileIsOverriddenByOptions() throws IOException {
    Path config = Files.writeString(folder.resolve("my.json"), "{\"epochs\":1,\"batchSize\":11}");
    CommandRun run = train("--config", config, "--batch-size", 10, "--corrector", "none");
    assertEquals(3, run.code(), run.err());
    assertTrue(
        run.err().contains("give more --epochs, or correct it: unerring correct --run " + out));
    assertEquals(1L, json("plan.json").get("epochs"));
    assertEquals(10L, json("plan.json").get("batchSize"));
  }

  @Test
  void thePlanOfARunReproducesIt() throws IOException {
    train("--seed", 3, "--epochs", 2);
    Object bits = result().get("weightsSha256");
    Path plan = out.resolve("plan.json");
    out = folder.resolve("again");
    train("--config", plan);
    assertEquals(bits, result().get("weightsSha256"));
  }

  @Test
  void plansThatCannotBeReadEndWithFive() throws IOException {
    for (String text :
        List.of(
            "{\"epoch\":1}",
            "{\"epochs\":",
            "{\"epochs\":\"1\"}",
            "{\"lr\":0}",
            "{\"architecture\":\"huge\"}",
            "{\"correction\":{\"learningRate\":\"1\"}}")) {
      Path config = Files.writeString(folder.resolve("my.json"), text);
      CommandRun run = train("--config", config);
      assertEquals(5, run.code(), text);
      assertTrue(run.err().contains(config.toString()), run.err());
      assertEquals("", run.out());
      assertFalse(Files.exists(out), text);
    }
  }

  @Test
  void wrongUsageEndsWithTwoAndWritesNothing() {
    Object[][] wrong = {
      {"--arch", "huge"},
      {"--epochs", "many"},
      {"--epochs", -1},
      {"--batch-size", 1},
      {"--lr", 0},
      {"--prime-to", 2},
      {"--patience", -1},
      {"--seed", 1L << 60},
      {"--corrector", "magic"},
      {"--device", "gpu"},
      {"--kernels", "sse"},
      {"--threads", 0},
      {"--max-time", "soon"},
      {"--colour", "red"},
      {"--data", "heartmnist"}
    };
    for (Object[] option : wrong) {
      CommandRun run = train(option);
      assertEquals(2, run.code(), option[0] + " " + option[1] + ": " + run.err());
      assertTrue(run.err().lines().anyMatch(l -> l.startsWith("unerring: ")), run.err());
      assertEquals("", run.out());
      assertFalse(Files.exists(out), option[0] + " " + option[1]);
    }
  }

  @Test
  void aFolderThatHoldsSomethingIsRefused() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("thesis.txt"), "mine");
    CommandRun run = train();
    assertEquals(2, run.code());
    assertTrue(run.err().contains("is not empty"), run.err());
    assertFalse(Files.exists(out.resolve("plan.json")));
  }

  @Test
  void kernelsOfAnotherProcessorEndWithSix() {
    String foreign = NativeLibrary.platform().contains("x86") ? "neon" : "avx2";
    Assumptions.assumeTrue(TestBackends.kernels(), "SKIPPED, no CPU kernels (make native)");
    CommandRun run = train("--kernels", foreign);
    assertEquals(6, run.code(), run.err());
    assertTrue(run.err().contains(foreign), run.err());
    assertFalse(Files.exists(out));
  }

  /** Options replace those of the same name. */
  private CommandRun train(Object... options) {
    Map<Object, Object> all = new LinkedHashMap<>();
    all.put("--data", data);
    all.put("--out", out);
    all.put("--threads", 2);
    all.put("--device", TestBackends.kernels() ? "auto" : "reference");
    for (int i = 0; i < options.length; i += 2) {
      all.put(options[i], options[i + 1]);
    }
    List<Object> arguments = new ArrayList<>(List.of("train", "--no-progress"));
    all.forEach((name, value) -> arguments.addAll(List.of(name, value)));
    return CommandRun.of(arguments.toArray());
  }

  private Map<?, ?> result() throws IOException {
    return json("result.json");
  }

  private Map<?, ?> json(String name) throws IOException {
    return (Map<?, ?>) Json.parse(Files.readString(out.resolve(name)));
  }

  private static Map<?, ?> without(Map<?, ?> map, String... keys) {
    Map<Object, Object> rest = new LinkedHashMap<>(map);
    rest.keySet().removeAll(List.of(keys));
    return rest;
  }
}
