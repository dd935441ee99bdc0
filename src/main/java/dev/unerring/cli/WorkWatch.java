package dev.unerring.cli;

import dev.unerring.base.WorkMonitor;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Says on stderr how far a long piece of work is, and how long it still takes: one changing line on
 * a terminal, a line every ten seconds elsewhere, nothing where the work is short. Ctrl-C ends it.
 */
final class WorkWatch implements WorkMonitor {
  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long LINE_NANOS = 10_000_000_000L;
  private static final String CLEAR = "\r\u001b[K";
  private static final String STDERR_IS_TERMINAL = "unerring.stderr.terminal";

  private final PrintWriter err;
  private final boolean terminal;
  private final Interrupt interrupt;
  private String work = "";
  private long started;
  private long said;
  private boolean lineOpen;

  WorkWatch(PrintWriter err, Interrupt interrupt) {
    this.err = err;
    this.interrupt = interrupt;
    String launcher = System.getProperty(STDERR_IS_TERMINAL);
    Console console = System.console();
    this.terminal =
        launcher != null ? launcher.equals("true") : console != null && console.isTerminal();
  }

  @Override
  public void note(String text) {
    clear();
    err.println(text);
    err.flush();
  }

  @Override
  public boolean stopped() {
    return interrupt.requested();
  }

  @Override
  public void progress(String what, long done, long total) {
    long now = System.nanoTime();
    if (!what.equals(work)) {
      work = what;
      started = now;
      said = now;
    }
    if (now - said < (terminal ? TERMINAL_NANOS : LINE_NANOS) || total <= 0 || done >= total) {
      return;
    }
    said = now;
    double share = (double) done / total;
    long left = (long) Math.ceil((now - started) / 1e9 * (1 - share) / Math.max(share, 1e-9));
    String text = String.format(Locale.ROOT, "%s: %.1f %%, %d s to go", what, 100 * share, left);
    if (terminal) {
      err.print(CLEAR + text);
      lineOpen = true;
    } else {
      err.println(text);
    }
    err.flush();
  }

  /** Removes the changing line. */
  void clear() {
    if (lineOpen) {
      err.print(CLEAR);
      err.flush();
      lineOpen = false;
    }
  }
}
