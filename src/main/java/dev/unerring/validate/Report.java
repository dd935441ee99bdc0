// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import java.nio.file.Path;
import java.util.List;

/**
 * What a validation came to.
 *
 * @param complete whether all samples that were asked for are evaluated
 * @param text for the reader
 * @param files that were written
 */
public record Report(boolean complete, String text, List<Path> files) {
  static Report ofPart(Path file, int finished, int samples, int part, int parts) {
    String text =
        "part "
            + part
            + "/"
            + parts
            + ": "
            + finished
            + " of "
            + samples
            + " samples finished; when all parts are, join them with --join\n";
    return new Report(finished == samples, text, List.of(file));
  }
}
