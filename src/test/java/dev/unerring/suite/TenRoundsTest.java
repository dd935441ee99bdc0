// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.npz.NpzWriter;
import dev.unerring.report.SplitFigures.Accuracy;
import dev.unerring.report.VersionFigures;
import dev.unerring.run.CorrectionRequest;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.run.RunResult;
import dev.unerring.run.TrainedRun;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 200 training images of breastmnist, held back from the training, join in ten rounds of twenty: no
 * sample of any earlier version is wrong in any later one, and without patches. Prints validation
 * figures before and after each round.
 */
class TenRoundsTest {
  private static final int ROUNDS = 10;
  private static final int NEW = 20;

  @TempDir private Path folder;

  @Test
  void noEarlierSampleIsWrongInAnyVersion() {
    Path run = folder.resolve("run");
    try (Dataset all = Dataset.open(TestData.real("breastmnist.npz"))) {
      int kept = all.train().size() - ROUNDS * NEW;
      Path data =
          TestData.write(
              folder.resolve("breastmnist.npz"),
              part(all.train(), 0, kept),
              part(all.val(), 0, all.val().size()),
              part(all.test(), 0, all.test().size()));
      RunRequest request =
          new RunRequest(data, run, TrainingPlan.standard(), TestBackends.device());
      assertTrue(Pipeline.train(request, Monitor.SILENT, () -> 0).goalReached());
      for (int round = 1; round <= ROUNDS; round++) {
        Path add = added(round, part(all.train(), kept + (round - 1) * NEW, NEW));
        Path next = folder.resolve("run-v" + (round + 1));
        RunResult result = correct(run, add, next);
        assertEquals(0, result.report().train().floor());
        assertEquals(0, result.report().train().errors().orElseThrow());
        assertEquals(0L, result.report().toJson().get("patches"));
        run = next;
        requireAllRight(run, all, kept + round * NEW);
      }
    }
    print(TrainedRun.open(run).report().line().versions());
  }

  private RunResult correct(Path run, Path add, Path out) {
    CorrectionRequest request =
        new CorrectionRequest(TrainedRun.open(run), add, out, TestBackends.device());
    return Pipeline.correct(request, Monitor.SILENT, () -> 0).orElseThrow();
  }

  /** The saved model on all samples that any version has seen, taken from the published file. */
  private static void requireAllRight(Path run, Dataset all, int samples) {
    int[] seen = IntStream.range(0, samples).toArray();
    try (Backend backend = TestBackends.open()) {
      Network network = ModelFile.read(run.resolve("model.safetensors"), backend, 128);
      float[] logits = Evaluator.logits(network, all.train(), seen);
      Labels labels = Labels.given(all.task(), all.train()).rows(seen);
      assertEquals(List.of(), ErrorList.of(labels, logits).errors());
    }
  }

  private static TestData part(Split split, int first, int count) {
    byte[] images =
        split
            .images()
            .asSlice((long) first * TestData.IMAGE, (long) count * TestData.IMAGE)
            .toArray(ValueLayout.JAVA_BYTE);
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> split.label(first + i));
    return new TestData(images, labels);
  }

  private Path added(int round, TestData samples) {
    byte[] labels = new byte[NEW];
    for (int i = 0; i < NEW; i++) {
      labels[i] = (byte) samples.labels()[i];
    }
    Path file = folder.resolve("new" + round + ".npz");
    NpzWriter npz = new NpzWriter(false);
    npz.add("images", NpzWriter.npy("|u1", List.of(NEW, 28, 28), samples.images()));
    npz.add("labels", NpzWriter.npy("|u1", List.of(NEW, 1), labels));
    npz.write(file);
    return file;
  }

  private static void print(List<VersionFigures> versions) {
    assertEquals(ROUNDS + 1, versions.size());
    StringBuilder table = new StringBuilder("TenRoundsTest: version, samples, errors before, ");
    table.append("errors, validation ACC and AUC\n");
    for (VersionFigures v : versions) {
      Accuracy val = v.val().orElseThrow().accuracy();
      table.append(
          String.format(
              Locale.ROOT,
              "%4s %5s %3s %3s  %.3f %.3f%n",
              v.version(),
              v.trainSamples(),
              v.errorsBefore().orElseThrow(),
              v.errors().orElseThrow(),
              val.acc(),
              val.auc().orElseThrow()));
    }
    System.out.print(table);
  }
}
