// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.data.Dataset;
import dev.unerring.data.ImageRemark;
import dev.unerring.data.Split;
import dev.unerring.errors.Calibration;
import dev.unerring.errors.Evaluation;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.errors.ScoreFile;
import dev.unerring.guard.GuardFile;
import dev.unerring.network.Network;
import dev.unerring.report.CostFigures.SplitCost;
import dev.unerring.run.RunEvaluation;
import dev.unerring.run.TrainedModel;
import dev.unerring.run.TrainedRun;
import dev.unerring.twins.NearTwins;
import dev.unerring.twins.TwinAudit;
import dev.unerring.validate.GuardEvaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unerring evaluate}: every figure of one split, from the saved model. */
@Command(
    name = "evaluate",
    description = "Evaluates the saved model of a run on one split, with exact intervals.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  private static final int GUARD_BATCH = 128;
  private static final String FOREIGN = "these are not the data of this run";

  @Spec private CommandSpec spec;
  @Mixin private RunOptions run;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--data",
      paramLabel = "X",
      description = "An npz file or a MedMNIST name; default: the data of the run.")
  private String named;

  @Option(
      names = "--split",
      defaultValue = "test",
      completionCandidates = SplitNames.class,
      description = "train, val or test; default test.")
  private String split;

  @Option(names = "--json", description = "Print all figures as JSON.")
  private boolean json;

  @Option(
      names = "--csv",
      paramLabel = "DIR",
      description = "Write the scores to this folder as MedMNIST's standard result file.")
  private Path csv;

  @Option(
      names = "--twins",
      paramLabel = "R",
      description =
          "Also give figures without samples that have a twin in train: an image with at "
              + "least this correlation. Where most samples have one, figures for 0.99 follow. "
              + "Default 0.95 where the search takes seconds; 0: no search.")
  private Double twins;

  @Option(
      names = "--guard",
      description =
          "Also what the guard beside the model lets through, of the split and of its corruptions.")
  private boolean guard;

  EvaluateCommand() {}

  @Override
  public Integer call() {
    SplitNames.require(split);
    if (twins != null && !(twins >= 0 && twins <= 1)) {
      throw new UsageException("--twins is a correlation from 0 to 1, not " + twins);
    }
    TrainedRun trained = run.run();
    WorkTerminal watch = WorkTerminal.of(spec);
    try (Dataset data = run.data(trained, named, watch);
        Backend backend = device.device().open()) {
      boolean own = trained.isOf(data);
      if (!own) {
        watch.note("note: " + data.file() + ": " + FOREIGN);
      }
      Split chosen = SplitNames.of(data, split);
      trained.unchecked().ifPresent(watch::note);
      ImageRemark.notes(chosen, watch).forEach(note -> watch.note("note: " + note));
      RunEvaluation judge = new RunEvaluation(trained, data, backend, watch);
      LabelledLogits outcome = judge.outcome(chosen);
      Optional<SplitCost> cost = judge.cost(outcome, chosen);
      Optional<Calibration> calibration = judge.calibration();
      Evaluation evaluation =
          Evaluation.of(
              split,
              outcome,
              trained.labelNames(),
              own ? twins(data, chosen, watch) : new TreeMap<>(),
              calibration.orElse(null));
      RunOptions.keep(trained, calibration, watch);
      Optional<GuardEvaluation.Result> guarded =
          guard ? Optional.of(guarded(trained, data, chosen, backend, watch)) : Optional.empty();
      Path written = csv == null ? null : writeScores(trained, data, outcome, evaluation);
      watch.clear();
      print(trained, data, own, evaluation, cost, guarded, written);
    } finally {
      watch.clear();
    }
    return 0;
  }

  private static GuardEvaluation.Result guarded(
      TrainedRun trained, Dataset data, Split chosen, Backend backend, WorkTerminal watch) {
    TrainedModel model = trained.trained(Optional.empty());
    GuardFile file =
        GuardFile.beside(model.model(), model.weightsSha256())
            .orElseThrow(() ->
                new UsageException(
                    "there is no guard beside "
                        + model.model()
                        + "; make it with 'unerring validate --guard'"));
    Network network = trained.network(backend, GUARD_BATCH);
    return new GuardEvaluation(file, network, data.task(), watch).of(data, chosen, 0);
  }

  private double twinCorrelation() {
    return twins == null ? TwinAudit.ALIKE : twins;
  }

  /** Samples with a twin in train, by correlation; empty where they are not searched for. */
  private SortedMap<Double, BitSet> twins(Dataset data, Split chosen, WorkTerminal watch) {
    SortedMap<Double, BitSet> found = new TreeMap<>();
    boolean wanted = twins == null ? TwinAudit.isShort(data) : twins > 0;
    if (wanted && chosen != data.train()) {
      double[] marks =
          DoubleStream.of(twinCorrelation(), TwinAudit.NEAR)
              .filter(mark -> mark >= twinCorrelation())
              .distinct()
              .toArray();
      List<BitSet> sets =
          NearTwins.withTwinIn(chosen, data.train(), data.imageShape(), marks, watch);
      for (int i = 0; i < marks.length; i++) {
        found.put(marks[i], sets.get(i));
      }
    }
    return found;
  }

  private Path writeScores(
      TrainedRun trained, Dataset data, LabelledLogits outcome, Evaluation evaluation) {
    try {
      Files.createDirectories(csv);
    } catch (IOException e) {
      throw new DataException(
          csv + ": the folder cannot be made: " + IoReason.of(e) + "; name another --csv", e);
    }
    String name = ScoreFile.name(data.name(), split, evaluation.all().official(), trained.name());
    Path file = csv.resolve(name);
    AtomicFile.write(file, ScoreFile.text(outcome).getBytes(StandardCharsets.US_ASCII));
    return file;
  }

  private void print(
      TrainedRun trained,
      Dataset data,
      boolean own,
      Evaluation evaluation,
      Optional<SplitCost> cost,
      Optional<GuardEvaluation.Result> guarded,
      Path written) {
    Map<String, Object> facts = new LinkedHashMap<>(trained.facts());
    facts.put("seeds", 1);
    facts.put("evaluatedFile", data.file().toString());
    facts.put("evaluatedContentSha256", data.contentSha256());
    facts.put("dataOfThisRun", own);
    facts.put("scoreFile", written == null ? null : written.toString());
    facts.put("notice", "Not for clinical use.");
    facts.putAll(evaluation.toJson());
    cost.ifPresent(each -> facts.put("cost", each.toJson()));
    guarded.ifPresent(each -> facts.put("guard", each.figures()));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.pretty(facts));
    } else {
      out.println(
          facts.get("data")
              + ", network "
              + facts.get("arch")
              + ", seed "
              + facts.get("seed")
              + " (1 seed), weightsSha256 "
              + facts.get("weightsSha256"));
      if (!own) {
        out.println(data.file() + ": " + FOREIGN);
      }
      out.println();
      out.print(evaluation.toText());
      out.println();
      cost.ifPresent(each -> out.println("Mean cost a sample " + CostLines.cost(each) + "."));
      guarded.ifPresent(each -> out.println(each.text()));
      trained.report().patchNotice().ifPresent(out::println);
      notes(evaluation, written).forEach(out::println);
    }
    out.flush();
  }

  private List<String> notes(Evaluation evaluation, Path written) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "Intervals: 95 %, exact (Clopper-Pearson), for one model and samples taken as independent.");
    if (evaluation.withoutTwins().isEmpty() && !split.equals("train")) {
      notes.add("Twins in train were not searched for (see --twins).");
    }
    if (split.equals("test")) {
      notes.add("Test is looked at once per frozen plan; choose on --split val.");
    }
    if (written != null) {
      notes.add("scores: " + written);
    }
    notes.add("Not for clinical use.");
    return notes;
  }
}
