// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.Turn;
import dev.unerring.base.ConcurrentUseException;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import dev.unerring.train.BatchStep;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A network and its backend serve one thread at a time: a second one is refused at once, no caller
 * gets another one's logits, nothing hangs or is freed under a call. Separate ones are independent.
 */
@Timeout(240)
final class OneThreadTest {
  private static final Shape IMAGE = new Shape(1, 1, 28, 28, 1);
  private static final int BATCH = 4;
  private static final int CLASSES = 3;
  private static final int CALLS = 20;
  private static final long LIMIT_SECONDS = 60;

  private static Network network(Backend backend) {
    Network network = new Network("small", IMAGE, CLASSES, backend, BATCH);
    Initializer.initialize(network, 11);
    return network;
  }

  /** Another batch for each caller. */
  private static MemorySegment pixels(int caller) {
    float[] pixels = new float[BATCH * IMAGE.imageElements()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i * 31 + caller * 7_919 + i / 5 * caller) % 256;
    }
    return MemorySegment.ofArray(pixels);
  }

  private static float[] logits(Network network, MemorySegment pixels) {
    Tensor y = network.forward(pixels, BATCH, Mode.RUNNING_STATISTICS);
    float[] logits = new float[BATCH * CLASSES];
    network.backend().download(y.data(), MemorySegment.ofArray(logits));
    return logits;
  }

  private static List<float[]> expected(int callers) {
    try (Backend backend = TestBackends.open()) {
      Network network = network(backend);
      List<float[]> expected = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        expected.add(logits(network, pixels(i)));
      }
      return expected;
    }
  }

  /** Runs the callers at once; what each of them came to, within the time limit. */
  private static <T> List<T> together(int callers, IntFunction<Callable<T>> caller)
      throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory());
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        Callable<T> work = caller.apply(i);
        futures.add(
            threads.submit(() -> {
              start.await();
              return work.call();
            }));
      }
      start.countDown();
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(LIMIT_SECONDS, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      threads.shutdownNow(); // waits for nobody that hangs
    }
  }

  private static void manyCallers(Supplier<Backend> open, int runs, int calls) throws Exception {
    for (int callers : new int[] {2, 8}) {
      List<float[]> expected = expected(callers);
      int delivered = 0;
      int refused = 0;
      for (int run = 0; run < runs; run++) {
        try (Backend backend = open.get()) {
          Network network = network(backend);
          List<Integer> right =
              together(
                  callers,
                  i ->
                      () -> {
                        int done = 0;
                        for (int call = 0; call < calls; call++) {
                          try {
                            float[] found = logits(network, pixels(i));
                            assertArrayEquals(expected.get(i), found, "caller " + i);
                            done++;
                          } catch (ConcurrentUseException e) {
                            Thread.onSpinWait();
                          }
                        }
                        return done;
                      });
          delivered += right.stream().mapToInt(Integer::intValue).sum();
          refused += callers * calls - right.stream().mapToInt(Integer::intValue).sum();
          assertArrayEquals(expected.get(1), logits(network, pixels(1)), "afterwards");
        }
      }
      assertTrue(delivered > 0, callers + " callers: nothing came through");
      assertTrue(refused > 0, callers + " callers never met");
    }
  }

  @Test
  void noCallerGetsTheLogitsOfAnother() throws Exception {
    manyCallers(TestBackends::open, 40, CALLS);
  }

  @Test
  void norOnTheDefinition() throws Exception {
    manyCallers(ReferenceBackend::new, 3, 4);
  }

  @Test
  void aSecondTrainingStepIsRefused() throws Exception {
    Labels goals = Labels.single(new int[] {0, 1, 2, 0});
    int[] samples = {0, 1, 2, 3};
    float[] pixels = (float[]) pixels(5).heapBase().orElseThrow();
    for (int run = 0; run < 20; run++) {
      try (Backend backend = TestBackends.open()) {
        Network network = network(backend);
        BatchStep step = new BatchStep(network);
        float loss = step.gradients(pixels, goals, samples, Mode.BATCH_STATISTICS, "alone");
        List<List<Float>> losses =
            together(
                4,
                i ->
                    () -> {
                      List<Float> found = new ArrayList<>();
                      for (int call = 0; call < 10; call++) {
                        try {
                          found.add(
                              step.gradients(pixels, goals, samples, Mode.BATCH_STATISTICS, "one"));
                        } catch (ConcurrentUseException e) {
                          Thread.onSpinWait();
                        }
                      }
                      return found;
                    });
        losses.forEach(found -> found.forEach(one -> assertEquals(loss, one)));
      }
    }
  }

  @Test
  void closeDuringCallsNeverHangsAndNeverFreesUnderThem() throws Exception {
    float[] expected = expected(1).getFirst();
    int closed = 0;
    for (int run = 0; run < 60; run++) {
      Backend backend = TestBackends.open();
      Network network = network(backend);
      int delay = run * 100;
      List<Boolean> outcomes =
          together(
              2,
              i ->
                  i == 0
                      ? () -> {
                        try {
                          for (int call = 0; call < 2 * CALLS; call++) {
                            assertArrayEquals(expected, logits(network, pixels(0)));
                          }
                        } catch (IllegalStateException e) { // closed, or met the close
                          assertTrue(e.getMessage().contains("backend"), e.toString());
                        }
                        return true;
                      }
                      : () -> {
                        TimeUnit.MICROSECONDS.sleep(delay);
                        try {
                          backend.close();
                          return true;
                        } catch (ConcurrentUseException e) {
                          assertTrue(e.getMessage().contains("close it when"), e.getMessage());
                          return false;
                        }
                      });
      closed += outcomes.get(1) ? 1 : 0;
      backend.close();
      backend.close();
      assertThrows(IllegalStateException.class, () -> logits(network, pixels(0)));
    }
    assertTrue(closed < 60, "the close never met a call");
  }

  @Test
  void theThreadThatIsWaitedForIsNamed() throws Exception {
    try (Backend backend = TestBackends.open()) {
      Network network = network(backend);
      Thread other;
      ConcurrentUseException refused;
      try (Turn _ = backend.turn().take()) {
        List<Throwable> thrown = new ArrayList<>();
        other =
            new Thread(
                () ->
                    thrown.add(assertThrows(ConcurrentUseException.class, () -> network.begin(1))),
                "second");
        other.start();
        other.join();
        refused = (ConcurrentUseException) thrown.getFirst();
      }
      assertEquals(
          "thread 'second' came to a backend while thread '"
              + Thread.currentThread().getName()
              + "' was using it; a backend and its networks serve one thread at a time: give each"
              + " thread its own backend and network, or let one call end before the next begins",
          refused.getMessage());
    }
  }

  @Test
  void threadsMayFollowOneAnother() throws Exception {
    List<float[]> expected = expected(3);
    try (Backend backend = TestBackends.open()) {
      Network network = network(backend);
      for (int turn = 0; turn < 3; turn++) {
        assertArrayEquals(expected.get(0), logits(network, pixels(0)));
        for (int i = 1; i < 3; i++) {
          int caller = i;
          together(1, _ -> () -> logits(network, pixels(caller)))
              .forEach(found -> assertArrayEquals(expected.get(caller), found));
        }
      }
      // A pass here, its result read by another thread, and the end of a thread in between.
      together(1, _ -> () -> network.forward(pixels(2), BATCH, Mode.RUNNING_STATISTICS));
      float[] found = new float[BATCH * CLASSES];
      backend.download(network.logits(BATCH).data(), MemorySegment.ofArray(found));
      assertArrayEquals(expected.get(2), found);
    }
  }

  @Test
  void aResultThatAnotherPassHasOverwrittenIsRefused() throws Exception {
    float[] expected = expected(1).getFirst();
    try (Backend backend = TestBackends.open()) {
      Network network = network(backend);
      for (Runnable next :
          List.<Runnable>of(
              () -> backend.download(network.logits(1).data(), MemorySegment.ofArray(new int[1])),
              () -> network.backward(BATCH, Mode.RUNNING_STATISTICS),
              () -> network.forward(BATCH, Mode.RUNNING_STATISTICS),
              () -> network.commitStatistics(0.1f))) {
        network.forward(pixels(0), BATCH, Mode.RUNNING_STATISTICS);
        together(1, _ -> () -> logits(network, pixels(1)));
        ConcurrentUseException refused = assertThrows(ConcurrentUseException.class, next::run);
        assertTrue(refused.getMessage().startsWith("another thread began a pass before thread"));
        assertArrayEquals(expected, logits(network, pixels(0)), "a pass of its own is well again");
      }
    }
  }

  @Test
  void aBackendIsNotClosedWithinItsOwnOperation() {
    Backend backend = TestBackends.open();
    Network network = network(backend);
    try (Turn _ = backend.turn().take()) {
      IllegalStateException refused = assertThrows(IllegalStateException.class, backend::close);
      assertEquals(
          "a backend was closed within one of its operations; close it after them",
          refused.getMessage());
    }
    logits(network, pixels(0));
    backend.close();
    backend.close();
    IllegalStateException closed =
        assertThrows(IllegalStateException.class, () -> logits(network, pixels(0)));
    assertEquals("the backend is closed; open a new one", closed.getMessage());
    assertThrows(IllegalStateException.class, () -> backend.allocate(1));
  }

  @Test
  void separateBackendsAreIndependent() throws Exception {
    int callers = 6;
    List<float[]> expected = expected(callers);
    List<Boolean> right =
        together(
            callers,
            i ->
                () -> {
                  for (int round = 0; round < 5; round++) {
                    try (Backend backend =
                        TestBackends.kernels()
                            ? CpuBackend.open("auto", 1 + i % 3)
                            : new ReferenceBackend()) {
                      Network network = network(backend);
                      for (int call = 0; call < CALLS; call++) {
                        if (!Arrays.equals(expected.get(i), logits(network, pixels(i)))) {
                          return false;
                        }
                      }
                    }
                  }
                  return true;
                });
    assertEquals(Collections.nCopies(callers, true), right);
  }

  @Test
  void separateTrainingStepsAreIndependent() throws Exception {
    String alone = TrainingStep.sha256(TestBackends.open(), 5);
    List<String> hashes = together(4, _ -> () -> TrainingStep.sha256(TestBackends.open(), 5));
    assertEquals(Collections.nCopies(4, alone), hashes);
  }
}
