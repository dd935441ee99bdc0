// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.errors.Calibration;
import dev.unerring.run.TrainedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which run a verb works with. */
final class RunOptions {
  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "Folder of a run, or for predict a model file.")
  private Path run;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Folder of MedMNIST files, searched before ~/.medmnist.")
  private Path root;

  RunOptions() {}

  /** The model file, where one is named instead of a folder. */
  Optional<Path> modelFile() {
    return Files.isRegularFile(run) ? Optional.of(run) : Optional.empty();
  }

  /** The folder that is named. */
  Path folder() {
    return run;
  }

  /** The run. */
  TrainedRun run() {
    return TrainedRun.open(run);
  }

  /**
   * The data that are named, else those of the run; their classes are matched with the run's by
   * name.
   *
   * @param data a file or a flag; null for those of the run
   * @throws DataException where the run's data are gone or were changed, or the names of the
   *     classes differ
   */
  Dataset data(TrainedRun trained, String data, WorkMonitor monitor) {
    Path recorded = file(trained, data);
    Dataset opened = Dataset.open(recorded, monitor);
    Dataset dataset;
    try {
      dataset = trained.matched(opened, monitor);
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
    if (data == null && !trained.isOf(dataset)) {
      dataset.close();
      throw new DataException(
          recorded
              + " is not the data of "
              + run
              + " any more: its arrays were changed since (content SHA-256 in result.json); put the"
              + " file back, or name other data on purpose with --data "
              + recorded);
    }
    return dataset;
  }

  /**
   * The file that is named, else the one that the run recorded.
   *
   * @param data a file or a flag; null for that of the run
   * @throws DataException where the run's data are gone
   */
  Path file(TrainedRun trained, String data) {
    if (data != null) {
      return DataOption.file(data, root);
    }
    Path recorded = trained.recordedData();
    if (!Files.exists(recorded)) {
      throw new DataException(
          recorded + ": the data of " + run + " are not there any more; name them with --data");
    }
    return recorded;
  }

  /** Keeps a new calibration in the run's folder; where that fails, says so and goes on. */
  static void keep(TrainedRun trained, Optional<Calibration> calibration, WorkMonitor monitor) {
    if (calibration.isEmpty() || trained.storedCalibration().isPresent()) {
      return;
    }
    try {
      trained.store(calibration.get());
    } catch (DataException e) {
      monitor.note("note: the calibration is not kept: " + e.getMessage());
    }
  }
}
