// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What errors cost. */
final class CostOption {
  @Option(
      names = "--costs",
      paramLabel = "costs.json",
      description =
          "Error-cost matrix, {\"costs\": [[0, 1], [10, 0]]}: given class by predicted class, with"
              + " \"classes\": [names] where the order is not that of the data.")
  private Path file;

  @Option(
      names = "--class-weights",
      paramLabel = "W",
      description =
          "Cost of an error by its given class: balanced, one number a class (1,5), or some by name"
              + " or number (malignant=5).")
  private String classWeights;

  @Option(
      names = "--never-miss",
      paramLabel = "CLASS",
      description = "Class whose false negatives are the first to reach zero.")
  private String neverMiss;

  CostOption() {}

  /** What was said; null where nothing was. */
  CostOptions options() {
    boolean none = file == null && classWeights == null && neverMiss == null;
    return none ? null : new CostOptions(file, classWeights, neverMiss);
  }
}
