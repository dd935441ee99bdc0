// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.DataException;
import dev.unerring.corrupt.Corruption;
import dev.unerring.corrupt.CorruptionLists;
import dev.unerring.data.Dataset;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.Split;
import dev.unerring.data.Task;
import dev.unerring.errors.Proportion;
import dev.unerring.network.Network;
import dev.unerring.robustness.Answers;
import dev.unerring.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;

/** Every sample under every corruption of the set's list, in five strengths. */
public final class CorruptStudy implements Study {
  /** Its name. */
  public static final String NAME = "corrupt";

  private static final String CLEAN = "clean";

  private final Task task;
  private final Shape shape;
  private final long seed;
  private final List<Corruption> list;

  /** The corruptions of a set. */
  public CorruptStudy(Dataset data, long seed) {
    this.task = data.task();
    this.shape = data.imageShape();
    this.seed = seed;
    this.list = CorruptionLists.of(data.manifest().map(DatasetManifest::flag).orElse(""), shape);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Object> choices() {
    Map<String, Object> choices = new LinkedHashMap<>();
    choices.put("corruptions", list.stream().map(Corruption::label).toList());
    choices.put("severities", Corruption.SEVERITIES);
    choices.put("strengths", "ours, chosen for 28 pixels a side; not MedMNIST-C's at 224");
    return choices;
  }

  @Override
  public long units() {
    return 1L + (long) list.size() * Corruption.SEVERITIES;
  }

  @Override
  public Worker worker(Network network, Split split) {
    Answers answers = new Answers(network, task == Task.MULTI_LABEL);
    return (sample, tick) -> record(answers, split, sample, tick);
  }

  private Map<String, Object> record(Answers answers, Split split, int sample, LongConsumer tick) {
    byte[] image = Images.of(split, sample);
    List<byte[]> images = new ArrayList<>();
    images.add(image);
    for (Corruption each : list) {
      for (int severity = 1; severity <= Corruption.SEVERITIES; severity++) {
        images.add(each.apply(shape, image, severity, seed, sample));
      }
    }
    long[] given = answers.of(images);
    List<Object> rows = new ArrayList<>();
    int next = 1;
    for (Corruption each : list) {
      List<Object> row = new ArrayList<>();
      row.add(each.label());
      for (int severity = 1; severity <= Corruption.SEVERITIES; severity++) {
        row.add(given[next++]);
      }
      rows.add(row);
    }
    tick.accept(units());
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("sample", sample);
    record.put("truth", Images.truth(split, sample));
    record.put("answer", given[0]);
    record.put("answers", rows);
    return record;
  }

  @Override
  public Outcome outcome(Collection<Map<?, ?>> records) {
    return summary(records);
  }

  /** Counts of one corruption at one severity. */
  private static final class Tally {
    private int right;
    private int kept;
  }

  /** What is said of finished samples, in the order given. */
  static Outcome summary(Collection<Map<?, ?>> records) {
    Map<String, Tally[]> tallies = new LinkedHashMap<>();
    StringBuilder csv = new StringBuilder("sampleIndex,corruption,severity,answer,right,kept\n");
    Tally clean = new Tally();
    int samples = 0;
    try {
      for (Map<?, ?> record : records) {
        samples++;
        Object truth = record.get("truth");
        Object answer = record.get("answer");
        clean.right += truth.equals(answer) ? 1 : 0;
        row(csv, record, CLEAN, 0, answer);
        for (Object each : (List<?>) record.get("answers")) {
          List<?> row = (List<?>) each;
          Tally[] own = tallies.computeIfAbsent((String) row.get(0), key -> tallies());
          for (int severity = 1; severity < row.size(); severity++) {
            own[severity - 1].right += truth.equals(row.get(severity)) ? 1 : 0;
            own[severity - 1].kept += answer.equals(row.get(severity)) ? 1 : 0;
            row(csv, record, (String) row.get(0), severity, row.get(severity));
          }
        }
      }
    } catch (ClassCastException | NullPointerException | IndexOutOfBoundsException e) {
      throw new DataException("not the corrupted answers of a sample", e);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder();
    figures.put(CLEAN, Proportion.of(clean.right, samples).toJson());
    text.append(String.format(Locale.ROOT, "%-16s right of %d%n", "corruption", samples));
    text.append(String.format(Locale.ROOT, "%-16s %8d%n", CLEAN, clean.right));
    Map<String, Object> corruptions = new LinkedHashMap<>();
    int all = samples;
    tallies.forEach((name, own) -> {
      List<Object> right = new ArrayList<>();
      List<Object> kept = new ArrayList<>();
      text.append(String.format(Locale.ROOT, "%-16s", name));
      for (Tally each : own) {
        right.add(Proportion.of(each.right, all).toJson());
        kept.add(each.kept);
        text.append(String.format(Locale.ROOT, " %8d", each.right));
      }
      text.append("   severity 1 to 5\n");
      Map<String, Object> both = new LinkedHashMap<>();
      both.put("right", right);
      both.put("answerKept", kept);
      corruptions.put(name, both);
    });
    figures.put("corruptions", corruptions);
    Map<String, byte[]> tables = new LinkedHashMap<>();
    tables.put(".csv", csv.toString().getBytes(StandardCharsets.UTF_8));
    return new Outcome(figures, tables, text.toString().replace(System.lineSeparator(), "\n"));
  }

  private static Tally[] tallies() {
    Tally[] tallies = new Tally[Corruption.SEVERITIES];
    for (int i = 0; i < tallies.length; i++) {
      tallies[i] = new Tally();
    }
    return tallies;
  }

  private static void row(
      StringBuilder csv, Map<?, ?> record, String corruption, int severity, Object answer) {
    csv.append(record.get("sample")).append(',').append(corruption);
    csv.append(',').append(severity).append(',').append(answer);
    csv.append(',').append(answer.equals(record.get("truth")));
    csv.append(',').append(answer.equals(record.get("answer"))).append('\n');
  }
}
