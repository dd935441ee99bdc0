// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.data.Dataset;
import dev.unerring.export.RunRecords;
import dev.unerring.page.Pages;
import dev.unerring.run.TrainedRun;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unerring report}: a page to look at, of one run or of several. */
@Command(
    name = "report",
    description = {
      "Writes a page of HTML that shows a run: verdict, proof of the floor, curves, figures with"
          + " intervals, hard samples as pictures, hashes. With several --run: all of them side by side."
    },
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "Folder of a run; more than once for several runs.")
  private List<Path> runs;

  @Option(
      names = "--out",
      paramLabel = "X.html",
      description = "The page; default report.html in the folder of the run, of several runs here.")
  private Path out;

  @Option(
      names = "--data",
      paramLabel = "X",
      description = "An npz file or a flag; default: the file that the run was trained on.")
  private String named;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Folder looked through for flags, before ~/.medmnist.")
  private Path root;

  ReportCommand() {}

  @Override
  public Integer call() {
    List<RunRecords> records = runs.stream().map(RunRecords::open).toList();
    if (records.size() > 1 && named != null) {
      throw new UsageException("--data goes with one --run; several are shown by their records");
    }
    Path file =
        out != null
            ? out
            : records.size() > 1 ? Path.of(Pages.FILE) : runs.getFirst().resolve(Pages.FILE);
    OutputFile.require("--out", file, List.of(".html", ".htm"), List.of());
    Pages.requireReplaceable(file);
    if (records.size() > 1) {
      Pages.runs(records, file);
    } else {
      one(records.getFirst(), file);
    }
    PrintWriter printer = spec.commandLine().getOut();
    printer.println("written: " + file);
    printer.flush();
    return 0;
  }

  private void one(RunRecords records, Path file) {
    WorkTerminal terminal = WorkTerminal.of(spec);
    TrainedRun trained = TrainedRun.open(records.path());
    Optional<Dataset> data = data(trained, terminal);
    try (Backend backend = device.device().open()) {
      Pages.run(records, data, Optional.of(backend), true, terminal, file);
    } finally {
      data.ifPresent(Dataset::close);
      terminal.clear();
    }
  }

  /**
   * The data of the run; where they are gone and none are named, the page goes without pictures.
   */
  private Optional<Dataset> data(TrainedRun trained, WorkTerminal terminal) {
    if (named == null && !Files.exists(trained.recordedData())) {
      terminal.note(
          "note: "
              + trained.recordedData()
              + ": the data of "
              + trained.name()
              + " are not there any more: the page has no pictures; name them with --data");
      return Optional.empty();
    }
    Path file = named == null ? trained.recordedData() : DataOption.file(named, root);
    Dataset opened = Dataset.open(file, terminal);
    if (!trained.isOf(opened)) {
      opened.close();
      throw new DataException(
          file
              + " is not the data of "
              + trained.name()
              + ": its arrays differ (content SHA-256 in result.json); put the right file back, or name"
              + " it with --data");
    }
    return Optional.of(opened);
  }
}
