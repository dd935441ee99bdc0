// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.audit.LabelAudit;
import dev.unerring.backend.Backend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.export.RunRecords;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import dev.unerring.twins.TwinAudit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A browser renders the pages without a word on its console (a request that the page's policy
 * forbids would be one), and the rules of axe-core find nothing. Needs {@code -Dtest.browser=} with
 * a Chromium and {@code -Dtest.axe=} with axe.min.js; skipped, and said so, without them.
 */
class BrowserTest {
  @TempDir private Path folder;
  private List<Path> pages;

  @BeforeEach
  void makePages() {
    requireFile("test.browser");
    Path data =
        TestData.write(
            folder.resolve("set.npz"),
            TestData.generated(60, 3, 0).contrary(3).copyImage(0, 1),
            TestData.generated(30, 3, 1),
            TestData.generated(30, 3, 2).contrary(3));
    Path out = folder.resolve("run");
    RunRequest request = new RunRequest(data, out, TrainingPlan.standard(), TestBackends.device());
    Pipeline.train(request, Monitor.SILENT, System::nanoTime);
    RunRecords run = RunRecords.open(out);
    pages =
        List.of(
            folder.resolve("run.html"), folder.resolve("runs.html"), folder.resolve("audit.html"));
    try (Dataset set = Dataset.open(data);
        Backend backend = TestBackends.open()) {
      WorkMonitor silent = WorkMonitor.SILENT;
      Pages.run(run, Optional.of(set), Optional.of(backend), true, silent, pages.get(0));
      Pages.runs(List.of(run, run), pages.get(1));
      Optional<TwinAudit> twins = Optional.of(TwinAudit.of(set, silent));
      Pages.audit(set, new LabelAudit(set), twins, silent, pages.get(2));
    }
  }

  private static Path requireFile(String property) {
    String file = System.getProperty(property, "");
    if (file.isEmpty() || !Files.isRegularFile(Path.of(file))) {
      String reason = "SKIPPED: -D" + property + "= names no file (docs/report.md)";
      System.err.println(reason);
      Assumptions.abort(reason);
    }
    return Path.of(file);
  }

  private record Rendered(String document, String console) {}

  private Rendered render(Path page) throws IOException {
    List<String> words = new ArrayList<>(List.of(requireFile("test.browser").toString()));
    words.addAll(List.of("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"));
    words.add("--user-data-dir=" + folder.resolve("profile"));
    words.addAll(List.of("--virtual-time-budget=20000", "--dump-dom"));
    words.add(page.toUri().toString());
    Path out = folder.resolve("dom");
    Path err = folder.resolve("log");
    Process process =
        new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the browser hangs");
    } catch (InterruptedException e) {
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
    List<String> console =
        Files.readString(err, StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.contains("CONSOLE"))
            .toList();
    return new Rendered(Files.readString(out), String.join("\n", console));
  }

  @Test
  void thePagesAreRenderedWithoutAWord() throws IOException {
    for (Path page : pages) {
      Rendered rendered = render(page);
      assertEquals("", rendered.console(), page.toString());
      assertTrue(rendered.document().contains("Not for clinical use."), page.toString());
      assertTrue(rendered.document().endsWith("</html>\n"), page.toString());
    }
  }

  @Test
  void aForbiddenRequestWouldBeSeen() throws IOException {
    Path page = folder.resolve("bad.html");
    String html = Files.readString(pages.get(0));
    Files.writeString(
        page, html.replace("</main>", "<img src=\"http://127.0.0.1:9/x.png\" alt=\"x\"></main>"));
    assertTrue(render(page).console().contains("Content Security Policy"), "nothing was said");
  }

  @Test
  void theRulesOfAccessibilityHold() throws IOException {
    String axe = Files.readString(requireFile("test.axe"));
    String check =
        "<script>"
            + axe.replace("</script", "<\\/script")
            + "</script><script>axe.run().then(r => { document.title = 'axe ' + r.passes.length"
            + " + ' passed, broken: ' + r.violations.map(v => v.id + ' ' + v.nodes[0].html).join('; ');"
            + "});</script></body>";
    for (String scheme : List.of("light", "dark")) {
      for (Path page : pages) {
        String media = scheme.equals("dark") ? "all" : "(prefers-color-scheme: dark)";
        String html = Files.readString(page).replace("(prefers-color-scheme: dark)", media);
        int policy = html.indexOf("<meta http-equiv");
        int end = html.indexOf('>', policy);
        Path copy = folder.resolve("checked.html");
        Files.writeString(
            copy, html.substring(0, policy) + html.substring(end + 1).replace("</body>", check));
        String document = render(copy).document();
        String title = document.replaceAll("(?s).*<title>(.*?)</title>.*?<style>.*", "$1");
        assertTrue(title.matches("(?s)axe [1-9][0-9]* passed, broken: "), scheme + page + title);
      }
    }
  }
}
