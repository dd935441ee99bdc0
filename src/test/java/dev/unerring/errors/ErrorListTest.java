// SPDX-License-Identifier: Apache-2.0
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
    ErrorList list = ErrorList.of(Labels.single(1, 1, 1, 1), logits);
    assertEquals(4, list.samples());
    assertEquals(3, list.count());
    assertEquals(
        List.of(0, 2, 3), list.errors().stream().map(Misclassification::sampleIndex).toList());
  }

  @Test
  void marginIsTowardsTheBestOther() {
    float[] logits = {9, 7, 4, 4, 1, 6};
    assertEquals(2.0f, Labels.single(0, 1).margin(logits, 0));
    assertEquals(-2.0f, Labels.single(1, 1).margin(logits, 0));
    assertEquals(-5.0f, Labels.single(0, 1).margin(logits, 1));
    assertEquals(2.0f, Labels.single(0, 2).margin(logits, 1));
  }

  @Test
  void everyLabelOfAMultiLabelSetIsADecision() {
    Labels labels = new Labels(new int[] {1, 0, 1, 0, 0, 1}, 3, true);
    float[] logits = {0.5f, -1, -2, 0.0f, NAN, Float.MIN_VALUE};
    ErrorList list = ErrorList.of(labels, logits);
    assertEquals(6, list.decisions());
    assertEquals(2, list.wrongSamples());
    assertEquals(List.of(2, 0, 1), list.errors().stream().map(Misclassification::column).toList());
    Misclassification below = list.errors().getFirst();
    assertEquals(0, below.sampleIndex());
    assertEquals(1, below.givenLabel());
    assertEquals(0, below.predictedLabel());
    assertEquals(-2.0f, below.margin());
    assertFalse(below.tie());
    assertArrayEquals(new float[] {0.5f, -1, -2}, below.logits());
    assertTrue(list.errors().get(1).tie(), "a logit of zero leaves it open, whatever the label");
    assertTrue(Float.isNaN(list.errors().get(2).margin()));
    assertEquals(-2.0f, labels.margin(logits, 0), "the smallest of the three");
  }

  private static void right(int label, float... logits) {
    assertEquals(0, ErrorList.of(Labels.single(label), logits).count());
  }

  private static Misclassification wrong(int label, float... logits) {
    ErrorList list = ErrorList.of(Labels.single(label), logits);
    assertEquals(1, list.count());
    return list.errors().getFirst();
  }
}
