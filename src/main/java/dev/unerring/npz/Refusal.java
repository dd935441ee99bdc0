// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import dev.unerring.DataException;
import java.nio.file.Path;

/** Formats the message for a rejected file: file, entry, reason, advice. */
public final class Refusal {
  private static final int LONGEST_NAME = 80;

  private Refusal() {}

  public static DataException file(Path file, String reason, String advice) {
    return new DataException(file + ": " + reason + "; " + advice);
  }

  public static DataException entry(Path file, String entry, String reason, String advice) {
    return new DataException(file + ": entry " + printable(entry) + ": " + reason + "; " + advice);
  }

  /** A name from a file, shortened and without characters that could steer a terminal. */
  public static String printable(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length() && i < LONGEST_NAME; i++) {
      char c = name.charAt(i);
      text.append(c < 0x20 || c > 0x7e ? '?' : c);
    }
    return text.append(name.length() > LONGEST_NAME ? "..." : "").toString();
  }
}
