// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.Sizes;
import dev.unerring.base.WorkMonitor;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Shows long work on stderr, with the time to go: one line that is redrawn on a terminal, otherwise
 * a line every ten seconds; stops it when the user interrupts.
 */
class WorkTerminal implements WorkMonitor {
  static final long REDRAW_NANOS = 100_000_000L;
  private static final long LINE_NANOS = 10_000_000_000L;

  final PrintWriter err;
  final StatusLine line;
  final boolean bar;
  final Interrupt interrupt;
  private boolean bytes;
  private String work = "";
  private long start;
  private long firstDone;
  private long shown;

  /**
   * Shows work.
   *
   * @param bar whether one line may be redrawn
   */
  WorkTerminal(StatusLine line, PrintWriter err, boolean bar, Interrupt interrupt) {
    this.err = err;
    this.line = line;
    this.bar = bar;
    this.interrupt = interrupt;
  }

  /** For a verb of {@link Main}. */
  static WorkTerminal of(CommandSpec spec) {
    Main main = (Main) spec.root().userObject();
    PrintWriter err = spec.commandLine().getErr();
    return new WorkTerminal(
        new StatusLine(err), err, StandardStream.drawsOnStderr(), main.interrupt());
  }

  @Override
  public void note(String text) {
    clear();
    err.println(text);
    err.flush();
  }

  @Override
  public void progressBytes(String now, long done, long total) {
    bytes = true;
    show(now, done, total);
  }

  @Override
  public void progress(String now, long done, long total) {
    bytes = false;
    show(now, done, total);
  }

  private void show(String now, long done, long total) {
    long time = System.nanoTime();
    if (!now.equals(work)) {
      clear();
      work = now;
      start = time;
      firstDone = done;
      shown = time;
    }
    if (total > 0 && done >= total) {
      clear();
      work = "";
      return;
    }
    if (time - shown < (bar ? REDRAW_NANOS : LINE_NANOS)) {
      return;
    }
    shown = time;
    String text = text(done, total, (time - start) / 1e9);
    if (bar) {
      line.draw(List.of(text));
    } else {
      err.println(text);
      err.flush();
    }
  }

  private String text(long done, long total, double seconds) {
    String text = work + (bytes && done > 0 ? ": " + Sizes.text(done) : "");
    if (total > 0) {
      String share = (long) (100.0 * done / total) + " %";
      text += bytes ? " of " + Sizes.text(total) + " (" + share + ")" : ": " + share;
    }
    double rate = (done - firstDone) / Math.max(seconds, 1e-9);
    if (rate > 0) {
      text += bytes ? String.format(Locale.ROOT, ", %.1f MB/s", rate / 1e6) : "";
      text += total > 0 ? ", " + time((total - done) / rate) + " to go" : "";
    }
    return text;
  }

  static String time(double seconds) {
    long whole = (long) Math.ceil(seconds);
    return whole < 100 ? whole + " s" : whole < 6000 ? whole / 60 + " min" : whole / 3600 + " h";
  }

  @Override
  public boolean stopped() {
    if (interrupt.requested()) {
      clear();
    }
    return interrupt.requested();
  }

  /** Removes the line. */
  void clear() {
    line.clear();
  }
}
