// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version of this software, written into {@code version.properties} by the build, and the
 * hashes of its code, written into {@code code.properties} after compilation.
 */
public final class EngineVersion {
  private static final String UNKNOWN = "unknown";

  private EngineVersion() {}

  /** The version number, for example {@code 0.1.0}. */
  public static String number() {
    return read("version.properties").getProperty("version");
  }

  /**
   * SHA-256 of the list of all classes but module-info: a line {@code <SHA-256> <two spaces>
   * <path>} each, by path. {@code unknown} where the classes were not compiled by the build.
   */
  public static String classesSha256() {
    return read("code.properties").getProperty("classes", UNKNOWN);
  }

  /** The same of the kernels that the jar holds: libraries of the CPU, sources of the GPU. */
  public static String kernelsSha256() {
    return read("code.properties").getProperty("kernels", UNKNOWN);
  }

  private static Properties read(String name) {
    Properties properties = new Properties();
    try (InputStream resource = EngineVersion.class.getResourceAsStream(name)) {
      if (resource != null) {
        properties.load(resource);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name + " of this program cannot be read", e);
    }
    return properties;
  }
}
