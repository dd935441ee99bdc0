// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.generate.DemoSet;
import dev.unerring.npz.NpzWriter;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.SampleOrder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A data set of {@link CorrectionStudy} with the budgets of its cells.
 *
 * @param name in records and tables
 * @param file the npz, made where it is not published
 * @param primeEpochs most epochs of one leg of training to a start
 * @param plainEpochs most epochs of continued plain training
 * @param correction budgets of the correctors
 */
record StudySet(
    String name, Path file, int primeEpochs, int plainEpochs, CorrectionPlan correction) {
  /** Every set of the study, in the order of the tables. */
  static final List<String> NAMES =
      List.of(
          "breastmnist",
          "retinamnist",
          "adrenalmnist3d-300",
          "breastmnist-permuted",
          "retinamnist-permuted",
          "adrenalmnist3d-300-permuted",
          "generated-60000");

  private static final int PURPOSE = 1_610;
  private static final int CUT = 300;
  private static final int LARGE = 60_000;
  private static final int HARD = 60;
  private static final CorrectionPlan SMALL_BUDGET = CorrectionPlan.standard();
  private static final CorrectionPlan SOLID_BUDGET =
      new CorrectionPlan(Method.AUTO, 5, 8, 0.5, 0x1p-4, 10, 15, 1e-4);
  private static final CorrectionPlan LARGE_BUDGET =
      new CorrectionPlan(Method.AUTO, 4, 8, 0.5, 0.25, 2, 2, 1e-4);

  /** The set with this name; what has to be made is written to {@code folder}. */
  static StudySet prepare(String name, Path published, Path folder) throws IOException {
    Path made = folder.resolve(name + ".npz");
    if (name.startsWith("generated-")) {
      if (!Files.exists(made)) {
        Path demo = folder.resolve("demo.npz");
        DemoSet.write(demo, LARGE, LARGE, 1000, 1000, 0);
        derive(demo, LARGE, made, StudySet::withHardSamples);
        Files.delete(demo);
      }
      return new StudySet(name, made, 6, 6, LARGE_BUDGET);
    }
    boolean solid = name.startsWith("adrenalmnist3d");
    Path original = published.resolve(name.replaceFirst("-.*", "") + ".npz");
    boolean permuted = name.endsWith("-permuted");
    if ((solid || permuted) && !Files.exists(made)) {
      derive(
          original,
          solid ? CUT : Integer.MAX_VALUE,
          made,
          permuted ? StudySet::permuted : labels -> labels);
    }
    return new StudySet(
        name,
        solid || permuted ? made : original,
        solid ? 80 : 300,
        solid ? 60 : 200,
        solid ? SOLID_BUDGET : SMALL_BUDGET);
  }

  /** A small generated set with labels that tell nothing: seconds, and errors left to correct. */
  static StudySet probe(Path folder) {
    Path demo = folder.resolve("probe-demo.npz");
    Path file = folder.resolve("probe.npz");
    DemoSet.write(demo, 0, 64, 16, 16, 0);
    derive(demo, 64, file, StudySet::permuted);
    CorrectionPlan budget = new CorrectionPlan(Method.AUTO, 2, 8, 0.5, 0.25, 2, 3, 1e-3);
    return new StudySet("probe", file, 2, 1, budget);
  }

  /** Everything but the name that shapes a cell. */
  String budget() {
    return primeEpochs + " " + plainEpochs + " " + correction;
  }

  /** What becomes of the training labels. */
  @FunctionalInterface
  interface Relabelling {
    int[] of(int[] labels);
  }

  /** The labels in a random order: nothing in the images says which. */
  private static int[] permuted(int[] labels) {
    int[] order = SampleOrder.of(0, PURPOSE, 0, labels.length);
    return Arrays.stream(order).map(n -> labels[n]).toArray();
  }

  /** Some labels become the next class, against their pictures. */
  private static int[] withHardSamples(int[] labels) {
    int[] changed = labels.clone();
    int classes = Arrays.stream(labels).max().orElse(0) + 1;
    int[] order = SampleOrder.of(0, PURPOSE, 1, labels.length);
    for (int i = 0; i < HARD; i++) {
      changed[order[i]] = (labels[order[i]] + 1) % classes;
    }
    return changed;
  }

  /** Writes a copy with the first training samples only and other training labels. */
  static void derive(Path from, int train, Path to, Relabelling relabelling) {
    NpzWriter writer = new NpzWriter(false);
    try (Dataset data = Dataset.open(from)) {
      var image = data.imageShape();
      List<Integer> shape = new ArrayList<>();
      if (image.d() > 1) {
        shape.add(image.d());
      }
      shape.addAll(List.of(image.h(), image.w()));
      if (image.c() > 1) {
        shape.add(image.c());
      }
      for (Split split : data.splits()) {
        boolean first = split == data.train();
        int count = first ? Math.min(train, split.size()) : split.size();
        byte[] images = new byte[count * split.imageBytes()];
        MemorySegment.copy(split.images(), ValueLayout.JAVA_BYTE, 0, images, 0, images.length);
        int[] labels = new int[count];
        Arrays.setAll(labels, split::label);
        writer.addSplit(split.name(), shape, images, first ? relabelling.of(labels) : labels);
      }
    }
    writer.write(to);
  }
}
