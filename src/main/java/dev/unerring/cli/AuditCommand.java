package dev.unerring.cli;

import dev.unerring.base.Json;
import dev.unerring.dataset.Dataset;
import dev.unerring.dataset.LabelAudit;
import java.io.PrintWriter;
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
        "Counts a data set, lists identical images and label conflicts, proves the floor.",
    mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOption data;

  @Option(names = "--json", description = "Everything, as JSON.")
  private boolean json;

  AuditCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Dataset dataset = Dataset.open(data.file(), WorkTerminal.of(spec))) {
      if (!dataset.official()) {
        spec.commandLine().getErr().println(dataset.notice());
      }
      LabelAudit audit = new LabelAudit(dataset);
      out.print(json ? Json.pretty(audit.toJson()) : audit.toText());
      out.flush();
    }
    return 0;
  }
}
