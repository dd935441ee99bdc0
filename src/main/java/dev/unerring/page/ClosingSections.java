// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static dev.unerring.export.RunRecords.map;
import static dev.unerring.export.RunRecords.text;

import dev.unerring.export.RunRecords;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Certificate, hashes, and how to get the same bits again. */
final class ClosingSections {
  private static final List<String> HASHES =
      List.of("dataSha256", "dataContentSha256", "weightsSha256", "logitsSha256", "sealSha256");

  private ClosingSections() {}

  static void add(Page page, Look look) {
    RunRecords run = look.records();
    if (Files.isRegularFile(run.path().resolve("certificate.json"))) {
      page.section("certificate", "Certificate", html -> certificate(html));
    }
    page.section("reproduce", "The same bits again", html -> reproduce(html, run));
  }

  private static void certificate(Html html) {
    html.p(
        "The folder holds a certificate, certificate.json. This page does not check it; who has the"
            + " model and the data file checks it with 'unerring verify'.");
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
