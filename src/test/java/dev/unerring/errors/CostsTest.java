// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.base.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Costs order errors by what they cost, then by sample; the class that must not be missed comes
 * first; the upper limit of the expected cost is SciPy's.
 */
class CostsTest {
  private static final Costs TABLE =
      new Costs(
          List.of(List.of(0.0, 1.0, 2.0), List.of(5.0, 0.0, 1.0), List.of(1.0, 0.0, 0.0)), -1);

  /** Samples 0, 1, ... with given and predicted class each; a tie where they are the same. */
  private static ErrorList errors(int samples, int... pairs) {
    List<Misclassification> all = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      boolean tie = pairs[i] == pairs[i + 1];
      all.add(
          new Misclassification(i / 2, 0, pairs[i], pairs[i + 1], new float[3], tie ? 0 : -1, tie));
    }
    return new ErrorList(samples, 1, all);
  }

  private static List<Integer> samples(List<Misclassification> errors) {
    return errors.stream().map(Misclassification::sampleIndex).toList();
  }

  @Test
  void theCostliestComeFirstThenTheLowestSample() {
    ErrorList errors = errors(9, 0, 1, 0, 2, 1, 0, 2, 1, 1, 2, 1, 1);
    assertEquals(List.of(2, 5, 1, 0, 4, 3), samples(TABLE.descending(errors)));
    assertEquals(List.of(2, 5), samples(TABLE.first(errors)), "a tie costs the most of its row");
    assertArrayEquals(new int[] {2, 1, 0, 3, 2, 0}, TABLE.turns(errors));
    assertEquals(14.0, TABLE.total(errors));
    assertEquals(-1, TABLE.missed(errors));
  }

  @Test
  void theClassNeverToMissComesBeforeAnyCost() {
    Costs costs = new Costs(TABLE.matrix(), 2);
    ErrorList errors = errors(9, 0, 1, 1, 0, 2, 1, 2, 0);
    assertEquals(List.of(3, 2, 1, 0), samples(costs.descending(errors)));
    assertEquals(2, costs.missed(errors));
    assertTrue(costs.compare(errors(9, 1, 0, 1, 0), errors(9, 2, 1)) < 0, "missed counts first");
    assertTrue(costs.compare(errors(9, 0, 1), errors(9, 0, 2)) < 0, "then the cost");
    assertTrue(TABLE.compare(errors(9, 0, 2), errors(9, 0, 1, 0, 1)) < 0, "then the number");
  }

  @Test
  void withoutCostsTheOrderIsThatOfTheSamplesAndTheTotalTheCount() {
    ErrorList errors = errors(9, 0, 1, 2, 1, 1, 1);
    assertEquals(List.of(0, 1, 2), samples(Costs.NONE.first(errors)));
    assertArrayEquals(new int[3], Costs.NONE.turns(errors));
    assertEquals(3.0, Costs.NONE.total(errors));
    assertEquals(0, Costs.NONE.compare(errors, errors(9, 1, 0, 1, 0, 1, 0)));
  }

  @Test
  void theUpperLimitIsThatOfScipy() {
    Costs two = Costs.weighted(List.of(2.0, 2.0), -1); // 2 * beta.ppf(0.975, 4, 97)
    ExpectedCost uniform = ExpectedCost.of(two, errors(100, 0, 1, 1, 0, 0, 1));
    assertEquals(0.06, uniform.mean(), 1e-15);
    assertEquals(0.17035210594856004, uniform.upper(), 1e-12);
    Costs ten = new Costs(List.of(List.of(0.0, 1.0), List.of(10.0, 0.0)), -1);
    ExpectedCost levels = ExpectedCost.of(ten, errors(100, 0, 1, 0, 1, 0, 1, 1, 0));
    assertEquals(0.13, levels.mean(), 1e-15); // beta.ppf(0.9875, 5, 96) + 9 * (0.9875, 2, 99)
    assertEquals(0.6678205920122344, levels.upper(), 1e-12);
    Costs three =
        new Costs(
            List.of(List.of(0.0, 0.5, 2.0), List.of(7.0, 0.0, 2.0), List.of(0.5, 0.5, 0.0)), 1);
    ExpectedCost none = ExpectedCost.of(three, errors(80)); // 7 * beta.ppf(1 - 0.025 / 3, 1, 80)
    assertEquals(0.0, none.mean());
    assertEquals(0.40661744893699187, none.upper(), 1e-12);
  }

  @Test
  void everyMalformedMatrixHasItsMessage() {
    refused("{\"matrix\":[[0,1],[1]]}", "not square: row 1 has 1 costs, not 2");
    refused("{\"matrix\":[[0,1],[1,2]]}", "row 1, column 1 is 2.0; on the diagonal is no error");
    refused("{\"matrix\":[[0,-1],[1,0]]}", "row 0, column 1 is -1.0; a cost is 0 or more");
    refused("{\"matrix\":[[0,0],[1,0]]}", "row 0 has no cost above 0");
    refused("{\"matrix\":[[0,\"1\"],[1,0]]}", "row 0, column 1 is not a number");
    refused("{\"matrix\":[[0,1],4]}", "row 1 of the costs is not a list");
    refused("{\"matrix\":7}", "not a list of rows");
    refused("{\"matrix\":[[0,1],[1,0]],\"neverMiss\":2}", "there is no class 2 in a matrix of 2");
    refused("{\"matrix\":[[0,1],[1,0]],\"neverMiss\":\"a\"}", "neverMiss is the number of a class");
    refused("{\"matrx\":[]}", "unknown key 'matrx'");
    refused("[]", "costs are an object");
    List<List<Double>> infinite = List.of(List.of(0.0, 1.0 / 0.0), List.of(1.0, 0.0));
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> new Costs(infinite, -1));
    assertTrue(refusal.getMessage().contains("not a finite number"), refusal.getMessage());
  }

  private static void refused(String json, String message) {
    DataException refusal =
        assertThrows(DataException.class, () -> Costs.fromJson(Json.parse(json), "plan.json"));
    assertTrue(refusal.getMessage().startsWith("plan.json: "), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
  }

  @Test
  void jsonAndBack() {
    for (Costs costs : List.of(TABLE, new Costs(TABLE.matrix(), 1), Costs.NONE)) {
      Object json = Json.parse(Json.canonical(costs.toJson()));
      assertEquals(costs, Costs.fromJson(json, "plan.json"));
    }
  }
}
