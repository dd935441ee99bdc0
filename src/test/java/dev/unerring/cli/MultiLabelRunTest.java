// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.npz.NpzWriter;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run with several labels an image is evaluated and predicts all of them. */
class MultiLabelRunTest {
  private static final int LABELS = 3;

  @TempDir private Path folder;

  private static CommandRun run(Path folder) {
    return CommandRun.of("errors", "--run", folder);
  }

  @Test
  void evaluationAndPredictionSpeakOfEveryLabel() throws IOException {
    Path data = folder.resolve("several.npz");
    NpzWriter writer = new NpzWriter(false);
    int[] counts = {48, 16, 16};
    for (int s = 0; s < 3; s++) {
      TestData samples = TestData.generated(counts[s], 4, s);
      byte[] labels = new byte[counts[s] * LABELS];
      for (int n = 0; n < counts[s]; n++) {
        labels[n * LABELS] = (byte) (samples.labels()[n] % 2);
        labels[n * LABELS + 1] = (byte) (samples.labels()[n] / 2);
        labels[n * LABELS + 2] = (byte) (samples.labels()[n] == 0 ? 0 : 1);
      }
      String split = List.of("train", "val", "test").get(s);
      writer.add(
          split + "_images", NpzWriter.npy("|u1", List.of(counts[s], 28, 28), samples.images()));
      writer.add(split + "_labels", NpzWriter.npy("|u1", List.of(counts[s], LABELS), labels));
    }
    writer.write(data);
    SmallRun run = new SmallRun(data, folder.resolve("run"));
    RunRequest request =
        new RunRequest(data, run.folder(), TrainingPlan.standard(), TestBackends.device());
    Pipeline.train(request, Monitor.SILENT, System::nanoTime);

    CommandRun json = run.command("evaluate", "--json");
    assertEquals(0, json.code(), json.err());
    Map<?, ?> all = (Map<?, ?>) ((Map<?, ?>) Json.parse(json.out())).get("all");
    Map<?, ?> recorded = (Map<?, ?>) run.json("result.json").get("test");
    for (String key : List.of("samples", "errors", "acc", "auc")) {
      assertEquals(recorded.get(key), all.get(key), key);
    }
    assertEquals(recorded.get("wrongSamples"), ((Map<?, ?>) all.get("wrongSamples")).get("count"));
    assertEquals(LABELS, ((List<?>) all.get("classes")).size());
    CommandRun table = run.command("evaluate");
    assertTrue(table.out().contains("  wrong decisions"), table.out());

    CommandRun errors = CommandRun.of("errors", "--run", run.folder());
    assertTrue(errors.out().contains("0/144 training errors at the end"), errors.out());

    CommandRun lines = run.command("predict", "--format", "json", "--split", "train", data);
    assertEquals(0, lines.code(), lines.err());
    List<String> rows = lines.out().lines().toList();
    for (int n = 0; n < 48; n++) {
      List<Long> expected =
          switch (n % 4) {
            case 0 -> List.of();
            case 1 -> List.of(0L, 2L);
            case 2 -> List.of(1L, 2L);
            default -> List.of(0L, 1L, 2L);
          };
      Map<?, ?> row = (Map<?, ?>) Json.parse(rows.get(n));
      assertEquals(expected, row.get("labels"), "no training errors, so all as given");
      assertEquals(expected.size(), ((List<?>) row.get("names")).size());
      assertEquals(LABELS, ((List<?>) row.get("scores")).size());
      assertTrue(((Number) row.get("margin")).doubleValue() > 0);
    }
    CommandRun csv = run.command("predict", "--split", "train", data);
    assertTrue(csv.out().lines().toList().get(2).startsWith(data + ",1,0 2,0; 2,"), csv.out());

    CommandRun none = run(run.folder());
    assertTrue(none.out().startsWith("0/144 training errors after training"), none.out());
    run.put("result.json", "labels", List.of("mass", "edema", "hernia"));
    run.put("result.json", "files", null); // the hash of errors.csv
    Files.writeString(
        run.folder().resolve("errors.csv"),
        "final,7,1,0,1,0,-0.5,false,hard,,,1,2,3\n",
        StandardOpenOption.APPEND);
    String listed = run(run.folder()).out();
    assertTrue(listed.contains("1/144 training errors at the end"), listed);
    assertTrue(listed.lines().anyMatch(l -> l.matches(" +7 +1 edema +0 +1 +0 .*hard")), listed);
  }
}
