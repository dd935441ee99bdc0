// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.base.Names;
import dev.unerring.base.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Which split each source belongs to: as the input says, or by a seed. Whole groups are handed out,
 * the largest first and those of one size in an order that the seed gives; each goes where it
 * brings the counts of the classes closest to their shares:
 *
 * <p>With the deficit of a class in a split (its share of the class less what is there already),
 * the group with n images of the class improves the fit by the sum over the classes of n (2 deficit
 * - n) / (images of the class); the split with the largest sum gets it, the first on a tie. While
 * there are no more groups left than empty splits, only empty splits get any.
 */
final class GroupedSplit {
  private static final int SHOWN = 3;

  private GroupedSplit() {}

  /** A group: its number in the order of the input, its samples, its images of each class. */
  private record Unit(int number, long key, List<Integer> places, int[] counts) {}

  /**
   * The split of each source by its place in the list.
   *
   * @param shares of train, val, test in percent; they add up to 100
   */
  static int[] seeded(SourceList list, int[] shares, long seed) {
    List<Unit> units = new ArrayList<>();
    for (List<Integer> group : list.groups()) {
      int number = units.size();
      long key = Philox.bits64(seed, Philox.PACK_ORDER, 0, number);
      units.add(new Unit(number, key, group, counts(list, group)));
    }
    if (units.size() < shares.length) {
      throw new DataException(
          "three splits need at least three groups of images that may be divided, here are "
              + units.size()
              + "; give more, or another group column");
    }
    units.sort(
        Comparator.comparingInt((Unit unit) -> -unit.places().size())
            .thenComparingLong(Unit::key)
            .thenComparingInt(Unit::number));
    int[] totals = counts(list, list.all());
    int[][] counts = new int[shares.length][totals.length];
    int[] sizes = new int[shares.length];
    int[] splits = new int[list.sources().size()];
    for (int i = 0; i < units.size(); i++) {
      Unit unit = units.get(i);
      int split = best(unit, counts, sizes, totals, shares, units.size() - i);
      unit.places().forEach(place -> splits[place] = split);
      sizes[split] += unit.places().size();
      for (int k = 0; k < totals.length; k++) {
        counts[split][k] += unit.counts()[k];
      }
    }
    return splits;
  }

  private static int best(
      Unit unit, int[][] counts, int[] sizes, int[] totals, int[] shares, int unitsLeft) {
    int empty = 0;
    for (int size : sizes) {
      empty += size == 0 ? 1 : 0;
    }
    int best = -1;
    double most = 0;
    for (int split = 0; split < shares.length; split++) {
      double gain = 0;
      for (int k = 0; k < totals.length; k++) {
        double deficit = shares[split] * (double) totals[k] / 100 - counts[split][k];
        double n = unit.counts()[k];
        gain += totals[k] == 0 ? 0 : n * (2 * deficit - n) / totals[k];
      }
      boolean allowed = unitsLeft > empty || sizes[split] == 0;
      if (allowed && (best < 0 || gain > most)) {
        best = split;
        most = gain;
      }
    }
    return best;
  }

  /** Images of each class; of multi-label sets, with each label set, and in the end all. */
  private static int[] counts(SourceList list, List<Integer> some) {
    int[] counts = list.counts(some);
    if (!list.multiLabel()) {
      return counts;
    }
    int[] withAll = Arrays.copyOf(counts, counts.length + 1);
    withAll[counts.length] = some.size();
    return withAll;
  }

  /**
   * The split of each source as the input gives it.
   *
   * @throws DataException when a split is empty, or a group stands in two; names groups and files
   */
  static int[] own(SourceList list) {
    int[] splits = list.sources().stream().mapToInt(Source::split).toArray();
    List<String> divided = new ArrayList<>();
    for (List<Integer> group : list.groups()) {
      Source first = list.sources().get(group.getFirst());
      group.stream()
          .map(list.sources()::get)
          .filter(source -> source.split() != first.split())
          .findFirst()
          .ifPresent(other ->
              divided.add(
                  Names.shown(first.group().orElseThrow())
                      + " ("
                      + where(first)
                      + ", "
                      + where(other)
                      + ")"));
    }
    if (!divided.isEmpty()) {
      throw new DataException(
          divided.size()
              + (divided.size() == 1 ? " group stands" : " groups stand")
              + " in more than one split of the input: "
              + String.join(", ", divided.subList(0, Math.min(SHOWN, divided.size())))
              + (divided.size() > SHOWN ? ", ..." : "")
              + "; test figures would be those of known patients: correct the split, or remove it"
              + " and let a seed choose");
    }
    return splits;
  }

  private static String where(Source source) {
    return SourceList.SPLITS.get(source.split()) + ": " + Names.shown(source.name());
  }

  /**
   * Refuses empty splits and classes that have images, but none in train; a set whose samples all
   * stand in one split is more samples for another set and not looked at.
   */
  static int[] check(SourceList list, int[] splits) {
    List<List<Integer>> members = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < splits.length; i++) {
      members.get(splits[i]).add(i);
    }
    if (members.stream().filter(List::isEmpty).count() == 2) {
      return splits;
    }
    for (int split = 0; split < members.size(); split++) {
      if (members.get(split).isEmpty()) {
        throw new DataException(
            "the split "
                + SourceList.SPLITS.get(split)
                + " would be empty; give it some images, more groups or another --split");
      }
    }
    int[] counts = list.counts(members.getFirst());
    int[] all = list.counts(list.all());
    for (int label = 0; label < counts.length; label++) {
      if (counts[label] == 0 && all[label] > 0) {
        throw new DataException(
            "the class "
                + list.labelNames().get(label)
                + " would have no training image; give it more images or groups, or leave it out"
                + " (--split 100/0/0 packs images that are added to a run)");
      }
    }
    return splits;
  }
}
