// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certify;

import dev.unerring.base.Philox;
import dev.unerring.errors.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Which training samples the definition computes again: the smallest margins, a random share, and
 * the first that are inside a patch. Where all of them would take more than {@code work}
 * multiplications, each part shrinks alike, to one sample at least.
 *
 * @param smallest number of the smallest margins in absolute value, and at most of patched samples
 * @param random number of draws
 * @param seed of the draws
 * @param work multiplications at most
 */
public record Repeats(int smallest, int random, long seed, long work) {
  /** What the re-check of a run repeats: a second's work of plain Java at most. */
  static final Repeats OF_A_RUN = new Repeats(8, 8, 0, 500_000_000L);

  private static final int SMALLEST_OF_A_CERTIFICATE = 100;
  private static final int SHARE_OF_A_CERTIFICATE = 100;
  private static final long WORK_OF_A_CERTIFICATE = 6_000_000_000L;

  /** The 100 smallest margins and one sample in a hundred at random: ten seconds at most. */
  public static Repeats ofACertificate(int samples, long seed) {
    int random = Math.ceilDiv(samples, SHARE_OF_A_CERTIFICATE);
    return new Repeats(SMALLEST_OF_A_CERTIFICATE, random, seed, WORK_OF_A_CERTIFICATE);
  }

  /**
   * The samples, ascending.
   *
   * @param logits [samples][classes]
   * @param patched samples inside a patch, ascending
   * @param multiplications of one sample
   */
  int[] chosen(Labels given, float[] logits, List<Integer> patched, long multiplications) {
    long affordable = work / multiplications;
    int fewest = part(smallest, affordable);
    int draws = part(random, affordable);
    List<Integer> byMargin = new ArrayList<>();
    for (int n = 0; n < given.samples(); n++) {
      byMargin.add(n);
    }
    byMargin.sort((a, b) -> {
      float first = Math.abs(given.margin(logits, a));
      float second = Math.abs(given.margin(logits, b));
      return first != second ? Float.compare(first, second) : Integer.compare(a, b);
    });
    var samples = new TreeSet<>(byMargin.subList(0, Math.min(fewest, byMargin.size())));
    samples.addAll(patched.subList(0, Math.min(fewest, patched.size())));
    for (int i = 0; i < draws; i++) {
      float u = Philox.uniform(seed, Philox.REFERENCE_SHARE, 0, i);
      samples.add((int) (u * given.samples()));
    }
    return samples.stream().mapToInt(Integer::intValue).toArray();
  }

  private int part(int wanted, long affordable) {
    return Math.clamp(affordable * wanted / (smallest + random), 1, wanted);
  }
}
