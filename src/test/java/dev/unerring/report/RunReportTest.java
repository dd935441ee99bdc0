// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.EndedBy;
import dev.unerring.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A report that is read and written again is the same, whatever a later version added to it. */
class RunReportTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"base-line", "corrected", "costs", "later-version", "multi-label", "patched"})
  void everyGoldenResultIsReadAndWrittenTheSame(String name) throws IOException {
    String text = golden(name);
    assertEquals(text, written(text));
  }

  @Test
  void keysOfLaterVersionsAreKeptOnEveryLevel() throws IOException {
    String text =
        golden("later-version")
            .replace("  \"sealSha256\": \"\"", "  \"sealSha256\": \"\",\n  \"none\": null")
            .replaceFirst("\"of\": 102\n", "\"of\": 102,\n    \"pace\": [1, 2]\n")
            .replaceFirst("(\"plateau\": \\[\\])", "$1,\n      \"again\": true")
            .replace("0.8398809523809524\n", "0.8398809523809524,\n        \"f1\": 0.5\n");
    for (String key : new String[] {"none", "pace", "again", "f1"}) {
      assertTrue(text.contains("\"" + key + "\""), key);
    }
    assertEquals(text, written(text));
    VersionFigures first = read(text).line().versions().getFirst();
    assertEquals(Map.of("f1", 0.5), first.others().get("val"), "a next version writes it too");
  }

  @Test
  void anUnknownReasonIsKept() throws IOException {
    String text = golden("corrected").replace("\"no-correct-sample\"", "\"dusk\"");
    assertEquals(EndedBy.OTHER, read(text).endedBy());
    assertEquals(text, written(text));
    assertEquals("interrupt", EndedBy.STOP.toString());
    assertEquals("no-correct-sample", EndedBy.NO_CORRECT_SAMPLE.toString());
  }

  @Test
  void whatAStopLeftUncountedIsEmpty() throws IOException {
    String text =
        golden("corrected")
            .replaceFirst("\"complete\": true", "\"complete\": false")
            .replaceFirst("\"images\": 96", "\"images\": 7")
            .replaceFirst("\"of\": 96", "\"of\": 96,\n    \"endedBy\": \"time\"")
            .replaceFirst("\"trainErrors\": 45", "\"trainErrors\": null");
    RunReport report = read(text);
    assertFalse(report.rechecked());
    assertFalse(report.goalReached());
    assertTrue(report.train().errors().isEmpty());
    assertEquals(
        new TrainErrors.Recheck(7, 96, Optional.of(EndedBy.TIME)), report.train().recheck());
    assertEquals(text, written(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"seed\": 7 | \"sead\": 7 | the result's 'seed' is not an integer",
        "\"floor\": 1, | \"floor\": 1.5, | the result's 'floor' is not an integer",
        "\"floor\": 1, | \"floor\": null, | the result's 'floor' is not an integer",
        "\"model\": \"last step\" | \"model\": \"best\" | the result's 'model' is not one of",
        "\"labels\": [\"0\" | \"labels\": [0 | the result's 'labels[0]' is not a text",
        "\"acc\": 0. | \"auc2\": 0. | the result's 'val.acc' is not a number",
        "\"steps\": | \"step\": | the result's 'corrections[0].steps' is not an integer",
      })
  void whatIsNoResultIsNamed(String what, String by, String reason) throws IOException {
    String text = golden("corrected");
    assertTrue(text.contains(what), what);
    String damaged = text.replace(what, by);
    DataException e = assertThrows(DataException.class, () -> read(damaged));
    assertTrue(e.getMessage().startsWith("result.json: " + reason), e.getMessage());
  }

  private static String written(String text) {
    return Json.pretty(read(text).toJson());
  }

  private static RunReport read(String text) {
    return RunReport.fromJson(Json.parse(text), "result.json");
  }

  /** With a number of threads, which the golden files leave out. */
  private static String golden(String name) throws IOException {
    Path base = Path.of(System.getProperty("basedir", ""));
    Path file = base.resolve("src/test/resources/golden/result-" + name + ".json");
    String text = Files.readString(file).replace("\"threads\": \"\"", "\"threads\": 2");
    assertTrue(Arrays.asList(text.split("\n")).contains("  \"threads\": 2,"), name);
    return text;
  }
}
