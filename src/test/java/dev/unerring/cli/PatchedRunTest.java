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
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every verb says that a model holds training images where it does, the errors without them are the
 * headline, and a patch that was changed in the file ends with exit code 4.
 */
class PatchedRunTest {
  private static final int SAMPLES = 40;

  @TempDir private Path folder;
  private Path out;
  private CommandRun trained;

  @BeforeEach
  void train() {
    Path data = TestData.write(folder.resolve("set.npz"), SAMPLES, 2);
    out = folder.resolve("run");
    trained = command("train", "--data", data, "--out", out, "--epochs", 0, "--no-progress");
    assertEquals(0, trained.code(), trained.err());
  }

  private static CommandRun command(String verb, Object... options) {
    Object[] all = new Object[options.length + (verb.equals("train") ? 7 : 5)];
    all[0] = verb;
    System.arraycopy(options, 0, all, 1, options.length);
    int at = options.length + 1;
    all[at] = "--threads";
    all[at + 1] = 2;
    all[at + 2] = "--device";
    all[at + 3] = TestBackends.kernels() ? "auto" : "reference";
    if (verb.equals("train")) {
      all[at + 4] = "--corrector";
      all[at + 5] = "patch";
    }
    return CommandRun.of(all);
  }

  @Test
  void everyOutputSaysIt() throws IOException {
    Map<?, ?> result = (Map<?, ?>) Json.parse(Files.readString(out.resolve("result.json")));
    long before = (Long) result.get("trainErrorsBeforePatch");
    assertTrue(before > 0 && before == (Long) result.get("patchedSamples"));
    assertTrue(trained.out().contains("training errors    0/40   floor 0\n"), trained.out());
    assertTrue(trained.out().contains("  without patches  " + before + "/40\n"), trained.out());
    assertTrue(trained.out().contains("THE MODEL HOLDS " + before + " TRAINING"), trained.out());
    String notice = "the model holds " + before + " training images";
    Path pictures = folder.resolve("set.npz");
    CommandRun evaluate = command("evaluate", "--run", out);
    assertTrue(evaluate.out().contains(notice), evaluate.out());
    CommandRun json = command("evaluate", "--run", out, "--json");
    Map<?, ?> facts = (Map<?, ?>) Json.parse(json.out());
    assertEquals(true, facts.get("containsTrainingImages"));
    assertEquals(before, facts.get("trainErrorsBeforePatch"));
    CommandRun predict = command("predict", "--run", out, "--split", "val", pictures);
    assertTrue(predict.err().contains(notice), predict.err());
    assertFalse(predict.out().contains(notice), "the predictions stay a table");
    assertTrue(CommandRun.of("errors", "--run", out).out().contains(notice));
  }

  @Test
  void aChangedPatchIsNotTheModelOfTheRun() throws IOException {
    Path model = out.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 1] ^= 1; // last pixel of the last centre
    Files.write(model, bytes);
    CommandRun run = command("evaluate", "--run", out);
    assertEquals(4, run.code(), run.err());
    assertTrue(run.err().contains("is not the model of this run"), run.err());
  }
}
