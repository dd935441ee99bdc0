// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.Names;
import dev.unerring.data.Dataset;
import dev.unerring.data.ImageRemark;
import dev.unerring.errors.Calibration;
import dev.unerring.network.Network;
import dev.unerring.run.ImageInput;
import dev.unerring.run.Predictor;
import dev.unerring.run.RunEvaluation;
import dev.unerring.run.TrainedModel;
import dev.unerring.run.TrainedRun;
import dev.unerring.tensor.Shape;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unerring predict}: what the model of a run says of other images. */
@Command(
    name = "predict",
    description = "Predicts images with the saved model of a run, with calibrated scores.",
    mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private RunOptions run;
  @Mixin private DeviceOptions device;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "PNG or JPEG files, or npz files with an array 'images' or 'x' (or see " + "--split).")
  private List<Path> files;

  @Option(
      names = "--data",
      paramLabel = "X",
      description =
          "The run's data (npz file or MedMNIST name), where they were moved: scores are "
              + "calibrated on their validation samples.")
  private String data;

  @Option(
      names = "--split",
      completionCandidates = SplitNames.class,
      description = "Which images of npz files are predicted: train, val or test.")
  private String split;

  @Option(
      names = "--format",
      completionCandidates = Choices.Formats.class,
      defaultValue = "csv",
      description = "csv (default) or json (one object per line).")
  private String format;

  @Option(
      names = "--csv-safe",
      description =
          "Put an apostrophe before CSV fields that a spreadsheet would take for a "
              + "formula (= + - @).")
  private boolean csvSafe;

  @Option(names = "--out", paramLabel = "F", description = "Write to this file instead of stdout.")
  private Path out;

  @Option(
      names = "--skip-broken",
      description =
          "Leave out files that cannot be used. Without this option one such file ends "
              + "the command.")
  private boolean skipBroken;

  @Mixin private GuardDesk desk;

  PredictCommand() {}

  @Override
  public Integer call() {
    if (!format.equals("csv") && !format.equals("json")) {
      throw new UsageException("--format is csv or json, not '" + format + "'");
    }
    if (csvSafe && format.equals("json")) {
      throw new UsageException("--csv-safe is for --format csv; leave it out");
    }
    if (split != null) {
      SplitNames.require(split);
      if (files.stream().noneMatch(ImageInput::isNpz)) {
        throw new UsageException("--split is a part of npz files, and none is named; leave it out");
      }
    }
    Optional<Path> alone = run.modelFile();
    if (alone.isPresent() && data != null) {
      throw new UsageException(
          "--data goes with the folder of a run; a model file holds its calibration");
    }
    TrainedRun trained = alone.isPresent() ? null : run.run();
    TrainedModel known =
        trained == null ? TrainedModel.open(alone.get()) : trained.trained(Optional.empty());
    if (out != null) {
      List<Path> inputs = new ArrayList<>(files);
      inputs.addAll(trained == null ? List.of(known.model()) : trained.inputs());
      OutputFile.require("--out", out, List.of(".csv", ".json", ".jsonl"), inputs);
    }
    WorkTerminal watch = WorkTerminal.of(spec);
    try (Backend backend = device.device().open()) {
      Network network = known.network(backend);
      long images = skipBroken ? -1 : requireUsable(network.image(), known, watch);
      TrainedModel model =
          trained == null ? known : trained.trained(calibration(trained, backend, watch));
      if (trained == null && model.calibration().isEmpty()) {
        watch.note("note: no calibration in this file, so logits without scores");
      }
      model
          .calibration()
          .map(Calibration::warning)
          .filter(warning -> !warning.isEmpty())
          .ifPresent(warning -> watch.note("note: " + warning));
      Optional.ofNullable(trained).flatMap(TrainedRun::unchecked).ifPresent(watch::note);
      model.patchNotice().ifPresent(watch::note);
      watch.note("Not for clinical use.");
      StringBuilder text = new StringBuilder();
      PrintWriter stdout = spec.commandLine().getOut();
      Consumer<String> lines = line -> text.append(line).append('\n');
      if (out == null) {
        lines =
            line -> {
              stdout.print(line + "\n");
              stdout.flush(); // a reader that has gone ends the work here
            };
      }
      PredictionLines rows = new PredictionLines(model, form(), lines);
      desk.open(model, network);
      Predictor predictor =
          new Predictor(model, network, each -> rows.write(each, desk.judge(each)));
      predict(predictor, images, model, watch);
      watch.clear();
      stdout.flush();
      if (out != null) {
        AtomicFile.write(out, text.toString().getBytes(StandardCharsets.UTF_8));
      }
      return desk.close(watch);
    }
  }

  private PredictionLines.Form form() {
    return format.equals("json")
        ? PredictionLines.Form.JSON
        : csvSafe ? PredictionLines.Form.SAFE_CSV : PredictionLines.Form.CSV;
  }

  /**
   * Reads every file once before anything is printed, and names all that cannot be used.
   *
   * @return number of images
   */
  private long requireUsable(Shape image, TrainedModel model, WorkTerminal watch) {
    List<String> broken = new ArrayList<>();
    long images = 0;
    for (int i = 0; i < files.size(); i++) {
      try (ImageInput input = ImageInput.open(files.get(i), split, image, model)) {
        images += input.size();
        watch.step("reading the files", i, files.size());
      } catch (DataException e) {
        broken.add(e.getMessage());
      }
    }
    if (broken.size() == 1) {
      throw new DataException(broken.getFirst());
    }
    if (!broken.isEmpty()) {
      throw new DataException(
          broken.size()
              + " of "
              + files.size()
              + " files cannot be used (--skip-broken leaves them out):\n  "
              + String.join("\n  ", broken));
    }
    return images;
  }

  private void predict(Predictor predictor, long images, TrainedModel model, WorkTerminal watch) {
    int skipped = 0;
    long done = 0;
    ImageRemark.Counter remarks = new ImageRemark.Counter();
    for (Path file : files) {
      Optional<ImageInput> opened = open(file, predictor.image(), model, watch);
      skipped += opened.isEmpty() ? 1 : 0;
      if (opened.isPresent()) {
        try (ImageInput input = opened.get()) {
          for (int index = 0; index < input.size(); index++) {
            desk.take(input, index);
            predictor.add(file, input, index);
            String name = Names.shown(file.toString());
            remarks.add(
                ImageInput.isNpz(file) ? name + "[" + index + "]" : name, input.remarks(index));
            watch.step("predicting", ++done, images);
          }
        }
      }
    }
    if (skipped == files.size()) {
      throw new DataException("none of the " + skipped + " files can be used");
    }
    predictor.finish();
    remarks.notes().forEach(note -> watch.note("note: " + note));
  }

  /** The images of a file; empty, and said so, where it is to be left out. */
  private Optional<ImageInput> open(
      Path file, Shape image, TrainedModel model, WorkTerminal watch) {
    try {
      return Optional.of(ImageInput.open(file, split, image, model));
    } catch (DataException e) {
      if (!skipBroken) {
        throw e;
      }
      watch.note("left out: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The stored calibration, else one on the validation samples of the run's data, else none; data
   * that are named must be the run's in every case.
   */
  private Optional<Calibration> calibration(
      TrainedRun trained, Backend backend, WorkTerminal watch) {
    Optional<Calibration> stored = trained.storedCalibration();
    if (stored.isPresent() && data == null) {
      return stored;
    }
    try (Dataset own = run.data(trained, data, watch)) {
      if (!trained.isOf(own)) {
        throw new DataException(
            own.file() + " is not the data of this run; scores are calibrated on its own");
      }
      if (stored.isPresent()) {
        return stored;
      }
      Optional<Calibration> made = new RunEvaluation(trained, own, backend, watch).calibration();
      RunOptions.keep(trained, made, watch);
      return made;
    } catch (DataException e) {
      if (data != null) {
        throw e;
      }
      watch.note("note: no calibration, so logits without scores: " + e.getMessage());
      return Optional.empty();
    }
  }
}
