// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.audit.LabelAudit;
import dev.unerring.audit.LabelConflict;
import dev.unerring.data.LabelledSample;
import dev.unerring.report.RunReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a run ended.
 *
 * @param folder where its files are
 * @param report what result.json holds
 * @param conflicts lines on the groups of identical images with different labels
 */
public record RunResult(Path folder, RunReport report, List<String> conflicts) {
  /** Conflicts that are named beside the result. */
  private static final int SHOWN = 20;

  static RunResult of(Path folder, RunReport report, LabelAudit audit) {
    List<String> lines = new ArrayList<>();
    for (LabelConflict conflict : audit.conflicts().stream().limit(SHOWN).toList()) {
      String who =
          conflict.samples().stream()
              .map(LabelledSample::toString)
              .collect(Collectors.joining(" = "));
      List<String> follows = new ArrayList<>(conflict.proofs());
      conflict.consequence().ifPresent(follows::add);
      lines.add("identical: " + who + ": " + String.join("; ", follows));
    }
    int more = audit.conflicts().size() - SHOWN;
    if (more > 0) {
      lines.add("and " + more + " more, all in audit.json");
    }
    return new RunResult(folder, report, lines);
  }

  /** See {@link RunReport#goalReached}. */
  public boolean goalReached() {
    return report.goalReached();
  }

  /** Removes the folder, where there is one. */
  public void discard() {
    if (Files.exists(folder)) {
      new RunFolder(folder).discard();
    }
  }
}
