// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.cuda.CudaBackend;
import dev.unerring.backend.cuda.HostGpu;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operation of {@link CudaBackend} gives the bits of {@link ReferenceBackend}: the same Java
 * code as on a GPU, and the kernels' own source built for the host, whose threads run in permuted
 * orders. It shows the arithmetic, the launches and the barriers, and says nothing about a GPU.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CudaEqualityTest {
  /** With few multiprocessors the largest tiles are taken, with many the smallest. */
  private static final int[] MULTIPROCESSORS = {0, 10_000};

  @TempDir private static Path folder;
  private HostGpu gpu;
  private int cases;
  private long comparisons;

  @BeforeAll
  void build() throws Exception {
    gpu = HostGpu.build(folder);
    gpu.stub().seed(TestSeed.VALUE);
  }

  @TestFactory
  Stream<DynamicTest> convolutionAndLinear() {
    return ConvolutionCases.all().stream().map(this::test);
  }

  @TestFactory
  Stream<DynamicTest> everythingElse() {
    return PointwiseCases.all().stream().map(this::test);
  }

  private DynamicTest test(EqualityCase each) {
    return DynamicTest.dynamicTest(each.name(), () -> compare(each));
  }

  private void compare(EqualityCase each) {
    int stream = each.name().hashCode();
    List<String> differences = new ArrayList<>();
    for (Values values : Values.values()) {
      int number = values.ordinal() + cases;
      int guard = number % 2 == 0 ? Operands.GUARD : Operands.ALIGNED_GUARD;
      int multiprocessors = MULTIPROCESSORS[number / 2 % MULTIPROCESSORS.length];
      try (ReferenceBackend reference = new ReferenceBackend();
          CudaBackend backend = gpu.open(multiprocessors)) {
        Operands expected = new Operands(reference, values, stream, guard);
        each.computation().run(reference, expected);
        Operands operands = new Operands(backend, values, stream, guard);
        each.computation().run(backend, operands);
        String difference = operands.compareWith(expected);
        if (!difference.isEmpty()) {
          differences.add(values + ", guard " + guard + ": " + difference);
        }
        comparisons++;
      }
    }
    cases++;
    Assertions.assertEquals(0, gpu.stub().live());
    Assertions.assertTrue(
        differences.isEmpty(),
        () -> each.name() + ":\n" + String.join("\n", differences) + "\n" + TestSeed.replay());
  }

  @AfterAll
  void summary() {
    System.out.println(
        "CudaEqualityTest: "
            + cases
            + " cases, "
            + comparisons
            + " comparisons, on a host build of the kernels");
  }
}
