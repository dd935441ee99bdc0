// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.util.Locale;

/** Sizes for readers. */
public final class Sizes {
  private Sizes() {}

  /** E.g. {@code 640 bytes}, {@code 52.1 KB}, {@code 12.5 MB}, {@code 13.51 GB}: powers of ten. */
  public static String text(long bytes) {
    if (bytes < 10_000) {
      return bytes + " bytes";
    }
    if (bytes < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f KB", bytes / 1e3);
    }
    return bytes < 1_000_000_000L
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
  }
}
