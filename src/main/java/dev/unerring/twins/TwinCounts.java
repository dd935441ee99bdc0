// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.data.Samples;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Twins of two splits, or of one: pairs of samples with different numbers, and samples of the later
 * split that have a twin in the earlier one. A count comes with the share of it that carries other
 * labels.
 *
 * @param in name of the earlier split
 * @param of name of the later split, or the same
 * @param samples of the later split
 * @param identical pairs of identical images
 * @param flipped pairs that a flip or quarter turn maps onto each other
 * @param near pairs of different images with a correlation of at least 0.99
 * @param alike pairs of different images with a correlation of at least 0.95, the near ones too
 * @param withIdentical samples of the later split that have an identical image in the earlier one
 * @param withFlipped those that have a flipped or turned image there
 * @param withNear those that have an image with a correlation of at least 0.99 there; identical
 *     images count as correlation 1
 * @param withAlike the same for at least 0.95
 */
public record TwinCounts(
    String in,
    String of,
    int samples,
    Count identical,
    Count flipped,
    Count near,
    Count alike,
    Count withIdentical,
    Count withFlipped,
    Count withNear,
    Count withAlike) {
  /**
   * A number, and how many of it carry other labels. A sample does when one of its twins does.
   *
   * @param all the number
   * @param otherLabel part of it
   */
  public record Count(long all, long otherLabel) {
    /** E.g. {@code 59 (5)}. */
    @Override
    public String toString() {
      return all + " (" + otherLabel + ")";
    }

    Map<String, Object> toJson() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("all", all);
      json.put("otherLabel", otherLabel);
      return json;
    }
  }

  static TwinCounts of(TwinTally tally, Samples samples, int in, int of) {
    return new TwinCounts(
        samples.splits().get(in).name(),
        samples.splits().get(of).name(),
        samples.splits().get(of).size(),
        pairs(tally, TwinKind.IDENTICAL, in, of),
        pairs(tally, TwinKind.FLIPPED, in, of),
        pairs(tally, TwinKind.NEAR, in, of),
        pairs(tally, TwinKind.ALIKE, in, of),
        with(tally, in, of, TwinKind.IDENTICAL),
        with(tally, in, of, TwinKind.FLIPPED),
        with(tally, in, of, TwinKind.NEAR, TwinKind.IDENTICAL),
        with(tally, in, of, TwinKind.ALIKE, TwinKind.IDENTICAL));
  }

  private static Count pairs(TwinTally tally, TwinKind kind, int in, int of) {
    return new Count(tally.pairs(kind, in, of, false), tally.pairs(kind, in, of, true));
  }

  private static Count with(TwinTally tally, int in, int of, TwinKind... kinds) {
    return new Count(
        tally.samplesWithTwin(of, in, false, kinds), tally.samplesWithTwin(of, in, true, kinds));
  }

  /** Whether both sides are the same split. */
  public boolean withinOneSplit() {
    return in.equals(of);
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("of", of);
    json.put("in", in);
    json.put("samples", samples);
    json.put("pairsIdentical", identical.toJson());
    json.put("pairsFlipped", flipped.toJson());
    json.put("pairsAtLeast99", near.toJson());
    json.put("pairsAtLeast95", alike.toJson());
    json.put("samplesWithIdentical", withIdentical.toJson());
    json.put("samplesWithFlipped", withFlipped.toJson());
    json.put("samplesWithAtLeast99", withNear.toJson());
    json.put("samplesWithAtLeast95", withAlike.toJson());
    return json;
  }
}
