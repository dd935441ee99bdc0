// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.UsageException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many samples each class has (of multi-label sets: how many samples have each label), by class
 * number.
 *
 * @param train of the training split
 * @param val of the validation split
 * @param test of the test split
 * @param source where the numbers come from, in words
 */
public record ClassBalance(
    List<Integer> train, List<Integer> val, List<Integer> test, String source) {
  /** What is said where no numbers are known. */
  public static final String ASSUMED =
      "assumed, because the true numbers are not known: class k (from 0) has a share in proportion"
          + " to 1 / (k + 1)";

  /** Samples that a class keeps in train when a set is cut, if it has them. */
  private static final int KEPT = 10;

  /** Takes copies. */
  public ClassBalance {
    train = List.copyOf(train);
    val = List.copyOf(val);
    test = List.copyOf(test);
  }

  /** The published balance of a set, or a long-tailed one whose {@code source} says so. */
  public static ClassBalance of(DatasetManifest manifest) {
    return manifest
        .classCounts()
        .orElseGet(() ->
            new ClassBalance(
                assumed(manifest.train(), manifest.classes()),
                assumed(manifest.val(), manifest.classes()),
                assumed(manifest.test(), manifest.classes()),
                ASSUMED));
  }

  private static List<Integer> assumed(int samples, int classes) {
    long common = 1;
    for (int k = 2; k <= classes; k++) {
      common *= k;
    }
    long[] weights = new long[classes];
    for (int k = 0; k < classes; k++) {
      weights[k] = common / (k + 1);
    }
    return IntStream.of(shares(samples, weights)).boxed().toList();
  }

  /**
   * The numbers for a split of another size in the same balance: with one label a sample they add
   * up to {@code samples}. A class keeps at least one sample, in train at least ten where the whole
   * set has them and {@code samples} allows it.
   *
   * @param split 0 train, 1 val, 2 test
   * @param of samples of the whole split
   * @throws UsageException when there are fewer samples than classes
   */
  public int[] scaled(int split, int samples, int of, boolean multiLabel) {
    List<Integer> whole = List.of(train, val, test).get(split);
    int classes = whole.size();
    String name = DatasetReader.SPLITS.get(split);
    if (samples < classes) {
      throw new UsageException(
          samples
              + " "
              + name
              + " samples are too few for "
              + classes
              + (multiLabel ? " labels" : " classes")
              + ": each needs at least one; give --"
              + name
              + " "
              + classes
              + " or more");
    }
    int least = split == 0 ? Math.min(KEPT, samples / classes) : 1;
    long[] weights = whole.stream().mapToLong(Integer::longValue).toArray();
    int[] counts = multiLabel ? new int[classes] : shares(samples, weights);
    for (int k = 0; k < classes; k++) {
      int wanted = Math.min(least, whole.get(k));
      if (multiLabel) {
        long rounded = (2L * samples * weights[k] + of) / (2L * of);
        counts[k] = (int) Math.max(wanted, rounded);
        continue;
      }
      while (counts[k] < wanted) {
        counts[largest(counts)]--;
        counts[k]++;
      }
    }
    return counts;
  }

  /** Parts of {@code total} in proportion to {@code weights}; what rounding leaves goes by rest. */
  private static int[] shares(int total, long[] weights) {
    long sum = 0;
    for (long weight : weights) {
      sum += weight;
    }
    int[] counts = new int[weights.length];
    long[] rests = new long[weights.length];
    int left = total;
    for (int k = 0; k < weights.length; k++) {
      long product = Math.multiplyExact(total, weights[k]);
      counts[k] = Math.toIntExact(product / sum);
      rests[k] = product % sum;
      left -= counts[k];
    }
    for (; left > 0; left--) {
      int next = 0;
      for (int k = 1; k < rests.length; k++) {
        next = rests[k] > rests[next] ? k : next;
      }
      counts[next]++;
      rests[next] = -1;
    }
    return counts;
  }

  private static int largest(int[] counts) {
    int largest = 0;
    for (int k = 1; k < counts.length; k++) {
      largest = counts[k] > counts[largest] ? k : largest;
    }
    return largest;
  }
}
