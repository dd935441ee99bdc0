package dev.unerring;

import dev.unerring.base.StoppedException;
import dev.unerring.base.UnerringException;
import dev.unerring.base.UsageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Where and how long a run computes, where its files go, and who hears of it: changes no bit. */
record Execution(
    Optional<Path> out, Device device, int threads, Optional<Duration> most, Listener listener) {
  static Execution standard() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new Execution(
        Optional.empty(), Device.AUTO, processors, Optional.empty(), Listener.NONE);
  }

  Execution out(Path folder) {
    return new Execution(Optional.of(folder), device, threads, most, listener);
  }

  Execution device(Device other, int count) {
    engine(other, count);
    return new Execution(out, other, count, most, listener);
  }

  Execution maxTime(Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new UsageException("the longest time of a run is above 0, not " + time);
    }
    return new Execution(out, device, threads, Optional.of(time), listener);
  }

  Execution listener(Listener other) {
    return new Execution(out, device, threads, most, other);
  }

  /** The device as the engine has it. */
  dev.unerring.run.Device engine() {
    return engine(device, threads);
  }

  private static dev.unerring.run.Device engine(Device device, int threads) {
    return new dev.unerring.run.Device(device.name().toLowerCase(Locale.ROOT), "auto", threads);
  }

  <T> T run(Function<Watch, T> work) {
    Watch watch = new Watch(listener, most);
    return guarded(work).apply(watch);
  }

  <T> Job<T> start(Executor executor, Function<Watch, T> work) {
    return new Job<>(new Watch(listener, most), guarded(work), executor);
  }

  /**
   * What fails because it is abandoned has been stopped: an interrupt closes files, for example.
   */
  private static <T> Function<Watch, T> guarded(Function<Watch, T> work) {
    return watch -> {
      try {
        return work.apply(watch);
      } catch (StoppedException e) {
        throw e;
      } catch (UnerringException e) {
        if (!watch.abandoned()) {
          throw e;
        }
        StoppedException stopped = new StoppedException("the run was abandoned");
        stopped.addSuppressed(e);
        throw stopped;
      }
    };
  }
}
