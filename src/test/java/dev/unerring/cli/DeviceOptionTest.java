// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.ffi.StubCuda;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that cannot be had is refused in a sentence, and nothing is written. */
class DeviceOptionTest {
  private static final String PROPERTY = "unerring.cuda.path";

  @TempDir private Path folder;
  private String before;

  @BeforeEach
  void aDriverWithoutGpu() throws Exception {
    before = System.getProperty(PROPERTY);
    StubCuda stub = StubCuda.build(folder);
    stub.set(StubCuda.Knob.DEVICES, 0);
    System.setProperty(PROPERTY, stub.folder().toString());
  }

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(PROPERTY);
    } else {
      System.setProperty(PROPERTY, before);
    }
  }

  private CommandRun train(String... options) {
    Object[] words = new Object[5 + options.length];
    words[0] = "train";
    words[1] = "--data";
    words[2] = "demo";
    words[3] = "--out";
    words[4] = folder.resolve("run");
    System.arraycopy(options, 0, words, 5, options.length);
    CommandRun run = CommandRun.of(words);
    assertFalse(Files.exists(folder.resolve("run")), "a refused run writes nothing");
    return run;
  }

  @Test
  void cudaWithoutAGpuSaysWhatTheDoctorSays() {
    CommandRun run = train("--device", "cuda");
    assertEquals(6, run.code(), run.err());
    CommandRun doctor = CommandRun.of("doctor");
    String sentence =
        doctor
            .out()
            .lines()
            .filter(line -> line.startsWith("verdict    GPU: "))
            .findFirst()
            .orElseThrow()
            .substring("verdict    GPU: ".length());
    assertTrue(run.err().contains("no GPU can be used: " + sentence), run.err());
  }

  @Test
  void anUnknownDeviceOrAPairThatDoesNotFitIsNamed() {
    CommandRun both = train("--device", "reference", "--kernels", "portable");
    assertEquals(2, both.code());
    assertTrue(both.err().contains("leave it out with --device reference"), both.err());
    CommandRun device = train("--device", "gpu");
    assertEquals(2, device.code());
    assertTrue(device.err().contains("--device is auto, cpu, cuda or reference, not 'gpu'"));
  }
}
