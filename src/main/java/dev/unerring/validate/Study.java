// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.data.Split;
import dev.unerring.network.Network;
import java.util.Collection;
import java.util.Map;
import java.util.function.LongConsumer;

/** One kind of validation: what is done with a sample, and what all of them come to. */
public interface Study {
  /** As in the options and files: enumerate, corrupt, attack. */
  String name();

  /** Every choice that changes its results, for the record. */
  Map<String, Object> choices();

  /** Units of work of a sample, for the progress; equal for all. */
  long units();

  /** A worker of one thread. */
  Worker worker(Network network, Split split);

  /** What is said of finished samples. */
  Outcome outcome(Collection<Map<?, ?>> records);

  /** Works on samples, on one thread. */
  interface Worker {
    /**
     * Evaluates a sample.
     *
     * @param tick told of finished units; may throw to stop
     * @return its record: the key {@code sample} and what the study needs
     */
    Map<String, Object> evaluate(int sample, LongConsumer tick);
  }

  /**
   * What is said of finished samples.
   *
   * @param figures for validation.json
   * @param tables contents of files, by the end of their names: {@code .csv} for samples
   * @param text a table for the reader
   */
  record Outcome(Map<String, Object> figures, Map<String, byte[]> tables, String text) {}
}
