// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.IoReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Refuses, before any work, a file that a verb must not or cannot write. */
final class OutputFile {
  private OutputFile() {}

  /**
   * A file that may replace an earlier one, but nothing that the verb reads.
   *
   * @param suffixes of the name, any case
   * @throws UsageException where the name has another suffix, or is that of an input
   * @throws DataException where its folder is not there or cannot be written
   */
  static void require(String option, Path file, List<String> suffixes, List<Path> inputs) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (suffixes.stream().noneMatch(name::endsWith)) {
      throw new UsageException(
          option + " " + file + ": give it a name that ends in " + String.join(" or ", suffixes));
    }
    for (Path input : inputs) {
      if (isSame(file, input)) {
        throw new UsageException(
            option + " " + file + " would overwrite the input " + input + "; name another file");
      }
    }
    requireFolder(file);
  }

  /**
   * A file that must not be there.
   *
   * @throws UsageException where it is
   * @throws DataException where its folder is not there or cannot be written
   */
  static void requireNew(Path file) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new UsageException(file + " is there already; name a new file with --out");
    }
    requireFolder(file);
  }

  private static boolean isSame(Path file, Path input) {
    try {
      return Files.exists(file) && Files.exists(input) && Files.isSameFile(file, input);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be looked at: " + IoReason.of(e), e);
    }
  }

  private static void requireFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new DataException(
          file
              + ": not saved: its folder is not there or may not be written; make it, or name"
              + " another file");
    }
  }
}
