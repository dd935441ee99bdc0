// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import dev.unerring.base.Uninterrupted;
import dev.unerring.base.WorkMonitor;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The body of an answer, taken piece by piece; a server that falls silent is noticed. */
final class Pieces implements BodySubscriber<Pieces>, AutoCloseable {
  private static final long SLICE_MILLIS = 100;

  private sealed interface Event {}

  private record Bytes(List<ByteBuffer> buffers) implements Event {}

  private record Broken(Throwable reason) implements Event {}

  private record End() implements Event {}

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile Flow.Subscription subscription;

  /** Ready as soon as the head of the answer is there. */
  @Override
  public CompletionStage<Pieces> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    events.add(new Bytes(buffers));
  }

  @Override
  public void onError(Throwable reason) {
    events.add(new Broken(reason));
  }

  @Override
  public void onComplete() {
    events.add(new End());
  }

  /**
   * The next bytes; an empty list at the end.
   *
   * @throws IOException when the connection breaks, or nothing comes for {@code stallMillis}
   */
  List<ByteBuffer> next(long stallMillis, WorkMonitor monitor) throws IOException {
    for (long waited = 0; waited < stallMillis; waited += SLICE_MILLIS) {
      long slice = Math.min(SLICE_MILLIS, stallMillis);
      switch (Uninterrupted.await(() -> events.poll(slice, TimeUnit.MILLISECONDS)).orElse(null)) {
        case null -> monitor.check("waiting for the server");
        case Bytes bytes -> {
          subscription.request(1);
          return bytes.buffers();
        }
        case Broken broken -> throw new IOException(reason(broken.reason()), broken.reason());
        case End _ -> {
          return List.of();
        }
      }
    }
    throw new IOException("no byte came for " + stallMillis / 1000.0 + " s");
  }

  private static String reason(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Closes the connection; the rest is not read. */
  @Override
  public void close() {
    Flow.Subscription given = subscription;
    if (given != null) {
      given.cancel();
    }
  }
}
