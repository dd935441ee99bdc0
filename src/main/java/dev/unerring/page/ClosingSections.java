// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static dev.unerring.export.RunRecords.map;
import static dev.unerring.export.RunRecords.text;

import dev.unerring.UnerringException;
import dev.unerring.certificate.Certificate;
import dev.unerring.certificate.Envelope;
import dev.unerring.certificate.Statement;
import dev.unerring.export.RunRecords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Certificate, hashes, and how to get the same bits again. */
final class ClosingSections {
  private static final List<String> HASHES =
      List.of("dataSha256", "dataContentSha256", "weightsSha256", "logitsSha256", "sealSha256");

  private ClosingSections() {}

  static void add(Page page, Look look) {
    RunRecords run = look.records();
    if (Files.isRegularFile(run.path().resolve(Certificate.FILE))) {
      page.section("certificate", "Certificate", html -> certificate(html, run));
    }
    page.section("reproduce", "The same bits again", html -> reproduce(html, run));
  }

  /** What the certificate says; whether that is true is checked by 'unerring verify' alone. */
  private static void certificate(Html html, RunRecords run) {
    Path file = run.path().resolve(Certificate.FILE);
    html.p(
        "This page repeats what the certificate says and does not check it: who has the model and the"
            + " data file does that with 'unerring verify'.");
    try {
      Envelope envelope = Envelope.read(file);
      Statement statement = Statement.of(envelope, file.toString());
      boolean own =
          run.text("weightsSha256")
              .equals(map(statement.recomputed(), "model").get("weightsSha256"));
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("of this model", own ? "yes" : "NO, of another one"));
      rows.add(List.of("signed", envelope.signed().isPresent() ? "yes" : "no"));
      statement.scope().forEach((key, value) -> rows.add(row("scope", key, value)));
      map(statement.recomputed(), "counts")
          .forEach((key, value) -> rows.add(row("counted", key, value)));
      Page.table(html, "Claims of certificate.json", List.of("claim", "value"), rows, true);
    } catch (UnerringException e) {
      html.p("It cannot be read: " + e.getMessage());
    }
  }

  private static List<String> row(String group, Object key, Object value) {
    String text =
        value instanceof List<?> list
            ? list.stream().map(String::valueOf).collect(Collectors.joining("; "))
            : String.valueOf(value);
    return List.of(group + ": " + key, text);
  }

  private static void reproduce(Html html, RunRecords run) {
    html.p(
        "The same plan, data file and code give the same weights and logits, for any number of threads"
            + " and on any machine, as long as no limit of time ends the run.");
    List<List<String>> rows = new ArrayList<>();
    for (String key : HASHES) {
      rows.add(List.of(key, run.text(key)));
    }
    Map<?, ?> environment = run.object("environment.json");
    for (String key : List.of("unerring", "java", "os", "device", "kernels", "arithmetic")) {
      rows.add(List.of(key, text(environment, key)));
    }
    rows.add(List.of("seconds", text(map(run.result(), "seconds"), "total")));
    Page.table(html, "Hashes and surroundings", List.of("what", "value"), rows, true);
    String folder = quoted(run.path().toString());
    html.tag(
        "pre",
        "unerring train --config "
            + quoted(run.path().resolve("plan.json").toString())
            + " --data "
            + quoted(text(environment, "data"))
            + "\nunerring evaluate --run "
            + folder
            + "\nunerring errors --run "
            + folder
            + "\nunerring report --run "
            + folder
            + "\n");
  }

  /** A word for a shell. */
  private static String quoted(String word) {
    return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
