// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.UsageException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.base.Sha256;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.ClassBalance;
import dev.unerring.data.Dataset;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.DatasetReader;
import dev.unerring.data.SetDescription;
import dev.unerring.data.Split;
import dev.unerring.data.SplitSummary;
import dev.unerring.data.Task;
import dev.unerring.npz.NpzReader;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Synthetic sets have the form of the published ones, and hold exactly what was planted. */
class SyntheticSetTest {
  private static final WorkMonitor SILENT = WorkMonitor.SILENT;

  /** SHA-256 of two small files; they change only with the pictures. */
  private static final String BREAST =
      "3bf52b93c3c56e91dda11cd0dbb6acf32d355b5bdf4d7e6bcb39251a5f846809";

  private static final String ADRENAL =
      "4ebb6f33caca8f404c32a22c37b3611b2430f62c50a27bf95c78720e455e4e5d";

  @TempDir private Path folder;

  private static DatasetManifest manifest(String flag) {
    return DatasetManifest.find(flag).orElseThrow();
  }

  private static SyntheticPlan plan(String flag, long seed, int train, int conflicts) {
    return new SyntheticPlan(manifest(flag), 28, seed, List.of(train, 60, 70), conflicts, 0, 0);
  }

  private Path write(SyntheticPlan plan) {
    Path file = folder.resolve(plan.name() + ".npz");
    new SyntheticSet(plan).write(file, false, SILENT);
    return file;
  }

  @Test
  void everySetHasFormCountsAndBalanceOfThePublishedOne() {
    for (String flag : DatasetManifest.flags()) {
      DatasetManifest manifest = manifest(flag);
      SyntheticPlan plan = plan(flag, 1, 300, 0);
      Path file = write(plan);
      try (NpzReader npz = NpzReader.open(file)) {
        assertEquals(
            Stream.concat(
                    DatasetReader.ARRAYS.stream(),
                    Stream.of(SetDescription.NAMES, SetDescription.RULES))
                .map(name -> name + ".npy")
                .sorted()
                .toList(),
            npz.entryNames());
        boolean colour = manifest.channels() == 3;
        String images =
            manifest.dimensions() == 3
                ? "(300, 28, 28, 28)"
                : colour ? "(300, 28, 28, 3)" : "(300, 28, 28)";
        assertEquals(images, npz.header("train_images").shapeText());
        assertEquals("uint8", npz.header("train_images").typeName());
        int columns = manifest.task() == Task.MULTI_LABEL ? manifest.classes() : 1;
        assertEquals("(70, " + columns + ")", npz.header("test_labels").shapeText());
        assertEquals("uint8", npz.header("test_labels").typeName());
        assertEquals(manifest.labelNames(), npz.texts(SetDescription.NAMES));
      }
      try (Dataset data = Dataset.open(file)) {
        assertEquals("synthetic-" + flag, data.name());
        assertFalse(data.official());
        assertTrue(data.synthetic());
        assertTrue(data.notice().contains("shows no patient"), data.notice());
        assertEquals(manifest.task(), data.task());
        assertEquals(manifest.labelNames(), data.labelNames());
        LabelAudit audit = new LabelAudit(data);
        assertEquals(0, audit.floor());
        assertEquals(List.of(), audit.groups());
        assertEquals(List.of(), audit.constantImages());
        assertTrue(audit.findings().stream().allMatch(f -> f.code().equals("imbalance")), flag);
        assertEquals(true, audit.toJson().get("synthetic"));
        assertEquals("Apache-2.0", audit.toJson().get("licence"));
        SplitSummary train = audit.splits().getFirst();
        ClassBalance balance = ClassBalance.of(manifest);
        for (int k = 0; k < manifest.classes(); k++) {
          int have = train.histogram().get(k);
          double share = 300.0 * balance.train().get(k) / manifest.train();
          assertTrue(have >= 10, flag + " class " + k + ": " + have);
          // Small classes are raised to ten at the cost of the largest.
          assertTrue(Math.abs(have - share) <= 1 || have == 10 || have < share, flag + " " + k);
        }
      }
    }
  }

  @Test
  void withThePublishedCountsTheClassCountsAreThePublishedOnes() {
    SyntheticPlan plan =
        new SyntheticPlan(manifest("retinamnist"), 28, 0, List.of(1080, 120, 400), 0, 0, 0);
    try (Dataset data = Dataset.open(write(plan))) {
      List<SplitSummary> splits = new LabelAudit(data).splits();
      assertEquals(List.of(486, 128, 206, 194, 66), splits.get(0).histogram());
      assertEquals(List.of(54, 12, 28, 20, 6), splits.get(1).histogram());
      assertEquals(List.of(174, 46, 92, 68, 20), splits.get(2).histogram());
    }
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws IOException {
    Path first = write(plan("breastmnist", 5, 80, 3));
    String hash = Sha256.hexOfFile(first);
    assertEquals(BREAST, hash);
    assertEquals(ADRENAL, Sha256.hexOfFile(write(plan("adrenalmnist3d", 5, 30, 0))));
    Files.delete(first);
    assertEquals(hash, Sha256.hexOfFile(write(plan("breastmnist", 5, 80, 3))));
    assertNotEquals(hash, Sha256.hexOfFile(write(plan("breastmnist", 6, 80, 3))));
  }

  @Test
  void setsOfDifferentFlagsHaveNoImageInCommon() {
    Set<ByteBuffer> organc = new HashSet<>(images(write(plan("organcmnist", 1, 300, 0))));
    assertEquals(300 + 60 + 70, organc.size());
    for (ByteBuffer image : images(write(plan("organsmnist", 1, 300, 0)))) {
      assertFalse(organc.contains(image));
    }
  }

  @Test
  void allPicturesOfTheLargestSetDiffer() {
    SyntheticPlan plan =
        new SyntheticPlan(
            manifest("tissuemnist"), 28, 3, List.of(165_466, 23_640, 47_280), 0, 0, 0);
    SyntheticImage image = new SyntheticImage(plan);
    byte[] pixels = new byte[image.bytes()];
    Set<Integer> serials = new HashSet<>();
    for (int i = 0; i < 236_386; i++) {
      image.draw(i, i % 8, -1, pixels, 0);
      int serial = 0;
      for (int cell = 0; cell < 16; cell++) {
        serial |= (pixels[cell / 7 * 4 * 28 + cell % 7 * 4] & 3) << 2 * cell;
      }
      assertTrue(serials.add(serial), "picture " + i);
    }
  }

  @Test
  void conflictsArePlantedExactly() {
    for (String flag : List.of("pneumoniamnist", "organmnist3d", "bloodmnist", "chestmnist")) {
      for (int conflicts : new int[] {1, 9}) {
        SyntheticPlan plan = plan(flag, 2, 300, conflicts);
        try (Dataset data = Dataset.open(write(plan))) {
          LabelAudit audit = new LabelAudit(data);
          assertEquals(conflicts, audit.floor(), flag);
          assertEquals(conflicts, audit.conflicts().size());
          assertEquals(conflicts, audit.groups().size());
          long triples = audit.groups().stream().filter(g -> g.samples().size() == 3).count();
          assertEquals(conflicts / 4, triples);
        }
      }
    }
  }

  @Test
  void twinsAndCopiesAreThereAndNoOthers() {
    for (String flag : List.of("breastmnist", "retinamnist", "nodulemnist3d", "chestmnist")) {
      SyntheticPlan plan = new SyntheticPlan(manifest(flag), 28, 4, List.of(60, 40, 40), 0, 10, 8);
      try (Dataset data = Dataset.open(write(plan))) {
        double[][] images = normalised(data);
        int near = 0;
        int nearWithinTrain = 0;
        int identical = 0;
        for (int i = 0; i < images.length; i++) {
          for (int j = 0; j < i; j++) {
            double correlation = dot(images[i], images[j]);
            if (correlation > 1 - 1e-12) {
              identical++;
            } else if (correlation >= 0.99) {
              near++;
              nearWithinTrain += i < 60 ? 1 : 0;
            } else {
              assertTrue(correlation < 0.95, flag + " " + i + " " + j + ": " + correlation);
            }
          }
        }
        assertEquals(10, near, flag);
        assertEquals(5, nearWithinTrain, flag);
        assertEquals(8, identical, flag);
        LabelAudit audit = new LabelAudit(data);
        assertEquals(8, audit.groups().size());
        assertEquals(4, audit.conflicts().size());
        assertEquals(0, audit.floor());
      }
    }
  }

  @Test
  void whatCannotBe() {
    DatasetManifest organ = manifest("organamnist");
    UsageException few =
        assertThrows(
            UsageException.class,
            () ->
                new SyntheticSet(new SyntheticPlan(organ, 28, 0, List.of(100, 10, 100), 0, 0, 0)));
    assertTrue(few.getMessage().contains("10 val samples are too few for 11 classes"));
    assertThrows(
        UsageException.class,
        () -> new SyntheticPlan(manifest("nodulemnist3d"), 128, 0, List.of(50, 9, 9), 0, 0, 0));
    assertThrows(
        UsageException.class, () -> new SyntheticPlan(organ, 28, 0, List.of(50, 20, 20), -1, 0, 0));
    UsageException many =
        assertThrows(UsageException.class, () -> new SyntheticSet(plan("organamnist", 0, 40, 30)));
    assertTrue(many.getMessage().contains("plant fewer"), many.getMessage());
  }

  @Test
  void aRenamedFileIsStillSynthetic() throws IOException {
    Path file = write(plan("breastmnist", 0, 40, 0));
    Path renamed = Files.move(file, folder.resolve("breastmnist.npz"));
    try (Dataset data = Dataset.open(renamed)) {
      assertEquals("synthetic-breastmnist", data.name());
      assertTrue(data.synthetic());
    }
  }

  @Test
  void largerImagesAndCompression() {
    SyntheticPlan plan =
        new SyntheticPlan(manifest("dermamnist"), 64, 0, List.of(70, 7, 7), 0, 0, 0);
    Path file = folder.resolve("c.npz");
    new SyntheticSet(plan).write(file, true, SILENT);
    try (Dataset data = Dataset.open(file)) {
      assertEquals("synthetic-dermamnist_64", data.name());
      assertEquals(64, data.imageShape().w());
      String content = data.contentSha256();
      try (Dataset stored = Dataset.open(write(plan))) {
        assertEquals(stored.contentSha256(), content);
      }
    }
  }

  private static List<ByteBuffer> images(Path file) {
    try (Dataset data = Dataset.open(file)) {
      return data.splits().stream()
          .flatMap(split ->
              IntStream.range(0, split.size()).mapToObj(i -> ByteBuffer.wrap(image(split, i))))
          .toList();
    }
  }

  private static byte[] image(Split split, int i) {
    return split
        .images()
        .asSlice((long) i * split.imageBytes(), split.imageBytes())
        .toArray(ValueLayout.JAVA_BYTE);
  }

  /** All images, train, val, test, with mean 0 and length 1. */
  private static double[][] normalised(Dataset data) {
    return data.splits().stream()
        .flatMap(
            split -> IntStream.range(0, split.size()).mapToObj(i -> normalised(image(split, i))))
        .toArray(double[][]::new);
  }

  private static double[] normalised(byte[] image) {
    double[] values = new double[image.length];
    double mean = 0;
    for (int i = 0; i < image.length; i++) {
      values[i] = image[i] & 0xFF;
      mean += values[i] / image.length;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] -= mean;
    }
    double length = Math.sqrt(dot(values, values));
    for (int i = 0; i < values.length; i++) {
      values[i] /= length;
    }
    return values;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
