// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --preset deng-2023} as a whole run, re-checked from its files; and its refusals. */
class PresetCommandTest {
  @TempDir private Path folder;

  private CommandRun train(Path data, Path out, Object... options) {
    List<Object> all = new ArrayList<>(List.of("train", "--data", data, "--out", out));
    all.addAll(List.of("--device", TestBackends.kernels() ? "auto" : "reference"));
    all.addAll(List.of("--threads", 2, "--no-progress"));
    all.addAll(List.of(options));
    return CommandRun.of(all.toArray());
  }

  @Test
  void aWholeRunEndsWithoutErrors() throws IOException {
    Path data = TestData.write(folder.resolve("set.npz"), 40, 2);
    Path out = folder.resolve("run");
    CommandRun run = train(data, out, "--preset", "deng-2023", "--arch", "deng-20");
    assertEquals(0, run.code(), run.err());
    Map<?, ?> result = result(out);
    assertEquals("deng-20", result.get("arch"));
    assertEquals(0L, result.get("trainErrors"));
    assertEquals(0L, result.get("epochs"));
    Map<?, ?> correction = (Map<?, ?>) ((List<?>) result.get("corrections")).getFirst();
    assertEquals("deng-2023", correction.get("corrector"));
    assertEquals(0, CommandRun.of("errors", "--run", out).code());
  }

  /** Halved pixels look the same to a d-n-K network, and to no other. */
  @Test
  void imagesThatItsScalingMakesEqualRaiseItsFloor() throws IOException {
    TestData train = TestData.generated(20, 2, 0);
    for (int i = 0; i < train.images().length; i++) {
      train.images()[i] = (byte) (train.images()[i] & 0xfe); // even, so that a half is exact
    }
    for (int i = 0; i < TestData.IMAGE; i++) {
      train.images()[9 * TestData.IMAGE + i] =
          (byte) ((train.images()[4 * TestData.IMAGE + i] & 0xff) / 2);
    }
    train.copyImage(2, 7); // with another label too, and identical already
    TestData other = TestData.generated(4, 2, 1);
    Path data = TestData.write(folder.resolve("set.npz"), train, other, other);

    Path out = folder.resolve("published");
    Path plan = folder.resolve("plan.json");
    Files.writeString(
        plan,
        "{\"architecture\":\"deng-20\",\"epochs\":0,\"batchSize\":20,\"primeTo\":0.05,"
            + "\"correction\":{\"corrector\":\"deng-2023\",\"sessions\":40,\"sweeps\":25}}");
    CommandRun run = train(data, out, "--config", plan);
    assertEquals(3, run.code(), run.err());
    String note =
        "the scaling of deng-20 makes different images with different labels equal: train #4 ="
            + " train #9; without patches it has at least 2 training errors";
    assertTrue(run.err().contains(note), run.err());
    assertTrue(run.err().contains(", held up by training samples #"), run.err());
    assertTrue(
        run.err()
            .contains(
                ", 2 without patches, since its scaling makes training samples equal: "
                    + "#4 = #9; "),
        run.err());
    Map<?, ?> result = result(out);
    assertEquals(1L, result.get("floor"));
    assertEquals(2L, result.get("floorAfterPreprocessing"));
    assertEquals(List.of(List.of(4L, 9L)), result.get("madeEqualByPreprocessing"));
    assertTrue((Long) result.get("trainErrors") >= 2, result.toString());

    Path patched = folder.resolve("patched");
    CommandRun patch =
        train(data, patched, "--arch", "deng-20", "--epochs", 0, "--corrector", "patch");
    assertEquals(0, patch.code(), patch.err());
    assertEquals(1L, result(patched).get("trainErrors"), "a patch looks at bytes");
    assertEquals("corrected", result(patched).get("model"));

    Path small = folder.resolve("small");
    train(data, small, "--epochs", 1, "--corrector", "none");
    assertEquals(1L, result(small).get("floorAfterPreprocessing"));
    assertFalse(result(small).containsKey("madeEqualByPreprocessing"));
  }

  private static Map<?, ?> result(Path out) throws IOException {
    return (Map<?, ?>) Json.parse(Files.readString(out.resolve("result.json")));
  }

  @Test
  void refusals() {
    Path data = TestData.write(folder.resolve("set.npz"), 40, 2);
    refused("--preset is deng-2023, not 'deng'", data, "--preset", "deng");
    refused("name one of them", data, "--preset", "deng-2023", "--recipe", "medmnist");
    refused("leave out --lr", data, "--preset", "deng-2023", "--lr", 0.1);
    refused("leave out --epochs", data, "--preset", "deng-2023", "--epochs", 3);
    refused("leave out --patience", data, "--preset", "deng-2023", "--patience", 3);
    refused("--arch deng-N, not small", data, "--preset", "deng-2023", "--arch", "small");
    refused("leave out --corrector", data, "--preset", "deng-2023", "--corrector", "auto");
    refused("every error costs the same", data, "--preset", "deng-2023", "--never-miss", 1);
    refused("give --batch-size 40", data, "--preset", "deng-2023", "--batch-size", 39);
    Path chest = folder.resolve("chestmnist.npz");
    CommandRun.of(
        "datasets",
        "synthesize",
        "chestmnist",
        "--train",
        60,
        "--val",
        20,
        "--test",
        20,
        "--out",
        chest);
    refused("one label a sample", chest, "--preset", "deng-2023");
  }

  private void refused(String message, Path data, Object... options) {
    Path out = folder.resolve("refused");
    CommandRun run = train(data, out, options);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(Files.exists(out), "nothing is written");
  }
}
