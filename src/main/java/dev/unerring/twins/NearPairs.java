// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.data.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Near-twins, a bounded number for each pair of splits: those with different labels first, then in
 * the order of their later sample, then of the other. So which ones are kept is known without their
 * correlation, and does not depend on the order in which they come.
 */
final class NearPairs {
  private record Kept(boolean sameLabel, int first, int second, double correlation) {
    static final Comparator<Kept> URGENCY =
        Comparator.comparing(Kept::sameLabel)
            .thenComparingInt(Kept::second)
            .thenComparingInt(Kept::first);

    static final Comparator<Kept> CLOSENESS =
        Comparator.comparingDouble(Kept::correlation)
            .reversed()
            .thenComparingInt(Kept::first)
            .thenComparingInt(Kept::second);

    boolean before(boolean same, int one, int other) {
      return sameLabel != same ? !sameLabel : second != other ? second < other : first < one;
    }
  }

  private final Samples samples;
  private final int[] labels;
  private final int limit;

  /** For each pair of splits, the pair that goes first when there are too many on top. */
  private final List<PriorityQueue<Kept>> kept = new ArrayList<>();

  NearPairs(Samples samples, int[] labelNumbers, int limit) {
    this.samples = samples;
    this.labels = labelNumbers;
    this.limit = limit;
    for (int i = 0; i < samples.splits().size() * samples.splits().size(); i++) {
      kept.add(new PriorityQueue<>(Kept.URGENCY.reversed()));
    }
  }

  private PriorityQueue<Kept> queue(int first, int second) {
    return kept.get(samples.splitOf(first) * samples.splits().size() + samples.splitOf(second));
  }

  /** Whether a pair would be kept; {@code first} is the lower number. */
  boolean takes(int first, int second) {
    PriorityQueue<Kept> queue = queue(first, second);
    return queue.size() < limit
        || !queue.peek().before(labels[first] == labels[second], first, second);
  }

  void add(int first, int second, double correlation) {
    keep(new Kept(labels[first] == labels[second], first, second, correlation));
  }

  private void keep(Kept pair) {
    PriorityQueue<Kept> queue = queue(pair.first, pair.second);
    queue.add(pair);
    if (queue.size() > limit) {
      queue.poll();
    }
  }

  void add(NearPairs other) {
    other.kept.forEach(queue -> queue.forEach(this::keep));
  }

  /** The pairs that were kept, by splits (those of train first), then the closest first. */
  List<TwinPair> list() {
    List<TwinPair> pairs = new ArrayList<>();
    for (PriorityQueue<Kept> queue : kept) {
      queue.stream()
          .sorted(Kept.CLOSENESS)
          .map(pair ->
              TwinPair.near(
                  samples.sample(pair.first), samples.sample(pair.second), pair.correlation))
          .forEach(pairs::add);
    }
    return List.copyOf(pairs);
  }
}
