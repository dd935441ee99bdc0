// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.suite.ChildJvm;
import dev.unerring.suite.TestBackends;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A step of the trainer, all that it does from one answer of the monitor to the next, on the
 * kernels, lives on memory that was there before: it allocates nothing on the Java heap, on no
 * thread. That holds by construction, interpreted as well as compiled, so there is no compiler to
 * wait for.
 *
 * <p>It is measured in a JVM of its own, because the bytes of all threads are counted and a JVM
 * that runs other tests has threads of its own doing. The fewest bytes of an epoch's steps count:
 * what a step allocates comes again in every epoch, while what the JVM itself does once, such as
 * linking a call, comes once. The first step of an epoch is left out, because it cannot be told
 * from the making of the epoch's order.
 */
class AllocationTest {
  private static final List<String> NONE =
      List.of("small 0 0", "small with costs 0 0", "small3d 0 0", "resnet18 0 0");

  @Test
  void aStepAllocatesNothing(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(TestBackends.kernels(), "no CPU kernels: make native");
    List<String> arguments = List.of(folder.toString());
    assertEquals(NONE, ChildJvm.lines(List.of(), StepAllocation.class, arguments));
  }
}
