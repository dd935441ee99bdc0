// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.suite.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One holder at a time, among threads and processes; a file that was left is no lock. */
class LockFileTest {
  @TempDir private Path folder;

  /** A process that tries the lock and says what came of it, or is killed while it has it. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      boolean held = LockFile.take(Path.of(arguments[0]), true).isPresent();
      System.out.println(held ? "held" : "refused");
      if (arguments.length > 1) {
        System.out.flush();
        Runtime.getRuntime().halt(0); // nothing is closed or removed
      }
    }
  }

  private String child(Path file, String... more) throws Exception {
    List<String> arguments = Stream.concat(Stream.of(file.toString()), Stream.of(more)).toList();
    return ChildJvm.lines(List.of(), Child.class, arguments).getFirst();
  }

  @Test
  void anotherThreadAndAnotherProcessAreRefused() throws Exception {
    Path file = folder.resolve("lock");
    try (LockFile _ = LockFile.take(file, true).orElseThrow()) {
      assertTrue(LockFile.take(file, true).isEmpty(), "the same process");
      Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
      assertTrue(LockFile.take(link.resolve("lock"), true).isEmpty(), "by another path");
      assertEquals("refused", child(file), "also after a thread of this process was refused");
    }
    assertFalse(Files.exists(file));
    assertEquals("held", child(file));
  }

  @Test
  void whatAKilledProcessLeftIsNoLock() throws Exception {
    Path file = folder.resolve("lock");
    assertEquals("held", child(file, "halt"));
    assertTrue(Files.exists(file), "the process left its file");
    try (LockFile _ = LockFile.take(file, true).orElseThrow()) {
      assertTrue(Files.exists(file));
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void anInterruptedThreadTakesAndHoldsIt() throws Exception {
    Path file = folder.resolve("lock");
    Thread.currentThread().interrupt();
    try (LockFile _ = LockFile.take(file, true).orElseThrow()) {
      assertTrue(Thread.interrupted());
      assertEquals("refused", child(file));
    }
  }

  @Test
  void threadsThatTakeAndRemoveItInTurnsNeverHoldItTogether() throws Exception {
    Path file = folder.resolve("lock");
    AtomicInteger holders = new AtomicInteger();
    Callable<Integer> turns =
        () -> {
          int held = 0;
          while (held < 50) {
            var lock = LockFile.take(file, true);
            if (lock.isPresent()) {
              try (LockFile _ = lock.get()) {
                assertEquals(1, holders.incrementAndGet());
                holders.decrementAndGet();
                held++;
              }
            }
          }
          return held;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<Integer>> all =
          IntStream.range(0, 3).mapToObj(i -> threads.submit(turns)).toList();
      for (Future<Integer> each : all) {
        assertEquals(50, each.get());
      }
    }
  }
}
