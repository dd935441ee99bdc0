// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.VerificationException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.EngineVersion;
import dev.unerring.base.IoReason;
import dev.unerring.network.Checkpoint;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.report.RunReport;
import dev.unerring.train.Adam;
import dev.unerring.train.Keeper;
import dev.unerring.train.Monitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The checkpoints and the ledger of one run folder. A checkpoint is written when the time is up, by
 * default so seldom that saving takes at most one part in {@value #SHARE} of the time; when the
 * file {@value #REQUEST} appears in the folder; and when a stop ends training. A checkpoint that
 * cannot be written ends no run: it is said, and the one before stays.
 */
final class Checkpoints implements Keeper {
  /** The last checkpoint; the one before it has {@link AtomicFile#previous} as its name. */
  static final String FILE = "checkpoint";

  /** Whoever makes this file in the folder of a run gets a checkpoint now; it is removed then. */
  static final String REQUEST = "checkpoint-now";

  private static final int SHARE = 50;
  private static final long FIRST = 10_000_000_000L;
  private static final long LOOK = 200_000_000L;

  private final Path folder;
  private final Monitor monitor;
  private final LongSupplier nanos;
  private final long every;
  private final Map<String, Object> identity;
  private final Optional<Checkpoint> kept;
  private final Ledger ledger;
  private long saved;
  private long looked;
  private long cost;

  private Checkpoints(
      Path folder,
      Monitor monitor,
      LongSupplier nanos,
      long every,
      Map<String, Object> identity,
      Optional<Checkpoint> kept) {
    this.folder = folder;
    this.monitor = monitor;
    this.nanos = nanos;
    this.every = every;
    this.identity = identity;
    this.kept = kept;
    this.ledger =
        Ledger.open(
            folder.resolve(Ledger.FILE), kept.map(each -> each.facts().small("events")).orElse(0));
    this.saved = nanos.getAsLong();
    this.looked = saved;
  }

  /**
   * Opens those of a folder.
   *
   * @param every nanoseconds between two checkpoints; 0 for the default
   * @param identity what must be the same in a run that goes on: hashes of plan and data
   * @throws DataException where a checkpoint is of another plan, other data or another version
   */
  static Checkpoints open(
      Path folder, Monitor monitor, LongSupplier nanos, long every, Map<String, String> identity) {
    Map<String, Object> whole = new LinkedHashMap<>(identity);
    whole.put("version", EngineVersion.number());
    return new Checkpoints(folder, monitor, nanos, every, whole, last(folder, monitor, whole));
  }

  /** The last checkpoint that is whole; empty for none. */
  private static Optional<Checkpoint> last(
      Path folder, Monitor monitor, Map<String, Object> identity) {
    Path file = folder.resolve(FILE);
    for (Path each : new Path[] {file, AtomicFile.previous(file)}) {
      if (Files.exists(each)) {
        try {
          Checkpoint checkpoint = Checkpoint.read(each);
          requireSame(each, checkpoint, identity);
          return Optional.of(checkpoint);
        } catch (DataException e) {
          if (!e.getMessage().contains("is damaged")) {
            throw e;
          }
          monitor.note(e.getMessage() + "; the one before is taken");
        }
      }
    }
    return Optional.empty();
  }

  private static void requireSame(Path file, Checkpoint checkpoint, Map<String, Object> identity) {
    identity.forEach((key, value) -> {
      String found = checkpoint.facts().text(key);
      if (!found.equals(value)) {
        throw new DataException(
            file
                + " is of a run with another "
                + key
                + ": "
                + found
                + ", here "
                + value
                + "; go on with what it was made with, or train anew into another folder");
      }
    });
  }

  @Override
  public boolean due() {
    long now = nanos.getAsLong();
    if (now - looked < LOOK) {
      return false;
    }
    looked = now;
    long wait = every > 0 ? every : Math.max(FIRST, cost * SHARE);
    return now - saved >= wait || Files.exists(folder.resolve(REQUEST));
  }

  @Override
  public void keep(Checkpoint checkpoint) {
    identity.forEach(checkpoint::put);
    checkpoint.put("events", ledger.events()).put("head", ledger.head());
    long begun = nanos.getAsLong();
    try {
      ledger.save();
      AtomicFile.write(folder.resolve(FILE), checkpoint.content());
      if (Files.deleteIfExists(folder.resolve(REQUEST))) {
        monitor.note("checkpoint: " + folder.resolve(FILE));
      }
    } catch (DataException e) {
      monitor.note("no checkpoint now, the one before stays: " + e.getMessage());
    } catch (IOException e) {
      monitor.note(folder.resolve(REQUEST) + " cannot be removed: " + IoReason.of(e));
    }
    saved = nanos.getAsLong();
    cost = saved - begun;
  }

  @Override
  public Optional<Checkpoint> kept() {
    return kept;
  }

  @Override
  public void event(Map<String, Object> event, Network network, Optional<Adam> optimiser) {
    Map<String, Object> whole = new LinkedHashMap<>(event);
    whole.put("weightsSha256", StoredTensors.view(network).weightsSha256());
    optimiser.ifPresent(adam -> whole.put("optimiserSha256", adam.sha256()));
    add(whole);
  }

  /** A ledger that cannot be written ends no run. */
  private void add(Map<String, Object> event) {
    try {
      ledger.add(event);
    } catch (DataException e) {
      monitor.note(e.getMessage() + "; the event is written with the next one");
    }
  }

  /** The first event, of a run that begins: what decides all others. */
  void begin(int floor, int samples) {
    if (ledger.events() == 0) {
      Map<String, Object> event = new LinkedHashMap<>(identity);
      event.put("event", "start");
      event.put("floor", floor);
      event.put("trainSamples", samples);
      try {
        add(event);
      } catch (VerificationException e) {
        throw new DataException(
            folder
                + " was begun with other data or another version of unerring; go on with those, or"
                + " name another --out",
            e);
      }
    }
  }

  /** The last event, of a run that ended as plan and data had it; its checkpoints go. */
  void end(RunReport report) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("event", "end");
    event.put("endedBy", report.endedBy().toString());
    event.put("weightsSha256", report.weightsSha256());
    event.put("logitsSha256", report.logitsSha256().orElse(null));
    add(event);
    remove();
  }

  /** The head of the ledger. */
  String head() {
    return ledger.head();
  }

  private void remove() {
    Path file = folder.resolve(FILE);
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(AtomicFile.previous(file));
    } catch (IOException e) {
      monitor.note("the checkpoint " + file + " cannot be removed: " + IoReason.of(e));
    }
  }
}
