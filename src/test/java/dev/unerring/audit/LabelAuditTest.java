// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.data.Dataset;
import dev.unerring.data.DatasetReader;
import dev.unerring.npz.Forge;
import dev.unerring.npz.NpzWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit on planted groups: every group, goal label, share of the floor, and sentence. */
class LabelAuditTest {
  @TempDir Path folder;

  /** Images are named by letters; equal letters are equal images. */
  private LabelAudit audit(Object... lettersAndLabels) {
    NpzWriter writer = new NpzWriter(false);
    for (int i = 0; i < 3; i++) {
      String letters = (String) lettersAndLabels[2 * i];
      writer.addSplit(
          DatasetReader.SPLITS.get(i),
          List.of(2, 2),
          pixels(letters),
          (int[]) lettersAndLabels[2 * i + 1]);
    }
    return audit(writer);
  }

  private LabelAudit audit(NpzWriter writer) {
    try (Dataset data = Dataset.open(Forge.write(folder, writer.toBytes()))) {
      return new LabelAudit(data);
    }
  }

  private static byte[] pixels(String letters) {
    byte[] pixels = new byte[letters.length() * 4];
    for (int i = 0; i < letters.length(); i++) {
      boolean constant = letters.charAt(i) == '.';
      for (int j = 0; j < 4; j++) {
        pixels[i * 4 + j] = (byte) (letters.charAt(i) + (constant ? 0 : j));
      }
    }
    return pixels;
  }

  private static int[] labels(int... labels) {
    return labels;
  }

  @Test
  void consistentSetHasNoFloor() {
    LabelAudit audit = audit("abcab", labels(0, 1, 2, 0, 1), "d", labels(1), "ea", labels(2, 0));
    assertEquals(0, audit.floor());
    assertArrayEquals(labels(0, 1, 2, 0, 1), audit.goalLabels());
    assertTrue(audit.conflicts().isEmpty());
    assertEquals(2, audit.groups().size());
    assertEquals(
        "[train[0] (label 0), train[3] (label 0), test[1] (label 0)]",
        audit.groups().get(0).samples().toString());
    assertFalse(audit.groups().get(0).withinOneSplit());
    assertTrue(audit.groups().get(1).withinOneSplit());
    assertTrue(audit.toText().contains("zero errors are possible"), audit.toText());
  }

  @Test
  void pairAndTriple() {
    LabelAudit audit =
        audit("abcaabb", labels(2, 1, 0, 1, 2, 0, 1), "d", labels(1), "e", labels(2));
    assertEquals(2, audit.floor());
    assertArrayEquals(labels(2, 1, 0, 2, 2, 1, 1), audit.goalLabels());
    assertEquals(
        List.of(
            "this group of 3 identical images carries the labels 1 x1, 2 x2: at least 1 must be"
                + " wrong"),
        audit.conflicts().get(0).proofs());
    assertEquals(1, audit.conflicts().get(1).trainErrorsAtLeast());
    assertTrue(audit.conflicts().get(0).consequence().isEmpty());
    String text = audit.toText();
    assertTrue(text.contains("Floor of training errors: 2\n"), text);
    assertTrue(text.contains("each of the 2 groups"), text);
    assertTrue(text.contains("Which of the labels is right is not known here."), text);
  }

  @Test
  void tieGoesToTheLowestLabelAndEveryOtherSampleIsCounted() {
    LabelAudit audit = audit("aaaa", labels(3, 1, 3, 1), "d", labels(0), "e", labels(2));
    assertArrayEquals(labels(1, 1, 1, 1), audit.goalLabels());
    assertEquals(2, audit.floor());
    assertEquals(
        List.of(
            "this group of 4 identical images carries the labels 1 x2, 3 x2: at least 2 must be"
                + " wrong"),
        audit.conflicts().getFirst().proofs());
  }

  @Test
  void goalComesFromTrainOnly() {
    LabelAudit audit = audit("ab", labels(1, 0), "aa", labels(0, 0), "aa", labels(0, 1));
    assertEquals(0, audit.floor());
    assertArrayEquals(labels(1, 0), audit.goalLabels());
    LabelConflict conflict = audit.conflicts().getFirst();
    assertEquals(List.of(1), conflict.goalLabels().orElseThrow());
    assertEquals(
        "with zero training errors val[0], val[1], test[0] are wrong by necessity",
        conflict.consequence().orElseThrow());
  }

  @Test
  void consequencesBesideATrainConflict() {
    LabelAudit tied = audit("aab", labels(1, 0, 0), "c", labels(0), "a", labels(1));
    assertEquals(
        "with the goal label 0 answered, test[0] is wrong",
        tied.conflicts().getFirst().consequence().orElseThrow());
    assertArrayEquals(labels(0, 0, 0), tied.goalLabels(new int[] {0, 0, 1}));
    assertArrayEquals(labels(1, 1, 0), tied.goalLabels(new int[] {1, 1, 1}), "the answer is kept");
    assertArrayEquals(labels(0, 0, 0), tied.goalLabels(new int[] {2, 2, 0}), "none of the two");
    LabelAudit majority = audit("aaab", labels(1, 0, 0, 0), "c", labels(0), "a", labels(1));
    assertEquals(
        "with the training errors at the floor test[0] is wrong by necessity",
        majority.conflicts().getFirst().consequence().orElseThrow());
    assertArrayEquals(labels(0, 0, 0, 0), majority.goalLabels(new int[] {1, 1, 1, 0}));
  }

  @Test
  void conflictOutsideTrain() {
    LabelAudit audit = audit("ab", labels(1, 0), "c", labels(0), "cd", labels(1, 0));
    LabelConflict conflict = audit.conflicts().getFirst();
    assertTrue(conflict.goalLabels().isEmpty());
    assertEquals(0, audit.floor());
    assertEquals(
        "whatever a model answers, it is wrong on one of val[0], test[0] at least",
        conflict.consequence().orElseThrow());
  }

  @Test
  void countsConstantImagesAndMissingClasses() {
    LabelAudit audit = audit("a.b.", labels(0, 0, 2, 0), "c", labels(1), "d", labels(2));
    assertEquals(List.of(3, 0, 1), audit.splits().get(0).histogram());
    assertEquals(0, audit.splits().get(0).majorityClass());
    assertEquals(0.75, audit.splits().get(0).majorityShare());
    assertEquals("[train[1] (label 0), train[3] (label 0)]", audit.constantImages().toString());
    assertEquals(
        List.of(
            "train: there is no sample of class 1 (1): it cannot be learned",
            "val: there is no sample of class 0 (0): it has no AUC",
            "val: there is no sample of class 2 (2): it has no AUC",
            "test: there is no sample of class 0 (0): it has no AUC",
            "test: there is no sample of class 1 (1): it has no AUC",
            "constant images, 2 of them, show nothing to classify"),
        audit.warnings());
  }

  @Test
  void colourImagesAreConstantByChannel() {
    byte[] pixels = {9, 8, 7, 9, 8, 7, 9, 8, 7, 9, 8, 6};
    NpzWriter writer = new NpzWriter(false);
    for (String split : DatasetReader.SPLITS) {
      writer.addSplit(split, List.of(2, 1, 3), pixels, labels(0, 1));
    }
    LabelAudit audit = audit(writer);
    assertEquals(3, audit.constantImages().size());
    assertEquals("val[0] (label 0)", audit.constantImages().get(1).toString());
  }

  @Test
  void multiLabelFloorIsCountedByLabel() {
    NpzWriter writer = new NpzWriter(false);
    byte[] train = {0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0};
    writer.add("train_images", NpzWriter.npy("|u1", List.of(4, 2, 2), pixels("aaab")));
    writer.add("train_labels", NpzWriter.npy("|u1", List.of(4, 3), train));
    for (String split : List.of("val", "test")) {
      String letter = split.equals("val") ? "c" : "a";
      writer.add(split + "_images", NpzWriter.npy("|u1", List.of(1, 2, 2), pixels(letter)));
      writer.add(split + "_labels", NpzWriter.npy("|u1", List.of(1, 3), new byte[] {0, 1, 1}));
    }
    LabelAudit audit = audit(writer);
    assertArrayEquals(labels(1, 0, 1), audit.floorByLabel());
    assertEquals(2, audit.floor());
    assertArrayEquals(labels(0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0), audit.goalLabels());
    assertEquals(
        List.of(
            "this group of 3 identical images carries the labels 0 x2, 1 x1 in column 0: at least"
                + " 1 must be wrong",
            "this group of 3 identical images carries the labels 0 x2, 1 x1 in column 2: at least"
                + " 1 must be wrong"),
        audit.conflicts().getFirst().proofs());
    assertEquals(List.of(1, 3, 1), audit.splits().getFirst().histogram());
    assertTrue(audit.toText().contains("By label: 0 1, 1 0, 2 1"), audit.toText());
    assertEquals(
        List.of(1L, 0L, 1L),
        ((Map<?, ?>) Json.parse(Json.pretty(audit.toJson()))).get("floorByLabel"));
  }

  @Test
  void wholeRowsHaveAFloorOfTheirOwn() {
    NpzWriter writer = new NpzWriter(false);
    byte[] rows = {1, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0};
    for (String split : DatasetReader.SPLITS) {
      String letters = split.equals("train") ? "aaabb" : "cdefg";
      writer.add(split + "_images", NpzWriter.npy("|u1", List.of(5, 2, 2), pixels(letters)));
      writer.add(split + "_labels", NpzWriter.npy("|u1", List.of(5, 3), rows));
    }
    LabelAudit audit = audit(writer);
    assertEquals(3, audit.floor(), "each label of the first group is 0 once");
    assertEquals(2, audit.sampleFloor(), "one of three rows can be right");
    assertEquals(3, audit.sampleErrorsAtGoals(), "the goal 1 1 1 is the row of none");
    assertEquals(audit.floor(), audit.floorAfterPreprocessing());
    assertTrue(audit.toText().contains("may not be reachable together"), audit.toText());
    Map<?, ?> json = (Map<?, ?>) Json.parse(Json.pretty(audit.toJson()));
    assertEquals(2L, json.get("sampleFloor"));
    assertEquals(3L, json.get("floorAfterPreprocessing"));
    assertEquals(
        2L,
        ((Map<?, ?>) ((List<?>) json.get("labelConflicts")).getFirst()).get("wrongSamplesAtLeast"));
    LabelAudit single = audit("aab", labels(1, 0, 0), "c", labels(0), "d", labels(1));
    assertEquals(single.floor(), single.sampleFloor());
  }

  @Test
  void longListsAreCutInTheTextOnly() {
    StringBuilder letters = new StringBuilder();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      String letter = String.valueOf((char) ('A' + i));
      letters.append(letter).append(letter);
      labels.addAll(List.of(0, 1));
    }
    int[] train = labels.stream().mapToInt(Integer::intValue).toArray();
    LabelAudit audit = audit(letters.toString(), train, "x", labels(0), "y", labels(1));
    assertEquals(30, audit.floor());
    assertTrue(audit.toText().contains("  and 10 more, all in audit.json\n"), audit.toText());
    Map<?, ?> json = (Map<?, ?>) Json.parse(Json.pretty(audit.toJson()));
    assertEquals(30, ((List<?>) json.get("labelConflicts")).size());
    assertEquals(30L, json.get("floor"));
  }
}
