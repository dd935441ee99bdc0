package dev.unerring.errors;

import dev.unerring.dataset.ImageSource;
import dev.unerring.dataset.Split;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Logits of samples in evaluation mode. The logits of a sample depend on nothing but the network
 * and its own pixels, so the batches are of no account.
 */
public final class Evaluator {
  private Evaluator() {}

  /** Logits [samples][classes] of a whole split, by sampleIndex. */
  public static float[] logits(Network network, Split split) {
    return logits(network, split, IntStream.range(0, split.size()).toArray());
  }

  /** Logits [samples.length][classes] of the samples, in the order given. */
  public static float[] logits(Network network, ImageSource images, int[] samples) {
    int classes = network.classes();
    float[] logits = new float[samples.length * classes];
    MemorySegment result = MemorySegment.ofArray(logits);
    float[] pixels = images.room(Math.min(network.batch(), samples.length));
    for (int first = 0; first < samples.length; first += network.batch()) {
      int count = Math.min(network.batch(), samples.length - first);
      images.gather(Arrays.copyOfRange(samples, first, first + count), pixels);
      Tensor out = network.forward(MemorySegment.ofArray(pixels), count, Mode.RUNNING_STATISTICS);
      long begin = (long) first * classes * Float.BYTES;
      long size = (long) count * classes * Float.BYTES;
      network.backend().download(out.data(), result.asSlice(begin, size));
    }
    return logits;
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
