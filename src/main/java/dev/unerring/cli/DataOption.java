// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.CacheFolder;
import dev.unerring.generate.DatasetLocator;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which data set a verb reads. */
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "X",
      description = "An npz file, a MedMNIST name (breastmnist, ...), or demo.")
  private String data;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Folder of MedMNIST files, searched before ~/.medmnist.")
  private Path root;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec verb;

  DataOption() {}

  /** The file that is meant; an error of the command line where none is. */
  Path file() {
    if (data == null) {
      throw new ParameterException(verb.commandLine(), "Missing required option: '--data=X'");
    }
    return file(data, root);
  }

  /** The file that is meant; empty for none. */
  Optional<Path> given() {
    return Optional.ofNullable(data).map(each -> file(each, root));
  }

  /**
   * The file that is meant.
   *
   * @param root null for none
   */
  static Path file(String data, Path root) {
    Path demo = CacheFolder.path().resolve("demo");
    return new DatasetLocator(Optional.ofNullable(root), CacheFolder.home(), demo).locate(data);
  }
}
