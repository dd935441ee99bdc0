// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.audit.LabelAudit;
import dev.unerring.backend.Backend;
import dev.unerring.base.Philox;
import dev.unerring.data.Dataset;
import dev.unerring.data.Task;
import dev.unerring.errors.Costs;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Network;
import dev.unerring.network.Parameter;
import dev.unerring.network.Patches;
import dev.unerring.npz.NpzWriter;
import dev.unerring.suite.TestBackends;
import dev.unerring.train.Monitor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Patches end at the floor exactly on any data and any network, with a margin of at least 1 where
 * they are, and leave every bit of the other training samples' logits.
 */
class PatchRepairTest {
  private static final int PURPOSE = 1_510;
  private static final int SAMPLES = 60;
  private static final int IMAGE = 28 * 28;

  @TempDir private Path folder;
  private final byte[] images = new byte[SAMPLES * IMAGE];
  private final List<Dataset> opened = new ArrayList<>();
  private Backend backend;

  @BeforeEach
  void open() {
    backend = TestBackends.open();
    for (int i = 0; i < images.length; i++) {
      images[i] = (byte) (Philox.bits(9, PURPOSE, 0, i) >>> 24);
    }
  }

  @AfterEach
  void close() {
    opened.forEach(Dataset::close);
    backend.close();
  }

  @Test
  void randomLabelsOfAnUntrainedNetwork() {
    check(write(3, List.of(28, 28), randomLabels(3)), "small", network -> {});
  }

  @Test
  void plantedConflictsAndImagesThatDifferInOnePixelByOne() {
    int[] labels = randomLabels(2);
    copy(0, 1); // a pair, 1:1
    copy(2, 3, 4); // a triple, 1:2
    copy(5, 6, 7, 8); // four, 2:2
    set(labels, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0);
    copy(10, 11, 12, 13);
    for (int n = 11; n <= 13; n++) { // neighbours at distance 1 with other labels
      int at = n * IMAGE + 300 + n;
      images[at] = (byte) (images[at] == -1 ? 254 : images[at] + 1);
    }
    set(labels, 10, 0, 1, 0, 1);
    Dataset data = write(2, List.of(28, 28), labels);
    assertEquals(4, new LabelAudit(data).floor());
    check(data, "small", network -> {});
  }

  @Test
  void everySampleWrong() {
    int[] labels = new int[SAMPLES];
    labels[7] = 2;
    Network network =
        check(
            write(3, List.of(28, 28), labels),
            "small",
            each -> set(each, "22.bias", new float[] {-1e6f, 1e6f, 0}));
    assertEquals(SAMPLES, network.patches().size());
  }

  @Test
  void logitsThatAreNoNumbers() {
    float infinite = Float.POSITIVE_INFINITY;
    float[][] biases = {
      {Float.NaN, 0, 0}, {infinite, infinite, 1}, {-infinite, 3e38f, -3e38f}, {0, Float.NaN, 1e30f}
    };
    for (float[] bias : biases) {
      check(write(3, List.of(28, 28), randomLabels(3)), "small", n -> set(n, "22.bias", bias));
    }
  }

  @Test
  void constantAndAllIdenticalImages() {
    int[] labels = randomLabels(2);
    set(labels, 0, 0, 1, 1); // the three images that follow are black
    for (int n = 0; n < 4; n++) {
      Arrays.fill(images, n * IMAGE, (n + 1) * IMAGE, (byte) (n < 3 ? 0 : 255));
    }
    check(write(2, List.of(28, 28), labels), "small", network -> {});
    Arrays.fill(images, (byte) 7);
    Dataset same = write(2, List.of(28, 28), labels);
    Network network = check(same, "small", n -> set(n, "22.bias", new float[] {1e6f, 1e6f}));
    assertEquals(1, network.patches().size());
  }

  @Test
  void multiLabel() {
    int[] rows = randomLabels(2, 3 * SAMPLES);
    copy(0, 1, 2);
    set(rows, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1);
    Dataset data = write(3, List.of(28, 28), rows);
    assertEquals(Task.MULTI_LABEL, data.task());
    assertTrue(new LabelAudit(data).floor() >= 3);
    check(data, "small", network -> {});
    check(data, "small", n -> set(n, "22.bias", new float[] {0, Float.NaN, -1e30f}));
  }

  @Test
  void solid() {
    check(write(3, List.of(8, 9, 10), randomLabels(3)), "small3d", network -> {});
  }

  @Test
  void itsOwnPatchesAreReplacedAndAStopChangesNothing() {
    Dataset data = write(2, List.of(28, 28), randomLabels(2));
    Network network = check(data, "small", each -> {});
    int patches = network.patches().size();
    Labels goals = goals(data);
    assertEquals(0, repair(data, goals, network, Monitor.SILENT).errorsAfter());
    assertEquals(patches, network.patches().size());
    Monitor stop =
        new Monitor() {
          private boolean measuring;

          @Override
          public void progress(String work, long done, long total) {
            measuring |= work.equals("measuring distances for patches");
          }

          @Override
          public Optional<EndedBy> stop() {
            return measuring ? Optional.of(EndedBy.TIME) : Optional.empty();
          }
        };
    CorrectionResult stopped = repair(data, goals, network, stop);
    assertEquals(EndedBy.TIME, stopped.endedBy());
    assertEquals(stopped.errorsBefore(), stopped.errorsAfter());
    assertTrue(network.patches().isEmpty());
    Labels right = answers(data, network);
    CorrectionResult nothing = repair(data, right, network, Monitor.SILENT);
    assertEquals(List.of(), nothing.rounds());
    assertEquals(EndedBy.FLOOR, nothing.endedBy());
  }

  /** What the network says, as if that were wanted. */
  private static Labels answers(Dataset data, Network network) {
    float[] logits = Evaluator.logits(network, data.train());
    int[] answers = new int[data.train().size()];
    for (int n = 0; n < answers.length; n++) {
      answers[n] = Labels.single(answers).predicted(logits, n, 0);
    }
    return Labels.single(answers);
  }

  /** Repairs an untrained network and holds the result to every promise. */
  private Network check(Dataset data, String architecture, Consumer<Network> spoil) {
    Network network =
        new Network(architecture, data.imageShape(), data.classes(), backend, SAMPLES);
    Initializer.initialize(network, 1);
    spoil.accept(network);
    Labels given = Labels.given(data.task(), data.train());
    Labels goals = goals(data);
    float[] before = Evaluator.logits(network, data.train());
    int errors = ErrorList.of(given, before).count();
    CorrectionResult result = repair(data, goals, network, Monitor.SILENT);
    float[] after = Evaluator.logits(network, data.train());
    int floor = new LabelAudit(data).floor();
    assertTrue(errors > floor, "nothing to repair");
    assertEquals(floor, ErrorList.of(given, after).count());
    assertEquals(0, result.errorsAfter());
    assertEquals(EndedBy.FLOOR, result.endedBy());
    Patches patches = network.patches();
    int classes = data.classes();
    ErrorList wrong = ErrorList.of(goals, before);
    var wrongSamples =
        wrong.errors().stream().map(e -> e.sampleIndex()).collect(Collectors.toSet());
    for (int n = 0; n < data.train().size(); n++) {
      MemorySegment image = MemorySegment.ofArray(data.train().gather(new int[] {n}));
      int patch = patches.find(image, 1)[0];
      assertEquals(wrongSamples.contains(n), patch >= 0, "sample " + n);
      for (int j = 0; j < classes && patch < 0; j++) {
        int bits = Float.floatToIntBits(before[n * classes + j]);
        assertEquals(bits, Float.floatToIntBits(after[n * classes + j]), "sample " + n);
      }
      if (patch >= 0) {
        assertTrue(patches.isCentre(patch, image, 0), "sample " + n);
        for (var error : wrong.errors()) {
          if (error.sampleIndex() == n) {
            float margin = goals.margin(after, n, error.column());
            assertTrue(margin >= 1, "sample " + n + ": margin " + margin);
          }
        }
      }
    }
    return network;
  }

  private static Labels goals(Dataset data) {
    int[] goals = new LabelAudit(data).goalLabels();
    return Labels.of(data.task(), goals, data.train().labelCount());
  }

  /** The costliest errors first, then by sample; the answers are the same. */
  @Test
  void patchesStandInTheOrderOfTheCosts() {
    Dataset data = write(3, List.of(28, 28), randomLabels(3));
    Labels goals = goals(data);
    Network network = new Network("small", data.imageShape(), 3, backend, 16);
    Initializer.initialize(network, 5);
    ErrorList wrong = ErrorList.of(goals, Evaluator.logits(network, data.train()));
    Costs costs = Costs.weighted(List.of(1.0, 2.0, 4.0), -1);
    new PatchRepair(data.train(), goals, costs, Monitor.SILENT).correct(network);
    int place = 0;
    for (var error : costs.descending(wrong)) {
      float[] pixels = data.train().gather(new int[] {error.sampleIndex()});
      assertTrue(network.patches().isCentre(place++, MemorySegment.ofArray(pixels), 0));
    }
    assertEquals(place, network.patches().size());
    assertEquals(0, ErrorList.of(goals, Evaluator.logits(network, data.train())).count());
  }

  private static CorrectionResult repair(
      Dataset data, Labels goals, Network network, Monitor monitor) {
    return new PatchRepair(data.train(), goals, monitor).correct(network);
  }

  private static void set(Network network, String name, float[] values) {
    Parameter parameter =
        network.parameters().stream()
            .filter(each -> each.spec().name().equals(name))
            .findFirst()
            .orElseThrow();
    network.backend().upload(MemorySegment.ofArray(values), parameter.value());
  }

  private static void set(int[] labels, int first, int... values) {
    System.arraycopy(values, 0, labels, first, values.length);
  }

  private void copy(int from, int... to) {
    for (int each : to) {
      System.arraycopy(images, from * IMAGE, images, each * IMAGE, IMAGE);
    }
  }

  private static int[] randomLabels(int classes) {
    return randomLabels(classes, SAMPLES);
  }

  private static int[] randomLabels(int classes, int count) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i < classes ? i : Math.floorMod(Philox.bits(9, PURPOSE, 1, i), classes);
    }
    return labels;
  }

  /** A set of the images; one label a sample, or rows of {@code classes} labels. */
  private Dataset write(int classes, List<Integer> extents, int[] labels) {
    NpzWriter writer = new NpzWriter(false);
    byte[] stored = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      stored[i] = (byte) labels[i];
    }
    List<Integer> shape = new ArrayList<>(List.of(SAMPLES));
    shape.addAll(extents);
    int bytes = shape.stream().reduce(1, (a, b) -> a * b);
    List<Integer> rows = List.of(SAMPLES, labels.length / SAMPLES);
    for (String split : List.of("train", "val", "test")) {
      writer.add(split + "_images", NpzWriter.npy("|u1", shape, Arrays.copyOf(images, bytes)));
      writer.add(split + "_labels", NpzWriter.npy("|u1", rows, stored));
    }
    Path file = folder.resolve("set" + opened.size() + ".npz");
    writer.write(file);
    Dataset data = Dataset.open(file);
    opened.add(data);
    assertEquals(classes, data.classes());
    return data;
  }

  @Test
  void theRadiusIsHalfTheDistanceToTheNearestOtherImage() {
    int[] labels = randomLabels(2);
    copy(0, 1);
    Dataset data = write(2, List.of(28, 28), labels);
    int[] nearest = NearestDistance.of(images, SAMPLES, data.train(), Monitor.SILENT);
    int[] expected = new int[SAMPLES];
    for (int a = 0; a < SAMPLES; a++) {
      expected[a] = 256;
      for (int b = 0; b < SAMPLES; b++) {
        int distance = 0;
        for (int i = 0; i < IMAGE; i++) {
          int difference = (images[a * IMAGE + i] & 0xFF) - (images[b * IMAGE + i] & 0xFF);
          distance = Math.max(distance, Math.abs(difference));
        }
        expected[a] = distance > 0 ? Math.min(expected[a], distance) : expected[a];
      }
    }
    assertArrayEquals(expected, nearest);
    assertEquals(nearest[0], nearest[1]);
    assertNotEquals(256, nearest[0]);
  }
}
