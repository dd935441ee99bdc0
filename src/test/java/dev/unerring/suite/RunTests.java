// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes where there is no Maven: names of failed and skipped tests with their reasons,
 * then one line of counts. Arguments: class names. Exit code 1 where a test failed or none was
 * found.
 */
public final class RunTests implements TestExecutionListener {
  private final PrintStream out;
  private final AtomicInteger passed = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger skipped = new AtomicInteger();

  private RunTests(PrintStream out) {
    this.out = out;
  }

  /** Runs the classes. */
  public static void main(String[] classes) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Arrays.stream(classes).map(DiscoverySelectors::selectClass).toList())
            .build();
    RunTests run = new RunTests(System.out);
    LauncherFactory.create().execute(request, run);
    System.out.printf(
        "%d passed, %d failed, %d skipped%n",
        run.passed.get(), run.failed.get(), run.skipped.get());
    boolean some = run.passed.get() + run.skipped.get() > 0;
    System.exit(run.failed.get() == 0 && some ? 0 : 1);
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    skipped.incrementAndGet();
    out.println("skipped  " + test.getDisplayName() + ": " + reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    String reason =
        result
            .getThrowable()
            .map(e -> e.getClass().getSimpleName() + ": " + e.getMessage())
            .orElse("");
    switch (result.getStatus()) {
      case SUCCESSFUL -> passed.addAndGet(test.isTest() ? 1 : 0);
      case ABORTED -> {
        skipped.incrementAndGet();
        out.println("skipped  " + test.getDisplayName() + ": " + reason);
      }
      default -> {
        failed.incrementAndGet();
        out.println("FAILED   " + test.getUniqueId() + ": " + reason);
        result.getThrowable().ifPresent(e -> e.printStackTrace(out));
      }
    }
  }
}
