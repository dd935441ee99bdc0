// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.cuda.CudaBackend;
import dev.unerring.backend.cuda.RealGpu;
import dev.unerring.ffi.CudaStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Every operation on a real GPU gives the bits of {@link ReferenceBackend}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GpuEqualityTest {
  private CudaStatus status;
  private CudaBackend backend;

  @BeforeAll
  void open() {
    status = RealGpu.required();
    backend = CudaBackend.open(status);
  }

  @AfterAll
  void close() {
    if (backend != null) {
      backend.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> convolutionAndLinear() {
    return ConvolutionCases.all().stream().map(this::test);
  }

  @TestFactory
  Stream<DynamicTest> everythingElse() {
    return PointwiseCases.all().stream().map(this::test);
  }

  @Test
  void twoTrainingSteps() {
    String expected = TrainingStep.sha256(new ReferenceBackend(), 7);
    Assertions.assertEquals(expected, TrainingStep.sha256(CudaBackend.open(status), 7));
  }

  private DynamicTest test(EqualityCase each) {
    return DynamicTest.dynamicTest(each.name(), () -> compare(each));
  }

  private void compare(EqualityCase each) {
    int stream = each.name().hashCode();
    List<String> differences = new ArrayList<>();
    for (Values values : Values.values()) {
      int guard = values.ordinal() % 2 == 0 ? Operands.GUARD : Operands.ALIGNED_GUARD;
      try (ReferenceBackend reference = new ReferenceBackend()) {
        Operands expected = new Operands(reference, values, stream, guard);
        each.computation().run(reference, expected);
        Operands operands = new Operands(backend, values, stream, guard);
        each.computation().run(backend, operands);
        String difference = operands.compareWith(expected);
        if (!difference.isEmpty()) {
          differences.add(values + ", guard " + guard + ": " + difference);
        }
      }
    }
    Assertions.assertTrue(
        differences.isEmpty(),
        () -> each.name() + ":\n" + String.join("\n", differences) + "\n" + TestSeed.replay());
  }
}
