// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.data.Dataset;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The study on a small set: every cell once, kept, continued after an end, and in the tables. */
class CorrectionStudyTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private CorrectionStudy study() throws IOException {
    return new CorrectionStudy(
        folder,
        folder.resolve("study.jsonl"),
        new int[] {0},
        2,
        new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  private long lines() {
    return printed.toString(StandardCharsets.UTF_8).lines().count();
  }

  @Test
  void everyCellOnceKeptAndInTheTables() throws IOException {
    Assumptions.assumeTrue(TestBackends.kernels(), "needs the kernels: make native");
    Path file = TestData.writeContrary(folder.resolve("small.npz"), 32, 2);
    CorrectionPlan budget = new CorrectionPlan(Method.AUTO, 1, 4, 0.5, 0.25, 1, 2, 1e-3);
    StudySet set = new StudySet("small", file, 40, 8, budget);
    study().run(set);
    assertEquals(15, lines());
    List<Map<String, Object>> records = study().records();
    for (Map<String, Object> record : records) {
      boolean patch = record.get("corrector").equals("patch");
      assertEquals(patch ? 0.0 : -1.0, patch ? number(record, "passes") : -1.0);
      if (patch || record.get("corrector").equals("auto")) {
        assertEquals(true, record.get("reached"), record.toString());
      } else {
        assertEquals(0.0, number(record, "patchedSamples"));
      }
      if (record.get("start").equals("one")) {
        assertTrue(number(record, "errorsBefore") >= 1, record.toString());
      }
    }

    Path jsonl = folder.resolve("study.jsonl");
    String text = Files.readString(jsonl);
    study().run(set);
    assertEquals(15, lines(), "all kept");
    String cut = text.substring(0, text.length() - 40);
    Files.writeString(jsonl, cut);
    study().run(set);
    assertEquals(16, lines(), "the cell whose line was cut off is measured again");
    assertEquals(15, study().records().size());

    String withoutAuto =
        text.lines().filter(line -> !line.contains("\"auto\"")).collect(Collectors.joining("\n"));
    Files.writeString(jsonl, withoutAuto + "\n");
    study().run(set);
    assertEquals(19, lines(), "auto by itself");
    List<String> whole = autos(study().records());
    assertEquals(autos(records), whole, "auto goes on where focus ended");
    assertTrue(
        whole.stream().anyMatch(record -> record.contains("patch: floor")), whole.toString());

    Path document = folder.resolve("correction.md");
    Files.writeString(document, "# Method\n" + StudyTables.MARK + "\nold\n");
    StudyTables.write(document, study().records());
    String tables = Files.readString(document);
    assertTrue(tables.startsWith("# Method\n" + StudyTables.MARK + "\n\n## small, 32 "), tables);
    assertEquals(15, tables.lines().filter(line -> line.matches("\\| (5%|1%|one) .*")).count());
    assertFalse(tables.contains("old"));
    Files.writeString(document, "no mark");
    assertThrows(IOException.class, () -> StudyTables.write(document, List.of()));
  }

  /** Everything of the cells of auto but the seconds. */
  private static List<String> autos(List<Map<String, Object>> records) {
    return records.stream()
        .filter(record -> record.get("corrector").equals("auto"))
        .map(TreeMap::new)
        .peek(record -> record.remove("cpuSeconds"))
        .map(TreeMap::toString)
        .toList();
  }

  private static double number(Map<String, Object> record, String key) {
    return ((Number) record.get(key)).doubleValue();
  }

  @Test
  void aCopyKeepsImagesAndPermutesTrainingLabelsOnly() {
    Path file = TestData.write(folder.resolve("set.npz"), 40, 2);
    Path copy = folder.resolve("copy.npz");
    StudySet.derive(file, 30, copy, labels -> Arrays.stream(labels).map(l -> 1 - l).toArray());
    try (Dataset from = Dataset.open(file);
        Dataset to = Dataset.open(copy)) {
      assertEquals(30, to.train().size());
      assertEquals(from.val().size(), to.val().size());
      assertEquals(from.imageShape(), to.imageShape());
      for (int n = 0; n < 30; n++) {
        int[] one = {n};
        assertTrue(Arrays.equals(from.train().gather(one), to.train().gather(one)));
        assertEquals(1 - from.train().label(n), to.train().label(n));
      }
      assertEquals(from.val().label(3), to.val().label(3));
    }
  }
}
