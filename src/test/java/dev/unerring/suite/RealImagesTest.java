// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.audit.LabelAudit;
import dev.unerring.audit.LabelConflict;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.Split;
import dev.unerring.data.Task;
import dev.unerring.npz.NpzWriter;
import dev.unerring.tensor.Shape;
import dev.unerring.twins.NearTwins;
import dev.unerring.twins.TwinAudit;
import dev.unerring.twins.TwinCounts;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The genuine MedMNIST files are read, recognised and audited as is known of them; and planted
 * pairs and triples of their images raise the floor by exactly what they must.
 */
class RealImagesTest {
  @TempDir Path folder;

  private static Path realFile(String name) {
    Path file = Path.of(System.getProperty("test.datasets", "../shared/datasets")).resolve(name);
    if (!Files.isRegularFile(file)) {
      String reason =
          "NOT TESTED on real images: "
              + file.toAbsolutePath().normalize()
              + " is absent (give the folder with -Dtest.datasets=)";
      System.err.println("RealImagesTest: " + reason);
      Assumptions.abort(reason);
    }
    return file;
  }

  private static void check(String flag, BiConsumer<Dataset, LabelAudit> expectations) {
    try (Dataset data = Dataset.open(realFile(flag + ".npz"))) {
      assertTrue(data.official(), data.notice());
      assertEquals(flag, data.name());
      DatasetManifest manifest = data.manifest().orElseThrow();
      assertEquals(
          List.of(manifest.train(), manifest.val(), manifest.test()),
          data.splits().stream().map(Split::size).toList());
      expectations.accept(data, new LabelAudit(data));
    }
  }

  @Test
  void breast() {
    check(
        "breastmnist",
        (data, audit) -> {
          assertEquals(Shape.image2d(28, 28, 1), data.imageShape());
          assertEquals(Task.BINARY, data.task());
          assertEquals(List.of(147, 399), audit.splits().get(0).histogram());
          assertEquals(List.of(21, 57), audit.splits().get(1).histogram());
          assertEquals(List.of(42, 114), audit.splits().get(2).histogram());
          assertEquals(114.0 / 156, audit.splits().get(2).majorityShare());
          assertEquals(0, audit.floor());
          assertEquals(1, audit.groups().size());
          LabelConflict conflict = audit.conflicts().getFirst();
          assertEquals("[train[115] (label 0), test[76] (label 1)]", conflict.samples().toString());
          assertEquals(
              "with zero training errors test[76] is wrong by necessity",
              conflict.consequence().orElseThrow());
          assertTrue(audit.toText().contains("test[76] is wrong by necessity"));
          assertTrue(audit.constantImages().isEmpty());
          assertTrue(audit.warnings().isEmpty());
        });
  }

  @Test
  void retina() {
    check(
        "retinamnist",
        (data, audit) -> {
          assertEquals(Shape.image2d(28, 28, 3), data.imageShape());
          assertEquals(Task.ORDINAL, data.task());
          assertEquals(List.of(486, 128, 206, 194, 66), audit.splits().get(0).histogram());
          assertEquals(174.0 / 400, audit.splits().get(2).majorityShare());
          assertTrue(audit.groups().isEmpty());
          assertEquals(0, audit.floor());
        });
  }

  @Test
  void adrenal() {
    check(
        "adrenalmnist3d",
        (data, audit) -> {
          assertEquals(new Shape(1, 28, 28, 28, 1), data.imageShape());
          assertEquals(Task.BINARY, data.task());
          assertEquals(List.of(929, 259), audit.splits().get(0).histogram());
          assertTrue(audit.conflicts().isEmpty());
          assertEquals(0, audit.floor());
        });
  }

  private static TwinAudit twins(String flag) {
    try (Dataset data = Dataset.open(realFile(flag + ".npz"))) {
      return TwinAudit.of(data, WorkMonitor.SILENT);
    }
  }

  @Test
  void nearTwinsOfBreast() {
    TwinAudit twins = twins("breastmnist");
    TwinCounts test = twins.counts("train", "test");
    assertEquals(156, test.samples());
    assertEquals(new TwinCounts.Count(59, 5), test.withAlike());
    assertEquals(new TwinCounts.Count(39, 2), test.withNear());
    assertEquals(new TwinCounts.Count(1, 1), test.withIdentical());
    assertEquals(new TwinCounts.Count(77, 6), test.alike());
    assertEquals(new TwinCounts.Count(31, 0), twins.counts("train", "val").withAlike());
    assertEquals(new TwinCounts.Count(22, 0), twins.counts("train", "val").withNear());
    assertEquals(155, twins.nearPairs().size());
    assertTrue(twins.flippedGroups().isEmpty());
    try (Dataset data = Dataset.open(realFile("breastmnist.npz"))) {
      BitSet found =
          NearTwins.withTwinIn(
              data.test(), data.train(), data.imageShape(), TwinAudit.ALIKE, WorkMonitor.SILENT);
      assertEquals(59, found.cardinality());
      assertTrue(found.get(76));
    }
  }

  @Test
  void nearTwinsOfRetinaAndAdrenal() {
    TwinCounts retina = twins("retinamnist").counts("train", "test");
    assertEquals(new TwinCounts.Count(347, 322), retina.withAlike());
    assertEquals(new TwinCounts.Count(22, 8), retina.withNear());
    assertEquals(new TwinCounts.Count(15720, 7655), retina.alike());
    assertEquals(new TwinCounts.Count(52, 11), retina.near());
    TwinAudit adrenal = twins("adrenalmnist3d");
    assertTrue(adrenal.flippedGroups().isEmpty());
    for (TwinCounts counts : adrenal.counts()) {
      assertEquals(0, counts.alike().all() + counts.identical().all());
    }
  }

  @Test
  void plantedPairsAndATriple() {
    NpzWriter writer = new NpzWriter(true);
    try (Dataset data = Dataset.open(realFile("breastmnist.npz"))) {
      for (Split split : data.splits()) {
        byte[] images = split.images().toArray(ValueLayout.JAVA_BYTE);
        int[] labels = new int[split.size()];
        for (int i = 0; i < labels.length; i++) {
          labels[i] = split.label(i);
        }
        if (split.name().equals("train")) {
          plant(images, labels, 10, 20, 30, 40);
          plant(images, labels, 50, 60);
          plant(images, labels, 60 + 10, 80, 90);
        }
        writer.addSplit(split.name(), List.of(28, 28), images, labels);
      }
    }
    Path file = folder.resolve("planted.npz");
    writer.write(file);
    try (Dataset data = Dataset.open(file)) {
      LabelAudit audit = new LabelAudit(data);
      assertEquals(2 + 1 + 1, audit.floor());
      assertEquals(4, audit.conflicts().size());
      int[] goals = audit.goalLabels();
      assertEquals(0, goals[40]);
      assertEquals(0, goals[60]);
      assertEquals(1, goals[70]);
    }
  }

  /** Gives the samples one image; labels 0, 1, 0, 1 ... but 1, 1, 0 for a triple. */
  private static void plant(byte[] images, int[] labels, int... samples) {
    for (int i = 0; i < samples.length; i++) {
      System.arraycopy(images, samples[0] * 784, images, samples[i] * 784, 784);
      labels[samples[i]] = samples.length == 3 ? (i < 2 ? 1 : 0) : i & 1;
    }
  }
}
