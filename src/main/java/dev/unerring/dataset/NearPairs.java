package dev.unerring.dataset;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The closest pairs of each pair of splits, a bounded number of them: which ones are kept does not
 * depend on the order in which they come.
 */
final class NearPairs {
  private record Kept(int first, int second, double correlation) {
    /** The closest first, then by the numbers of the samples. */
    static final Comparator<Kept> ORDER =
        Comparator.comparingDouble(Kept::correlation)
            .reversed()
            .thenComparingInt(Kept::first)
            .thenComparingInt(Kept::second);
  }

  private final Samples samples;
  private final int limit;

  /** For each pair of splits, the least close pair on top. */
  private final List<PriorityQueue<Kept>> kept = new ArrayList<>();

  NearPairs(Samples samples, int limit) {
    this.samples = samples;
    this.limit = limit;
    for (int i = 0; i < samples.splits().size() * samples.splits().size(); i++) {
      kept.add(new PriorityQueue<>(Kept.ORDER.reversed()));
    }
  }

  private PriorityQueue<Kept> queue(int first, int second) {
    return kept.get(samples.splitOf(first) * samples.splits().size() + samples.splitOf(second));
  }

  /** Whether a pair with a correlation of at most {@code atMost} might be kept. */
  boolean mayTake(int first, int second, double atMost) {
    PriorityQueue<Kept> queue = queue(first, second);
    return queue.size() < limit || atMost >= queue.peek().correlation;
  }

  void offer(int first, int second, double correlation) {
    keep(new Kept(first, second, correlation));
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
          .sorted(Kept.ORDER)
          .map(pair ->
              TwinPair.near(
                  samples.sample(pair.first), samples.sample(pair.second), pair.correlation))
          .forEach(pairs::add);
    }
    return List.copyOf(pairs);
  }
}
