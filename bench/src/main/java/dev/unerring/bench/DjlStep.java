// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.List;

/** The same training step in DJL on libtorch: the same layers, batch, loss and optimiser. */
final class DjlStep implements AutoCloseable {
  private static final int[] CHANNELS = {64, 128, 256, 512};

  private final Model model;
  private final Trainer trainer;
  private final NDArray pixels;
  private final NDArray labels;

  DjlStep(Nets nets, int threads) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    model = Model.newInstance("step", "PyTorch");
    model.setBlock(block(nets));
    trainer =
        model.newTrainer(
            new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(
                    Optimizer.adam().optLearningRateTracker(Tracker.fixed(1e-3f)).build()));
    var image = nets.image();
    Shape shape =
        image.d() == 1
            ? new Shape(nets.batch(), image.c(), image.h(), image.w())
            : new Shape(nets.batch(), image.c(), image.d(), image.h(), image.w());
    trainer.initialize(shape);
    NDManager manager = trainer.getManager();
    pixels = manager.create(nets.pixels(nets.batch()), shape).div(127.5f).sub(1.0f);
    labels = manager.create(nets.labels(nets.batch()));
  }

  double run() {
    try (NDManager manager = trainer.getManager().newSubManager()) {
      NDArray x = pixels.duplicate();
      x.attach(manager);
      NDArray y = labels.duplicate();
      y.attach(manager);
      NDArray loss;
      try (GradientCollector collector = trainer.newGradientCollector()) {
        NDList logits = trainer.forward(new NDList(x));
        loss = trainer.getLoss().evaluate(new NDList(y), logits);
        collector.backward(loss);
      }
      trainer.step();
      return loss.getFloat();
    }
  }

  @Override
  public void close() {
    trainer.close();
    model.close();
  }

  private static Block block(Nets nets) {
    return switch (nets.name()) {
      case "small" -> small(nets.classes());
      case "small3d" -> small3d(nets.classes());
      default -> resnet18(nets.classes());
    };
  }

  private static Block small(int classes) {
    SequentialBlock net = new SequentialBlock();
    int[] channels = {16, 16, 64, 64, 64};
    for (int i = 0; i < channels.length; i++) {
      convolution(net, channels[i], 3, 1, i == 4 ? 1 : 0, true).add(Activation.reluBlock());
      if (i == 1 || i == 4) {
        net.add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
      }
    }
    return head(net, 2, classes);
  }

  private static Block small3d(int classes) {
    SequentialBlock net = new SequentialBlock();
    for (int channels : new int[] {16, 32, 64}) {
      net.add(
          Conv3d.builder()
              .setKernelShape(new Shape(3, 3, 3))
              .setFilters(channels)
              .optPadding(new Shape(1, 1, 1))
              .build());
      net.add(BatchNorm.builder().build()).add(Activation.reluBlock());
      net.add(Pool.maxPool3dBlock(new Shape(2, 2, 2), new Shape(2, 2, 2)));
    }
    return head(net, 1, classes);
  }

  private static Block head(SequentialBlock net, int hidden, int classes) {
    net.add(Blocks.batchFlattenBlock());
    for (int i = 0; i < hidden; i++) {
      net.add(Linear.builder().setUnits(128).build()).add(Activation.reluBlock());
    }
    return net.add(Linear.builder().setUnits(classes).build());
  }

  private static Block resnet18(int classes) {
    SequentialBlock net = new SequentialBlock();
    convolution(net, CHANNELS[0], 3, 1, 1, false).add(Activation.reluBlock());
    for (int stage = 0; stage < CHANNELS.length; stage++) {
      for (int block = 0; block < 2; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        SequentialBlock main = new SequentialBlock();
        convolution(main, CHANNELS[stage], 3, stride, 1, false).add(Activation.reluBlock());
        convolution(main, CHANNELS[stage], 3, 1, 1, false);
        Block shortcut =
            stride == 1
                ? Blocks.identityBlock()
                : convolution(new SequentialBlock(), CHANNELS[stage], 1, stride, 0, false);
        net.add(new ParallelBlock(DjlStep::sum, List.of(main, shortcut)));
        net.add(Activation.reluBlock());
      }
    }
    net.add(Pool.globalAvgPool2dBlock());
    return net.add(Linear.builder().setUnits(classes).build());
  }

  private static NDList sum(List<NDList> both) {
    NDArray main = both.get(0).singletonOrThrow();
    return new NDList(NDArrays.add(main, both.get(1).singletonOrThrow()));
  }

  private static SequentialBlock convolution(
      SequentialBlock net, int channels, int kernel, int stride, int pad, boolean bias) {
    net.add(
        Conv2d.builder()
            .setKernelShape(new Shape(kernel, kernel))
            .setFilters(channels)
            .optStride(new Shape(stride, stride))
            .optPadding(new Shape(pad, pad))
            .optBias(bias)
            .build());
    return net.add(BatchNorm.builder().build());
  }
}
