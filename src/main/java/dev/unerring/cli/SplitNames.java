// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import java.util.Iterator;
import java.util.List;

/** The values of {@code --split}, also for completion. */
final class SplitNames implements Iterable<String> {
  static final List<String> ALL = List.of("train", "val", "test");

  SplitNames() {}

  /** The name, if it is one. */
  static String require(String name) {
    if (!ALL.contains(name)) {
      throw new UsageException("--split is train, val or test, not '" + name + "'");
    }
    return name;
  }

  /** The split of that name. */
  static Split of(Dataset data, String name) {
    return data.splits().get(ALL.indexOf(require(name)));
  }

  @Override
  public Iterator<String> iterator() {
    return ALL.iterator();
  }
}
