// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.EndedBy;
import dev.unerring.UsageException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.report.RunReport;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A run that was begun in a folder and goes on there. */
public final class ResumedRun {
  private ResumedRun() {}

  /** Whether a run was begun in this folder. */
  public static boolean begun(Path folder) {
    return Files.isRegularFile(folder.resolve(Pipeline.PLAN));
  }

  /**
   * What to run so that the run of a folder goes on: its plan and its data.
   *
   * @param data where the data are now; null for where they were
   * @throws DataException where no run was begun in the folder, or its files cannot be read
   */
  public static RunRequest request(Path folder, Path data, Device device, Keeping keeping) {
    if (!begun(folder)) {
      throw new DataException(
          "resume",
          folder
              + " is not the folder of a run that was begun: no "
              + Pipeline.PLAN
              + " there; start one with 'unerring train --data ... --out "
              + folder
              + "'");
    }
    RunFolder files = new RunFolder(folder);
    String source = files.file(Pipeline.PLAN).toString();
    TrainingPlan plan = TrainingPlan.fromJson(files.json(Pipeline.PLAN), source);
    return new RunRequest(data == null ? data(files) : data, folder, plan, device).with(keeping);
  }

  private static Path data(RunFolder files) {
    Map<?, ?> environment = files.object(Pipeline.ENVIRONMENT);
    if (environment.get("data") instanceof String data) {
      Path file = Path.of(data);
      if (Files.exists(file)) {
        return file;
      }
      throw new DataException(
          file
              + ": the data of "
              + files.path()
              + " are not there any more; name them with --data");
    }
    throw new DataException(
        files.file(Pipeline.ENVIRONMENT) + " does not name the data; name them with --data");
  }

  /**
   * Makes the folder of a run that goes on ready for it.
   *
   * @param request with the folder, which is locked
   * @return the result where the run is finished: then there is nothing to do
   */
  static Optional<RunResult> finished(RunRequest request, Monitor monitor) {
    Path folder = request.out();
    Path result = folder.resolve(RunFolder.RESULT);
    if (Files.exists(result)) {
      RunReport report = TrainedRun.open(folder).report();
      EndedBy end = report.endedBy();
      if (end != EndedBy.STOP && end != EndedBy.TIME) {
        monitor.note(
            folder + " holds a finished run, ended by: " + end + "; nothing is left to do");
        return Optional.of(new RunResult(folder, report, List.of()));
      }
    }
    try {
      if (Files.exists(result)) {
        Path aside = folder.resolve(RunFolder.RESULT + ".previous");
        Files.move(result, aside, StandardCopyOption.ATOMIC_MOVE);
      }
      removeUnfinished(folder);
    } catch (IOException e) {
      throw new DataException("the run cannot go on in " + folder + ": " + IoReason.of(e), e);
    }
    return Optional.empty();
  }

  /** Files that a killed process was writing. */
  private static void removeUnfinished(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(".") && (name.endsWith(".tmp") || name.endsWith(".old"))) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Refuses to go on with another plan than the folder's. */
  static void requireSamePlan(RunRequest resolved) {
    RunFolder files = new RunFolder(resolved.out());
    Map<?, ?> before = files.object(Pipeline.PLAN);
    Map<?, ?> now = (Map<?, ?>) Json.parse(Json.canonical(resolved.plan().toJson()));
    for (Object key : Stream.concat(before.keySet().stream(), now.keySet().stream()).toList()) {
      String was = text(before, key);
      String is = text(now, key);
      if (!was.equals(is)) {
        throw new UsageException(
            "resume",
            "the run in "
                + resolved.out()
                + " has another plan: '"
                + key
                + "' was "
                + was
                + " and is now "
                + is
                + "; go on with the same plan, or name another --out");
      }
    }
  }

  private static String text(Map<?, ?> plan, Object key) {
    return plan.containsKey(key) ? Json.canonical(plan.get(key)) : "absent";
  }
}
