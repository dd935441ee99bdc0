// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.base.Philox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whole groups are handed out, and the classes keep their shares. */
class GroupedSplitTest {
  private static final int[] SHARES = {70, 15, 15};

  private static Source source(int number, int label, String group, int split) {
    String name = "i" + number + ".png";
    return new Source(name, Path.of(name), new int[] {label}, Optional.ofNullable(group), split);
  }

  private static SourceList list(List<Source> sources, String... names) {
    return new SourceList(sources, List.of(names), false, false, List.of());
  }

  /** 400 images of patients with 1 to 12 images each; three classes, the last one rare. */
  private static SourceList patients(long seed) {
    List<Source> sources = new ArrayList<>();
    for (int patient = 0; sources.size() < 400; patient++) {
      int images = 1 + (Philox.bits(seed, 1_300, 0, patient) >>> 1) % 12;
      int label = (Philox.bits(seed, 1_300, 1, patient) >>> 1) % 10;
      for (int i = 0; i < images; i++) {
        int own = label == 9 ? 2 : label < 6 ? 0 : i % 5 == 0 ? 0 : 1;
        sources.add(source(sources.size(), own, "p" + patient, -1));
      }
    }
    return list(List.copyOf(sources), "a", "b", "c");
  }

  private static int[] count(SourceList list, int[] splits, int label) {
    int[] counts = new int[3];
    for (int i = 0; i < splits.length; i++) {
      counts[splits[i]] += list.sources().get(i).labels()[0] == label ? 1 : 0;
    }
    return counts;
  }

  @Test
  void noGroupEverStandsInTwoSplitsAndTheClassesKeepTheirShares() {
    for (long seed = 0; seed < 200; seed++) {
      SourceList list = patients(seed % 20);
      int[] splits = GroupedSplit.check(list, GroupedSplit.seeded(list, SHARES, seed));
      TreeMap<String, Integer> splitOfGroup = new TreeMap<>();
      for (int i = 0; i < splits.length; i++) {
        String group = list.sources().get(i).group().orElseThrow();
        Integer before = splitOfGroup.putIfAbsent(group, splits[i]);
        assertTrue(before == null || before == splits[i], "seed " + seed + ", group " + group);
      }
      for (int label = 0; label < 2; label++) {
        int[] counts = count(list, splits, label);
        int all = Arrays.stream(counts).sum();
        for (int split = 0; split < 3; split++) {
          double share = all * SHARES[split] / 100.0;
          assertEquals(share, counts[split], 12, "seed " + seed + ", class " + label);
        }
      }
    }
  }

  @Test
  void withoutGroupsEveryClassIsDividedToTheImage() {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      sources.add(source(i, i % 10 == 0 ? 1 : 0, null, -1));
    }
    SourceList list = list(sources, "common", "rare");
    int[] splits = GroupedSplit.seeded(list, SHARES, 4);
    assertArrayEquals(new int[] {630, 135, 135}, count(list, splits, 0));
    assertArrayEquals(new int[] {70, 15, 15}, count(list, splits, 1));
    assertArrayEquals(splits, GroupedSplit.seeded(list, SHARES, 4));
    assertFalse(Arrays.equals(splits, GroupedSplit.seeded(list, SHARES, 5)));
    long early = Arrays.stream(splits, 0, 500).filter(s -> s == 0).count();
    assertTrue(early > 300 && early < 400, early + " of the first half are for training");
  }

  @Test
  void everySplitGetsOneOfThreeGroups() {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      sources.add(source(i, i % 2, "g" + i / 10, -1));
    }
    int[] splits = GroupedSplit.seeded(list(sources, "a", "b"), SHARES, 0);
    for (int split = 0; split < 3; split++) {
      int wanted = split;
      assertEquals(10, Arrays.stream(splits).filter(s -> s == wanted).count());
    }
  }

  @Test
  void multiLabelSetsAreDividedByEveryLabel() {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      int[] labels = {i % 3 == 0 ? 1 : 0, i % 20 == 0 ? 1 : 0};
      sources.add(new Source("i" + i, Path.of("i" + i), labels, Optional.empty(), -1));
    }
    SourceList list = new SourceList(sources, List.of("a", "b"), true, false, List.of());
    int[] splits = GroupedSplit.seeded(list, new int[] {50, 25, 25}, 1);
    int[] sizes = new int[3];
    int[] rare = new int[3];
    for (int i = 0; i < splits.length; i++) {
      sizes[splits[i]]++;
      rare[splits[i]] += sources.get(i).labels()[1];
    }
    assertArrayEquals(new int[] {300, 150, 150}, sizes);
    assertEquals(15, rare[0], 1);
    assertEquals(7.5, rare[1], 1);
  }

  @Test
  void splitsThatCannotBeAreRefused() {
    refused(
        "need at least three groups",
        () ->
            GroupedSplit.seeded(
                list(List.of(source(0, 0, "p", -1), source(1, 1, "q", -1)), "a", "b"), SHARES, 0));
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      sources.add(source(i, i == 4 ? 1 : 0, "g" + i / 3, i / 3));
    }
    SourceList own = list(sources, "a", "b");
    refused(
        "the class b would have no training image",
        () -> GroupedSplit.check(own, GroupedSplit.own(own)));
    int[] two = {0, 0, 0, 0, 0, 0, 2, 2, 2};
    refused("the split val would be empty", () -> GroupedSplit.check(own, two));
    assertArrayEquals(new int[9], GroupedSplit.check(own, new int[9]), "samples for another set");
  }

  @Test
  void aGroupInTwoSplitsOfTheInputIsNamedWithItsFiles() {
    SourceList list =
        list(
            List.of(
                source(0, 0, "anna", 0),
                source(1, 1, "bert", 1),
                source(2, 0, "anna", 2),
                source(3, 0, null, 2)),
            "a",
            "b");
    refused(
        "1 group stands in more than one split of the input: anna (train: i0.png, test: i2.png)",
        () -> GroupedSplit.own(list));
  }

  private static void refused(String part, Runnable action) {
    String message = assertThrows(DataException.class, action::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
