// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.audit.IdenticalImages;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.ParallelWork;
import dev.unerring.data.Samples;
import dev.unerring.data.Split;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which samples have a twin, in another split or in their own. */
public final class NearTwins {
  private NearTwins() {}

  /**
   * The samples of {@code of} that have a twin in {@code in}: an identical image (constant ones
   * too), or one whose pixel values correlate with theirs by a threshold or more. Exact, and the
   * same for any number of processors. Labels play no part.
   *
   * @param of the samples that are asked about, e.g. test
   * @param in where twins are looked for, e.g. train; images of the same shape
   * @param imageShape of one image
   * @param threshold above 0, at most 1, e.g. {@link TwinAudit#ALIKE}
   * @return a bit for each sampleIndex of {@code of}
   */
  public static BitSet withTwinIn(
      Split of, Split in, Shape imageShape, double threshold, WorkMonitor monitor) {
    return withTwinIn(of, in, imageShape, threshold, ParallelWork.processors(), monitor);
  }

  static BitSet withTwinIn(
      Split of, Split in, Shape imageShape, double threshold, int threads, WorkMonitor monitor) {
    return find(of, in, imageShape, new double[] {threshold}, threads, monitor).getFirst();
  }

  /**
   * The same for several thresholds, in one search.
   *
   * @param thresholds ascending
   * @return a set of samples for each threshold
   */
  public static List<BitSet> withTwinIn(
      Split of, Split in, Shape imageShape, double[] thresholds, WorkMonitor monitor) {
    return find(of, in, imageShape, thresholds, ParallelWork.processors(), monitor);
  }

  /** Takes a sample and another one of the same split that is near it. */
  public interface Near {
    /**
     * A pair was found; the order is any, and one call follows another.
     *
     * @param correlation computed when it is asked for
     */
    void pair(int sample, int other, DoubleSupplier correlation);
  }

  /**
   * All other samples of a split that correlate with one of some samples by a threshold or more.
   * Exact, and the same for any number of processors. Constant images have no correlation.
   *
   * @param samples ascending
   * @throws dev.unerring.StoppedException when the monitor stops
   */
  public static void each(
      Split split,
      int[] samples,
      Shape imageShape,
      double threshold,
      WorkMonitor monitor,
      Near near) {
    int threads = ParallelWork.processors();
    Correlation correlation = new Correlation(new Samples(List.of(split)), threads, monitor);
    int[] rows = IntStream.of(samples).filter(i -> !correlation.constant(i)).toArray();
    int[] columns =
        IntStream.range(0, split.size()).filter(i -> !correlation.constant(i)).toArray();
    Object lock = new Object();
    TwinSearch.between(correlation, rows, columns, new CorrelationBound(threshold))
        .run(
            imageShape,
            threads,
            monitor,
            () ->
                (row, column, reached, reader) -> {
                  if (row != column) {
                    synchronized (lock) {
                      near.pair(
                          row,
                          column,
                          () -> correlation.value(reader.product(row, column), row, column));
                    }
                  }
                });
  }

  private static List<BitSet> find(
      Split of, Split in, Shape imageShape, double[] thresholds, int threads, WorkMonitor monitor) {
    Samples samples = new Samples(List.of(of, in));
    BitSet identical = new BitSet(of.size());
    for (int[] group : IdenticalImages.find(samples.splits(), monitor)) {
      if (group[group.length - 1] >= of.size()) {
        IntStream.of(group).filter(i -> i < of.size()).forEach(identical::set);
      }
    }
    Correlation correlation = new Correlation(samples, threads, monitor);
    int[] rows =
        IntStream.range(0, of.size())
            .filter(i -> !identical.get(i) && !correlation.constant(i))
            .toArray();
    int[] columns =
        IntStream.range(of.size(), samples.size()).filter(i -> !correlation.constant(i)).toArray();
    CorrelationBound[] bounds =
        DoubleStream.of(thresholds)
            .mapToObj(CorrelationBound::new)
            .toArray(CorrelationBound[]::new);
    List<Finder> finders = new ArrayList<>();
    TwinSearch.between(correlation, rows, columns, bounds)
        .run(
            imageShape,
            threads,
            monitor,
            () -> {
              Finder finder = new Finder(copies(identical, bounds.length));
              synchronized (finders) {
                finders.add(finder);
              }
              return finder;
            });
    List<BitSet> found = copies(identical, bounds.length);
    for (Finder finder : finders) {
      for (int i = 0; i < found.size(); i++) {
        found.get(i).or(finder.found.get(i));
      }
    }
    return found;
  }

  private static List<BitSet> copies(BitSet set, int count) {
    return Stream.generate(() -> (BitSet) set.clone()).limit(count).toList();
  }

  /** One thread's part, by bound: a row that has a twin by all of them needs no second. */
  private record Finder(List<BitSet> found) implements TwinSearch.Visitor {
    @Override
    public boolean wants(int row) {
      return !found.getLast().get(row);
    }

    @Override
    public void pair(int row, int column, int reached, Correlation.Reader reader) {
      for (int i = 0; i < reached; i++) {
        found.get(i).set(row);
      }
    }
  }
}
