// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.backend.Backend;
import dev.unerring.base.Philox;
import dev.unerring.data.ImageSource;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.tensor.Shape;
import dev.unerring.train.Adam;
import dev.unerring.train.Batches;
import dev.unerring.train.SampleWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.stream.IntStream;

/** Training steps of a network on images of noise that the device holds: for tests and timings. */
final class GpuStep implements ImageSource {
  private final Shape image;
  private final int samples;
  private final int batch;
  private final MemorySegment bytes;
  private final Network network;
  private final Batches batches;
  private final Adam adam;
  private int from;

  /** Images of {@code arena}, labels 0, 1, ..., classes - 1, 0, ... */
  GpuStep(
      Backend backend, Arena arena, String net, Shape image, int classes, int batch, int samples) {
    this.image = image;
    this.samples = samples;
    this.batch = batch;
    bytes = arena.allocate((long) samples * image.imageElements());
    for (long i = 0; i < bytes.byteSize(); i++) {
      bytes.set(ValueLayout.JAVA_BYTE, i, (byte) Philox.bits(9, 1_500, 0, i));
    }
    network = new Network(net, image, classes, backend, batch);
    Initializer.initialize(network, 1);
    int[] labels = IntStream.range(0, samples).map(i -> i % classes).toArray();
    batches = new Batches(network, this, Labels.single(labels), SampleWeights.NONE);
    adam = new Adam(network);
    from = samples;
  }

  /** One step; the loss. */
  float run() {
    if (from + batch > samples) {
      batches.begin("pass", IntStream.range(0, samples).toArray());
      from = 0;
    }
    from += batch;
    float loss = batches.gradients(batch, Mode.BATCH_STATISTICS);
    adam.step(1e-3, 0.0);
    network.commitStatistics(0.1f);
    return loss;
  }

  /** Hash of all weights now. */
  String weights() {
    return StoredTensors.of(network).weightsSha256();
  }

  @Override
  public int imageElements() {
    return image.imageElements();
  }

  @Override
  public Optional<MemorySegment> bytes() {
    return Optional.of(bytes);
  }

  @Override
  public void copyImage(int sampleIndex, float[] destination, int offset) {
    for (int i = 0; i < imageElements(); i++) {
      long at = (long) sampleIndex * imageElements() + i;
      destination[offset + i] = bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }
  }
}
