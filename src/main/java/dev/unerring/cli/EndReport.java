// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DeviceException;
import dev.unerring.backend.Backend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.export.RunRecords;
import dev.unerring.page.Pages;
import dev.unerring.run.Device;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The page at the end of training. It belongs to no seal, and nothing that goes wrong with it
 * spoils the run: what could not be shown, or written, is said in a line.
 */
final class EndReport {
  private EndReport() {}

  /**
   * Writes report.html into the folder of a run.
   *
   * @param data file of the run's data
   * @param device for the model; the processor, since a GPU takes longer to start than this
   * @param monitor stops what takes long; then the page shows the records alone
   * @return what to say of it
   */
  static String write(Path folder, Path data, Device device, WorkMonitor monitor) {
    Path out = folder.resolve(Pages.FILE);
    try {
      RunRecords records = RunRecords.open(folder);
      if (monitor.stopReason().isPresent()) {
        Pages.run(records, Optional.empty(), Optional.empty(), false, WorkMonitor.SILENT, out);
        return "report: " + out + " (records alone; 'unerring report' shows all)";
      }
      try (Dataset set = Dataset.open(data, monitor)) {
        withModel(records, set, device, monitor, out);
      }
      return "report: " + out;
    } catch (RuntimeException | OutOfMemoryError e) {
      return "note: no report: " + e.getMessage() + "; 'unerring report' makes it later";
    }
  }

  private static void withModel(
      RunRecords records, Dataset data, Device device, WorkMonitor monitor, Path out) {
    try (Backend backend = device.open()) {
      Pages.run(records, Optional.of(data), Optional.of(backend), false, monitor, out);
    } catch (DeviceException e) {
      Pages.run(records, Optional.of(data), Optional.empty(), false, monitor, out);
    }
  }
}
