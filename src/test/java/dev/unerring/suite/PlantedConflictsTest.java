// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.base.Json;
import dev.unerring.data.Dataset;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.run.RunResult;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On breastmnist with planted contradictions (pairs and one triple of identical images with
 * different labels) the program ends exactly at the planted floor and names every planted image.
 */
class PlantedConflictsTest {
  private static final int PAIRS = 4;

  /** Identical to an image of the test split already. */
  private static final int TAKEN = 115;

  @TempDir private Path folder;

  @Test
  void theFloorIsReachedExactlyAndEveryImageIsNamed() throws IOException {
    List<List<Integer>> planted = new ArrayList<>();
    Path file = plant(planted);
    Path out = folder.resolve("run");
    RunRequest request = new RunRequest(file, out, TrainingPlan.standard(), TestBackends.device());
    RunResult result = Pipeline.train(request, Monitor.SILENT, System::nanoTime);
    assertEquals(
        PAIRS + 1, result.report().train().floor(), "one of each pair and one of the triple");
    assertEquals(result.report().train().floor(), result.report().train().errors().orElseThrow());
    assertEquals(EndedBy.FLOOR, result.report().endedBy());
    assertTrue(result.goalReached());

    assertEquals(groups(planted), named(out));
    for (List<Integer> group : planted) {
      String places = String.join(".*", group.stream().map(n -> "train\\[" + n + "\\]").toList());
      assertTrue(
          result.conflicts().stream().anyMatch(line -> line.matches(".*" + places + ".*")),
          places + " in " + result.conflicts());
    }
    long wrong =
        Files.readAllLines(out.resolve("errors.csv")).stream()
            .filter(line -> line.startsWith("final,") && line.contains("identical-image"))
            .count();
    assertEquals(PAIRS + 1, wrong, "every error that is left is explained");
  }

  /** Copies images over images of the other label; the samples of each group, ascending. */
  private Path plant(List<List<Integer>> planted) {
    try (Dataset real = Dataset.open(TestData.real("breastmnist.npz"))) {
      TestData train = TestData.of(real.train(), real.train().size());
      int[] labels = train.labels();
      int next = 20;
      while (planted.size() < PAIRS + 1) {
        List<Integer> group = new ArrayList<>();
        int size = planted.size() == PAIRS ? 3 : 2;
        while (group.size() < size) {
          // The triple is 0, 1, 1: its goal is the majority, not the first.
          int wanted = group.isEmpty() ? 0 : 1;
          if (labels[next] == wanted && next != TAKEN) {
            group.add(next);
          }
          next++;
        }
        group.forEach(n -> train.copyImage(group.getFirst(), n));
        planted.add(group);
      }
      TestData val = TestData.of(real.val(), real.val().size());
      TestData test = TestData.of(real.test(), real.test().size());
      return TestData.write(folder.resolve("planted.npz"), train, val, test);
    }
  }

  private static TreeMap<Integer, TreeSet<Integer>> groups(List<List<Integer>> planted) {
    TreeMap<Integer, TreeSet<Integer>> groups = new TreeMap<>();
    planted.forEach(group -> groups.put(group.getFirst(), new TreeSet<>(group)));
    return groups;
  }

  /** The conflicts of audit.json that cost training errors, by their first sample. */
  private static TreeMap<Integer, TreeSet<Integer>> named(Path out) throws IOException {
    Map<?, ?> audit = (Map<?, ?>) Json.parse(Files.readString(out.resolve("audit.json")));
    TreeMap<Integer, TreeSet<Integer>> groups = new TreeMap<>();
    for (Object conflict : (List<?>) audit.get("labelConflicts")) {
      TreeSet<Integer> group = new TreeSet<>();
      for (Object member : (List<?>) ((Map<?, ?>) conflict).get("samples")) {
        Map<?, ?> sample = (Map<?, ?>) member;
        if (sample.get("split").equals("train")) {
          group.add(Math.toIntExact((Long) sample.get("sampleIndex")));
        }
      }
      if (!((Map<?, ?>) conflict).get("trainErrorsAtLeast").equals(0L)) {
        groups.put(group.first(), group);
      }
    }
    return groups;
  }
}
