// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Answers of a network to whole images, a batch at a time. One thread. */
public final class Answers {
  private final Network network;
  private final boolean multiLabel;
  private final float[] pixels;
  private final float[] logits;

  /**
   * Answers of a network.
   *
   * @param multiLabel whether every logit is a decision of its own
   */
  public Answers(Network network, boolean multiLabel) {
    this.network = network;
    this.multiLabel = multiLabel;
    pixels = new float[network.batch() * network.image().imageElements()];
    logits = new float[network.batch() * network.classes()];
  }

  /** The answer to each image (uint8, NHWC), see {@link Answer}. */
  public long[] of(List<byte[]> images) {
    long[] answers = new long[images.size()];
    for (int first = 0; first < answers.length; first += network.batch()) {
      int count = Math.min(network.batch(), answers.length - first);
      logits(images.subList(first, first + count));
      for (int i = 0; i < count; i++) {
        answers[first + i] = Answer.of(logits, i, network.classes(), multiLabel);
      }
    }
    return answers;
  }

  /** Logits [images][classes] of one batch; the array is used again. */
  public float[] logits(List<byte[]> images) {
    int elements = network.image().imageElements();
    for (int n = 0; n < images.size(); n++) {
      byte[] image = images.get(n);
      for (int i = 0; i < elements; i++) {
        pixels[n * elements + i] = image[i] & 0xFF;
      }
    }
    var y = network.forward(MemorySegment.ofArray(pixels), images.size(), Mode.RUNNING_STATISTICS);
    long bytes = (long) images.size() * network.classes() * Float.BYTES;
    MemorySegment result = MemorySegment.ofArray(logits);
    network.backend().download(y.data(), result.asSlice(0, bytes));
    return logits;
  }
}
