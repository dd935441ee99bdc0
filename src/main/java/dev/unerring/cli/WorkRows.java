package dev.unerring.cli;

import dev.unerring.base.WorkMonitor;
import java.io.PrintWriter;
import java.util.Locale;

/** Says on stderr every few seconds how far a piece of work is; ends it on Ctrl-C. */
final class WorkRows implements WorkMonitor {
  private static final long PAUSE_NANOS = 3_000_000_000L;

  private final PrintWriter err;
  private final Interrupt interrupt;
  private final long start = System.nanoTime();
  private long said = start;

  WorkRows(PrintWriter err, Interrupt interrupt) {
    this.err = err;
    this.interrupt = interrupt;
  }

  @Override
  public void note(String text) {
    err.println(text);
    err.flush();
  }

  @Override
  public void progress(String work, long done, long total) {
    long now = System.nanoTime();
    if (now - said >= PAUSE_NANOS && done > 0) {
      said = now;
      double left = (now - start) / 1e9 / done * (total - done);
      note(String.format(Locale.ROOT, "%s: %d of %d, %.0f s to go", work, done, total, left));
    }
  }

  @Override
  public boolean stopped() {
    return interrupt.requested();
  }
}
