// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UnerringException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.data.Dataset;
import dev.unerring.export.EventFile;
import dev.unerring.export.RunRecords;
import dev.unerring.page.Pages;
import dev.unerring.train.EpochRow;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Writes what a run does for TensorBoard: numbers after every epoch, at the end the plan and the
 * hardest samples. Where that fails, a line says so once, and the run goes on.
 */
final class TensorBoard implements AutoCloseable {
  /** Where the runs go that name no folder. */
  static final String FOLDER = "runs/tensorboard";

  private static final int HARDEST = 12;

  private final Path folder;
  private final TrainingPlan plan;
  private final Consumer<String> notes;
  private EventFile file;
  private boolean broken;
  private int last; // epoch

  /** Writes to a file, or fails. */
  private interface Work {
    void on(EventFile file) throws IOException;
  }

  /**
   * Nothing is written before the first epoch.
   *
   * @param folder one folder a run; where it is there and training begins anew, the next free one
   */
  TensorBoard(Path folder, TrainingPlan plan, Consumer<String> notes) {
    this.folder = folder;
    this.plan = plan;
    this.notes = notes;
  }

  /** The name of a run: that of its folder, else of its data and seed. */
  static Path folder(Path root, Path out, Path data, TrainingPlan plan) {
    String stem = data.getFileName().toString().replaceFirst("\\.npz$", "");
    return root.resolve(
        out == null
            ? stem + "-seed" + plan.seed()
            : out.toAbsolutePath().normalize().getFileName().toString());
  }

  /** The end of an epoch. */
  void epoch(EpochRow row, double imagesPerSecond) {
    last = row.epoch();
    attempt(events -> {
      long step = row.epoch();
      events.scalar("train/loss", row.loss(), step);
      events.scalar("train/errors", row.trainErrors(), step);
      events.scalar("validation/errors", row.valErrors(), step);
      events.scalar("validation/accuracy", row.valAcc(), step);
      events.scalar("validation/AUC", row.valAuc(), step);
      events.scalar("speed/images per second", imagesPerSecond, step);
      events.scalar("train/learning rate", rate(row.epoch()), step);
    });
  }

  private double rate(int epoch) {
    return plan.learningRate().at(epoch, plan.epochs());
  }

  /** The end of a run: its plan, and the samples that were wrong before correction. */
  void end(Path run, Path data) {
    if (file == null) {
      return; // no epoch was trained
    }
    try (Dataset set = Dataset.open(data)) {
      RunRecords records = RunRecords.open(run);
      attempt(events -> {
        String json = Json.pretty(records.object("plan.json"));
        events.text("plan", "```json\n" + json + "\n```", last);
        for (Pages.Shown shown : Pages.hardest(records, set, HARDEST)) {
          String tag = "hardest/" + shown.name();
          events.image(tag, shown.width(), shown.height(), shown.channels(), shown.png(), last);
        }
      });
    } catch (UnerringException e) {
      notes.accept("note: no plan and pictures for TensorBoard: " + e.getMessage());
    }
  }

  /** Flushes after each call, so that a killed run leaves what it has written. */
  private void attempt(Work work) {
    if (broken) {
      return;
    }
    try {
      if (file == null) {
        open(last);
      }
      work.on(file);
      file.flush();
    } catch (IOException e) {
      broken = true;
      notes.accept("note: no more events for TensorBoard in " + folder + ": " + IoReason.of(e));
    }
  }

  /** A run that goes on has an earlier file; what it holds from this epoch on counts no more. */
  private void open(int epoch) throws IOException {
    boolean goesOn = epoch > 1;
    Path free = folder;
    for (int number = 2; !goesOn && Files.exists(free); number++) {
      free = folder.resolveSibling(folder.getFileName() + "-" + number);
    }
    file =
        new EventFile(free, () -> System.currentTimeMillis() / 1e3, ProcessHandle.current().pid());
    if (goesOn) {
      file.restart(epoch);
    }
    notes.accept("TensorBoard: " + free);
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      notes.accept("note: the events in " + folder + " may be cut: " + IoReason.of(e));
    }
  }
}
