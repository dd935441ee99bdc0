// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.base.Philox;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.network.Network;
import dev.unerring.run.TrainedRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A study of the samples of one split, or of a part of them. Finished samples stand in a journal,
 * so that a later call goes on where a kill, a stop or the limit of time ended an earlier one.
 *
 * @param out folder of journals and results
 * @param seed of the choice of samples
 * @param share of the samples that is evaluated, above 0, at most 1
 * @param part from 1
 * @param parts that the chosen samples are cut into
 */
public record Validation(
    TrainedRun run,
    Dataset data,
    Split split,
    Path out,
    long seed,
    double share,
    int part,
    int parts) {
  private static final int BATCH = 85;
  private static final List<String> SPLITS = List.of("train", "val", "test");

  /** Checks the ranges. */
  public Validation {
    if (!(share > 0 && share <= 1)) {
      throw new UsageException("share", "--share is above 0 and at most 1, not " + share);
    }
    if (part < 1 || part > parts || parts > 10_000) {
      throw new UsageException(
          "part", "--part is i/n, 1/1 to 10000/10000; not " + part + "/" + parts);
    }
  }

  /** The samples that a share takes, ascending: at least one. */
  static int[] chosen(long seed, double share, String split, int samples) {
    int epoch = SPLITS.indexOf(split);
    int[] all = IntStream.range(0, samples).toArray();
    int[] taken =
        IntStream.of(all)
            .filter(i -> Philox.uniform(seed, Philox.VALIDATED_SHARE, epoch, i) < share)
            .toArray();
    return taken.length > 0 ? taken : new int[] {first(seed, epoch, samples)};
  }

  private static int first(long seed, int epoch, int samples) {
    int least = 0;
    float lowest = 1;
    for (int i = 0; i < samples; i++) {
      float draw = Philox.uniform(seed, Philox.VALIDATED_SHARE, epoch, i);
      if (draw < lowest) {
        lowest = draw;
        least = i;
      }
    }
    return least;
  }

  /** What a journal is of. */
  private Map<String, Object> header(Study study) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("schema", 1);
    header.put("study", study.name());
    header.put("weightsSha256", run.facts().get("weightsSha256"));
    header.put("evaluatedContentSha256", data.contentSha256());
    header.put("split", split.name());
    header.put("splitSamples", split.size());
    header.put("seed", seed);
    header.put("share", share);
    header.put("choices", study.choices());
    header.put("part", part);
    header.put("parts", parts);
    return header;
  }

  /** Its samples: of the chosen ones every {@code parts}-th. */
  private int[] samples() {
    int[] chosen = chosen(seed, share, split.name(), split.size());
    return IntStream.range(0, chosen.length)
        .filter(k -> k % parts == part - 1)
        .map(k -> chosen[k])
        .toArray();
  }

  /**
   * Evaluates the samples that no earlier call has finished. A part of several stays a journal; the
   * only part becomes the result, also where the time was up, which the result says.
   *
   * @param threads workers; each opens a backend of its own
   * @return what is said of the finished samples, with the files
   * @throws StoppedException when the user stops; finished samples stay in the journal
   */
  public Report run(Study study, int threads, Supplier<Backend> backends, WorkMonitor monitor) {
    Map<String, Object> header = header(study);
    Path file = Part.file(out, study.name(), split.name(), part, parts);
    int[] samples = samples();
    try (Journal journal = Journal.open(file, header)) {
      SortedMap<Integer, Map<?, ?>> finished = journal.records();
      int[] left = IntStream.of(samples).filter(i -> !finished.containsKey(i)).toArray();
      if (!finished.isEmpty()) {
        monitor.note(finished.size() + " of " + samples.length + " samples were finished before");
      }
      boolean complete = true;
      try {
        String work = study.name() + ", " + split.name();
        new SamplePool(left, study.units(), monitor, work)
            .run(threads, () -> task(study, backends, journal));
      } catch (StoppedException e) {
        int now = journal.records().size();
        String more =
            "; "
                + now
                + " of "
                + samples.length
                + " samples are finished, the same command goes on";
        if (e.reason() != EndedBy.TIME) {
          throw e.adding(more);
        }
        monitor.note("note: the time was up" + more);
        complete = false;
      }
      if (parts > 1) {
        return Report.ofPart(file, journal.records().size(), samples.length, part, parts);
      }
      List<Map<?, ?>> records = new ArrayList<>(journal.records().values());
      Report report =
          ValidationFile.write(out, header, study.outcome(records), samples.length, records.size());
      if (complete) {
        journal.discard();
      }
      return report;
    }
  }

  private SamplePool.Task task(Study study, Supplier<Backend> backends, Journal journal) {
    Backend backend = backends.get();
    try {
      Network network = run.network(backend, BATCH);
      Study.Worker worker = study.worker(network, split);
      return new SamplePool.Task() {
        @Override
        public void finish(int sample, LongConsumer tick) {
          journal.add(sample, worker.evaluate(sample, tick));
        }

        @Override
        public void close() {
          backend.close();
        }
      };
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }
}
