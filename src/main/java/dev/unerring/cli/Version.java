package dev.unerring.cli;

import dev.unerring.base.EngineVersion;
import picocli.CommandLine.IVersionProvider;

/** The line that {@code unerring --version} prints. */
final class Version implements IVersionProvider {
  Version() {}

  @Override
  public String[] getVersion() {
    return new String[] {"unerring " + EngineVersion.number()};
  }
}
