// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.StoppedException;
import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.network.Mode;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A model that any number of threads may use. It holds engines of one thread each: a backend and a
 * network with memory of its own. All share one copy of the trained values. An engine is made when
 * it is first needed, and serves one call at a time; calls beyond the number of engines wait in the
 * order in which they came.
 */
public final class ModelPool implements AutoCloseable {
  /** Most images of a pass: more gain little and cost memory in each engine. */
  private static final int BATCH = 8;

  /** Most pixel values of a pass with more than one image. */
  private static final int BATCH_ELEMENTS = 1 << 16;

  /** What one call at a time computes with. */
  private record Engine(Backend backend, Network network, float[] pixels) {
    Engine(Backend backend, Network network) {
      this(backend, network, new float[network.batch() * network.image().imageElements()]);
    }

    float[] logits(List<byte[]> images) {
      int elements = network.image().imageElements();
      for (int n = 0; n < images.size(); n++) {
        byte[] image = images.get(n);
        for (int i = 0; i < elements; i++) {
          pixels[n * elements + i] = image[i] & 0xFF;
        }
      }
      float[] logits = new float[images.size() * network.classes()];
      MemorySegment input = MemorySegment.ofArray(pixels);
      var out = network.forward(input, images.size(), Mode.RUNNING_STATISTICS);
      backend.download(out.data(), MemorySegment.ofArray(logits));
      return logits;
    }
  }

  private final Device device;
  private final int workers;
  private final Semaphore permits;
  private final ReadWriteLock life = new ReentrantReadWriteLock(true); // calls read, close writes
  private final Network first;
  private final LogitMeaning meaning;
  private final Deque<Engine> idle = new ArrayDeque<>();
  private final List<Backend> backends = new ArrayList<>();
  private boolean closed;

  /**
   * Reads the model and makes the first engine.
   *
   * @param device cpu or reference, with one thread
   * @param workers most engines
   * @throws dev.unerring.UnerringException where the model or the device cannot be used
   */
  public ModelPool(TrainedModel model, Device device, int workers) {
    this.device = device;
    this.workers = workers;
    this.permits = new Semaphore(workers, true);
    Backend backend = device.open();
    try {
      this.first = model.network(backend, batch(backend));
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
    this.meaning =
        new LogitMeaning(
            model.task(),
            first.classes(),
            model.calibration().orElse(null),
            model.model().toString());
    backends.add(backend);
    idle.push(new Engine(backend, first));
  }

  /** Images of a pass, as far as there is memory for it. */
  private static ModelFile.Batch batch(Backend backend) {
    ModelFile.Batch fitting = Memory.evaluation(BATCH, backend);
    return (architecture, image, classes, arithmetic) -> {
      int wanted = Math.clamp(BATCH_ELEMENTS / image.imageElements(), 1, BATCH);
      return Math.min(wanted, fitting.of(architecture, image, classes, arithmetic));
    };
  }

  /** Shape of the images that are taken. */
  public Shape image() {
    return first.image();
  }

  /** Most calls that compute at the same time. */
  public int workers() {
    return workers;
  }

  /**
   * Predicts images of {@link #image}, many of them on as many threads as there are engines.
   *
   * @param images uint8, NDHWC; they may not change meanwhile
   * @return in the order of the images
   * @throws StoppedException where the calling thread is interrupted; it stays interrupted
   * @throws UsageException where the pool is closed
   */
  public List<Prediction> predict(List<byte[]> images) {
    try {
      life.readLock().lockInterruptibly();
    } catch (InterruptedException e) {
      throw stopped();
    }
    try {
      if (closed) {
        throw new UsageException("closed", "this classifier is closed; load the model again");
      }
      return open(images);
    } finally {
      life.readLock().unlock();
    }
  }

  private static StoppedException stopped() {
    Thread.currentThread().interrupt();
    return new StoppedException("interrupted before a prediction");
  }

  private List<Prediction> open(List<byte[]> images) {
    int share = Math.clamp(Math.ceilDiv(images.size(), workers), 1, first.batch());
    int parts = Math.ceilDiv(images.size(), share);
    if (parts <= 1) {
      return images.isEmpty() ? List.of() : meaning.of(logits(images), "the image");
    }
    float[][] logits = new float[parts][];
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable work =
        () -> {
          try {
            for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
              int end = Math.min(images.size(), (part + 1) * share);
              logits[part] = logits(images.subList(part * share, end));
            }
          } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            next.set(parts);
          }
        };
    List<Thread> helpers = new ArrayList<>();
    for (int i = 1; i < Math.min(workers, parts); i++) {
      helpers.add(Thread.ofPlatform().daemon().name("unerring-predict-" + i).start(work));
    }
    work.run();
    join(helpers);
    if (failure.get() instanceof Error e) {
      throw e;
    }
    if (failure.get() instanceof RuntimeException e) {
      throw e;
    }
    List<Prediction> predictions = new ArrayList<>();
    for (float[] part : logits) {
      int before = predictions.size();
      meaning.of(part, "images " + before + " and what follows").stream()
          .map(each -> each.at("", before + each.index()))
          .forEach(predictions::add);
    }
    return predictions;
  }

  /** The helpers end soon: they compute one part at most, or wait for an engine. */
  private static void join(List<Thread> helpers) {
    boolean interrupted = false;
    for (Thread helper : helpers) {
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
          helpers.forEach(Thread::interrupt);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private float[] logits(List<byte[]> images) {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      throw stopped();
    }
    try {
      Engine engine = take();
      try {
        float[] logits = engine.logits(images);
        give(engine);
        return logits;
      } catch (RuntimeException | Error e) {
        drop(engine);
        throw e;
      }
    } finally {
      permits.release();
    }
  }

  private Engine take() {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    Backend backend = device.open();
    try {
      batch(backend)
          .of(first.architecture(), image(), first.classes(), first.arithmetic()); // or its refusal
      Engine engine = new Engine(backend, first.sharing(backend));
      synchronized (idle) {
        backends.add(backend);
      }
      return engine;
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  private void give(Engine engine) {
    synchronized (idle) {
      idle.push(engine);
    }
  }

  /** An engine that failed is not used again; the first one holds the values of all. */
  private void drop(Engine engine) {
    if (engine.network() != first) {
      synchronized (idle) {
        backends.remove(engine.backend());
      }
      engine.backend().close();
    }
  }

  /** Waits for the calls that have begun, refuses later ones, and frees all memory. */
  @Override
  public void close() {
    life.writeLock().lock();
    try {
      closed = true;
      idle.clear();
      backends.forEach(Backend::close);
      backends.clear();
    } finally {
      life.writeLock().unlock();
    }
  }
}
