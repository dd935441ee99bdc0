package dev.unerring.base;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this software, written into {@code version.properties} by the build. */
public final class EngineVersion {
  private EngineVersion() {}

  /** The version number, for example {@code 0.1.0}. */
  public static String number() {
    Properties properties = new Properties();
    try (InputStream resource = EngineVersion.class.getResourceAsStream("version.properties")) {
      properties.load(resource);
    } catch (IOException e) {
      throw new UncheckedIOException("version.properties of this program cannot be read", e);
    }
    return properties.getProperty("version");
  }
}
