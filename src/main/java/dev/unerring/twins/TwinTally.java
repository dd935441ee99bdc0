// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.data.Samples;
import java.util.TreeMap;

/**
 * Counts pairs of twins by kind, splits and sameness of labels, and remembers for each sample where
 * it has a twin. One for each thread; {@link #add} puts them together, in any order.
 */
final class TwinTally {
  private static final int KINDS = TwinKind.values().length;

  private final Samples samples;
  private final int[] labels;
  private final int splits;

  /** By (kind, first split, second split, other label). */
  private final long[] pairs;

  /** A bit for each (kind, split of the twin, other label), by sample. */
  private final int[] twins;

  TwinTally(Samples samples, int[] labelNumbers) {
    this.samples = samples;
    this.labels = labelNumbers;
    this.splits = samples.splits().size();
    this.pairs = new long[KINDS * splits * splits * 2];
    this.twins = new int[samples.size()];
  }

  private int index(TwinKind kind, int first, int second, int other) {
    return ((kind.ordinal() * splits + first) * splits + second) * 2 + other;
  }

  private int bit(TwinKind kind, int split, int other) {
    return 1 << (kind.ordinal() * splits + split) * 2 + other;
  }

  /** Counts one pair of samples, the first of which has the lower number. */
  void pair(TwinKind kind, int first, int second) {
    int other = labels[first] == labels[second] ? 0 : 1;
    int firstSplit = samples.splitOf(first);
    int secondSplit = samples.splitOf(second);
    pairs[index(kind, firstSplit, secondSplit, other)]++;
    twins[first] |= bit(kind, secondSplit, other);
    twins[second] |= bit(kind, firstSplit, other);
  }

  /** Counts all pairs of some samples (ascending) that are twins of one another, in linear time. */
  void all(TwinKind kind, int[] members) {
    TreeMap<Integer, long[]> byLabel = new TreeMap<>();
    long[] before = new long[splits];
    for (int member : members) {
      long[] same = byLabel.computeIfAbsent(labels[member], label -> new long[splits]);
      int split = samples.splitOf(member);
      for (int s = 0; s < splits; s++) {
        pairs[index(kind, s, split, 0)] += same[s];
        pairs[index(kind, s, split, 1)] += before[s] - same[s];
      }
      same[split]++;
      before[split]++;
    }
    for (int member : members) {
      long[] same = byLabel.get(labels[member]);
      int split = samples.splitOf(member);
      for (int s = 0; s < splits; s++) {
        twins[member] |= same[s] > (s == split ? 1 : 0) ? bit(kind, s, 0) : 0;
        twins[member] |= before[s] > same[s] ? bit(kind, s, 1) : 0;
      }
    }
  }

  void add(TwinTally other) {
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] += other.pairs[i];
    }
    for (int i = 0; i < twins.length; i++) {
      twins[i] |= other.twins[i];
    }
  }

  /** Pairs of a kind; of those with other labels alone, or of all. */
  long pairs(TwinKind kind, int first, int second, boolean otherLabelOnly) {
    long other = pairs[index(kind, first, second, 1)];
    return otherLabelOnly ? other : other + pairs[index(kind, first, second, 0)];
  }

  /**
   * Samples of a split that have a twin in another.
   *
   * @param kinds of twins, any of which counts
   */
  int samplesWithTwin(int of, int in, boolean otherLabelOnly, TwinKind... kinds) {
    int mask = 0;
    for (TwinKind kind : kinds) {
      mask |= bit(kind, in, 1) | (otherLabelOnly ? 0 : bit(kind, in, 0));
    }
    int count = 0;
    for (int i = samples.first(of); i < samples.first(of + 1); i++) {
      count += (twins[i] & mask) != 0 ? 1 : 0;
    }
    return count;
  }
}
