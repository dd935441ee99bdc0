// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unerring completion}: a script that makes a shell complete verbs and options. */
@Command(
    name = "completion",
    description = "Prints a completion script: source <(unerring completion bash)",
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  static final List<String> SHELLS = List.of("bash", "zsh");

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "SHELL",
      completionCandidates = Choices.Shells.class,
      description = "bash or zsh.")
  private String shell;

  CompletionCommand() {}

  /** One script serves both: in zsh it loads bashcompinit first. */
  @Override
  public Integer call() {
    if (!SHELLS.contains(shell)) {
      throw new UsageException("completion is for bash or zsh, not '" + shell + "'");
    }
    spec.commandLine().getOut().print(AutoComplete.bash("unerring", spec.root().commandLine()));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
