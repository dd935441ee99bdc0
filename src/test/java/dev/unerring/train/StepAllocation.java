// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import com.sun.management.ThreadMXBean;
import dev.unerring.EndedBy;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.data.Dataset;
import dev.unerring.errors.Costs;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Network;
import dev.unerring.npz.NpzWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the trainer's steps leave to the garbage collector, as a program with a folder to write in;
 * prints a line a network: the fewest bytes that all threads allocate in the steps of an epoch, and
 * the trainer's own. A network ends early once several epochs allocate nothing.
 */
final class StepAllocation implements Monitor {
  private static final int CLASSES = 2;
  private static final int SAMPLES = 30;
  private static final int BATCH = 4; // and 2 at the end of each epoch
  private static final int EPOCHS = 40;
  private static final int WANTED = 3;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long beforeAll;
  private long beforeOwn;
  private long all;
  private long own;
  private long leastAll = Long.MAX_VALUE;
  private long leastOwn = Long.MAX_VALUE;
  private int without;

  private StepAllocation() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    print(folder, "small", List.of(28, 28), Costs.NONE);
    print(folder, "small", List.of(28, 28), Costs.weighted(List.of(1.0, 3.0), -1));
    print(folder, "small3d", List.of(8, 9, 10), Costs.NONE);
    print(folder, "resnet18", List.of(9, 8), Costs.NONE);
  }

  private static void print(Path folder, String net, List<Integer> shape, Costs costs) {
    Path file = folder.resolve(net + ".npz");
    NpzWriter writer = new NpzWriter(false);
    int bytes = shape.stream().reduce(1, (a, b) -> a * b);
    for (String split : List.of("train", "val", "test")) {
      int count = split.equals("train") ? SAMPLES : CLASSES;
      byte[] images = new byte[count * bytes];
      int[] labels = new int[count];
      for (int i = 0; i < images.length; i++) {
        images[i] = (byte) (i * i + i / 7);
        labels[i / bytes] = i / bytes % CLASSES;
      }
      writer.addSplit(split, shape, images, labels);
    }
    writer.write(file);
    try (Dataset data = Dataset.open(file);
        Backend backend = CpuBackend.open("auto", 2)) {
      TrainingPlan plan =
          TrainingPlan.standard()
              .with(c -> {
                c.architecture = net;
                c.epochs = EPOCHS;
                c.batchSize = BATCH;
                c.learningRate = LearningRate.constant(1e-4);
                c.patience = 0;
                c.stopAtFloor = false;
                c.costs = costs;
              });
      Network network = new Network(net, data.imageShape(), CLASSES, backend, BATCH);
      Initializer.initialize(network, 0);
      StepAllocation found = new StepAllocation();
      Labels goals = Labels.given(data.task(), data.train());
      new Trainer(plan, data, goals, 0, found).train(network);
      String name = costs.none() ? net : net + " with costs";
      System.out.println(name + " " + found.leastAll + " " + found.leastOwn);
    }
  }

  /** The first step of an epoch follows the making of its order and is left out. */
  @Override
  public void progress(Progress now) {
    long newAll = threads.getTotalThreadAllocatedBytes();
    long newOwn = threads.getCurrentThreadAllocatedBytes();
    all = now.step() == 1 ? 0 : all + newAll - beforeAll;
    own = now.step() == 1 ? 0 : own + newOwn - beforeOwn;
    if (now.step() == now.steps()) {
      leastAll = Math.min(leastAll, all);
      leastOwn = Math.min(leastOwn, own);
      without += all == 0 ? 1 : 0;
    }
    beforeOwn = threads.getCurrentThreadAllocatedBytes();
    beforeAll = threads.getTotalThreadAllocatedBytes();
  }

  @Override
  public Optional<EndedBy> stop() {
    return without >= WANTED ? Optional.of(EndedBy.OTHER) : Optional.empty();
  }
}
