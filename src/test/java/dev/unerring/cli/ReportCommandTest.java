// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.base.WorkMonitor;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code unerring report}, {@code audit --report} and the page at the end of training: what stands
 * on them, that they need nothing else, and that they never spoil what they show.
 */
class ReportCommandTest {
  private static final Pattern LINK = Pattern.compile("(?:src|href)=\"([^\"]*)\"");
  private static final Pattern TAG = Pattern.compile("<([a-zA-Z!/][^ >\\n]*)");

  @TempDir private static Path shared;
  private static SmallRun run;

  @TempDir private Path folder;

  @BeforeAll
  static void train() {
    run = SmallRun.train(shared);
  }

  private static CommandRun report(Object... arguments) {
    List<Object> words = new ArrayList<>(List.of("report", "--threads", 2));
    words.addAll(List.of("--device", TestBackends.kernels() ? "cpu" : "reference"));
    words.addAll(List.of(arguments));
    return CommandRun.of(words.toArray());
  }

  /** Reads a page and checks that it refers to nothing outside itself. */
  private static String page(Path file) throws IOException {
    String html = Files.readString(file);
    assertTrue(html.startsWith("<!DOCTYPE html>\n<html lang=\"en\">"), html.substring(0, 80));
    Matcher links = LINK.matcher(html);
    while (links.find()) {
      String target = links.group(1);
      boolean inside = target.startsWith("#") || target.startsWith("data:image/png;base64,");
      assertTrue(inside, target);
      if (target.startsWith("#")) {
        assertTrue(html.contains("id=\"" + target.substring(1) + "\""), "no " + target);
      }
    }
    Matcher tags = TAG.matcher(html);
    while (tags.find()) {
      assertFalse(List.of("script", "iframe", "object", "form").contains(tags.group(1)));
    }
    assertFalse(html.contains("@import") || html.contains("url("), "a style sheet from elsewhere");
    assertTrue(html.contains("Not for clinical use."));
    return html;
  }

  @Test
  void thePageOfARunShowsVerdictFiguresPicturesAndHashes() throws IOException {
    Path out = folder.resolve("r.html");
    CommandRun made = report("--run", run.folder(), "--out", out);
    assertEquals(0, made.code(), made.err());
    String html = page(out);
    for (String part :
        List.of(
            "No training error",
            "0 of 40 training samples are wrong, counted again",
            "Why not fewer: the floor",
            "<svg viewBox=",
            "The price of perfection",
            "sensitivity",
            "rows are given classes",
            "share that is right, by score",
            "Right by the smallest margins",
            "Twins across splits",
            "unerring train --config")) {
      assertTrue(html.contains(part), part);
    }
    Map<?, ?> result = run.json("result.json");
    for (String key : List.of("weightsSha256", "logitsSha256", "dataSha256", "sealSha256")) {
      assertTrue(html.contains((String) result.get(key)), key);
    }
    assertTrue(html.contains("alt=\"Image train["), "pictures have their names");
    CommandRun again = report("--run", run.folder(), "--out", out);
    assertEquals(0, again.code(), again.err());
    assertEquals(html, page(out), "the same run gives the same page");
  }

  @Test
  void namesFromFilesAreTextOnThePage() throws IOException {
    SmallRun copy = run.copy(folder.resolve("a<b>&\"c"));
    String evil = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>";
    copy.put("result.json", "labels", List.of(evil, "'><svg/onload=alert(3)>"));
    copy.put("result.json", "data", evil);
    Path out = folder.resolve("r.html");
    CommandRun made = report("--run", copy.folder(), "--out", out);
    assertEquals(0, made.code(), made.err());
    String html = page(out);
    assertTrue(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img"), html);
    assertFalse(html.contains("<img src=x") || html.contains("<svg/"), "markup from a name");
    Path several = folder.resolve("several.html");
    CommandRun both = report("--run", copy.folder(), "--run", run.folder(), "--out", several);
    assertEquals(0, both.code(), both.err());
    assertFalse(page(several).contains("<b>"), "markup from a path");
  }

  @Test
  void theClaimsOfACertificateAreRepeated() throws IOException {
    SmallRun copy = run.copy(folder.resolve("copy"));
    CommandRun certified = copy.command("certify");
    assertEquals(0, certified.code(), certified.err());
    Path out = folder.resolve("r.html");
    assertEquals(0, report("--run", copy.folder(), "--out", out).code());
    String html = page(out);
    assertTrue(html.contains("counted: trainErrors</th><td>0</td>"), html);
    assertTrue(html.contains("of this model</th><td>yes</td>"), html);
    Files.writeString(copy.folder().resolve("certificate.json"), "{}");
    CommandRun damaged = report("--run", copy.folder(), "--out", out);
    assertEquals(0, damaged.code(), damaged.err());
    assertTrue(page(out).contains("It cannot be read: "), "a damaged one is said to be");
  }

  @Test
  void severalRunsStandSideBySide() throws IOException {
    SmallRun copy = run.copy(folder.resolve("copy"));
    Path out = folder.resolve("several.html");
    CommandRun made = report("--run", run.folder(), "--run", copy.folder(), "--out", out);
    assertEquals(0, made.code(), made.err());
    String html = page(out);
    assertTrue(html.contains("2 of 2 runs at their floor"), html);
    assertTrue(html.contains("One reproducible number is not a distribution"), html);
    assertTrue(html.contains("Spread over seeds"), html);
    CommandRun named = report("--run", run.folder(), "--run", copy.folder(), "--data", "x.npz");
    assertRefused(2, "--data goes with one --run", named);
  }

  @Test
  void whatCannotBeShownHasAMessageOfItsOwn() throws IOException {
    assertRefused(5, "no result.json there", report("--run", folder));
    SmallRun older = run.copy(folder.resolve("older"));
    older.replace("result.json", "\"sealSha256\"", "\"seal\"");
    assertRefused(5, "earlier version", report("--run", older.folder()));
    SmallRun changed = run.copy(folder.resolve("changed"));
    changed.replace("metrics.csv", "epoch", "Epoch");
    assertRefused(4, "metrics.csv is not the one", report("--run", changed.folder()));
    Path mine = folder.resolve("mine.html");
    Files.writeString(mine, "<p>mine</p>");
    CommandRun there = report("--run", run.folder(), "--out", mine);
    assertRefused(2, "is there already and is no report of Unerring", there);
    assertEquals("<p>mine</p>", Files.readString(mine));
    CommandRun suffix = report("--run", run.folder(), "--out", folder.resolve("r.pdf"));
    assertRefused(2, "ends in .html", suffix);
    Path other = TestData.write(folder.resolve("other.npz"), 20, 2);
    CommandRun data = report("--run", run.folder(), "--data", other);
    assertRefused(5, "is not the data of run", data);
  }

  private static void assertRefused(int code, String message, CommandRun run) {
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains(message), run.err());
  }

  @Test
  void aDataFileThatMovedLeavesAPageWithoutPictures() throws IOException {
    SmallRun copy = run.copy(folder.resolve("copy")).withRecordedData(Path.of("/no/such.npz"));
    CommandRun made = report("--run", copy.folder());
    assertEquals(0, made.code(), made.err());
    assertTrue(made.err().contains("the page has no pictures; name them with --data"), made.err());
    String html = page(copy.folder().resolve("report.html"));
    assertFalse(html.contains("<img"), "pictures without data");
    assertTrue(html.contains("The data or the model were not at hand"), html);
    CommandRun named = report("--run", copy.folder(), "--data", run.data());
    assertEquals(0, named.code(), named.err());
    assertTrue(page(copy.folder().resolve("report.html")).contains("<img"));
  }

  @Test
  void trainingEndsWithAPageThatChangesNothingElse() throws IOException {
    TreeMap<String, Map<?, ?>> results = new TreeMap<>();
    for (String name : List.of("with", "without")) {
      Path out = folder.resolve(name);
      List<Object> words = new ArrayList<>(List.of("train", "--data", run.data(), "--out", out));
      words.addAll(List.of("--no-progress", "--threads", 2, "--device"));
      words.add(TestBackends.kernels() ? "cpu" : "reference");
      if (name.equals("without")) {
        words.add("--no-report");
      }
      CommandRun trained = CommandRun.of(words.toArray());
      assertEquals(0, trained.code(), trained.err());
      assertEquals(name.equals("with"), Files.exists(out.resolve("report.html")));
      assertEquals(name.equals("with"), trained.err().contains("report: " + out));
      results.put(name, new SmallRun(run.data(), out).json("result.json"));
    }
    for (String key : List.of("files", "weightsSha256", "logitsSha256")) {
      assertEquals(results.get("without").get(key), results.get("with").get(key));
    }
    String html = page(folder.resolve("with").resolve("report.html"));
    assertTrue(html.contains("of 10 test decisions are wrong"), "the model was asked");
  }

  @Test
  void aPageThatCannotBeWrittenIsSaidAndNothingMore() throws IOException {
    SmallRun copy = run.copy(folder.resolve("copy"));
    Files.createDirectory(copy.folder().resolve("report.html"));
    String said =
        EndReport.write(copy.folder(), copy.data(), TestBackends.device(), WorkMonitor.SILENT);
    assertTrue(said.startsWith("note: no report: "), said);
    assertTrue(said.endsWith("'unerring report' makes it later"), said);
    String gone = EndReport.write(folder, copy.data(), TestBackends.device(), WorkMonitor.SILENT);
    assertTrue(gone.contains("no result.json there"), gone);
  }

  @Test
  void afterALimitOfTimeThePageShowsTheRecordsAlone() throws IOException {
    SmallRun copy = run.copy(folder.resolve("copy"));
    WorkMonitor late =
        new WorkMonitor() {
          @Override
          public Optional<EndedBy> stop() {
            return Optional.of(EndedBy.TIME);
          }
        };
    String said = EndReport.write(copy.folder(), copy.data(), TestBackends.device(), late);
    assertTrue(said.contains("records alone"), said);
    String html = page(copy.folder().resolve("report.html"));
    assertTrue(html.contains("No training error") && !html.contains("<img"), html);
  }

  @Test
  void anAuditHasAPageOfItsOwn() throws IOException {
    TestData train = TestData.generated(20, 2, 0).copyImage(0, 1).copyImage(3, 5);
    TestData test = TestData.generated(8, 2, 2);
    System.arraycopy(train.images(), 0, test.images(), TestData.IMAGE, TestData.IMAGE);
    Path data = folder.resolve("set.npz");
    TestData.write(data, train, TestData.generated(8, 2, 1), test);
    Path out = folder.resolve("audit.html");
    CommandRun made = CommandRun.of("audit", "--data", data, "--report", out);
    assertEquals(0, made.code(), made.err());
    String html = page(out);
    assertTrue(html.contains("One contradiction"), html);
    assertTrue(html.contains("At least 1 training decisions must be wrong"), html);
    assertTrue(html.contains("Ask somebody who knows the images"), html);
    assertTrue(html.contains("alt=\"Image test[1], "), "the twin across splits is shown");
    Files.writeString(out, "mine");
    assertRefused(2, "no report of", CommandRun.of("audit", "--data", data, "--report", out));
  }

  @Test
  void aSetOfTwoThousandImagesHasAPageOfThreeMegabytesAtMost() throws IOException {
    Path data = TestData.writeContrary(folder.resolve("set.npz"), 1_400, 8);
    Path out = folder.resolve("run");
    Object[] words = {
      "train",
      "--data",
      data,
      "--out",
      out,
      "--no-progress",
      "--epochs",
      1,
      "--corrector",
      "none",
      "--device",
      TestBackends.kernels() ? "cpu" : "reference",
      "--threads",
      2
    };
    CommandRun trained = CommandRun.of(words);
    assertEquals(3, trained.code(), trained.err());
    CommandRun made = report("--run", out);
    assertEquals(0, made.code(), made.err());
    assertTrue(Files.size(out.resolve("report.html")) < 3_000_000, "too large");
    assertTrue(page(out.resolve("report.html")).contains("Goal not reached"));
  }
}
