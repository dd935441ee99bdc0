// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.base.Json;
import dev.unerring.data.Task;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The temperature is the minimum of the validation loss that SciPy finds ({@code minimize_scalar}
 * over log T, xatol 1e-12), and says so where the search ends at a bound.
 */
class CalibrationTest {
  /** A minimum is flat: SciPy's place of it is good to about the root of the rounding of 1e-16. */
  private static final double PLACE = 1e-6;

  private static final double ROUNDING = 1e-12;

  @Test
  void theTemperatureIsThatOfSciPy() {
    Calibration found = Calibration.fit(JudgedSamples.CLASSES);
    assertEquals(3.57183042294535, found.temperature(), PLACE);
    assertEquals(1.7727387584959942, found.raw().nll(), ROUNDING);
    assertEquals(1.15272287610577, found.calibrated().nll(), ROUNDING);
    assertEquals(0.314082011099733, found.raw().ece(), ROUNDING);
    assertEquals(0.11849833725342832, found.calibrated().ece(), PLACE);
    assertFalse(found.bound());
    assertEquals("", found.warning());
    assertEquals(40, found.samples());
  }

  @Test
  void multiLabelHasOneTemperatureForAllLabels() {
    Calibration found = Calibration.fit(JudgedSamples.MULTI_LABEL);
    assertEquals(2.415848472013595, found.temperature(), PLACE);
    assertEquals(0.6883135480970755, found.raw().nll(), ROUNDING);
    assertEquals(0.606071895365545, found.calibrated().nll(), ROUNDING);
    assertEquals(0.2252885825848896, found.raw().ece(), ROUNDING);
    assertEquals(0.22855622076964424, found.calibrated().ece(), PLACE);
  }

  @Test
  void validationWithoutErrorsEndsAtTheLowerBoundAndSaysSo() {
    float[] logits = {3, 0, 0, 2};
    Calibration found =
        Calibration.fit(new LabelledLogits(Task.BINARY, 2, logits, new int[] {0, 1}));
    assertEquals(Calibration.LOWEST, found.temperature());
    assertTrue(found.bound());
    assertTrue(found.warning().contains("lower bound 0.25"), found.warning());
  }

  @Test
  void aNetworkThatIsNotSureEnoughIsToldFromOneWithoutErrors() {
    float[] logits = {0.02f, 0, 0, 0.02f, 0.02f, 0, 0.02f, 0};
    Calibration unsure =
        Calibration.fit(new LabelledLogits(Task.BINARY, 2, logits, new int[] {0, 1, 0, 1}));
    assertEquals(Calibration.LOWEST, unsure.temperature());
    assertEquals(1, unsure.errors());
    assertTrue(unsure.warning().contains("far less sure than"), unsure.warning());
    assertTrue(unsure.warning().contains("(wrong decisions: 1)"), unsure.warning());
    assertFalse(unsure.warning().contains("do not limit it"), unsure.warning());
    Calibration right =
        Calibration.fit(
            new LabelledLogits(Task.BINARY, 2, new float[] {3, 0, 0, 2}, new int[] {0, 1}));
    assertEquals(0, right.errors());
    assertTrue(right.warning().contains("do not limit it (none is wrong)"), right.warning());
    Calibration worse =
        new Calibration(
            Calibration.LOWEST, true, 4, 1, new Reliability(0.7, 0.1), new Reliability(0.6, 0.2));
    assertTrue(worse.warning().contains("a larger ECE than the raw ones"), worse.warning());
  }

  @Test
  void validationThatIsAllWrongEndsAtTheUpperBoundAndSaysSo() {
    float[] logits = {3, 0, 0, 2};
    Calibration found =
        Calibration.fit(new LabelledLogits(Task.BINARY, 2, logits, new int[] {1, 0}));
    assertEquals(Calibration.HIGHEST, found.temperature());
    assertTrue(found.warning().contains("upper bound 100"), found.warning());
  }

  @Test
  void equalLogitsEndAtTheUpperBoundWithEqualShares() {
    Calibration found =
        Calibration.fit(new LabelledLogits(Task.BINARY, 2, new float[] {1, 1}, new int[] {1}));
    assertEquals(Calibration.HIGHEST, found.temperature());
    assertEquals(StrictMath.log(2), found.calibrated().nll(), ROUNDING);
  }

  @Test
  void aTemperatureChangesNoOrderAndHugeLogitsStayNumbers() {
    float[] logits = {3000, -3000, 1, 0, 5, 5.5f};
    double[] scores = Reliability.scores(Task.BINARY, logits, 2, 7.0);
    assertEquals(1.0, scores[0]);
    assertEquals(0.0, scores[1]);
    assertTrue(scores[2] > scores[3] && scores[4] < scores[5]);
    double[] both = Reliability.scores(Task.MULTI_LABEL, logits, 2, 0.25);
    assertEquals(0.0, both[1]);
    assertEquals(1.0, both[0]);
    assertEquals(0.5, both[3]);
    LabelledLogits wrong =
        new LabelledLogits(Task.BINARY, 2, new float[] {3000, -3000}, new int[] {1});
    assertEquals(6000.0, Reliability.of(wrong, 1.0).nll(), ROUNDING);
  }

  @Test
  void jsonReadsBack() {
    Calibration made = Calibration.fit(JudgedSamples.CLASSES);
    Map<?, ?> json = (Map<?, ?>) Json.parse(Json.pretty(made.toJson()));
    assertEquals(made, Calibration.fromJson(json));
  }

  @Test
  void jsonThatIsNoCalibrationIsRefused() {
    String good = Json.canonical(Calibration.fit(JudgedSamples.CLASSES).toJson());
    String[] bad = {
      good.replace("\"temperature\":3", "\"temperature\":300"),
      good.replace("\"temperature\"", "\"heat\""),
      good.replace("\"validationSamples\":40", "\"validationSamples\":0"),
      good.replace("\"validationErrors\"", "\"mistakes\""),
      good.replace("\"atBound\":false", "\"atBound\":0"),
      good.replace("\"raw\"", "\"rare\"")
    };
    for (String text : bad) {
      assertFalse(text.equals(good));
      Map<?, ?> json = (Map<?, ?>) Json.parse(text);
      assertThrows(IllegalArgumentException.class, () -> Calibration.fromJson(json), text);
    }
  }

  @Test
  void aLogitThatIsNoNumberIsNamed() {
    float[] logits = {1, 2, 3, Float.NaN};
    LabelledLogits outcome = new LabelledLogits(Task.BINARY, 2, logits, new int[] {1, 0});
    DataException refusal =
        assertThrows(DataException.class, () -> outcome.requireFinite("m.safetensors"));
    assertTrue(
        refusal.getMessage().contains("m.safetensors gives the logit NaN for sample 1, class 1"),
        refusal.getMessage());
  }
}
