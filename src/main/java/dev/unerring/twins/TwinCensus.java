// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.audit.FlippedGroup;
import dev.unerring.audit.FlippedImages;
import dev.unerring.audit.IdenticalImages;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Samples;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Takes a {@link TwinAudit}. Of identical images only the first is compared with others, and stands
 * for its copies.
 */
final class TwinCensus {
  private final Samples samples;
  private final Shape shape;
  private final int threads;
  private final int listed;
  private final WorkMonitor monitor;
  private final int[] labels;

  /** By sample: the group of the first of identical images, empty for its copies, else null. */
  private final int[][] copies;

  private final TwinTally tally;

  TwinCensus(Samples samples, Shape shape, int threads, int listed, WorkMonitor monitor) {
    this.samples = samples;
    this.shape = shape;
    this.threads = threads;
    this.listed = listed;
    this.monitor = monitor;
    this.labels = samples.labelNumbers();
    this.copies = new int[samples.size()][];
    this.tally = new TwinTally(samples, labels);
  }

  TwinAudit take() {
    for (int[] group : IdenticalImages.find(samples.splits(), monitor)) {
      tally.all(TwinKind.IDENTICAL, group);
      for (int member : group) {
        copies[member] = new int[0];
      }
      copies[group[0]] = group;
    }
    int[] distinct =
        IntStream.range(0, samples.size())
            .filter(i -> copies[i] == null || copies[i].length > 0)
            .toArray();
    List<FlippedGroup> flipped =
        FlippedImages.find(samples, shape, distinct, threads, monitor).stream()
            .map(this::flipped)
            .toList();
    Correlation correlation = new Correlation(samples, threads, monitor);
    int[] varied = Arrays.stream(distinct).filter(i -> !correlation.constant(i)).toArray();
    NearPairs near = near(correlation, varied);
    List<TwinCounts> counts = new ArrayList<>();
    for (int in = 0; in < samples.splits().size(); in++) {
      for (int of = in; of < samples.splits().size(); of++) {
        counts.add(TwinCounts.of(tally, samples, in, of));
      }
    }
    int constant = (int) IntStream.range(0, samples.size()).filter(correlation::constant).count();
    return new TwinAudit(flipped, near.list(), counts, constant);
  }

  /** The sample itself, or all samples with its image. */
  private int[] withCopies(int image) {
    return copies[image] == null ? new int[] {image} : copies[image];
  }

  private FlippedGroup flipped(List<FlippedImages.Member> group) {
    for (int i = 0; i < group.size(); i++) {
      for (int j = i + 1; j < group.size(); j++) {
        pairs(tally, TwinKind.FLIPPED, group.get(i).image(), group.get(j).image());
      }
    }
    List<FlippedImages.Member> members = new ArrayList<>();
    for (FlippedImages.Member member : group) {
      for (int copy : withCopies(member.image())) {
        members.add(new FlippedImages.Member(copy, member.transform()));
      }
    }
    members.sort((a, b) -> Integer.compare(a.image(), b.image()));
    return new FlippedGroup(
        members.stream().map(member -> samples.sample(member.image())).toList(),
        members.stream().map(FlippedImages.Member::transform).toList());
  }

  private void pairs(TwinTally to, TwinKind kind, int a, int b) {
    if (copies[a] == null && copies[b] == null) {
      to.pair(kind, Math.min(a, b), Math.max(a, b));
      return;
    }
    for (int first : withCopies(a)) {
      for (int second : withCopies(b)) {
        to.pair(kind, Math.min(first, second), Math.max(first, second));
      }
    }
  }

  private NearPairs near(Correlation correlation, int[] varied) {
    CorrelationBound alike = new CorrelationBound(TwinAudit.ALIKE);
    CorrelationBound near = new CorrelationBound(TwinAudit.NEAR);
    List<Collector> collectors = new ArrayList<>();
    TwinSearch.within(correlation, varied, alike, near)
        .run(
            shape,
            threads,
            monitor,
            () -> {
              Collector collector = new Collector(correlation);
              synchronized (collectors) {
                collectors.add(collector);
              }
              return collector;
            });
    NearPairs pairs = new NearPairs(samples, labels, listed);
    for (Collector collector : collectors) {
      tally.add(collector.tally);
      pairs.add(collector.near);
    }
    return pairs;
  }

  /** What one thread finds. */
  private final class Collector implements TwinSearch.Visitor {
    private final Correlation correlation;
    private final TwinTally tally = new TwinTally(samples, labels);
    private final NearPairs near = new NearPairs(samples, labels, listed);

    Collector(Correlation correlation) {
      this.correlation = correlation;
    }

    @Override
    public void pair(int row, int column, int reached, Correlation.Reader reader) {
      pairs(tally, TwinKind.ALIKE, row, column);
      if (reached == 2) {
        pairs(tally, TwinKind.NEAR, row, column);
        list(row, column, reader);
      }
    }

    private void list(int row, int column, Correlation.Reader reader) {
      double exact = Double.NaN;
      for (int one : withCopies(row)) {
        for (int other : withCopies(column)) {
          int first = Math.min(one, other);
          int second = Math.max(one, other);
          if (near.takes(first, second)) {
            if (Double.isNaN(exact)) {
              exact = correlation.value(reader.product(row, column), row, column);
            }
            near.add(first, second, exact);
          }
        }
      }
    }
  }
}
