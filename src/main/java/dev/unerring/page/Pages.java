// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.IoReason;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.export.RunRecords;
import dev.unerring.twins.TwinAudit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes pages: each one file of HTML that needs no other file, no script and no network. Texts
 * from files cannot become markup.
 */
public final class Pages {
  /** Name of the page in the folder of a run. */
  public static final String FILE = "report.html";

  private static final int HEAD = 600;

  private Pages() {}

  /**
   * The page of one run.
   *
   * @param data of the run; empty for a page without pictures
   * @param backend for its model; empty for a page without what the model says
   * @param thorough whether to look at all splits and search for twins
   */
  public static void run(
      RunRecords run,
      Optional<Dataset> data,
      Optional<Backend> backend,
      boolean thorough,
      WorkMonitor monitor,
      Path out) {
    write(out, RunPage.of(new Look(run, data, backend, thorough, monitor)));
  }

  /** The page of several runs, from their records. */
  public static void runs(List<RunRecords> runs, Path out) {
    write(out, RunsPage.of(runs));
  }

  /** The page of a data set. */
  public static void audit(
      Dataset data, LabelAudit audit, Optional<TwinAudit> twins, WorkMonitor monitor, Path out) {
    write(out, AuditPage.of(new Look(audit.toJson(), data, monitor), audit, twins));
  }

  /**
   * A picture of a sample.
   *
   * @param name its place and labels
   * @param channels 1 or 3
   */
  public record Shown(String name, int width, int height, int channels, byte[] png) {}

  /** The training samples that were most clearly wrong before correction. */
  public static List<Shown> hardest(RunRecords run, Dataset data, int most) {
    Look look = new Look(run, Optional.of(data), Optional.empty(), false, WorkMonitor.SILENT);
    List<Shown> shown = new ArrayList<>();
    for (Map<String, String> row :
        PictureSections.beforeCorrection(look).stream().limit(most).toList()) {
      int sample = (int) RecordSections.value(row.get("sampleIndex"));
      look.picture("train", sample)
          .ifPresent(p ->
              shown.add(
                  new Shown(
                      "train[" + sample + "] " + PictureSections.what(look, row),
                      p.width(),
                      p.height(),
                      p.channels(),
                      Png.of(p.width(), p.height(), p.channels(), p.pixels()))));
    }
    return shown;
  }

  private static void write(Path out, String html) {
    AtomicFile.write(out, html.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Refuses to replace a file that is no page of ours.
   *
   * @throws UsageException that names it
   */
  public static void requireReplaceable(Path out) {
    if (!Files.exists(out)) {
      return;
    }
    String mark = "name=\"generator\" content=\"" + Page.GENERATOR + "\"";
    try (InputStream in = Files.newInputStream(out)) {
      String head = new String(in.readNBytes(HEAD), StandardCharsets.UTF_8);
      if (!head.contains(mark)) {
        throw new UsageException(
            out + " is there already and is no report of Unerring; name a new file");
      }
    } catch (IOException e) {
      throw new DataException(
          out + ": cannot be looked at: " + IoReason.of(e) + "; name a new file", e);
    }
  }
}
