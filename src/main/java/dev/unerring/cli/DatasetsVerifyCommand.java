// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.FileCheck;
import dev.unerring.data.SplitSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unerring datasets verify}: what a file is, and whether it is sound. */
@Command(
    name = "verify",
    description = {
      "Says which official file a file is, if any, and reads all of it.",
      "Ends with 0 for a sound file; 5 for one that is damaged or not what its name says."
    },
    mixinStandardHelpOptions = true)
final class DatasetsVerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "An npz file.")
  private Path file;

  DatasetsVerifyCommand() {}

  @Override
  public Integer call() {
    WorkTerminal terminal = WorkTerminal.of(spec);
    FileCheck check;
    try {
      check = FileCheck.of(file, (WorkMonitor) terminal);
    } finally {
      terminal.clear();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("file      " + file);
    out.println("MD5       " + check.hashes().md5());
    out.println("SHA-256   " + check.hashes().sha256());
    if (!check.splits().isEmpty()) {
      counts(check, out);
    }
    check.decoded().ifPresent(raw -> out.println("decoded   " + raw + ": all of it is right"));
    if (check.fault().isPresent()) {
      out.flush();
      throw new DataException(check.fault().get());
    }
    out.println("verdict   " + verdict(check));
    out.flush();
    return 0;
  }

  private static String verdict(FileCheck check) {
    Optional<DatasetManifest.PublishedFile> published = check.published();
    if (published.isEmpty()) {
      return "sound; not an official MedMNIST file, and it does not claim to be one";
    }
    return check.manifest().filter(DatasetManifest::generated).isPresent()
        ? "sound; the generated demo set"
        : "sound; the official " + published.get().name();
  }

  private static void counts(FileCheck check, PrintWriter out) {
    List<SplitSummary> splits = check.splits();
    out.println(row("samples", splits, SplitSummary::samples));
    check
        .manifest()
        .ifPresent(m ->
            out.println(
                String.format(
                    Locale.ROOT, "%-38s%9d%9d%9d", "  published", m.train(), m.val(), m.test())));
    List<String> names = check.labelNames();
    for (int i = 0; i < names.size(); i++) {
      int number = i;
      out.println(row("  label " + i + " " + names.get(i), splits, s -> s.histogram().get(number)));
    }
  }

  private static String row(
      String name, List<SplitSummary> splits, Function<SplitSummary, Integer> count) {
    StringBuilder text = new StringBuilder(name.length() > 37 ? name.substring(0, 37) : name);
    text.append(" ".repeat(38 - text.length()));
    splits.forEach(split -> text.append(String.format(Locale.ROOT, "%9d", count.apply(split))));
    return text.toString();
  }
}
