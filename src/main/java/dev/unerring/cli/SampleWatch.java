package dev.unerring.cli;

import dev.unerring.base.UnerringException;
import dev.unerring.run.SampleProgress;
import java.io.PrintWriter;
import java.util.Locale;

/** Says on stderr every few seconds how far a pass over samples is; ends it on Ctrl-C. */
final class SampleWatch implements SampleProgress {
  private static final long PAUSE_NANOS = 3_000_000_000L;

  private final PrintWriter err;
  private final Interrupt interrupt;
  private long said = System.nanoTime();

  SampleWatch(PrintWriter err, Interrupt interrupt) {
    this.err = err;
    this.interrupt = interrupt;
  }

  @Override
  public void at(String what, long done, long all) {
    if (interrupt.requested()) {
      throw new Interrupted(what);
    }
    if (done < all && System.nanoTime() - said >= PAUSE_NANOS) {
      said = System.nanoTime();
      err.println(String.format(Locale.ROOT, "%s: %,d of %,d", what, done, all));
      err.flush();
    }
  }

  /** Ctrl-C. Exit code 130. */
  private static final class Interrupted extends UnerringException {
    private static final long serialVersionUID = 1L;

    Interrupted(String what) {
      super("interrupted at " + what);
    }

    @Override
    public int exitCode() {
      return 130;
    }
  }
}
