// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.data.Task;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every figure of an evaluation is the one that scikit-learn computes from the same decisions. */
class FiguresTest {
  private static final double ROUNDING = 1e-12;

  private final Figures classes = Figures.of(JudgedSamples.CLASSES, null);
  private final Figures labels = Figures.of(JudgedSamples.MULTI_LABEL, null);

  @Test
  void confusionIsThatOfScikitLearn() { // confusion_matrix(y, logits.argmax(1), labels=range(4))
    assertEquals(
        List.of(
            List.of(14, 2, 2, 3), List.of(4, 5, 1, 2), List.of(2, 5, 0, 0), List.of(0, 0, 0, 0)),
        classes.confusion());
  }

  @Test
  void meansAreThoseOfScikitLearn() { // balanced_accuracy_score, f1_score(average="macro")
    assertEquals(0.3611111111111111, classes.balancedAccuracy(), ROUNDING);
    assertEquals(0.27489837398373984, classes.macroF1(), ROUNDING);
    assertEquals(19.0 / 40, classes.official().acc(), ROUNDING);
    assertEquals(0.6392306523885471, classes.official().auc(), 1e-6, "softmax here is binary32");
    assertEquals(List.of(3), classes.official().withoutAuc());
    assertEquals(21.0 / 40, classes.majorityShare());
  }

  @Test
  void aTieIsAnErrorEvenWhereTheOfficialRuleTakesTheRightClass() {
    LabelledLogits tie =
        new LabelledLogits(Task.BINARY, 2, new float[] {1, 1, 0, 2}, new int[] {0, 1});
    assertEquals(1, Figures.of(tie, null).errors());
    assertEquals(1.0, Figures.of(tie, null).official().acc());
  }

  @Test
  void figuresOfOneClassAreThoseOfScikitLearn() { // f1_score, precision_score(average=None)
    double[] f1 = {0.6829268292682927, 0.4166666666666667, 0.0, 0.0};
    double[] precision = {0.7, 0.4166666666666667, 0.0, 0.0};
    double[] auc = {0.7694235588972431, 0.6547619047619048, 0.4935064935064935};
    for (int c = 0; c < 4; c++) {
      ClassFigures figures = classes.classes().get(c);
      assertEquals(f1[c], figures.f1(), ROUNDING);
      assertEquals(precision[c], figures.precision().share(), ROUNDING);
      assertEquals(40, figures.positives() + figures.negatives());
      assertEquals(c == 3, Double.isNaN(figures.auc()));
      if (c < 3) {
        assertEquals(auc[c], figures.auc(), 1e-6, "softmax here is binary32");
      }
    }
    assertEquals(Proportion.of(14, 21), classes.classes().get(0).sensitivity());
    assertEquals(Proportion.of(13, 19), classes.classes().get(0).specificity());
    assertEquals(Proportion.of(0, 0), classes.classes().get(3).sensitivity());
    assertEquals(Proportion.of(35, 40), classes.classes().get(3).specificity());
  }

  @Test
  void aClassThatIsNeitherGivenNorPredictedHasNoF1() {
    ClassFigures absent = new ClassFigures(0, 0, 0, 9, Double.NaN);
    assertTrue(Double.isNaN(absent.f1()));
    assertEquals("-", absent.precision().toText());
  }

  @Test
  void multiLabelFiguresAreThoseOfScikitLearn() { // multilabel_confusion_matrix and the others
    int[][] expected = {{8, 1, 3, 0}, {3, 1, 4, 4}, {8, 4, 0, 0}};
    for (int c = 0; c < 3; c++) {
      ClassFigures f = labels.classes().get(c);
      int[] found = {f.trueNegatives(), f.falsePositives(), f.falseNegatives(), f.truePositives()};
      assertEquals(
          List.of(expected[c][0], expected[c][1], expected[c][2], expected[c][3]),
          List.of(found[0], found[1], found[2], found[3]));
    }
    assertEquals(14, labels.errors(), "13 by the official rule, and a logit of exactly zero");
    assertEquals(Proportion.of(12, 12), labels.wrongSamples());
    assertEquals(0.6388888888888888, labels.official().acc(), ROUNDING);
    assertEquals(0.6611689814814815, labels.official().auc(), ROUNDING);
    assertEquals(List.of(2), labels.official().withoutAuc());
    assertEquals(0.5347222222222222, labels.balancedAccuracy(), ROUNDING);
    assertEquals(0.20512820512820515, labels.macroF1(), ROUNDING);
    assertEquals(0.8055555555555555, labels.majorityShare(), ROUNDING);
    assertTrue(labels.confusion().isEmpty());
  }

  @Test
  void samplesWithTwinsAreLeftOutAndTheRestKeepTheirLabels() {
    for (LabelledLogits all : List.of(JudgedSamples.CLASSES, JudgedSamples.MULTI_LABEL)) {
      BitSet twins = new BitSet();
      twins.set(0);
      twins.set(3, 6);
      twins.set(1000); // beyond the last sample
      LabelledLogits rest = all.without(twins);
      assertEquals(all.samples() - 4, rest.samples());
      for (int c = 0; c < all.classes(); c++) {
        assertEquals(all.given(1, c), rest.given(0, c));
        assertEquals(all.logits()[6 * all.classes() + c], rest.logits()[2 * all.classes() + c]);
        assertEquals(all.given(all.samples() - 1, c), rest.given(rest.samples() - 1, c));
      }
    }
  }

  @Test
  void anEvaluationWithoutAnyTwinlessSampleIsSaidInDashes() {
    BitSet every = new BitSet();
    every.set(0, 40);
    Evaluation evaluation =
        Evaluation.of(
            "test",
            JudgedSamples.CLASSES,
            List.of("a", "b", "c", "d"),
            new TreeMap<>(Map.of(0.95, every)),
            null);
    assertTrue(
        evaluation.toText().contains("without a twin in train (r < 0.95) 0"), evaluation.toText());
    Map<?, ?> json = (Map<?, ?>) Json.parse(Json.pretty(evaluation.toJson()));
    assertNull(((Map<?, ?>) json.get("withoutTwins")).get("acc"));
  }

  @Test
  void whereMostSamplesHaveATwinTheCloserMarkStandsBeside() {
    BitSet most = new BitSet();
    most.set(0, 30);
    BitSet few = new BitSet();
    few.set(0, 3);
    List<String> names = List.of("a", "b", "c", "d");
    Evaluation evaluation =
        Evaluation.of(
            "test",
            JudgedSamples.CLASSES,
            names,
            new TreeMap<>(Map.of(0.95, most, 0.99, few)),
            null);
    String text = evaluation.toText();
    assertTrue(text.contains("30 of 40 samples have a twin in train (r >= 0.95): "), text);
    assertTrue(text.contains("beside them those without one at r >= 0.99"), text);
    assertTrue(
        text.lines()
            .findFirst()
            .orElseThrow()
            .matches("test +all 40 +without a twin in train \\(r < 0.95\\) 10 +\\(r < 0.99\\) 37"),
        text);
    assertTrue(text.lines().anyMatch(l -> l.matches("  wrong samples +.*/40 +.*/10 +.*/37")), text);
    Map<?, ?> json = (Map<?, ?>) Json.parse(Json.pretty(evaluation.toJson()));
    assertEquals(0.99, json.get("nearTwinCorrelation"));
    assertEquals(37L, ((Map<?, ?>) json.get("withoutNearTwins")).get("samples"));
    assertEquals(10L, ((Map<?, ?>) json.get("withoutTwins")).get("samples"));
    text =
        Evaluation.of(
                "test",
                JudgedSamples.CLASSES,
                names,
                new TreeMap<>(Map.of(0.95, few, 0.99, few)),
                null)
            .toText();
    assertFalse(text.contains("0.99"), text);
  }

  @Test
  void theTextNamesClassesWithoutAucAndTheBoundOfNoErrors() {
    String text =
        Evaluation.of(
                "val", JudgedSamples.CLASSES, List.of("a", "b", "c", "d"), new TreeMap<>(), null)
            .toText();
    assertTrue(text.contains("no AUC, for want of samples of both kinds: 3 d"), text);
    assertTrue(text.contains("not calibrated"), text);
    LabelledLogits right = new LabelledLogits(Task.BINARY, 2, new float[] {2, 1}, new int[1]);
    text = Evaluation.of("val", right, List.of("a", "b"), new TreeMap<>(), null).toText();
    assertTrue(text.contains("none wrong of 1: the error rate may still be up to 0.9750"), text);
    assertTrue(text.contains("one class only"), text);
    text =
        Evaluation.of(
                "val", JudgedSamples.MULTI_LABEL, List.of("a", "b", "c"), new TreeMap<>(), null)
            .toText();
    assertTrue(text.lines().anyMatch(l -> l.matches("1 b +4 +1 +4 +3")), text);
  }
}
