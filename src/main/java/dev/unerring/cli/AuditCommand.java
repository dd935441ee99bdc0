// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.Json;
import dev.unerring.data.Dataset;
import dev.unerring.page.Pages;
import dev.unerring.twins.TwinAudit;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unerring audit}: what a data set says and where it contradicts itself. */
@Command(
    name = "audit",
    description =
        "Audits a data set: counts, identical images, label conflicts, the proved "
            + "floor. In depth also images equal up to a flip or turn, near-twins "
            + "(correlation of at least 0.99, also counted at 0.95), and images that stand in "
            + "two splits.",
    mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOption data;

  @Option(names = "--json", description = "Print all findings as JSON.")
  private boolean json;

  @Option(
      names = "--deep",
      negatable = true,
      description = "Search for flips, turns and near-twins; default: where that takes seconds.")
  private Boolean deep;

  @Option(
      names = "--csv",
      paramLabel = "X.csv",
      description = "Write every pair of twins to this file (searches in depth).")
  private Path csv;

  @Option(
      names = "--montage",
      paramLabel = "X.png",
      description =
          "Draw pairs of twins into this file, framed red where labels differ (searches "
              + "in depth).")
  private Path montage;

  @Option(
      names = "--report",
      paramLabel = "X.html",
      description = "Show everything there on a page of HTML, with pictures.")
  private Path report;

  AuditCommand() {}

  @Override
  public Integer call() {
    if (Boolean.FALSE.equals(deep) && (csv != null || montage != null)) {
      throw new UsageException("--csv and --montage show what --deep finds; leave out --no-deep");
    }
    Path file = data.file();
    if (csv != null) {
      OutputFile.require("--csv", csv, List.of(".csv"), List.of(file));
    }
    if (montage != null) {
      OutputFile.require("--montage", montage, List.of(".png"), List.of(file));
    }
    if (report != null) {
      OutputFile.require("--report", report, List.of(".html", ".htm"), List.of(file));
      Pages.requireReplaceable(report);
    }
    WorkTerminal terminal = WorkTerminal.of(spec);
    try (Dataset dataset = Dataset.open(file, terminal)) {
      PrintWriter err = spec.commandLine().getErr();
      if (!dataset.official()) {
        err.println(dataset.notice());
      }
      LabelAudit audit = new LabelAudit(dataset, terminal);
      Optional<TwinAudit> twins = twins(dataset, terminal);
      if (csv != null) {
        AtomicFile.write(csv, twins.orElseThrow().toCsv(audit).getBytes(StandardCharsets.UTF_8));
        err.println("written: " + csv);
      }
      if (montage != null) {
        err.println(TwinMontage.write(montage, dataset, twins.orElseThrow().pairs(audit)));
      }
      if (report != null) {
        Pages.audit(dataset, audit, twins, terminal, report);
        err.println("written: " + report);
      }
      terminal.clear();
      print(audit, twins);
    } finally {
      terminal.clear();
    }
    return 0;
  }

  private Optional<TwinAudit> twins(Dataset dataset, WorkTerminal terminal) {
    boolean wanted = csv != null || montage != null || TwinAudit.isShort(dataset);
    if (deep != null ? !deep : !wanted) {
      return Optional.empty();
    }
    return Optional.of(TwinAudit.of(dataset, terminal));
  }

  private void print(LabelAudit audit, Optional<TwinAudit> twins) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> all = audit.toJson();
      twins.ifPresent(found -> all.put("twins", found.toJson()));
      out.print(Json.pretty(all));
    } else {
      out.print(audit.toText());
      out.print(
          twins
              .map(TwinAudit::toText)
              .orElse("\nFlips, turns and near-twins were not searched: --deep does that.\n"));
    }
    out.flush();
  }
}
