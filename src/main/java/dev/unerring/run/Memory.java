// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DeviceException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CountingBackend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.cuda.CudaBackend;
import dev.unerring.base.FreeMemory;
import dev.unerring.base.Sizes;
import dev.unerring.data.Dataset;
import dev.unerring.network.Mode;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.Parameter;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.TrainingPlan;

/**
 * Whether a run fits into memory, asked before the work begins. The estimate covers the whole
 * process at its largest: the network with the kernels' working memory, images, the re-check, the
 * Java heap, and the JVM itself.
 *
 * @param architecture name of the network
 * @param image shape of one
 * @param classes number of logits
 * @param arithmetic of the network's products
 * @param images bytes of images in memory while it trains
 * @param again bytes of images that the re-check reads once more
 * @param heap bytes of the Java heap besides copies of the weights
 * @param copies copies of the weights that training and correction keep there
 */
record Memory(
    String architecture,
    Shape image,
    int classes,
    Arithmetic arithmetic,
    long images,
    long again,
    long heap,
    int copies) {
  /** Most images of a pass that only evaluates. */
  static final int EVALUATION_BATCH = 128;

  /** The JVM without its heap and without pages of files: classes, code, threads. */
  private static final long JVM = 80L << 20;

  /** Bytes of the heap that a sample takes, in labels, logits, errors and figures. */
  private static final long SAMPLE = 128;

  private static final long DECISION = 64;

  /** Networks of a run, each with room for its largest tensor. */
  private static final int NETWORKS = 4;

  /** The JVM is given this part of the heap for new objects, and fills it before it collects. */
  private static final int YOUNG = 3;

  /** What a run with this plan on these data takes. */
  static Memory of(TrainingPlan plan, Dataset data, long otherImages) {
    long own = bytes(data);
    long samples = 0;
    for (var split : data.splits()) {
      samples += split.size();
    }
    long heap = samples * (SAMPLE + DECISION * data.classes());
    int copies =
        switch (plan.correction().method()) {
          case NONE, PATCH -> 1;
          case FOCUS -> 2;
          default -> 4;
        };
    if (plan.correction().method() == Method.DENG_2023) {
      heap += (long) data.train().size() * data.imageShape().imageElements() * Float.BYTES;
    }
    return new Memory(
        plan.architecture(),
        data.imageShape(),
        data.classes(),
        plan.arithmetic().ofModel(),
        own + otherImages,
        own,
        heap,
        copies);
  }

  /** Bytes of the images of a data set that are not mapped from a file. */
  static long bytes(Dataset data) {
    long bytes = 0;
    for (var split : data.splits()) {
      bytes += split.images().byteSize();
    }
    return data.mappedFile().isPresent() ? 0 : bytes;
  }

  /** Images of a pass of the re-check: never more than training takes, and any number is right. */
  static int recheckBatch(int batch) {
    return Math.min(EVALUATION_BATCH, batch);
  }

  /**
   * Refuses a run that cannot fit.
   *
   * @param batch samples of a step
   * @param backend for training
   * @throws DeviceException with what fits
   */
  void requireTraining(int batch, Backend backend) {
    if (backend instanceof CudaBackend cuda) {
      requireDevice(batch, cuda.freeMemory());
    } else {
      long largest = Runtime.getRuntime().maxMemory();
      requireTraining(batch, threads(backend), FreeMemory.now(), young(), largest);
    }
  }

  private static int threads(Backend backend) {
    return backend instanceof CpuBackend cpu ? cpu.threads() : 1;
  }

  private static long young() {
    return Runtime.getRuntime().totalMemory() / YOUNG;
  }

  /**
   * The same on the CPU.
   *
   * @param young bytes of the heap for new objects
   * @param largest bytes of the heap at most
   */
  void requireTraining(int batch, int threads, FreeMemory free, long young, long largest) {
    FreeMemory.requireHeap(live(), largest, what(batch));
    long needed = training(batch, threads, young);
    if (needed <= free.bytes()) {
      return;
    }
    throw refusal(what(batch), needed, free, advice(batch, threads, free.bytes(), young));
  }

  private void requireDevice(int batch, long available) {
    long needed = counted(batch, 1, true, false);
    if (needed <= available) {
      return;
    }
    int fits = batch;
    while (fits >= 2 && counted(fits, 1, true, false) > available) {
      fits /= 2;
    }
    FreeMemory free = new FreeMemory(available, 0, "the GPU has");
    throw refusal(what(batch), needed, free, batchAdvice(fits));
  }

  private static DeviceException refusal(String what, long needed, FreeMemory free, String advice) {
    return new DeviceException(
        what
            + " needs "
            + Sizes.text(needed)
            + " of memory, "
            + free.limit()
            + " "
            + Sizes.text(free.bytes())
            + "; "
            + advice);
  }

  private String what(int batch) {
    return "training " + architecture + " on batches of " + batch + " images " + extents(image);
  }

  /** Fewer threads first, because they change no bit. */
  private String advice(int batch, int threads, long available, long young) {
    if (threads > 1 && training(batch, 1, young) <= available) {
      int fewer = threads - 1;
      while (training(batch, fewer, young) > available) {
        fewer--;
      }
      return "--threads " + fewer + " fits (the same bits, slower)";
    }
    int fits = batch;
    while (fits >= 2 && training(fits, threads, young) > available) {
      fits /= 2;
    }
    return batchAdvice(fits);
  }

  private static String batchAdvice(int fits) {
    return fits >= 2
        ? "--batch-size " + fits + " fits (and is another run: the weights differ)"
        : "take a smaller network or smaller images, or give it more memory";
  }

  /** Bytes of the whole process at its largest. */
  long training(int batch, int threads, long young) {
    long trains = images + counted(batch, threads, true, true);
    int judged = ModelFile.fitting(image, recheckBatch(batch));
    long rechecks =
        images
            + again
            + counted(judged, threads, false, true)
            + counted(1, 1, false, false); // the definition, which computes some once more
    return JVM + young + live() + Math.max(trains, rechecks);
  }

  /** Bytes of the heap that are in use at once, and tensors on their way to and from files. */
  private long live() {
    try (CountingBackend none = new CountingBackend(1)) {
      Network network = new Network(architecture, image, classes, none, 1, arithmetic);
      long largest = 0;
      for (Parameter parameter : network.parameters()) {
        largest = Math.max(largest, parameter.spec().size());
      }
      return heap + (copies * network.parameterCount() + NETWORKS * largest) * Float.BYTES;
    }
  }

  /** What a network takes for passes of this size, with or without the kernels' working memory. */
  private long counted(int batch, int threads, boolean trains, boolean kernels) {
    return counted(architecture, image, classes, arithmetic, batch, threads, trains, kernels);
  }

  static long counted(
      String architecture,
      Shape image,
      int classes,
      Arithmetic arithmetic,
      int batch,
      int threads,
      boolean trains,
      boolean kernels) {
    try (CountingBackend backend = new CountingBackend(threads)) {
      Network network = new Network(architecture, image, classes, backend, batch, arithmetic);
      network.begin(batch);
      if (trains) {
        network.moment(0);
        network.moment(1);
        Buffer labels = backend.allocate((long) batch * classes);
        Buffer weights = backend.allocate(batch);
        Buffer loss = backend.allocate(1);
        Tensor logits = network.forward(batch, Mode.BATCH_STATISTICS);
        backend.weightedSoftmaxCrossEntropy(
            logits, labels, weights, loss, network.gradLogits(batch));
        network.backward(batch, Mode.BATCH_STATISTICS);
      }
      network.forward(batch, Mode.RUNNING_STATISTICS);
      return kernels ? backend.bytes() : backend.bufferBytes();
    }
  }

  /**
   * The images of a pass that only evaluates: as many as fit beside what is in memory already.
   *
   * @param most at most so many
   * @throws DeviceException where not even one fits
   */
  static ModelFile.Batch evaluation(int most, Backend backend) {
    return (architecture, image, classes, arithmetic) -> {
      FreeMemory free =
          backend instanceof CudaBackend cuda
              ? new FreeMemory(cuda.freeMemory(), 0, "the GPU has")
              : beside(FreeMemory.now(), young());
      int batch = ModelFile.fitting(image, most);
      return evaluation(architecture, image, classes, arithmetic, batch, threads(backend), free);
    };
  }

  private static FreeMemory beside(FreeMemory all, long young) {
    return new FreeMemory(Math.max(0, all.bytes() - all.taken() - young), 0, all.limit());
  }

  static int evaluation(
      String architecture,
      Shape image,
      int classes,
      Arithmetic arithmetic,
      int most,
      int threads,
      FreeMemory free) {
    int batch = most;
    long needed = counted(architecture, image, classes, arithmetic, batch, threads, false, true);
    while (batch > 1 && needed > free.bytes()) {
      batch /= 2;
      needed = counted(architecture, image, classes, arithmetic, batch, threads, false, true);
    }
    if (needed > free.bytes()) {
      String what = "one image " + extents(image) + " in the network " + architecture;
      throw refusal(what, needed, free, "give it more memory");
    }
    return batch;
  }

  private static String extents(Shape image) {
    return (image.d() == 1 ? "" : image.d() + "x") + image.h() + "x" + image.w() + "x" + image.c();
  }
}
