// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.run.TrainedRun;
import dev.unerring.suite.ChildJvm;
import dev.unerring.suite.TestData;
import dev.unerring.suite.TestSeed;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real program, killed by SIGKILL at random instants and started again with the same command,
 * ends with the bits of a run that was never killed. {@code -Dtest.kills=1000} kills more often.
 */
class KilledRunTest {
  private static final int KILLS = Integer.getInteger("test.kills", 20);
  private static final long LONGEST_SECONDS = 300;

  @TempDir private Path folder;

  private Process start(String out, String... more) throws Exception {
    List<String> words =
        ChildJvm.command(
            List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"), Main.class);
    words.addAll(
        List.of(
            "train",
            "--data",
            folder.resolve("set.npz").toString(),
            "--out",
            folder.resolve(out).toString(),
            "--arch",
            "small",
            "--epochs",
            "8",
            "--batch-size",
            "16",
            "--threads",
            "1"));
    words.addAll(List.of(more));
    File log = folder.resolve("log").toFile();
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.to(log))
        .start();
  }

  private int code(Process process) throws Exception {
    assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), "does not end");
    return process.exitValue();
  }

  @Test
  void endsWithTheBitsOfARunThatWasNeverKilled() throws Exception {
    TestData.writeContrary(folder.resolve("set.npz"), 120, 2);
    long begun = System.nanoTime();
    int wanted = code(start("whole"));
    long millis = (System.nanoTime() - begun) / 1_000_000;
    TrainedRun whole = TrainedRun.open(folder.resolve("whole"));
    Random random = new Random(TestSeed.VALUE);
    List<Long> instants = new ArrayList<>();
    int kills = 0;
    int ends = 0;
    while (kills < KILLS) {
      String out = "killed" + ends;
      Process process = start(out, "--resume-or-start", "--checkpoint-every", "0.001");
      long instant = random.nextLong(millis + millis / 4);
      instants.add(instant);
      if (process.waitFor(instant, TimeUnit.MILLISECONDS)) {
        assertSame(whole, out, process.exitValue(), wanted, instants);
        ends++;
      } else {
        process.destroyForcibly().waitFor();
        kills++;
      }
    }
    String out = "killed" + ends;
    assertSame(whole, out, code(start(out, "--resume-or-start")), wanted, instants);
  }

  private void assertSame(TrainedRun whole, String out, int code, int wanted, List<Long> instants)
      throws Exception {
    String what =
        "killed after "
            + instants
            + " ms; "
            + TestSeed.replay()
            + "\n"
            + Files.readString(folder.resolve("log"));
    assertEquals(wanted, code, what);
    TrainedRun run = TrainedRun.open(folder.resolve(out));
    assertEquals(whole.report().weightsSha256(), run.report().weightsSha256(), what);
    assertEquals(whole.report().logitsSha256(), run.report().logitsSha256(), what);
    assertEquals(
        Files.readString(folder.resolve("whole/ledger.jsonl")),
        Files.readString(folder.resolve(out).resolve("ledger.jsonl")),
        what);
  }
}
