// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import dev.unerring.DataException;
import dev.unerring.UnerringException;
import dev.unerring.backend.Backend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.data.Task;
import dev.unerring.errors.Calibration;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.export.RunRecords;
import dev.unerring.network.Network;
import dev.unerring.run.TrainedRun;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a page of a run may look at: the records always, the data and the model where they are
 * there. A page at the end of training looks at less, so that it takes little of the run's time.
 */
final class Look {
  private static final int BATCH = 32;

  private final RunRecords records; // null of a data set alone
  private final Map<?, ?> audit;
  private final List<String> names;
  private final Optional<Dataset> data;
  private final Optional<Network> network;
  private final boolean thorough;
  private final WorkMonitor monitor;
  private final Map<String, Optional<LabelledLogits>> outcomes = new LinkedHashMap<>();
  private String missing = "";

  /**
   * A look at a run.
   *
   * @param data of the run; empty where they are not to be had
   * @param backend for the model; empty for the records alone
   * @param thorough whether to take as long as it needs
   */
  Look(
      RunRecords records,
      Optional<Dataset> data,
      Optional<Backend> backend,
      boolean thorough,
      WorkMonitor monitor) {
    this.records = records;
    this.audit = records.audit();
    this.names = records.labels();
    this.data = data;
    this.thorough = thorough;
    this.monitor = monitor;
    this.network = data.isEmpty() ? Optional.empty() : backend.flatMap(this::network);
  }

  /** A look at a data set alone, with the object of its audit. */
  Look(Map<?, ?> audit, Dataset data, WorkMonitor monitor) {
    this.records = null;
    this.audit = audit;
    this.names = data.labelNames();
    this.data = Optional.of(data);
    this.thorough = true;
    this.monitor = monitor;
    this.network = Optional.empty();
  }

  private Optional<Network> network(Backend backend) {
    try {
      return Optional.of(TrainedRun.open(records.path()).network(backend, BATCH));
    } catch (DataException e) {
      missing = e.getMessage();
      return Optional.empty();
    }
  }

  RunRecords records() {
    return records;
  }

  /** The object of the audit. */
  Map<?, ?> audit() {
    return audit;
  }

  Optional<Dataset> data() {
    return data;
  }

  Optional<Network> network() {
    return network;
  }

  boolean thorough() {
    return thorough;
  }

  WorkMonitor monitor() {
    return monitor;
  }

  /** Why the model is not looked at; empty where it is. */
  String missing() {
    return missing;
  }

  /** What the model says of a split; empty where it cannot be asked. */
  Optional<LabelledLogits> outcome(String split) {
    return outcomes.computeIfAbsent(split, this::judged);
  }

  private Optional<LabelledLogits> judged(String name) {
    if (network.isEmpty()) {
      return Optional.empty();
    }
    Split split = split(name).orElseThrow();
    try {
      float[] logits = Evaluator.logits(network.get(), split, monitor);
      Task task = data.get().task();
      return Optional.of(
          new LabelledLogits(task, network.get().classes(), logits, Evaluator.labels(split))
              .requireFinite(records.path().toString()));
    } catch (UnerringException e) {
      missing = e.getMessage();
      return Optional.empty();
    }
  }

  /** Of the scores, fitted to the validation samples. */
  Optional<Calibration> calibration() {
    return outcome("val").filter(each -> each.samples() > 0).map(Calibration::fit);
  }

  /** A split of the data. */
  Optional<Split> split(String name) {
    return data.flatMap(
        set -> set.splits().stream().filter(each -> each.name().equals(name)).findFirst());
  }

  /** The picture of a sample; empty where there are no data, or no such sample. */
  Optional<Picture> picture(String split, int sample) {
    return split(split)
        .filter(each -> sample >= 0 && sample < each.size())
        .map(each -> Picture.of(each, sample, data.get().imageShape()));
  }

  /** Whether a sample has several labels. */
  boolean severalLabels() {
    return Task.MULTI_LABEL.manifestName().equals(records.result().get("task"));
  }

  /** The name of a class or label. */
  String label(int number) {
    return number >= 0 && number < names.size() ? names.get(number) : String.valueOf(number);
  }

  /** The names of what a sample is said to be. */
  String labels(List<Integer> labels) {
    if (labels.size() == 1) {
      return label(labels.getFirst());
    }
    StringBuilder set = new StringBuilder();
    for (int i = 0; i < labels.size(); i++) {
      if (labels.get(i) == 1) {
        set.append(set.isEmpty() ? "" : ", ").append(label(i));
      }
    }
    return set.isEmpty() ? "no label" : set.toString();
  }

  /** The names of what a sample of a record is said to be. */
  String labels(Map<?, ?> sample) {
    List<Integer> labels =
        sample.get("label") instanceof Number one
            ? List.of(one.intValue())
            : RunRecords.list(sample, "labels").stream()
                .map(each -> ((Number) each).intValue())
                .collect(Collectors.toList());
    return labels(labels);
  }
}
