// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * What a user should know about this process, said once: by {@link System.Logger} (named {@code
 * dev.unerring}, as a warning) unless a program listens itself.
 */
public final class Notices {
  private static final Consumer<String> LOGGER =
      text -> System.getLogger("dev.unerring").log(System.Logger.Level.WARNING, text);

  // Of the process, like the libraries and the platform that it is about: no run decides on it.
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();
  private static final AtomicReference<Consumer<String>> LISTENER = new AtomicReference<>(LOGGER);

  private Notices() {}

  /** Sends later notices here. */
  public static void listen(Consumer<String> listener) {
    LISTENER.set(listener);
  }

  /** Says this unless something with the same key has been said. */
  public static void once(String key, String text) {
    if (TOLD.add(key)) {
      LISTENER.get().accept(text);
    }
  }
}
