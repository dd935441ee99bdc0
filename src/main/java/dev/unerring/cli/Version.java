package dev.unerring.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The program's version, written into {@code version.properties} by the build. */
final class Version implements IVersionProvider {
  Version() {}

  /** The version number, for example {@code 0.1.0}. */
  static String number() {
    Properties properties = new Properties();
    try (InputStream resource = Version.class.getResourceAsStream("version.properties")) {
      properties.load(resource);
    } catch (IOException e) {
      throw new UncheckedIOException("version.properties of this program cannot be read", e);
    }
    return properties.getProperty("version");
  }

  /** The line that {@code unerring --version} prints. */
  @Override
  public String[] getVersion() {
    return new String[] {"unerring " + number()};
  }
}
