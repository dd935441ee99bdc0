// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.images.ImageFolder;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code unerring evaluate}: the figures are those of the run, other data are not taken for its
 * own, and every way it can fail has its message and code.
 */
class EvaluateCommandTest {
  @TempDir private static Path shared;
  private static SmallRun trained;

  @TempDir private Path folder;
  private SmallRun run;

  @BeforeAll
  static void train() {
    trained = SmallRun.train(shared);
  }

  @BeforeEach
  void copy() {
    run = trained.copy(folder.resolve("run"));
  }

  @Test
  void aRunThatWasNotCountedAgainIsNamed() {
    String said = "run was stopped before its errors were counted again from the saved model";
    Path picture = ImageFolder.write(folder, "a.png", 28, 28, 9);
    for (CommandRun each : List.of(run.command("evaluate"), run.command("predict", picture))) {
      assertEquals(0, each.code(), each.err());
      assertFalse(each.err().contains(said), each.err());
    }
    assertEquals(true, facts(run).get("rechecked"));
    run.put(
        "result.json",
        "recheck",
        Map.of("complete", false, "images", 1, "of", 2, "endedBy", "interrupt"));
    for (CommandRun each : List.of(run.command("evaluate"), run.command("predict", picture))) {
      assertEquals(0, each.code(), each.err());
      assertTrue(each.err().contains(said), each.err());
    }
    assertEquals(false, facts(run).get("rechecked"));
  }

  private static Map<?, ?> facts(SmallRun run) {
    return (Map<?, ?>) Json.parse(run.command("evaluate", "--json").out());
  }

  @Test
  void theTableHasTheFiguresOfTheRunAndItsWarnings() {
    CommandRun table = run.command("evaluate");
    assertEquals(0, table.code(), table.err());
    assertTrue(table.out().startsWith("set, network small, seed 0 (1 seed)"), table.out());
    assertTrue(table.out().contains("all 10"), table.out());
    for (String line :
        List.of(
            "Test is looked at once per frozen plan",
            "Not for clinical use.",
            "without a twin in train (r < 0.95) ",
            "exact (Clopper-Pearson)",
            "given \\ predicted")) {
      assertTrue(table.out().contains(line), table.out());
    }
    assertFalse(run.command("evaluate", "--split", "val").out().contains("looked at once"));
  }

  @Test
  void jsonHasEverySplitAsTheRunCountedIt() {
    for (String split : List.of("val", "test")) {
      Map<?, ?> all = all(run.command("evaluate", "--json", "--split", split));
      Map<?, ?> recorded = (Map<?, ?>) run.json("result.json").get(split);
      assertEquals(recorded.get("acc"), all.get("acc"));
      assertEquals(recorded.get("auc"), all.get("auc"));
      assertEquals(recorded.get("errors"), all.get("errors"));
    }
    Map<?, ?> train = all(run.command("evaluate", "--json", "--split", "train"));
    assertEquals(0L, train.get("errors"));
    assertEquals(40L, train.get("samples"));
  }

  @Test
  void theCalibrationIsMadeOnValidationAndKept() {
    Map<?, ?> first = parsed(run.command("evaluate", "--json"));
    Map<?, ?> kept = run.json("calibration.json");
    assertEquals(20L, kept.get("validationSamples"));
    assertEquals(run.json("result.json").get("weightsSha256"), kept.get("weightsSha256"));
    Map<?, ?> used = (Map<?, ?>) first.get("calibration");
    assertEquals(kept.get("temperature"), used.get("temperature"));
    double raw = number(used, "raw", "nll");
    assertTrue(number(used, "calibrated", "nll") < raw, used.toString());
    assertEquals(first, parsed(run.command("evaluate", "--json")), "the stored one is the same");
  }

  @Test
  void aCalibrationOfAnotherModelIsNotUsed() {
    run.command("evaluate");
    Object temperature = run.json("calibration.json").get("temperature");
    run.put("calibration.json", "temperature", 99);
    run.put("calibration.json", "weightsSha256", "0");
    run.command("evaluate");
    assertEquals(temperature, run.json("calibration.json").get("temperature"));
  }

  @Test
  void aDamagedCalibrationEndsWithFive() {
    run.command("evaluate");
    String temperature = run.json("calibration.json").get("temperature").toString();
    run.replace("calibration.json", temperature, "50");
    refused(run.command("evaluate"), 5, "calibration.json is damaged; remove it");
    run.put("calibration.json", "temperature", null);
    refused(run.command("evaluate"), 5, "calibration.json is damaged; remove it");
    run.replace("calibration.json", "}", "");
    refused(run.command("evaluate"), 5, "calibration.json is damaged; remove it");
  }

  @Test
  void theStandardFileIsWritten() throws IOException {
    Path csv = folder.resolve("new/csv");
    CommandRun table = run.command("evaluate", "--csv", csv);
    assertEquals(0, table.code(), table.err());
    Map<?, ?> all = all(run.command("evaluate", "--json"));
    String name = Files.list(csv).toList().getFirst().getFileName().toString();
    assertTrue(
        name.matches("set_test_\\[AUC\\]\\d\\.\\d{3}_\\[ACC\\]\\d\\.\\d{3}@run\\.csv"), name);
    assertEquals(
        Math.rint((Double) ((Number) all.get("acc")).doubleValue() * 1000) / 1000,
        Double.parseDouble(name.replaceAll(".*\\[ACC\\]|@.*", "")));
    List<String> lines = Files.readAllLines(csv.resolve(name));
    assertEquals(10, lines.size());
    assertTrue(lines.get(9).matches("9,[^,]+,[^,]+"), lines.get(9));
  }

  @Test
  void aFileInThePlaceOfTheFolderEndsWithFive() throws IOException {
    Path csv = Files.writeString(folder.resolve("file"), "");
    refused(run.command("evaluate", "--csv", csv), 5, csv + ": the folder cannot be made");
  }

  @Test
  void namedDataOfTheSameKindAreEvaluatedAndSaidToBeOthers() {
    Path other = TestData.write(folder.resolve("other.npz"), 44, 2);
    CommandRun table = run.command("evaluate", "--data", other);
    assertEquals(0, table.code(), table.err());
    assertTrue(table.err().contains(other + ": these are not the data of this run"), table.err());
    assertTrue(table.out().contains("these are not the data of this run"), table.out());
    assertTrue(table.out().contains("not calibrated"), "its validation samples are others");
    assertFalse(Files.exists(run.folder().resolve("calibration.json")));
    run.command("evaluate");
    Map<?, ?> json = parsed(run.command("evaluate", "--json", "--data", other));
    assertEquals(false, json.get("dataOfThisRun"));
    assertEquals(
        run.json("calibration.json").get("temperature"),
        ((Map<?, ?>) json.get("calibration")).get("temperature"));
    assertNull(json.get("withoutTwins"));
  }

  @Test
  void dataThatWereChangedSinceEndWithFive() {
    Path changed = TestData.write(folder.resolve("changed.npz"), 44, 2);
    run.withRecordedData(changed);
    refused(run.command("evaluate"), 5, changed + " is not the data of");
  }

  @Test
  void dataThatAreGoneEndWithFive() {
    run.withRecordedData(folder.resolve("gone.npz"));
    refused(run.command("evaluate"), 5, "name them with --data");
    CommandRun named = run.command("evaluate", "--data", run.data());
    assertEquals(0, named.code(), named.err());
    assertEquals(
        "set", parsed(run.command("evaluate", "--json", "--data", run.data())).get("data"));
  }

  @Test
  void dataOfAnotherKindEndWithFive() {
    Path three = TestData.write(folder.resolve("three.npz"), 44, 3);
    refused(run.command("evaluate", "--data", three), 5, "has 3 classes (multi-class)");
  }

  @Test
  void aFolderThatIsNoRunEndsWithFive() {
    run = new SmallRun(run.data(), folder.resolve("nothing"));
    refused(run.command("evaluate"), 5, "no result.json there");
    refused(run.command("predict", run.data()), 5, "no result.json there");
  }

  @Test
  void aModelThatWasCutOffEndsWithFive() throws IOException {
    Path model = run.folder().resolve("model.safetensors");
    Files.write(model, Arrays.copyOf(Files.readAllBytes(model), 100_000));
    refused(run.command("evaluate"), 5, model.toString());
    refused(run.command("predict", "--split", "test", run.data()), 5, model.toString());
    Files.delete(model);
    refused(run.command("evaluate"), 5, "cannot read the model " + model + ": there is no such");
  }

  @Test
  void aModelWithAnotherWeightEndsWithFour() throws IOException {
    Path model = run.folder().resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 5] ^= 1;
    Files.write(model, bytes);
    refused(run.command("evaluate"), 4, "is not the model of this run: weightsSha256");
    refused(run.command("predict", "--split", "test", run.data()), 4, "is not the model");
  }

  @Test
  void wrongUsageEndsWithTwo() {
    refused(run.command("evaluate", "--split", "holdout"), 2, "not 'holdout'");
    refused(run.command("evaluate", "--twins", "2"), 2, "--twins is a correlation");
    refused(run.command("evaluate", "--data", "heartmnist"), 2, "nor a known flag");
    refused(CommandRun.of("evaluate"), 2, "--run");
    refused(CommandRun.of("evaluate", "--run", run.folder(), "--device", "gpu"), 2, "not 'gpu'");
  }

  private static void refused(CommandRun run, int code, String reason) {
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains("unerring: "), run.err());
    assertTrue(run.err().contains(reason), run.err());
    assertEquals("", run.out());
  }

  private static Map<?, ?> parsed(CommandRun run) {
    assertEquals(0, run.code(), run.err());
    return (Map<?, ?>) Json.parse(run.out());
  }

  private static Map<?, ?> all(CommandRun run) {
    return (Map<?, ?>) parsed(run).get("all");
  }

  private static double number(Map<?, ?> json, String outer, String inner) {
    return ((Number) ((Map<?, ?>) json.get(outer)).get(inner)).doubleValue();
  }
}
