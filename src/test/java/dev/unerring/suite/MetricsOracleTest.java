// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.data.Task;
import dev.unerring.errors.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Accuracy and AUC are those that scikit-learn computed by the official definitions
 * (../shared/oracle), ties among the scores included, to 1e-12.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MetricsOracleTest {
  /** Both sides sum at most a few hundred binary64 numbers below 1, each rounded to 2^-53. */
  private static final double ROUNDING = 1e-12;

  private static final Map<String, Task> TASKS =
      Map.of("binary", Task.BINARY, "multiclass", Task.MULTI_CLASS, "multilabel", Task.MULTI_LABEL);

  private OracleFile oracle;

  @BeforeAll
  void open() {
    oracle = OracleFile.read("metrics.npz");
  }

  @Test
  void thereAreSixtyCases() {
    assertEquals(60, oracle.cases("").size());
  }

  @TestFactory
  Stream<DynamicTest> cases() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : oracle.cases("")) {
      Task task = TASKS.get(name.replaceAll("\\d+$", ""));
      tests.add(DynamicTest.dynamicTest(name, () -> check(name, task)));
    }
    return tests.stream();
  }

  private void check(String name, Task task) {
    OracleFile.Array scores = oracle.get(name + "/scores");
    int columns = scores.shape().length == 1 ? 1 : scores.shape()[1];
    int[] labels = oracle.get(name + "/labels").ints();
    Metrics found = Metrics.of(task, scores.values(), columns, labels);
    assertEquals(oracle.get(name + "/acc").number(), found.acc(), ROUNDING, "ACC");
    assertEquals(oracle.get(name + "/auc").number(), found.auc(), ROUNDING, "AUC");
  }
}
