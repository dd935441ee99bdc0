// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.EndedBy;
import dev.unerring.train.EpochRow;
import dev.unerring.train.Monitor;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Shows a run on stderr: a bar on a terminal, plain rows otherwise; and stops it when the time is
 * up or the user has interrupted it.
 */
final class Terminal extends WorkTerminal implements Monitor {
  private static final int BAR = 20;

  /** What a stop by the user leaves for count and re-check. */
  private static final long GRACE_NANOS = 4_000_000_000L;

  /** What a limit of time leaves for them: this, or a part of the limit where that is longer. */
  private static final long LEAST_GRACE_NANOS = 10_000_000_000L;

  private static final int GRACE_PART = 10;

  private final long deadline;
  private final long start = System.nanoTime();
  private long interrupted;
  private long drawn;
  private String stage = "";
  private long stageStart;
  private long samples;
  private long firstSamples;
  private double firstDone;
  private BiConsumer<EpochRow, Double> epochs = (row, speed) -> {};

  /**
   * Watches a run.
   *
   * @param bar whether stderr is a terminal that a bar may be drawn on
   * @param deadline of {@link System#nanoTime}, {@link Long#MAX_VALUE} for none
   */
  Terminal(PrintWriter err, boolean bar, long deadline, Interrupt interrupt) {
    this(new StatusLine(err), err, bar, deadline, interrupt);
  }

  /** The same with a line of its own. */
  Terminal(StatusLine line, PrintWriter err, boolean bar, long deadline, Interrupt interrupt) {
    super(line, err, bar, interrupt);
    this.deadline = deadline;
  }

  @Override
  public Optional<EndedBy> stop() {
    if (interrupt.requested()) {
      return Optional.of(EndedBy.STOP);
    }
    boolean late = deadline != Long.MAX_VALUE && System.nanoTime() - deadline >= 0;
    return late ? Optional.of(EndedBy.TIME) : Optional.empty();
  }

  /** A stop by the user has little time: containers are killed ten seconds after it. */
  @Override
  public boolean graceOver() {
    long now = System.nanoTime();
    if (interrupt.requested()) {
      interrupted = interrupted == 0 ? now : interrupted;
      return now - interrupted >= GRACE_NANOS;
    }
    return now - deadline >= Math.max(LEAST_GRACE_NANOS, (deadline - start) / GRACE_PART);
  }

  @Override
  public void progress(Progress p) {
    long now = System.nanoTime();
    if (!p.stage().equals(stage)) {
      stage = p.stage();
      stageStart = now;
      firstSamples = p.samples();
      firstDone = done(p);
    }
    samples = p.samples() - firstSamples;
    if (!bar || samples == 0 || now - drawn < REDRAW_NANOS) {
      return;
    }
    drawn = now;
    int filled = BAR * p.step() / p.steps();
    String errors = p.errorsLeft() < 0 ? "not counted yet" : String.valueOf(p.errorsLeft());
    String round = (p.stage().equals("train") ? "epoch " : "correction round ") + p.round();
    String place = round + "/" + p.rounds();
    String drawn = " [" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
    String speed = String.format(Locale.ROOT, ", %.0f images/s, loss %.4f", rate(now), p.loss());
    String left = ", errors left: " + errors;
    String toGo = ", at most " + left(p, now) + " to go";
    line.draw(
        List.of(
            place + drawn + speed.replaceFirst(",", "") + left + toGo,
            place + speed + left + toGo,
            place + left + toGo,
            place + left,
            place + ", " + errors + " left",
            round));
  }

  /** Tells another one of the end of each epoch too, with the images per second so far. */
  void alsoTell(BiConsumer<EpochRow, Double> other) {
    epochs = other;
  }

  @Override
  public void epoch(EpochRow row) {
    epochs.accept(row, rate(System.nanoTime()));
  }

  @Override
  public void row(String text) {
    if (!bar) {
      String rate =
          samples > 0 ? String.format(Locale.ROOT, ", %.0f images/s", rate(System.nanoTime())) : "";
      err.println(text + rate);
    }
  }

  private double rate(long now) {
    return samples / Math.max(1e-9, (now - stageStart) / 1e9);
  }

  private static double done(Progress p) {
    return p.round() - 1 + (double) p.step() / p.steps();
  }

  /** Time until the budget ends, or the deadline if that is earlier. */
  private String left(Progress p, long now) {
    double gained = done(p) - firstDone;
    double seconds = (now - stageStart) / 1e9 * (p.rounds() - done(p)) / gained;
    if (deadline != Long.MAX_VALUE) {
      seconds = Math.min(seconds, Math.max(0, (deadline - now) / 1e9));
    }
    return time(seconds);
  }
}
