// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.audit.FlippedGroup;
import dev.unerring.audit.LabelAudit;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.ParallelWork;
import dev.unerring.data.Samples;
import dev.unerring.data.Split;
import dev.unerring.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * The audit in depth: images that are the same up to a flip or quarter turn, and near-twins, which
 * are different images whose pixel values (all positions and channels) have a Pearson correlation
 * of at least {@link #NEAR}; pairs of at least {@link #ALIKE} are counted. Constant images have no
 * correlation and take no part in that. Every decision is exact, every count complete; the list of
 * near-twins holds at most {@link #LISTED} of each two splits, those with different labels first.
 * The flips and turns are all maps of the grid onto itself: 8 for square images, 4 for other 2D
 * images, 48 for cubes (16 or 8 for other 3D images), flips along the depth among them.
 *
 * @param flippedGroups images that a flip or turn maps onto each other, by their first sample
 * @param nearPairs near-twins, by their splits, then the closest first
 * @param counts for each two splits, and for each with itself
 * @param constantImages samples without a correlation
 */
public record TwinAudit(
    List<FlippedGroup> flippedGroups,
    List<TwinPair> nearPairs,
    List<TwinCounts> counts,
    int constantImages) {
  /** Correlation from which two different images are near-twins. */
  public static final double NEAR = 0.99;

  /** Correlation from which pairs are counted. */
  public static final double ALIKE = 0.95;

  /** Near-twins listed for each two splits, at most. */
  public static final int LISTED = 10_000;

  /** Pairs and pixels up to which the audit takes seconds. */
  private static final long SHORT_PAIRS = 50_000_000;

  private static final long SHORT_BYTES = 1L << 28;

  /** Takes copies of the lists. */
  public TwinAudit {
    flippedGroups = List.copyOf(flippedGroups);
    nearPairs = List.copyOf(nearPairs);
    counts = List.copyOf(counts);
  }

  /**
   * Audits a data set; the time grows with the square of the number of samples. The result does not
   * refer to its memory and does not depend on the number of processors.
   */
  public static TwinAudit of(Dataset dataset, WorkMonitor monitor) {
    return of(dataset.splits(), dataset.imageShape(), ParallelWork.processors(), LISTED, monitor);
  }

  static TwinAudit of(
      List<Split> splits, Shape shape, int threads, int listed, WorkMonitor monitor) {
    return new TwinCensus(new Samples(splits), shape, threads, listed, monitor).take();
  }

  /** Whether the audit of a set usually takes no more than a few seconds. */
  public static boolean isShort(Dataset dataset) {
    long samples = dataset.splits().stream().mapToLong(Split::size).sum();
    return samples * (samples - 1) / 2 <= SHORT_PAIRS
        && samples * dataset.imageShape().imageElements() <= SHORT_BYTES;
  }

  /** Near-twins that are counted and not listed. */
  public long nearPairsNotListed() {
    return counts.stream().mapToLong(count -> count.near().all()).sum() - nearPairs.size();
  }

  /** The counts of one split beside another; the order of the two does not matter. */
  public TwinCounts counts(String one, String other) {
    return counts.stream()
        .filter(count ->
            count.in().equals(one) && count.of().equals(other)
                || count.in().equals(other) && count.of().equals(one))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no splits " + one + " and " + other));
  }

  /** Everything, in reading order. */
  public Map<String, Object> toJson() {
    return TwinReport.json(this);
  }

  /** A report for a terminal; long lists are cut and say so. */
  public String toText() {
    return TwinReport.text(this);
  }

  /**
   * Every pair, and of each group its first member beside every other: the identical ones of {@code
   * audit}, the flipped, the near.
   */
  public List<TwinPair> pairs(LabelAudit audit) {
    return TwinReport.pairs(this, audit);
  }

  /**
   * {@link #pairs} as CSV, with a header: kind (identical, flipped, near), the two samples with
   * split, index and labels (of multi-label sets with spaces between), {@code same} or {@code
   * other} label, correlation (near only), and the flip or turn that makes the second image out of
   * the first.
   */
  public String toCsv(LabelAudit audit) {
    StringBuilder csv = new StringBuilder(TwinPair.CSV_HEADER).append('\n');
    pairs(audit).forEach(pair -> csv.append(pair.toCsv()).append('\n'));
    return csv.toString();
  }
}
