// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.certificate.KeyFiles;
import dev.unerring.certificate.SigningKey;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unerring keygen}: a pair of keys to sign certificates with. */
@Command(
    name = "keygen",
    description = "Makes a key (EC P-256) to sign certificates with, and its public half.",
    mixinStandardHelpOptions = true)
final class KeygenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "KEY.pem",
      description = "New file for the private key; KEY.pub.pem is written beside it.")
  private Path out;

  KeygenCommand() {}

  @Override
  public Integer call() {
    OutputFile.requireNew(out);
    SigningKey key = KeyFiles.make(out);
    PrintWriter text = spec.commandLine().getOut();
    text.println(out + ": the private key; keep it to yourself (only you may read it)");
    text.println(KeyFiles.publicKey(out) + ": the public key; give it to those who verify");
    text.println("name of the key " + key.verifying().hint());
    text.flush();
    return 0;
  }
}
