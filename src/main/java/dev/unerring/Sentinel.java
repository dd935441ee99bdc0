// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import dev.unerring.backend.Backend;
import dev.unerring.guard.Guard;
import dev.unerring.guard.GuardFile;
import dev.unerring.guard.Verdict;
import dev.unerring.run.Device;
import dev.unerring.run.TrainedModel;
import java.util.List;
import java.util.Optional;

/** The guard of a classifier, for any number of threads, one at a time. */
final class Sentinel implements AutoCloseable {
  private final Backend backend;
  private final Guard guard;
  private boolean closed;

  private Sentinel(Backend backend, Guard guard) {
    this.backend = backend;
    this.guard = guard;
  }

  /** The guard beside a model; empty where there is none. */
  static Optional<Sentinel> beside(TrainedModel model, Device device) {
    Optional<GuardFile> file = GuardFile.beside(model.model(), model.weightsSha256());
    if (file.isEmpty()) {
      return Optional.empty();
    }
    Backend backend = device.open();
    try {
      return Optional.of(new Sentinel(backend, new Guard(file.get(), model.network(backend, 1))));
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  /** What it says of each image: uint8, NHWC. */
  synchronized List<Verdict> judge(List<byte[]> images) {
    if (closed) {
      throw new UsageException("closed", "this classifier is closed; load the model again");
    }
    return images.stream().map(guard::judge).toList();
  }

  @Override
  public synchronized void close() {
    closed = true;
    backend.close();
  }
}
