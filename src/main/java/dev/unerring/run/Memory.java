package dev.unerring.run;

import com.sun.management.OperatingSystemMXBean;
import dev.unerring.backend.Backend;
import dev.unerring.backend.cuda.CudaBackend;
import dev.unerring.base.DeviceException;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Whether a network and a batch fit into memory, asked before anything is allocated. */
final class Memory {
  private static final double GIB = 0x1p30;

  private Memory() {}

  /** Memory of this machine, or of the container that the program runs in. */
  static long ofMachine() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  /** What a network on this backend can take: memory of the machine, or free memory of the GPU. */
  static long available(Backend backend) {
    return backend instanceof CudaBackend cuda ? cuda.freeMemory() : ofMachine();
  }

  /**
   * Refuses a training that cannot fit.
   *
   * @param available bytes
   * @throws DeviceException with the batch size that fits
   */
  static void requireFit(String architecture, Shape image, int classes, int batch, long available) {
    long needed = Network.trainingBytes(architecture, image, classes, batch);
    if (needed <= available) {
      return;
    }
    int fits = batch;
    while (fits >= 2 && Network.trainingBytes(architecture, image, classes, fits) > available) {
      fits /= 2;
    }
    throw new DeviceException(
        String.format(
            Locale.ROOT,
            "training %s on batches of %d images %s needs %.1f GiB, there are %.1f GiB; %s",
            architecture,
            batch,
            extents(image),
            needed / GIB,
            available / GIB,
            fits >= 2
                ? "--batch-size " + fits + " fits (and is another run: the weights differ)"
                : "take a smaller network or smaller images"));
  }

  private static String extents(Shape image) {
    return (image.d() == 1 ? "" : image.d() + "x") + image.h() + "x" + image.w() + "x" + image.c();
  }
}
