// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Sha256;
import dev.unerring.npz.NpzWriter;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A run, samples found later, and its correction: what the tests of it share. */
abstract class LaterCorrectionCase {
  static final int OLD = 40;

  @TempDir static Path shared;
  static Path data;
  static Path first;

  @TempDir Path folder;
  Path out;
  Path add;
  boolean skip;
  CorrectionPlan correction;
  Device device = TestBackends.device();
  final List<String> notes = new ArrayList<>();
  Monitor monitor =
      new Monitor() {
        @Override
        public void note(String text) {
          notes.add(text);
        }
      };

  @BeforeAll
  static void train() {
    data = TestData.write(shared.resolve("set.npz"), OLD, 2);
    first = shared.resolve("first");
    train(data, first, TrainingPlan.standard());
  }

  @BeforeEach
  void prepare() throws IOException {
    out = folder.resolve("second");
    add = added("new", TestData.generated(10, 2, 7).contrary(2));
  }

  static void train(Path data, Path out, TrainingPlan plan) {
    RunRequest request = new RunRequest(data, out, plan, TestBackends.device());
    Pipeline.train(request, Monitor.SILENT, () -> 0);
  }

  /** New samples as a file with images and labels. */
  Path added(String name, TestData samples) {
    Path file = folder.resolve(name + ".npz");
    byte[] labels = new byte[samples.labels().length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) samples.labels()[i];
    }
    NpzWriter npz = new NpzWriter(false);
    npz.add("images", NpzWriter.npy("|u1", List.of(labels.length, 28, 28), samples.images()));
    npz.add("labels", NpzWriter.npy("|u1", List.of(labels.length), labels));
    npz.write(file);
    return file;
  }

  Optional<RunResult> correct(Path run) {
    TrainedRun trained = TrainedRun.open(run);
    CorrectionRequest request =
        new CorrectionRequest(
            trained,
            trained.recordedData(),
            add,
            skip,
            out,
            correction == null ? trained.correction() : correction,
            device);
    return Pipeline.correct(request, monitor, () -> 0);
  }

  static Map<String, String> hashes(Path run) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.toList()) {
        hashes.put(file.getFileName().toString(), Sha256.hexOfFile(file));
      }
    }
    return hashes;
  }

  Path copyOfFirst() throws IOException {
    Path copy = folder.resolve("copy");
    Files.createDirectories(copy);
    for (String name : hashes(first).keySet()) {
      Files.copy(first.resolve(name), copy.resolve(name));
    }
    return copy;
  }

  <E extends RuntimeException> void requireRefusal(Class<E> type, String reason)
      throws IOException {
    E refusal = assertThrows(type, () -> correct(first));
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    requireNothing();
  }

  /** No new folder, not a hidden one either. */
  void requireNothing() throws IOException {
    assertFalse(Files.exists(out), "a folder has appeared");
    for (Path where : List.of(folder, shared)) {
      try (Stream<Path> files = Files.list(where)) {
        assertEquals(
            List.of(), files.filter(f -> f.getFileName().toString().contains(".partial")).toList());
      }
    }
  }
}
