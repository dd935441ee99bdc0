// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.KernelSet;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every operation gives, for every shape, kernel set and number of threads, the bits of {@link
 * ReferenceBackend}, writes nothing outside its outputs and reads nothing outside its inputs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BackendEqualityTest {
  private static final int[] THREADS = {1, 3};

  private KernelSets sets;
  private int cases;
  private long comparisons;

  @BeforeAll
  void findKernels() {
    sets = KernelSets.find();
  }

  @TestFactory
  Stream<DynamicTest> convolutionAndLinear() {
    return ConvolutionCases.all().stream().map(this::test);
  }

  @TestFactory
  Stream<DynamicTest> integerProducts() {
    return ConvolutionCases.integer().stream().map(this::test);
  }

  @TestFactory
  Stream<DynamicTest> everythingElse() {
    return PointwiseCases.all().stream().map(this::test);
  }

  @TestFactory
  Stream<DynamicTest> unsupportedSets() {
    return sets.unsupported().stream()
        .map(set ->
            DynamicTest.dynamicTest(
                "unsupported: " + set.label(),
                () -> Assumptions.abort("this processor does not run " + set.label())));
  }

  private DynamicTest test(EqualityCase each) {
    return DynamicTest.dynamicTest(each.name(), () -> compare(each));
  }

  private void compare(EqualityCase each) {
    int stream = each.name().hashCode();
    List<String> differences = new ArrayList<>();
    Map<Values, Operands> expected = new EnumMap<>(Values.class);
    try (ReferenceBackend reference = new ReferenceBackend()) {
      for (Values values : Values.values()) {
        Operands operands = new Operands(reference, values, stream);
        each.computation().run(reference, operands);
        differences.addAll(found("reference", values, operands.compareWith(operands)));
        expected.put(values, operands);
      }
      for (CpuKernels kernels : sets.supported()) {
        for (int threads : THREADS) {
          try (CpuBackend backend = CpuBackend.open(kernels.set().label(), threads)) {
            for (Values values : Values.values()) {
              Operands operands = new Operands(backend, values, stream);
              each.computation().run(backend, operands);
              String where = kernels.set().label() + ", " + threads + " threads";
              differences.addAll(found(where, values, operands.compareWith(expected.get(values))));
              comparisons++;
            }
          }
        }
      }
    }
    cases++;
    Assertions.assertTrue(
        differences.isEmpty(),
        () -> each.name() + ":\n" + String.join("\n", differences) + "\n" + TestSeed.replay());
  }

  private static List<String> found(String where, Values values, String difference) {
    return difference.isEmpty() ? List.of() : List.of(where + ", " + values + ": " + difference);
  }

  @AfterAll
  void summary() {
    System.out.println(
        "BackendEqualityTest: "
            + cases
            + " cases, "
            + comparisons
            + " comparisons; kernel sets "
            + sets.summary()
            + " of "
            + KernelSet.values().length);
  }
}
