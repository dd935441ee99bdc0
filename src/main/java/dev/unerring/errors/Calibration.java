// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One temperature by which logits are divided before they become scores, so that a score can be
 * taken as a confidence. It changes no decision. Chosen on validation samples by their negative
 * log-likelihood; a network without training errors has logits that are far too large otherwise.
 *
 * @param temperature from {@link #LOWEST} to {@link #HIGHEST}
 * @param bound whether the search ended at one of these two
 * @param samples validation samples that it rests on
 * @param errors wrong decisions among them
 * @param raw their figures before, at temperature 1
 * @param calibrated their figures after
 */
public record Calibration(
    double temperature,
    boolean bound,
    int samples,
    int errors,
    Reliability raw,
    Reliability calibrated) {
  /** Below it scores would be sharper than validation sets of these sizes can support. */
  public static final double LOWEST = 0.25;

  /** Above it scores are hardly more than equal shares. */
  public static final double HIGHEST = 100.0;

  private static final int HALVINGS = 60;

  /**
   * The temperature with the smallest negative log-likelihood. That is convex in 1 / temperature,
   * so the sign of its slope is bisected: 60 halvings, no starting value, no step size.
   *
   * @param validation finite logits of at least one sample
   */
  public static Calibration fit(LabelledLogits validation) {
    double low = 1.0 / HIGHEST;
    double high = 1.0 / LOWEST;
    double temperature;
    boolean atLow = Reliability.slope(validation, low) >= 0.0;
    boolean atHigh = !atLow && Reliability.slope(validation, high) <= 0.0;
    if (atLow || atHigh) {
      temperature = atLow ? HIGHEST : LOWEST;
    } else {
      for (int i = 0; i < HALVINGS; i++) {
        double middle = Math.sqrt(low * high);
        boolean below = Reliability.slope(validation, middle) < 0.0;
        low = below ? middle : low;
        high = below ? high : middle;
      }
      temperature = 1.0 / Math.sqrt(low * high);
    }
    return new Calibration(
        temperature,
        atLow || atHigh,
        validation.samples(),
        ErrorList.of(validation.given(), validation.logits()).count(),
        Reliability.of(validation, 1.0),
        Reliability.of(validation, temperature));
  }

  /** One line on what a bound means for the scores; empty where none was hit. */
  public String warning() {
    if (!bound) {
      return "";
    }
    if (temperature == HIGHEST) {
      return "the temperature is at its upper bound "
          + HIGHEST
          + ": on the validation samples the network is no better than equal shares";
    }
    String ece =
        calibrated.ece() > raw.ece()
            ? "; there the calibrated scores have a larger ECE than the raw ones"
            : "";
    return "the temperature is at its lower bound "
        + LOWEST
        + (errors == 0
            ? ": the "
                + samples
                + " validation samples do not limit it (none is wrong), so the"
                + " scores may be too sure"
            : ": the network is far less sure than the validation samples allow (wrong"
                + " decisions: "
                + errors
                + "), as after little training")
        + ece;
  }

  /** Everything, in reading order. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("temperature", temperature);
    json.put("atBound", bound);
    json.put("validationSamples", samples);
    json.put("validationErrors", errors);
    json.put("raw", raw.toJson());
    json.put("calibrated", calibrated.toJson());
    return json;
  }

  /**
   * Reads {@link #toJson}.
   *
   * @throws IllegalArgumentException where a key is missing or has no value that can be
   */
  public static Calibration fromJson(Map<?, ?> json) {
    double temperature = number(json, "temperature");
    double samples = number(json, "validationSamples");
    double errors = number(json, "validationErrors");
    boolean sound = temperature >= LOWEST && temperature <= HIGHEST && samples >= 1 && errors >= 0;
    if (!sound || !(json.get("atBound") instanceof Boolean bound)) {
      throw new IllegalArgumentException(
          "temperature, atBound or a number of validation samples is wrong");
    }
    return new Calibration(
        temperature,
        bound,
        (int) samples,
        (int) errors,
        reliability(json, "raw"),
        reliability(json, "calibrated"));
  }

  private static Reliability reliability(Map<?, ?> json, String key) {
    if (json.get(key) instanceof Map<?, ?> figures) {
      return new Reliability(number(figures, "nll"), number(figures, "ece"));
    }
    throw new IllegalArgumentException("'" + key + "' is missing");
  }

  private static double number(Map<?, ?> json, String key) {
    if (json.get(key) instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException("'" + key + "' is not a number");
  }
}
