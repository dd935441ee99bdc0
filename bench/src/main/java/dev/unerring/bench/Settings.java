// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import java.nio.file.Path;

/** What the Makefile says: system properties of the runner and of every fork. */
final class Settings {
  private Settings() {}

  /** Path of the C library of the stand. */
  static String library() {
    return System.getProperty("bench.library");
  }

  /** Start script of the program's image. */
  static Path program() {
    return Path.of(System.getProperty("bench.program"));
  }

  /** The jar that is measured. */
  static Path jar() {
    return Path.of(System.getProperty("bench.jar"));
  }

  /** Folder for generated sets and logs. */
  static Path work() {
    return Path.of(System.getProperty("bench.work"));
  }

  /** Folder of bench itself. */
  static Path home() {
    return Path.of(System.getProperty("bench.home"));
  }

  /** A Python with torch, or the empty text. */
  static String python() {
    return System.getProperty("bench.python", "");
  }
}
