// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.base.WorkMonitor;
import dev.unerring.corrupt.Corruption;
import dev.unerring.corrupt.CorruptionLists;
import dev.unerring.data.Dataset;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.Split;
import dev.unerring.data.Task;
import dev.unerring.errors.Proportion;
import dev.unerring.guard.Guard;
import dev.unerring.guard.GuardFile;
import dev.unerring.guard.Verdict;
import dev.unerring.network.Network;
import dev.unerring.robustness.Answers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a guard lets through of a split, and how often the model is wrong on that and the rest. */
public final class GuardEvaluation {
  private final Guard guard;
  private final GuardFile file;
  private final Answers answers;
  private final WorkMonitor monitor;

  /** A guard and its model; the network may not be used otherwise meanwhile. */
  public GuardEvaluation(GuardFile file, Network network, Task task, WorkMonitor monitor) {
    this.file = file;
    this.guard = new Guard(file, network);
    this.answers = new Answers(network, task == Task.MULTI_LABEL);
    this.monitor = monitor;
  }

  /** Counts of one set of images. */
  private static final class Tally {
    private final Map<Verdict.Kind, Integer> kinds = new EnumMap<>(Verdict.Kind.class);
    private int samples;
    private int wrong;
    private int handedOver;
    private int wrongHandedOver;

    void take(Verdict.Kind kind, boolean right) {
      samples++;
      kinds.merge(kind, 1, Integer::sum);
      boolean over = kind == Verdict.Kind.HAND_OVER;
      handedOver += over ? 1 : 0;
      wrong += over || right ? 0 : 1;
      wrongHandedOver += over && !right ? 1 : 0;
    }

    int answered() {
      return samples - handedOver;
    }

    Map<String, Object> toJson() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("samples", samples);
      for (Verdict.Kind kind : Verdict.Kind.values()) {
        json.put(kind.word(), kinds.getOrDefault(kind, 0));
      }
      json.put("answered", Proportion.of(answered(), samples).toJson());
      json.put("wrongAnswered", answered() == 0 ? null : Proportion.of(wrong, answered()).toJson());
      json.put(
          "wrongHandedOver",
          handedOver == 0 ? null : Proportion.of(wrongHandedOver, handedOver).toJson());
      return json;
    }

    String toText(String name) {
      return String.format(
          Locale.ROOT,
          "%-18s %8d %6d %11d %8d %10d %9s %9s%n",
          name,
          samples,
          kinds.getOrDefault(Verdict.Kind.KNOWN, 0),
          kinds.getOrDefault(Verdict.Kind.ENUMERATED, 0),
          kinds.getOrDefault(Verdict.Kind.INSIDE, 0),
          handedOver,
          wrong + "/" + answered(),
          wrongHandedOver + "/" + handedOver);
    }
  }

  /** Figures and table of an evaluation. */
  public record Result(Map<String, Object> figures, String text) {}

  /**
   * The split as it is, then under every corruption of the set's list.
   *
   * @throws dev.unerring.StoppedException when the monitor stops
   */
  public Result of(Dataset data, Split split, long seed) {
    List<byte[]> images = new ArrayList<>();
    long[] truth = new long[split.size()];
    for (int n = 0; n < split.size(); n++) {
      images.add(Images.of(split, n));
      truth[n] = Images.truth(split, n);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("threshold", file.threshold());
    figures.put("enumeratedTrainingSamples", file.enumeratedSamples());
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-18s %8s %6s %11s %8s %10s %9s %9s%n",
            "guard",
            "images",
            "known",
            "enumerated",
            "inside",
            "hand-over",
            "wrong of",
            "wrong of"));
    text.append(String.format(Locale.ROOT, "%74s %9s%n", "answered", "hand-over"));
    Tally clean = tally(images, truth, "judging " + split.name());
    figures.put(split.name(), clean.toJson());
    text.append(clean.toText(split.name()));
    Map<String, Object> corrupted = new LinkedHashMap<>();
    String flag = data.manifest().map(DatasetManifest::flag).orElse("");
    for (Corruption each : CorruptionLists.of(flag, data.imageShape())) {
      List<Object> rows = new ArrayList<>();
      for (int severity = 1; severity <= Corruption.SEVERITIES; severity++) {
        List<byte[]> changed = new ArrayList<>();
        for (int n = 0; n < images.size(); n++) {
          changed.add(each.apply(data.imageShape(), images.get(n), severity, seed, n));
        }
        Tally tally = tally(changed, truth, "judging " + each.label());
        rows.add(tally.toJson());
        text.append(tally.toText(each.label() + " " + severity));
      }
      corrupted.put(each.label(), rows);
    }
    figures.put("corrupted", corrupted);
    return new Result(figures, text.toString().replace(System.lineSeparator(), "\n"));
  }

  private Tally tally(List<byte[]> images, long[] truth, String work) {
    long[] given = answers.of(images);
    Tally tally = new Tally();
    for (int n = 0; n < given.length; n++) {
      tally.take(guard.judge(images.get(n)).answer(), given[n] == truth[n]);
      monitor.step(work, n + 1, given.length);
    }
    return tally;
  }
}
