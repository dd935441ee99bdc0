// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import java.util.List;

/** A table for a terminal. */
final class TextTable {
  private TextTable() {}

  /** A line each row, in columns as wide as their widest cell. */
  static String of(List<List<String>> rows) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append("  ").append(row.get(i)).repeat(' ', widths[i] - row.get(i).length());
      }
      table.append(line.toString().stripTrailing()).append('\n');
    }
    return table.toString();
  }
}
