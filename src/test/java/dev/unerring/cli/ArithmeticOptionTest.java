// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.ffi.CudaStatus;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The arithmetic is asked for, never derived: what cannot carry it out says so. */
class ArithmeticOptionTest {
  private static CommandRun train(String... options) {
    String[] all = new String[options.length + 3];
    System.arraycopy(new String[] {"train", "--data", "demo"}, 0, all, 0, 3);
    System.arraycopy(options, 0, all, 3, options.length);
    return CommandRun.of((Object[]) all);
  }

  @Test
  void cudnnIsNotForTheProcessor() {
    for (String device : new String[] {"cpu", "reference"}) {
      CommandRun run = train("--arithmetic", "cudnn", "--device", device);
      assertEquals(2, run.code());
      assertTrue(run.err().contains("--arithmetic cudnn needs an NVIDIA GPU"), run.err());
    }
  }

  @Test
  void aPrecisionIsOneOfCudnns() {
    CommandRun ordered = train("--precision", "tf32");
    assertEquals(2, ordered.code());
    assertTrue(ordered.err().contains("'tf32' needs the arithmetic cudnn"), ordered.err());
    CommandRun other = train("--arithmetic", "cudnn", "--precision", "fp16");
    assertEquals(2, other.code());
    assertTrue(other.err().contains("fp32, tf32 or bf16, not 'fp16'"), other.err());
    CommandRun none = train("--arithmetic", "fast");
    assertEquals(2, none.code());
    assertTrue(none.err().contains("ordered, integer or cudnn, not 'fast'"), none.err());
  }

  @Test
  void withoutAGpuTheDoctorsSentenceAndSix() {
    CudaStatus status = CudaStatus.ofThisMachine();
    Assumptions.assumeFalse(status.usable(), "SKIPPED, this machine has a GPU");
    for (String[] options : new String[][] {{"--device", "cuda"}, {"--arithmetic", "cudnn"}}) {
      CommandRun run = train(options);
      assertEquals(6, run.code());
      assertTrue(run.err().contains("no GPU can be used: " + status.sentence()), run.err());
    }
  }
}
