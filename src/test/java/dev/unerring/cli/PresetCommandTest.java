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
    Map<?, ?> result = (Map<?, ?>) Json.parse(Files.readString(out.resolve("result.json")));
    assertEquals("deng-20", result.get("arch"));
    assertEquals(0L, result.get("trainErrors"));
    assertEquals(0L, result.get("epochs"));
    Map<?, ?> correction = (Map<?, ?>) ((List<?>) result.get("corrections")).getFirst();
    assertEquals("deng-2023", correction.get("corrector"));
    assertEquals(0, CommandRun.of("errors", "--run", out).code());
  }

  @Test
  void refusals() {
    Path data = TestData.write(folder.resolve("set.npz"), 40, 2);
    refused("--preset is deng-2023, not 'deng'", data, "--preset", "deng");
    refused("name one of them", data, "--preset", "deng-2023", "--recipe", "medmnist");
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
