// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.data.Task;
import dev.unerring.report.DataFacts;
import dev.unerring.report.RunReport;
import dev.unerring.run.TrainedRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unerring errors}: every training error of a run, before correction and at the end. */
@Command(
    name = "errors",
    description = "Lists every training error of a run, before and after correction.",
    mixinStandardHelpOptions = true)
final class ErrorsCommand implements Callable<Integer> {
  private static final int SHOWN_COLUMNS = 11;
  private static final int COLUMN = 2;
  private static final int GIVEN = 3;
  private static final int GOAL = 5;

  @Spec private CommandSpec spec;

  @Option(names = "--run", required = true, paramLabel = "DIR", description = "Folder of a run.")
  private Path run;

  @Option(
      names = "--history",
      description =
          "List instead every training sample that any version of the model got wrong, "
              + "and what corrected it, with the figures of all versions.")
  private boolean history;

  @Option(names = "--json", description = "With --history: print JSON.")
  private boolean json;

  ErrorsCommand() {}

  @Override
  public Integer call() {
    if (json && !history) {
      throw new UsageException("--json goes with --history; the errors are in errors.csv");
    }
    TrainedRun trained = TrainedRun.open(run);
    PrintWriter out = spec.commandLine().getOut();
    if (history) {
      out.print(json ? HistoryText.json(trained) : HistoryText.table(trained));
      out.flush();
      return 0;
    }
    RunReport report = trained.report();
    List<String[]> rows = new ArrayList<>();
    trained.text("errors.csv").lines().forEach(line -> rows.add(line.split(",", -1)));
    if (rows.isEmpty() || rows.stream().anyMatch(row -> row.length < SHOWN_COLUMNS)) {
      throw new DataException(
          trained.file("errors.csv") + " is damaged; put the right file back, or train again");
    }
    String[] names = rows.removeFirst();
    rows.forEach(row -> name(row, report.data()));
    String first = report.line().version() > 1 ? "before-correction" : "after-training";
    if (report.work().errorsAfterTraining().isEmpty()) {
      out.println("The run was stopped before its errors were counted; 'unerring correct' counts.");
    } else {
      print(out, first.replace('-', ' '), names, rows, first, report);
    }
    if (report.train().errors().isPresent()) {
      String where =
          report.rechecked() ? "(counted on the saved model)" : "(NOT counted again: stopped)";
      print(out, "at the end " + where, names, rows, "final", report);
    }
    report.patchNotice().ifPresent(out::println);
    out.println("Logits and all columns: " + trained.file("errors.csv"));
    out.flush();
    return 0;
  }

  private static void print(
      PrintWriter out,
      String title,
      String[] names,
      List<String[]> all,
      String stage,
      RunReport report) {
    List<String[]> rows = all.stream().filter(row -> row[0].equals(stage)).toList();
    out.println(rows.size() + "/" + report.train().decisions() + " training errors " + title);
    if (rows.isEmpty()) {
      out.println();
      return;
    }
    Map<String, Integer> categories = new TreeMap<>();
    rows.forEach(row -> categories.merge(row[8], 1, Integer::sum));
    categories.forEach((name, count) -> out.println("  " + count + " " + name));
    List<List<String>> table = new ArrayList<>(List.of(shown(names)));
    rows.forEach(row -> table.add(shown(row)));
    out.println(TextTable.of(table));
  }

  /** Puts the names behind the numbers of classes or, where a sample has several, of labels. */
  private static void name(String[] row, DataFacts data) {
    List<String> labels = data.labels();
    boolean several = Task.MULTI_LABEL.manifestName().equals(data.task());
    for (int i = several ? COLUMN : GIVEN; i <= (several ? COLUMN : GOAL); i++) {
      String number = row[i];
      for (int k = 0; k < labels.size(); k++) {
        String name = labels.get(k);
        if (number.equals(String.valueOf(k)) && !name.equals(number)) {
          row[i] = number + " " + name;
        }
      }
    }
  }

  /** All columns but the stage and the logits. */
  private static List<String> shown(String[] fields) {
    return List.of(fields).subList(1, SHOWN_COLUMNS);
  }
}
