// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.DataException;
import dev.unerring.backend.HeldImages;
import dev.unerring.backend.Turn;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.ImageSource;
import dev.unerring.data.Split;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Logits of samples in evaluation mode. The logits of a sample depend on nothing but the network
 * and its own pixels, so batch boundaries do not change the result.
 */
public final class Evaluator {
  /** What an array holds. */
  private static final int MOST_LOGITS = Integer.MAX_VALUE - 8;

  private Evaluator() {}

  /** Logits [samples][classes] of a whole split, by sampleIndex. */
  public static float[] logits(Network network, Split split) {
    return logits(network, split, WorkMonitor.SILENT);
  }

  /** The same with progress; StoppedException when the monitor stops. */
  public static float[] logits(Network network, Split split, WorkMonitor monitor) {
    int[] all = IntStream.range(0, split.size()).toArray();
    return logits(network, split, all, monitor, "counting " + split.name());
  }

  /** Logits [samples.length][classes] of the samples, in the order given. */
  public static float[] logits(Network network, ImageSource images, int[] samples) {
    return logits(network, images, samples, WorkMonitor.SILENT, "counting");
  }

  /**
   * The same with progress. A stop is seen between the layers of a batch.
   *
   * @param work name of the work, for the progress
   * @throws dev.unerring.StoppedException when the monitor stops
   */
  public static float[] logits(
      Network network, ImageSource images, int[] samples, WorkMonitor monitor, String work) {
    try (Turn _ = network.backend().turn().take();
        Network.Watch watch = network.watchedBy(monitor, work)) {
      return pass(network, images, samples, watch);
    }
  }

  private static float[] pass(
      Network network, ImageSource images, int[] samples, Network.Watch watch) {
    int classes = network.classes();
    float[] logits = room(samples.length, classes);
    MemorySegment result = MemorySegment.ofArray(logits);
    Optional<HeldImages> held = held(network, images);
    held.ifPresent(device -> device.begin(samples, new int[0]));
    int most = held.isPresent() ? 0 : Math.min(network.batch(), samples.length);
    float[] pixels = images.room(most);
    for (int first = 0; first < samples.length; first += network.batch()) {
      int count = Math.min(network.batch(), samples.length - first);
      Tensor out;
      if (held.isPresent()) {
        out = forward(network, held.get(), count);
      } else {
        images.gather(Arrays.copyOfRange(samples, first, first + count), pixels);
        out = network.forward(MemorySegment.ofArray(pixels), count, Mode.RUNNING_STATISTICS);
      }
      long begin = (long) first * classes * Float.BYTES;
      long size = (long) count * classes * Float.BYTES;
      network.backend().download(out.data(), result.asSlice(begin, size));
      watch.step(first + count, samples.length);
    }
    return logits;
  }

  /**
   * Memory for the logits of some samples.
   *
   * @throws DataException where they are more than an array holds
   */
  public static float[] room(int samples, int classes) {
    long logits = (long) samples * classes;
    if (logits > MOST_LOGITS) {
      throw new DataException(
          samples
              + " samples of "
              + classes
              + " classes have "
              + logits
              + " logits, at most "
              + MOST_LOGITS
              + " are held; use fewer samples, or number the classes without gaps");
    }
    return new float[(int) logits];
  }

  /** Patches look at pixels on the host, so the device makes the batches of the layers alone. */
  private static Optional<HeldImages> held(Network network, ImageSource images) {
    return network.patches().isEmpty()
        ? images.bytes().flatMap(b -> network.backend().hold(b, images.imageElements()))
        : Optional.empty();
  }

  private record Batch(Network network, HeldImages held, int count) {}

  private static Tensor forward(Network network, HeldImages held, int count) {
    Tensor x = network.begin(count);
    network
        .backend()
        .repeat(
            new Batch(network, held, count),
            () -> {
              held.next(x, null);
              network.forward(count, Mode.RUNNING_STATISTICS);
            });
    return network.logits(count);
  }

  /** Given labels of a split, by sampleIndex, all columns of a sample one after another. */
  public static int[] labels(Split split) {
    int columns = split.labelCount();
    int[] labels = new int[Math.multiplyExact(split.size(), columns)];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = split.label(i / columns, i % columns);
    }
    return labels;
  }
}
