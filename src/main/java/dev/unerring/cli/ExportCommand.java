// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.data.Dataset;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.export.ModelExport;
import dev.unerring.export.RunRecords;
import dev.unerring.network.Network;
import dev.unerring.run.RunEvaluation;
import dev.unerring.run.TrainedRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unerring export}: the model of a run for other programs. */
@Command(
    name = "export",
    description = {
      "Writes the model of a run for other programs, with vectors to check it: ONNX, a module of"
          + " PyTorch, or a model card."
    },
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  private static final int NAMED = 10;

  @Spec private CommandSpec spec;
  @Mixin private RunOptions run;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--to",
      required = true,
      completionCandidates = Choices.Exports.class,
      paramLabel = "FORMAT",
      description =
          "onnx (X.onnx; also X.golden.npz and X.check.py), pytorch (X.py; also X.golden.npz), or"
              + " model-card (X.md, from the records alone).")
  private String to;

  @Option(names = "--out", required = true, paramLabel = "X", description = "The new file.")
  private Path out;

  @Option(
      names = "--input",
      completionCandidates = Choices.Inputs.class,
      paramLabel = "TYPE",
      description = "Of onnx: type of the pixel values 0 to 255, uint8 (default) or float32.")
  private String input;

  @Option(
      names = "--data",
      paramLabel = "X",
      description =
          "An npz file or a flag, whose test samples are looked at; default: the run's own.")
  private String named;

  ExportCommand() {}

  @Override
  public Integer call() {
    String suffix =
        switch (to) {
          case "onnx" -> ".onnx";
          case "pytorch" -> ".py";
          case "model-card" -> ".md";
          default ->
              throw new UsageException("--to is onnx, pytorch or model-card, not '" + to + "'");
        };
    if (input != null && !List.of("uint8", "float32").contains(input)) {
      throw new UsageException("--input is uint8 or float32, not '" + input + "'");
    }
    if (input != null && !to.equals("onnx")) {
      throw new UsageException("--input goes with --to onnx; pytorch takes both");
    }
    OutputFile.require("--out", out, List.of(suffix), List.of());
    ModelExport.files(to, out).forEach(OutputFile::requireNew);
    TrainedRun trained = run.run();
    ModelExport export = new ModelExport(RunRecords.open(run.folder()));
    if (to.equals("model-card")) {
      export.modelCard(out);
      say("written: " + out);
      return 0;
    }
    export.requireKnownArithmetic(to);
    WorkTerminal terminal = WorkTerminal.of(spec);
    try (Backend backend = device.device().open()) {
      Network network = trained.network(backend, 1);
      if (to.equals("onnx")) {
        export.onnx(network, !"float32".equals(input), out);
      } else {
        export.pytorch(network, trained.model().getFileName().toString(), out);
      }
    } finally {
      terminal.clear();
    }
    ModelExport.files(to, out).reversed().forEach(file -> say("written: " + file));
    if (to.equals("pytorch")) {
      say(
          "It loads "
              + trained.model().getFileName()
              + " beside it, or load("
              + trained.model()
              + ").");
    }
    trained.report().patchNotice().ifPresent(this::say);
    say(ModelExport.bound());
    say(testSamples(trained, terminal));
    say(ModelExport.NOTICE);
    spec.commandLine().getOut().flush();
    return 0;
  }

  /** How many test samples are too near to call; the export is complete without that. */
  private String testSamples(TrainedRun trained, WorkTerminal terminal) {
    try (Dataset data = run.data(trained, named, terminal);
        Backend backend = device.device().open()) {
      LabelledLogits outcome =
          new RunEvaluation(trained, data, backend, terminal).outcome(data.test());
      List<Integer> unsure = ModelExport.unsure(outcome);
      String count = unsure.size() + " of " + outcome.samples() + " test samples are not above it";
      return unsure.isEmpty()
          ? count + "."
          : count
              + ": "
              + unsure.subList(0, Math.min(NAMED, unsure.size()))
              + (unsure.size() > NAMED ? " and more." : ".");
    } catch (DataException e) {
      return "Its test samples were not looked at: " + e.getMessage();
    } finally {
      terminal.clear();
    }
  }

  private void say(String line) {
    PrintWriter printer = spec.commandLine().getOut();
    printer.println(line);
    printer.flush();
  }
}
