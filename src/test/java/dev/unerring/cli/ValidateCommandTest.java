// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
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

/** {@code unerring validate --enumerate}: parts, kills and every wrong use of it. */
class ValidateCommandTest {
  private static final List<String> RESULTS =
      List.of(
          "validation.json",
          "validation-enumerate-train.csv",
          "validation-enumerate-train-changes.csv");

  @TempDir private static Path shared;
  private static SmallRun trained;

  @TempDir private Path folder;
  private SmallRun run;

  @BeforeAll
  static void train() {
    trained = MaskRun.train(shared);
  }

  @BeforeEach
  void copy() {
    run = trained.copy(folder.resolve("run"));
  }

  @Test
  void partsThatWereKilledAndJoinedHaveTheBytesOfOneRun() throws IOException {
    CommandRun one = enumerate(run, "--share", "0.1");
    assertEquals(0, one.code(), one.err());
    assertTrue(one.out().contains("of 40 samples (share 0.1)"), one.out());
    assertTrue(one.out().contains("pixel"), one.out());
    assertTrue(one.out().contains("Not for clinical use."), one.out());
    assertFalse(Files.exists(run.folder().resolve(part(1, 1))));

    Path parts = folder.resolve("parts");
    CommandRun early = run.command("validate", "--join", "--out", parts);
    assertEquals(5, early.code());
    assertTrue(early.err().contains("no parts of a validation"), early.err());
    for (int i = 1; i <= 2; i++) {
      CommandRun part = enumerate(run, "--share", "0.1", "--part", i + "/2", "--out", parts);
      assertEquals(0, part.code(), part.err());
      assertTrue(part.out().contains("part " + i + "/2: "), part.out());
    }
    kill(parts.resolve(part(2, 2)));
    CommandRun unfinished = run.command("validate", "--join", "--out", parts);
    assertEquals(5, unfinished.code());
    assertTrue(unfinished.err().contains("run --part 2/2 once more"), unfinished.err());
    CommandRun again = enumerate(run, "--share", "0.1", "--part", "2/2", "--out", parts);
    assertTrue(again.err().contains("were finished before"), again.err());
    CommandRun joined = run.command("validate", "--join", "--out", parts);
    assertEquals(0, joined.code(), joined.err());
    for (String name : RESULTS) {
      assertArrayEquals(
          Files.readAllBytes(run.folder().resolve(name)),
          Files.readAllBytes(parts.resolve(name)),
          name);
    }
  }

  private static String part(int part, int parts) {
    return "validation-enumerate-train.part-" + part + "-of-" + parts + ".jsonl";
  }

  /** Leaves the first sample and half of the next line, as a kill may. */
  private static void kill(Path journal) throws IOException {
    List<String> lines = Files.readAllLines(journal);
    assertTrue(lines.size() > 2, lines.size() + " lines");
    String torn = lines.get(2).substring(0, lines.get(2).length() / 2);
    Files.writeString(journal, lines.get(0) + "\n" + lines.get(1) + "\n" + torn);
  }

  @Test
  void figuresAreOfEverySampleAndEveryVariant() throws IOException {
    CommandRun all = enumerate(run, "--split", "test", "--plan", plan("{\"shift\": 1}"));
    assertEquals(0, all.code(), all.err());
    Map<?, ?> json = run.json("validation.json");
    Map<?, ?> figures = (Map<?, ?>) at(json, "studies", "enumerate", "test");
    assertEquals(10L, figures.get("evaluatedSamples"));
    assertEquals(Boolean.TRUE, figures.get("complete"));
    assertEquals(List.of(0L, 60L, 200L), at(figures, "choices", "pixelValues"));
    assertEquals(10L * 784 * 2, at(figures, "neighbourhoods", "pixel", "variants"));
    assertEquals(10L * 8, at(figures, "neighbourhoods", "shift", "variants"));
    assertEquals(10L * 64, at(figures, "neighbourhoods", "brightness", "variants"));
    String csv = Files.readString(run.folder().resolve("validation-enumerate-test.csv"));
    assertEquals(11, csv.lines().count());
    long changed = 0;
    for (String line : csv.lines().skip(1).toList()) {
      changed += Long.parseLong(line.split(",")[4]);
    }
    assertEquals(changed, at(figures, "neighbourhoods", "pixel", "variantsChanged"));

    assertEquals(0, enumerate(run, "--share", "0.05").code());
    Map<?, ?> both = run.json("validation.json");
    assertEquals(figures, at(both, "studies", "enumerate", "test"), "the other split is kept");
    String seal = Files.readString(run.folder().resolve("validation.json"));
    Files.writeString(run.folder().resolve("validation.json"), seal.replace("0.05", "0.06"));
    CommandRun changedFile = enumerate(run, "--share", "0.05");
    assertEquals(4, changedFile.code(), changedFile.out());
  }

  private static Object at(Object json, String... keys) {
    Object value = json;
    for (String key : keys) {
      value = ((Map<?, ?>) value).get(key);
    }
    return value;
  }

  @Test
  void corruptionsOfEverySampleJoinedFromParts() throws IOException {
    CommandRun one = run.command("validate", "--corrupt", "--split", "test");
    assertEquals(0, one.code(), one.err());
    Map<?, ?> figures = (Map<?, ?>) at(run.json("validation.json"), "studies", "corrupt", "test");
    long wrong = (Long) at(run.json("result.json"), "test", "errors");
    assertEquals(10L - wrong, at(figures, "clean", "count"));
    assertTrue(one.out().contains("gaussian noise"), one.out());
    Path parts = folder.resolve("parts");
    for (int i = 1; i <= 3; i++) {
      run.command("validate", "--corrupt", "--split", "test", "--part", i + "/3", "--out", parts);
    }
    assertEquals(0, run.command("validate", "--join", "--out", parts).code());
    for (String name : List.of("validation.json", "validation-corrupt-test.csv")) {
      assertArrayEquals(
          Files.readAllBytes(run.folder().resolve(name)), Files.readAllBytes(parts.resolve(name)));
    }
    List<String> rows = Files.readAllLines(parts.resolve("validation-corrupt-test.csv"));
    assertEquals(1 + 10 * (1 + 16 * 5), rows.size());
  }

  @Test
  void adversariesReplayThroughPredict() throws IOException {
    CommandRun attacks = run.command("validate", "--attack", "--split", "test", "--share", "0.4");
    assertEquals(0, attacks.code(), attacks.err());
    assertTrue(attacks.out().contains("attacked samples have an image"), attacks.out());
    Path table = run.folder().resolve("validation-attack-test.csv");
    List<String> rows = Files.readAllLines(table);
    assertTrue(rows.size() > 1, attacks.out());
    CommandRun replay = run.command("predict", run.folder().resolve("validation-attack-test.npz"));
    assertEquals(0, replay.code(), replay.err());
    List<String> predictions = replay.out().lines().toList();
    assertEquals(rows.size(), predictions.size());
    for (int i = 1; i < rows.size(); i++) {
      String[] row = rows.get(i).split(",");
      String[] fields = predictions.get(i).split(",");
      String label = fields[fields.length - 2].equals("0.0") ? "-1" : fields[2];
      assertEquals(row[4], label, rows.get(i));
      assertFalse(row[4].equals(row[2]), rows.get(i));
    }
  }

  @Test
  void timeThatEndsLosesNothing() throws IOException {
    CommandRun none = enumerate(run, "--share", "0.1", "--max-time", "0s");
    assertEquals(3, none.code(), none.err());
    assertTrue(none.err().contains("the time was up"), none.err());
    assertTrue(none.out().contains("NOT evaluated"), none.out());
    Map<?, ?> json = run.json("validation.json");
    assertEquals(Boolean.FALSE, at(json, "studies", "enumerate", "train", "complete"));
    CommandRun other = enumerate(run, "--share", "0.2");
    assertEquals(2, other.code());
    assertTrue(other.err().contains("another validation (share differs)"), other.err());
    CommandRun rest = enumerate(run, "--share", "0.1");
    assertEquals(0, rest.code(), rest.err());
    assertFalse(rest.out().contains("NOT evaluated"), rest.out());
  }

  @Test
  void partsOfDifferentModelsAreNotJoined() throws IOException {
    Path parts = folder.resolve("parts");
    enumerate(run, "--share", "0.1", "--part", "1/2", "--out", parts);
    enumerate(run, "--share", "0.1", "--part", "2/2", "--out", parts);
    Path second = parts.resolve(part(2, 2));
    String text = Files.readString(second);
    String weights = (String) run.json("result.json").get("weightsSha256");
    Files.writeString(second, text.replace(weights, weights.replace(weights.charAt(0), 'x')));
    CommandRun joined = run.command("validate", "--join", "--out", parts);
    assertEquals(5, joined.code());
    assertTrue(joined.err().contains("parts of different validations"), joined.err());
    Files.delete(second);
    CommandRun missing = run.command("validate", "--join", "--out", parts);
    assertTrue(missing.err().contains("part 2/2 is missing"), missing.err());
    Files.writeString(second, text.substring(0, 40) + "\n");
    CommandRun damaged = run.command("validate", "--join", "--out", parts);
    assertEquals(5, damaged.code());
    assertTrue(damaged.err().contains("damaged in line 1"), damaged.err());
  }

  @Test
  void wrongUseHasAMessageOfItsOwn() throws IOException {
    refused(2, "name one of --enumerate, --corrupt", "--split", "train");
    refused(2, "--share is above 0", "--enumerate", "--share", "0");
    refused(2, "'NaN' is not a number", "--enumerate", "--share", "NaN");
    refused(2, "--part is i/n, 1/1 to", "--enumerate", "--part", "3/2");
    refused(2, "--part is i/n, such as 1/4", "--enumerate", "--part", "x");
    refused(2, "--max-time is a time", "--enumerate", "--max-time", "soon");
    refused(5, "no key 'shfit'", "--enumerate", "--plan", plan("{\"shfit\": 1}"));
    refused(5, "'shift' is a whole number", "--enumerate", "--plan", plan("{\"shift\": 99}"));
    refused(5, "'fill' is a whole number", "--enumerate", "--plan", plan("{\"fill\": \"no\"}"));
    refused(5, "a plan is a JSON object", "--enumerate", "--plan", plan("[]"));
    refused(5, "cannot read", "--enumerate", "--plan", folder.resolve("none.json"));
    refused(
        2,
        "no flip or turn 'sideways'",
        "--enumerate",
        "--plan",
        plan("{\"symmetries\": [\"sideways\"]}"));
    Path three = TestData.write(folder.resolve("three.npz"), 12, 3);
    refused(5, "classes", "--enumerate", "--data", three);
    refused(5, "none.npz", "--enumerate", "--data", folder.resolve("none.npz"));
    Path file = Files.createFile(folder.resolve("file"));
    refused(5, "cannot be made", "--enumerate", "--out", file.resolve("below"));
  }

  private void refused(int code, String message, Object... arguments) {
    CommandRun refused = run.command("validate", arguments);
    assertEquals(code, refused.code(), refused.err());
    assertTrue(refused.err().contains(message), refused.err());
    assertEquals("", refused.out(), Arrays.toString(arguments));
  }

  @Test
  void aRunAboveItsFloorIsSaid() {
    run.put("result.json", "trainErrors", 3L);
    CommandRun noted = enumerate(run, "--share", "0.05");
    assertTrue(noted.err().contains("3 training errors, its floor is 0"), noted.err());
  }

  private Path plan(String text) throws IOException {
    Json.parse(text);
    return Files.writeString(folder.resolve("plan.json"), text);
  }

  private static CommandRun enumerate(SmallRun run, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = "--enumerate";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return run.command("validate", all);
  }
}
