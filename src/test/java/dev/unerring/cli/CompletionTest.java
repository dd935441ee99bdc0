// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The printed script is one that the shells take, and it completes verbs, options and values. */
class CompletionTest {
  @TempDir private Path folder;

  @Test
  void bashTakesTheScript() throws Exception {
    assertEquals("", run("bash", "bash -n " + script("bash")));
  }

  @Test
  void bashCompletesVerbsOptionsAndValues() throws Exception {
    assertEquals(List.of("errors", "evaluate", "export"), completed("unerring", "e"));
    assertEquals(List.of("correct", "completion"), completed("unerring", "co"));
    assertTrue(completed("unerring", "correct", "--").containsAll(List.of("--run", "--add")));
    assertEquals(List.of("--history"), completed("unerring", "errors", "--hi"));
    assertEquals(List.of("--split"), completed("unerring", "evaluate", "--sp"));
    assertEquals(List.of("train", "val", "test"), completed("unerring", "evaluate", "--split", ""));
    assertEquals(
        List.of("auto", "cpu", "cuda", "reference"),
        completed("unerring", "train", "--device", ""));
    assertEquals(List.of("resnet18", "resnet50"), completed("unerring", "train", "--arch", "res"));
    assertEquals(List.of("patch"), completed("unerring", "correct", "--corrector", "p"));
    assertEquals(List.of("patch"), completed("unerring", "train", "--corrector", "p"));
    assertEquals(List.of("unerring", "medmnist"), completed("unerring", "train", "--recipe", ""));
    assertEquals(List.of("deng-2023"), completed("unerring", "train", "--preset", ""));
    assertEquals(
        List.of("ordered", "integer", "cudnn"), completed("unerring", "train", "--arithmetic", ""));
    assertEquals(
        List.of("fp32", "tf32", "bf16"), completed("unerring", "train", "--precision", ""));
    assertEquals(List.of("breastmnist"), completed("unerring", "datasets", "info", "bre"));
    assertEquals(List.of("--skip-broken"), completed("unerring", "predict", "--sk"));
    assertTrue(completed("unerring", "datasets", "").contains("demo"));
    assertTrue(completed("unerring", "train", "--").containsAll(List.of("--data", "--seed")));
  }

  @Test
  void zshTakesTheScriptAndKnowsTheCommand() throws Exception {
    Assumptions.assumeTrue(present("zsh"), "SKIPPED, no zsh on this machine");
    String out =
        run(
            "zsh",
            "autoload -U compinit; compinit -u -d "
                + folder.resolve("dump")
                + "; source "
                + script("zsh")
                + "; echo ${_comps[unerring]}");
    assertTrue(out.contains("_bash_complete") || out.contains("_complete_unerring"), out);
  }

  @Test
  void anotherShellEndsWithTwo() {
    CommandRun fish = CommandRun.of("completion", "fish");
    assertEquals(2, fish.code());
    assertTrue(fish.err().contains("bash or zsh, not 'fish'"), fish.err());
    assertEquals("", fish.out());
    assertEquals(2, CommandRun.of("completion").code());
  }

  private Path script(String shell) throws IOException {
    CommandRun run = CommandRun.of("completion", shell);
    assertEquals(0, run.code(), run.err());
    assertEquals("", run.err());
    return Files.writeString(folder.resolve("completion." + shell), run.out());
  }

  /** What bash would offer for the last of the words. */
  private List<String> completed(String... words) throws Exception {
    // compopt works only where bash itself completes; here it has nothing to do
    StringBuilder line =
        new StringBuilder("compopt() { :; }; source " + script("bash") + "; COMP_WORDS=(");
    for (String word : words) {
      line.append(" '").append(word).append('\'');
    }
    line.append("); COMP_CWORD=").append(words.length - 1);
    line.append("; _complete_unerring; printf '%s\\n' \"${COMPREPLY[@]}\"");
    return run("bash", line.toString()).lines().toList();
  }

  private static String run(String shell, String command) throws Exception {
    Assumptions.assumeTrue(present(shell), "SKIPPED, no " + shell + " on this machine");
    Process process = new ProcessBuilder(shell, "-c", command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), command);
    assertEquals(0, process.exitValue(), out);
    return out;
  }

  private static boolean present(String shell) {
    return List.of("/bin/", "/usr/bin/", "/usr/local/bin/").stream()
        .anyMatch(place -> Files.isExecutable(Path.of(place + shell)));
  }
}
