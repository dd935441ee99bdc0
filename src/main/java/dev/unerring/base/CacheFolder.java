// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import dev.unerring.DataException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * This user's folders. Derived files, which may be deleted at any time, go into the system property
 * {@code unerring.cache}, else the environment's {@code UNERRING_CACHE}, else {@code unerring}
 * below {@code XDG_CACHE_HOME} or {@code ~/.cache}, else, where that cannot be written, a private
 * folder in the temporary folder.
 */
public final class CacheFolder {
  private static final int PRIVATE = 0700;
  private static final int PERMISSIONS = 0777;

  private final UnaryOperator<String> variables;
  private final UnaryOperator<String> properties;

  /** For tests: null where a variable or a property is not set. */
  CacheFolder(UnaryOperator<String> variables, UnaryOperator<String> properties) {
    this.variables = variables;
    this.properties = properties;
  }

  private static CacheFolder ofThisProcess() {
    return new CacheFolder(System::getenv, System::getProperty);
  }

  /**
   * The folder of derived files; it need not exist.
   *
   * @throws DataException where there is none; names the variable that can name one
   */
  public static Path path() {
    return ofThisProcess().cache();
  }

  /**
   * The user's home: as the system knows it, else the environment's {@code HOME}, else the private
   * folder in the temporary folder.
   *
   * @throws DataException where there is none; names the variable that can name one
   */
  public static Path home() {
    return ofThisProcess().userHome();
  }

  Path cache() {
    String named = properties.apply("unerring.cache");
    if (named == null || named.isEmpty()) {
      named = variables.apply("UNERRING_CACHE");
    }
    if (named != null && !named.isEmpty()) {
      try {
        return Path.of(named);
      } catch (InvalidPathException e) {
        throw new DataException(
            "UNERRING_CACHE (or the property unerring.cache) does not name a folder: "
                + e.getReason(),
            e);
      }
    }
    Path caches = absolute(variables.apply("XDG_CACHE_HOME"));
    if (caches == null) {
      Path home = knownHome();
      caches = home == null ? null : home.resolve(".cache");
    }
    Path folder = caches == null ? null : caches.resolve("unerring");
    if (folder != null && writable(folder)) {
      return folder;
    }
    try {
      return temporary("UNERRING_CACHE");
    } catch (DataException e) {
      if (folder == null) {
        throw e;
      }
      return folder; // reading needs no cache; who writes there says why that fails
    }
  }

  Path userHome() {
    Path home = knownHome();
    return home == null ? temporary("HOME") : home;
  }

  /** Null where it is not known: a user without an entry has {@code ?}. */
  private Path knownHome() {
    Path home = absolute(properties.apply("user.home"));
    return home == null ? absolute(variables.apply("HOME")) : home;
  }

  private static Path absolute(String name) {
    try {
      return name == null || !Path.of(name).isAbsolute() ? null : Path.of(name);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** Whether a folder that may not exist yet can be made and written to. */
  private static boolean writable(Path folder) {
    Path existing = folder;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing != null && Files.isDirectory(existing) && Files.isWritable(existing);
  }

  /** A folder of this user's alone, made when it is not there; others cannot have prepared it. */
  private Path temporary(String variable) {
    Path parent = Path.of(properties.apply("java.io.tmpdir"));
    try {
      FileAttribute<?> mode =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Path probe = Files.createTempDirectory(parent, "unerring", mode);
      int user = (int) Files.getAttribute(probe, "unix:uid");
      Files.delete(probe);
      Path folder = parent.resolve("unerring-" + user);
      try {
        return Files.createDirectory(folder, mode);
      } catch (FileAlreadyExistsException e) {
        Map<String, Object> found =
            Files.readAttributes(folder, "unix:uid,mode,isDirectory", LinkOption.NOFOLLOW_LINKS);
        boolean ours =
            found.get("isDirectory").equals(true)
                && found.get("uid").equals(user)
                && ((int) found.get("mode") & PERMISSIONS) == PRIVATE;
        if (!ours) {
          throw new IOException(folder + " is not a folder of this user's alone", e);
        }
        return folder;
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      String reason =
          e instanceof IOException io ? IoReason.of(io) : String.valueOf(e.getMessage());
      throw new DataException(
          "no home that can be written to, and no private folder in "
              + parent
              + ": "
              + reason
              + "; name a folder by the environment variable "
              + variable,
          e);
    }
  }
}
