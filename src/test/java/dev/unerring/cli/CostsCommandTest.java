// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.suite.TestBackends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code unerring train} with costs: what it reports, and that each wrong input has its message.
 */
class CostsCommandTest {
  @TempDir private static Path folder;
  private static Path data;

  @BeforeAll
  static void synthesize() {
    data = set("breastmnist");
  }

  private static Path set(String flag) {
    Path file = folder.resolve(flag + ".npz");
    CommandRun made =
        CommandRun.of(
            "datasets",
            "synthesize",
            flag,
            "--train",
            80,
            "--val",
            30,
            "--test",
            30,
            "--out",
            file);
    assertEquals(0, made.code(), made.err());
    return file;
  }

  private static CommandRun train(Path set, Path out, Object... options) {
    List<Object> all =
        new ArrayList<>(List.of("train", "--data", set, "--out", out, "--threads", 2));
    all.addAll(List.of("--device", TestBackends.kernels() ? "auto" : "reference"));
    all.addAll(List.of("--epochs", 40, "--batch-size", 16, "--no-progress"));
    all.addAll(List.of(options));
    return CommandRun.of(all.toArray());
  }

  private static Map<?, ?> json(Path file) throws IOException {
    return (Map<?, ?>) Json.parse(Files.readString(file));
  }

  @Test
  void aMatrixByNamesIsReportedInTheOrderOfTheData() throws IOException {
    Path costs = folder.resolve("costs.json");
    Files.writeString(
        costs, "{\"classes\":[\"normal, benign\",\"malignant\"],\"costs\":[[0,1],[10,0]]}");
    Path out = folder.resolve("matrix");
    CommandRun run = train(data, out, "--costs", costs, "--never-miss", "malignant");
    assertEquals(0, run.code(), run.err());
    Map<?, ?> reported = (Map<?, ?>) json(out.resolve("result.json")).get("costs");
    List<List<Long>> wanted = List.of(List.of(0L, 10L), List.of(1L, 0L));
    assertEquals(wanted, reported.get("matrix"));
    Map<?, ?> train = (Map<?, ?>) reported.get("train");
    assertEquals(0L, train.get("mean"));
    assertEquals(null, train.get("upper"));
    assertEquals(0L, train.get("missed"));
    Map<?, ?> test = (Map<?, ?>) reported.get("test");
    double upper = ((Number) test.get("upper")).doubleValue();
    assertTrue(upper > ((Number) test.get("mean")).doubleValue() && upper < 10, "" + upper);
    Map<?, ?> missed = (Map<?, ?>) reported.get("neverMissed");
    assertEquals("malignant", missed.get("class"));
    assertTrue(run.out().contains("never to miss      malignant: none missed from "), run.out());
    assertTrue(run.out().contains("mean cost a sample 0.0000 on the training samples"), run.out());
    assertTrue(Files.readString(out.resolve("metrics.csv")).startsWith("epoch,steps,"));
    assertTrue(Files.readString(out.resolve("metrics.csv")).contains("valAuc,missed\n1,"));

    CommandRun evaluated = CommandRun.of("evaluate", "--run", out, "--threads", 2, "--json");
    assertEquals(test, ((Map<?, ?>) Json.parse(evaluated.out())).get("cost"), evaluated.err());
    String text = CommandRun.of("evaluate", "--run", out, "--split", "train").out();
    assertTrue(text.contains("Mean cost a sample 0.0000 on the training samples, "), text);

    Path again = folder.resolve("again");
    Path plan = out.resolve("plan.json");
    assertEquals(0, train(data, again, "--config", plan).code());
    assertEquals(
        json(out.resolve("result.json")).get("weightsSha256"),
        json(again.resolve("result.json")).get("weightsSha256"),
        "the plan holds the costs");
    Path plain = folder.resolve("plain");
    assertEquals(0, train(data, plain).code());
    assertFalse(json(plain.resolve("result.json")).containsKey("costs"));
    assertFalse(json(plain.resolve("plan.json")).containsKey("costs"));
  }

  @Test
  void theCostliestClassIsCorrectedAndNothingIsMissed() throws IOException {
    Path out = folder.resolve("corrected");
    CommandRun run =
        train(data, out, "--class-weights", "malignant=4", "--never-miss", 1, "--prime-to", "0.3");
    assertEquals(0, run.code(), run.err());
    Map<?, ?> result = json(out.resolve("result.json"));
    assertEquals(0L, result.get("trainErrors"));
    Map<?, ?> costs = (Map<?, ?>) result.get("costs");
    assertEquals(List.of(List.of(0L, 4L), List.of(1L, 0L)), costs.get("matrix"));
    assertEquals("normal, benign", ((Map<?, ?>) costs.get("neverMissed")).get("class"));
    assertTrue(Files.readString(out.resolve("corrections.csv")).contains("accepted,missed\n"));
  }

  @Test
  void aClassWithCommasInItsNameIsWeighed() throws IOException {
    Path out = folder.resolve("commas");
    train(data, out, "--class-weights", "malignant=2,normal, benign=4", "--prime-to", "0.3");
    Map<?, ?> result = (Map<?, ?>) Json.parse(Files.readString(out.resolve("result.json")));
    Map<?, ?> costs = (Map<?, ?>) result.get("costs");
    assertEquals(List.of(List.of(0L, 2L), List.of(4L, 0L)), costs.get("matrix"));
  }

  @Test
  void everyMalformedFileHasItsMessage() throws IOException {
    malformed("[1]", "a JSON object with costs is expected");
    malformed("{", "is no error-cost matrix: ");
    malformed("{\"cost\":[]}", "unknown key 'cost'");
    malformed("{\"classes\":[0,1]}", "has no 'costs'");
    malformed("{\"costs\":[[0]]}", "has 1 rows of costs, the data have 2 classes: 0 'malignant', ");
    malformed("{\"costs\":[[0,1],[1]]}", "not square");
    malformed("{\"costs\":[[1,1],[1,0]]}", "on the diagonal");
    malformed("{\"costs\":[[0,-2],[1,0]]}", "a cost is 0 or more");
    malformed("{\"costs\":[[0,null],[1,0]]}", "row 0, column 1 is not a number");
    malformed("{\"costs\":[[0,1],[0,0]]}", "row 1 has no cost above 0");
    malformed("{\"costs\":[[0,1],[1,0]],\"classes\":[0]}", "'classes' is not a list of 2 classes");
    malformed("{\"costs\":[[0,1],[1,0]],\"classes\":[0,\"0\"]}", "the class '0' twice");
    malformed(
        "{\"costs\":[[0,1],[1,0]],\"classes\":[\"malignent\",1]}",
        "there is no class 'malignent'; the classes are 0 'malignant', 1 'normal, benign'; did you");
    malformed("{\"costs\":[[0,1e300],[1,0]]}", "row 0, column 1 is 1.0E300; a cost is 0, or from");
    malformed(
        "{\"costs\":[[0,1],[1e-300,0]]}", "row 1, column 0 is 1.0E-300; a cost is 0, or from");
  }

  private void malformed(String text, String message) throws IOException {
    Path file = folder.resolve("bad.json");
    Files.writeString(file, text);
    refused(5, data, "bad.json", message, "--costs", file);
  }

  private void refused(int code, Path set, String name, String message, Object... options) {
    Path out = folder.resolve("refused");
    CommandRun run = train(set, out, options);
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains(name) && run.err().contains(message), run.err());
    assertFalse(Files.exists(out), "nothing is written");
  }

  @Test
  void everyWrongOptionHasItsMessage() {
    refused(5, data, "--costs", "absent.json cannot be read", "--costs", "absent.json");
    refused(2, data, "--never-miss", "there is no class '2'", "--never-miss", "2");
    refused(2, data, "--class-weights", "3 weights for 2 classes", "--class-weights", "1,2,3");
    refused(2, data, "--class-weights", "'x' is not a number", "--class-weights", "1,x");
    refused(2, data, "--class-weights", "a number above 0, not 0", "--class-weights", "1,0");
    refused(2, data, "--class-weights", "no class 'benin'", "--class-weights", "benin=3");
    refused(2, data, "--class-weights", "'malignant' twice", "--class-weights", "malignant=5,0=2");
    refused(2, data, "--class-weights", "'1=3=4' is no class", "--class-weights", "0=2,1=3=4");
    refused(2, data, "--class-weights", "'1=3,' is no class", "--class-weights", "0=2,1=3,");
    refused(
        2, data, "--class-weights", "give balanced, a number a class", "--class-weights", "all");
    refused(2, data, "--class-weights", "a cost is 0, or from", "--class-weights", "1=1e10");
    refused(
        2,
        set("chestmnist"),
        "costs and class weights",
        "several labels a sample",
        "--never-miss",
        "1");
  }
}
