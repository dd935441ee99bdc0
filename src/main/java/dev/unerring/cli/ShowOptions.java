// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.run.Device;
import dev.unerring.run.RunRequest;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a run that trains is shown; changes nothing of it. */
final class ShowOptions {
  @Option(
      names = "--tensorboard",
      arity = "0..1",
      fallbackValue = TensorBoard.FOLDER,
      paramLabel = "DIR",
      description =
          "Write events for TensorBoard to a folder of this run in DIR, after every epoch; DIR is"
              + " runs/tensorboard where none is named.")
  private Path tensorboard;

  @Option(
      names = "--no-report",
      description = "Leave out report.html, the page that shows the run.")
  private boolean noReport;

  @Option(names = "--no-progress", description = "Plain lines instead of a progress bar.")
  private boolean noProgress;

  ShowOptions() {}

  /** Whether progress is one line that is redrawn. */
  boolean drawsBar() {
    return !noProgress && StandardStream.drawsOnStderr();
  }

  /** What writes events during a run; empty where none are wanted. */
  Optional<TensorBoard> board(RunRequest request, Terminal terminal) {
    if (tensorboard == null) {
      return Optional.empty();
    }
    Path folder = TensorBoard.folder(tensorboard, request.out(), request.data(), request.plan());
    TensorBoard board = new TensorBoard(folder, request.plan(), terminal::note);
    terminal.alsoTell(board::epoch);
    return Optional.of(board);
  }

  /** Writes the page at the end of a run; what to say of it, empty where none is wanted. */
  Optional<String> page(Path folder, Path data, Device device, Terminal terminal) {
    if (noReport) {
      return Optional.empty();
    }
    String said = EndReport.write(folder, data, device, terminal);
    terminal.clear();
    return Optional.of(said);
  }
}
