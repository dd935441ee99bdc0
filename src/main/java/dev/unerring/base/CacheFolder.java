package dev.unerring.base;

import java.nio.file.Path;

/**
 * Where this user's derived files go, which may be deleted at any time: the system property {@code
 * unerring.cache}, else the environment's {@code UNERRING_CACHE}, else {@code unerring} below
 * {@code XDG_CACHE_HOME} or {@code ~/.cache}.
 */
public final class CacheFolder {
  private CacheFolder() {}

  /** The folder; it need not exist. */
  public static Path path() {
    String named = System.getProperty("unerring.cache", variable("UNERRING_CACHE"));
    if (!named.isEmpty()) {
      return Path.of(named);
    }
    String caches = variable("XDG_CACHE_HOME");
    Path parent =
        caches.isEmpty()
            ? Path.of(System.getProperty("user.home")).resolve(".cache")
            : Path.of(caches);
    return parent.resolve("unerring");
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    return value == null ? "" : value;
  }
}
