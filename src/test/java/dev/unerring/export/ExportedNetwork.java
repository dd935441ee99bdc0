// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.base.Philox;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.network.Patches;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Networks with random values, running statistics of real batches, and images for them. */
record ExportedNetwork(Network network, byte[] images) {
  /** Number of images. */
  static final int IMAGES = 6;

  /** A network of an architecture; with patches around its first two images where wanted. */
  static ExportedNetwork of(
      String architecture, Shape image, int classes, boolean patched, Backend backend) {
    return of(architecture, image, classes, patched, backend, Arithmetic.ORDERED);
  }

  /** The same in an arithmetic of its own. */
  static ExportedNetwork of(
      String architecture,
      Shape image,
      int classes,
      boolean patched,
      Backend backend,
      Arithmetic arithmetic) {
    Network network = new Network(architecture, image, classes, backend, IMAGES, arithmetic);
    Initializer.initialize(network, 7);
    byte[] images = new byte[IMAGES * image.imageElements()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (byte) (Philox.bits(3, 1_200, 0, i) >>> 24);
    }
    ExportedNetwork exported = new ExportedNetwork(network, images);
    for (int round = 0; round < 3; round++) {
      network.forward(exported.pixels(), IMAGES, Mode.BATCH_STATISTICS);
      network.commitStatistics(0.5f);
    }
    if (patched) {
      network.patch(exported.patches());
    }
    return exported;
  }

  /** Two patches whose images overlap: the first one wins where both hold. */
  private Patches patches() {
    int elements = network.image().imageElements();
    byte[] centres = new byte[2 * elements];
    System.arraycopy(images, 0, centres, 0, elements);
    System.arraycopy(images, 0, centres, elements, elements);
    centres[elements] ^= 1;
    float[] lifts = new float[2 * network.classes()];
    lifts[0] = 1000.0f;
    lifts[network.classes() + 1] = 2000.0f;
    return new Patches(centres, new float[] {0.5f, 2.5f}, lifts);
  }

  /** The images as raw float32, engine layout. */
  private MemorySegment pixels() {
    float[] values = new float[images.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = images[i] & 0xFF;
    }
    return MemorySegment.ofArray(values);
  }

  /** The images, channels first. */
  byte[] channelsFirst() {
    Shape image = network.image();
    byte[] turned = new byte[images.length];
    for (int i = 0; i < turned.length; i++) {
      int within = i % image.imageElements();
      int channel = within / image.positions();
      int position = within % image.positions();
      turned[i] = images[i - within + position * image.c() + channel];
    }
    return turned;
  }

  /** Logits [images][classes]. */
  float[] logits() {
    Tensor out = network.forward(pixels(), IMAGES, Mode.RUNNING_STATISTICS);
    float[] logits = new float[IMAGES * network.classes()];
    network.backend().download(out.data(), MemorySegment.ofArray(logits));
    return logits;
  }
}
