// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.nio.file.Path;

/** A small run on images of three grey levels: few single-pixel variants. */
final class MaskRun {
  private MaskRun() {}

  static SmallRun train(Path where) {
    Path data =
        TestData.write(
            where.resolve("masks.npz"),
            masks(TestData.generated(40, 2, 0)),
            masks(TestData.generated(20, 2, 1)),
            masks(TestData.generated(10, 2, 2)));
    Path out = where.resolve("run");
    RunRequest request = new RunRequest(data, out, TrainingPlan.standard(), TestBackends.device());
    Pipeline.train(request, Monitor.SILENT, System::nanoTime);
    return new SmallRun(data, out);
  }

  private static TestData masks(TestData data) {
    for (int i = 0; i < data.images().length; i++) {
      int value = data.images()[i] & 0xFF;
      data.images()[i] = (byte) (value > 110 ? 200 : value > 32 ? 60 : 0);
    }
    return data;
  }
}
