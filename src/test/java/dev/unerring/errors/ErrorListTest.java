package dev.unerring.errors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A sample is right only where its given label has the strictly largest logit; a tie at the top and
 * a NaN anywhere are errors, and the predicted label is the lowest of the largest.
 */
class ErrorListTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  @Test
  void rightIsTheStrictlyLargest() {
    right(0, 1, 0, -1);
    right(1, 0, Float.MIN_VALUE, -1);
    right(2, 0.99999994f, -3, 1);
  }

  @Test
  void wrongNamesBothLabelsAndTheMargin() {
    Misclassification error = wrong(2, 1, 5, 3);
    assertEquals(0, error.sampleIndex());
    assertEquals(2, error.givenLabel());
    assertEquals(1, error.predictedLabel());
    assertEquals(-2.0f, error.margin());
    assertFalse(error.tie());
    assertArrayEquals(new float[] {1, 5, 3}, error.logits());
  }

  @Test
  void aTieAtTheTopIsAnErrorOfTheLowestIndex() {
    Misclassification error = wrong(1, 2, 2, 0);
    assertEquals(0, error.predictedLabel());
    assertTrue(error.tie());
    assertEquals(0.0f, error.margin());
    assertTrue(wrong(0, 2, 2, 0).tie(), "even for the lowest index itself");
    assertEquals(1, wrong(0, -3, 7, 7).predictedLabel());
  }

  @Test
  void aTieBelowTheTopIsNone() {
    right(2, 1, 1, 2);
    assertFalse(wrong(0, 1, 1, 2).tie());
  }

  @Test
  void bothZerosAreEqual() {
    assertTrue(wrong(0, 0.0f, -0.0f).tie());
    assertTrue(wrong(1, -0.0f, 0.0f).tie());
    assertEquals(0, wrong(1, -0.0f, 0.0f).predictedLabel());
  }

  @Test
  void nanAnywhereIsAnError() {
    for (int at = 0; at < 3; at++) {
      float[] logits = {3, 2, 1};
      logits[at] = NAN;
      Misclassification error = wrong(0, logits);
      assertTrue(error.tie());
      assertTrue(Float.isNaN(error.margin()), "margin " + error.margin() + ", NaN at " + at);
      assertEquals(at == 0 ? 1 : 0, error.predictedLabel(), "NaN is never the largest");
    }
    assertEquals(0, wrong(0, NAN, NAN).predictedLabel());
    assertEquals(2, wrong(2, NAN, NAN, 1).predictedLabel());
  }

  @Test
  void infinities() {
    right(0, INF, 1, -INF);
    right(1, -INF, 1);
    assertTrue(wrong(0, INF, INF).tie());
    assertTrue(wrong(0, -INF, -INF).tie());
    assertEquals(-INF, wrong(0, -INF, 1).margin());
  }

  @Test
  void errorsAreSortedAndCounted() {
    float[] logits = {1, 0, 0, 1, 1, 0, 0, 0};
    ErrorList list = ErrorList.of(logits, 2, new int[] {1, 1, 1, 1});
    assertEquals(4, list.samples());
    assertEquals(3, list.count());
    assertEquals(
        List.of(0, 2, 3), list.errors().stream().map(Misclassification::sampleIndex).toList());
  }

  @Test
  void marginIsTowardsTheBestOther() {
    float[] logits = {9, 7, 4, 4, 1, 6};
    assertEquals(2.0f, ErrorList.margin(logits, 3, 0, 0));
    assertEquals(-2.0f, ErrorList.margin(logits, 3, 0, 1));
    assertEquals(-5.0f, ErrorList.margin(logits, 3, 1, 1));
    assertEquals(2.0f, ErrorList.margin(logits, 3, 1, 2));
  }

  private static void right(int label, float... logits) {
    assertEquals(0, ErrorList.of(logits, logits.length, new int[] {label}).count());
  }

  private static Misclassification wrong(int label, float... logits) {
    ErrorList list = ErrorList.of(logits, logits.length, new int[] {label});
    assertEquals(1, list.count());
    return list.errors().getFirst();
  }
}
