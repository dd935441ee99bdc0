package dev.unerring.dataset;

import dev.unerring.base.WorkMonitor;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** Which samples of one split have a twin in another. */
public final class NearTwins {
  private NearTwins() {}

  /**
   * The samples of {@code of} that have a twin in {@code in}: an identical image (constant ones
   * too), or one whose pixel values correlate with theirs by {@code threshold} or more. Exact, and
   * the same for any number of processors. Labels play no part.
   *
   * @param of the samples that are asked about, e.g. test
   * @param in where twins are looked for, e.g. train; images of the same shape
   * @param imageShape of one image
   * @param threshold above 0, at most 1, e.g. {@link TwinAudit#ALIKE}
   * @return a bit for each sampleIndex of {@code of}
   */
  public static BitSet withTwinIn(
      Split of, Split in, Shape imageShape, double threshold, WorkMonitor monitor) {
    return withTwinIn(of, in, imageShape, threshold, Units.processors(), monitor);
  }

  static BitSet withTwinIn(
      Split of, Split in, Shape imageShape, double threshold, int threads, WorkMonitor monitor) {
    Samples samples = new Samples(List.of(of, in));
    BitSet found = new BitSet(of.size());
    for (int[] group : IdenticalImages.find(samples.splits())) {
      if (group[group.length - 1] >= of.size()) {
        IntStream.of(group).filter(i -> i < of.size()).forEach(found::set);
      }
    }
    Correlation correlation = new Correlation(samples, threads, monitor);
    int[] rows =
        IntStream.range(0, of.size())
            .filter(i -> !found.get(i) && !correlation.constant(i))
            .toArray();
    int[] columns =
        IntStream.range(of.size(), samples.size()).filter(i -> !correlation.constant(i)).toArray();
    List<Finder> finders = new ArrayList<>();
    TwinSearch.between(correlation, rows, columns, new CorrelationBound(threshold))
        .run(
            imageShape,
            threads,
            monitor,
            () -> {
              Finder finder = new Finder(new BitSet(of.size()));
              synchronized (finders) {
                finders.add(finder);
              }
              return finder;
            });
    finders.forEach(finder -> found.or(finder.found));
    return found;
  }

  /** One thread's part: a row that has a twin needs no second. */
  private record Finder(BitSet found) implements TwinSearch.Visitor {
    @Override
    public boolean wants(int row) {
      return !found.get(row);
    }

    @Override
    public void pair(int row, int column, int reached, Correlation.Reader reader) {
      found.set(row);
    }
  }
}
