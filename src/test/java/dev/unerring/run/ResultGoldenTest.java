// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static dev.unerring.train.CorrectionPlan.Method.PATCH;
import static dev.unerring.train.CorrectionPlan.Method.TUNNELING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.errors.Costs;
import dev.unerring.generate.DemoSet;
import dev.unerring.npz.NpzWriter;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * result.json of every kind of run has the keys, the order and the values of
 * src/test/resources/golden, with a fixed clock. Left out: device, threads and the hashes of files,
 * which other tests check. {@code make golden} rewrites the files.
 */
class ResultGoldenTest {
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");
  private static final List<String> LEFT_OUT =
      List.of(
          "device", "kernels", "threads", "dataMd5", "dataSha256", "sealSha256", "resultSha256");

  @TempDir private Path folder;

  @Test
  void corrected() throws IOException {
    CorrectionPlan correction = new CorrectionPlan(TUNNELING, 1, 1, 0.5, 0.1, 2, 2, 1e-3);
    golden("corrected", train(demo(), plan(2, correction)));
  }

  @Test
  void patched() throws IOException {
    golden("patched", train(demo(), plan(0, CorrectionPlan.standard().with(PATCH))));
  }

  @Test
  void baseLine() throws IOException {
    TrainingPlan m = TrainingPlan.medmnist();
    TrainingPlan plan =
        m.with(c -> {
          c.architecture = "small";
          c.seed = 0;
          c.epochs = 2;
          c.batchSize = 16;
          c.weightDecay = 0;
          c.batchNormMomentum = 0.1;
          c.primeTo = 0;
          c.patience = 0;
        });
    golden("base-line", train(demo(), plan));
  }

  @Test
  void costs() throws IOException {
    Costs costs = Costs.weighted(List.of(1.0, 4.0, 1.0, 1.0), 1);
    golden("costs", train(demo(), plan(3, CorrectionPlan.standard()).with(c -> c.costs = costs)));
  }

  @Test
  void multiLabel() throws IOException {
    Path file = folder.resolve("multi-label.npz");
    NpzWriter npz = new NpzWriter(false);
    for (String split : List.of("train", "val", "test")) {
      TestData images = TestData.generated(24, 4, split.length());
      byte[] labels = new byte[3 * 24];
      for (int n = 0; n < 24; n++) {
        labels[3 * n] = (byte) (images.labels()[n] & 1);
        labels[3 * n + 1] = (byte) (images.labels()[n] >> 1);
        labels[3 * n + 2] = (byte) (n % 6 == 0 ? 1 : 0);
      }
      npz.add(split + "_images", NpzWriter.npy("|u1", List.of(24, 28, 28), images.images()));
      npz.add(split + "_labels", NpzWriter.npy("|u1", List.of(24, 3), labels));
    }
    npz.write(file);
    golden("multi-label", train(file, plan(2, CorrectionPlan.standard())));
  }

  @Test
  void laterVersion() throws IOException {
    Path run = train(demo(), plan(4, CorrectionPlan.standard()));
    Path add = folder.resolve("new.npz");
    TestData samples = TestData.generated(6, 4, 5);
    NpzWriter npz = new NpzWriter(false);
    npz.add("images", NpzWriter.npy("|u1", List.of(6, 28, 28), samples.images()));
    npz.add("labels", NpzWriter.npy("|u1", List.of(6), new byte[] {0, 1, 2, 3, 0, 1}));
    npz.write(add);
    Path out = folder.resolve("later");
    CorrectionRequest request =
        new CorrectionRequest(TrainedRun.open(run), add, out, TestBackends.device());
    assertTrue(Pipeline.correct(request, Monitor.SILENT, () -> 0).isPresent());
    golden("later-version", out);
  }

  private Path demo() {
    Path file = folder.resolve("set.npz");
    DemoSet.write(file, 3, 64, 16, 16, 1);
    return file;
  }

  private static TrainingPlan plan(int epochs, CorrectionPlan correction) {
    return TrainingPlan.standard()
        .with(c -> {
          c.architecture = "small";
          c.seed = 7;
          c.epochs = epochs;
          c.batchSize = 24;
          c.learningRate = LearningRate.constant(1e-3);
          c.weightDecay = 1e-4;
          c.correction = correction;
          c.patience = 0;
        });
  }

  private Path train(Path data, TrainingPlan plan) {
    Path out = folder.resolve("run");
    RunRequest request = new RunRequest(data, out, plan, TestBackends.device());
    Pipeline.train(request, Monitor.SILENT, () -> 0);
    return out;
  }

  private static void golden(String name, Path run) throws IOException {
    Object json = Json.parse(Files.readString(run.resolve("result.json")));
    String found = Json.pretty(comparable(json));
    Path base = Path.of(System.getProperty("basedir", ""));
    Path file = base.resolve("src/test/resources/golden/result-" + name + ".json");
    if (UPDATE) {
      Files.writeString(file, found);
      return;
    }
    assertTrue(Files.isRegularFile(file), file + " is absent; 'make golden' writes it");
    assertEquals(Files.readString(file), found, "result.json of the run " + name + " changed");
  }

  /** A copy in which the values that differ between machines are left out. */
  private static Object comparable(Object json) {
    if (json instanceof List<?> list) {
      return list.stream().map(ResultGoldenTest::comparable).toList();
    }
    if (!(json instanceof Map<?, ?> map)) {
      return json;
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      Object kept = key.equals("files") ? new TreeMap<>((Map<?, ?>) value).keySet() : value;
      copy.put((String) key, LEFT_OUT.contains(key) ? "" : comparable(listed(kept)));
    });
    return copy;
  }

  private static Object listed(Object value) {
    return value instanceof java.util.Set<?> set ? List.copyOf(set) : value;
  }
}
