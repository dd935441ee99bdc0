// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import com.sun.management.OperatingSystemMXBean;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.Correctors;
import dev.unerring.data.Dataset;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Metrics;
import dev.unerring.network.Network;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A cell of {@link CorrectionStudy}: a start network on its way, and what was done to it. */
final class StudyCell {
  private final StudySet set;
  private final Dataset data;
  private final Labels goals;
  private final Network network;
  private final Map<String, Object> record;
  private final Samples taken = new Samples();
  private long processorTime;

  StudyCell(StudySet set, Dataset data, Labels goals, Network network, Map<String, Object> key) {
    this.set = set;
    this.data = data;
    this.goals = goals;
    this.network = network;
    this.record = new LinkedHashMap<>(key);
    record.put("trainSamples", (long) data.train().size());
    record.put("errorsBefore", (long) misses());
    Metrics before = validation();
    record.put("valAccBefore", before.acc());
    record.put("valAucBefore", before.auc());
  }

  /** Lets a corrector work on the network as it is now, and updates the record. */
  Map<String, Object> after(String corrector) {
    long start = processorTime();
    record.put("endedBy", corrected(corrector));
    processorTime += processorTime() - start;
    record.put("cpuSeconds", Math.rint(processorTime / 1e7) / 100);
    record.put("passes", Math.rint(100.0 * taken.all() / data.train().size()) / 100);
    record.put("errorsAfter", (long) misses());
    record.put("reached", reached());
    record.put("patchedSamples", (long) patched());
    Metrics later = validation();
    record.put("valAccAfter", later.acc());
    record.put("valAucAfter", later.auc());
    return record;
  }

  /** After focus: as auto, which begins with it, goes on. */
  Map<String, Object> afterFocusAsAuto() {
    record.put("corrector", "auto");
    for (String next : List.of("tunneling", "patch")) {
      if (!reached()) {
        after(next);
      }
    }
    return record;
  }

  private boolean reached() {
    return record.get("errorsAfter").equals(0L);
  }

  private String corrected(String corrector) {
    long seed = (Long) record.get("seed") + 3000;
    TrainingPlan plan = StudyStarts.plan(set, data, seed, set.plainEpochs(), 0);
    if (corrector.equals("plain")) {
      return new Trainer(plan, data, goals, 0, taken).train(network).endedBy().toString();
    }
    TrainingPlan chosen = StudyStarts.corrected(plan, Method.parse(corrector, "corrector"));
    List<CorrectionResult> results =
        Correctors.correct(chosen, data.train(), goals, taken, network);
    return results.getLast().corrector() + ": " + results.getLast().endedBy();
  }

  /** Training samples that miss their goal label: 0 at the floor. */
  private int misses() {
    return ErrorList.of(goals, Evaluator.logits(network, data.train())).count();
  }

  private Metrics validation() {
    float[] logits = Evaluator.logits(network, data.val());
    return Metrics.ofLogits(data.task(), logits, data.classes(), Evaluator.labels(data.val()));
  }

  private int patched() {
    int count = 0;
    for (int n = 0; n < data.train().size() && !network.patches().isEmpty(); n++) {
      float[] pixels = data.train().gather(new int[] {n});
      count += network.patches().find(MemorySegment.ofArray(pixels), 1)[0] >= 0 ? 1 : 0;
    }
    return count;
  }

  /** Nanoseconds of all threads of this process: other processes do not enter. */
  private static long processorTime() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /** Samples that the steps of all stages have taken. */
  private static final class Samples implements Monitor {
    private long earlier;
    private long last;

    @Override
    public void progress(Progress progress) {
      earlier += progress.samples() < last ? last : 0;
      last = progress.samples();
    }

    long all() {
      return earlier + last;
    }
  }
}
