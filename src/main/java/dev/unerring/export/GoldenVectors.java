// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import dev.unerring.base.Philox;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.npz.NpzWriter;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Inputs with the logits that the model gives, so that anyone can see whether an exported model
 * answers the same elsewhere. The inputs are made: smooth noise of several sizes, which shows no
 * patient. Of a model that holds training images, which the exported file holds too, the first ones
 * are among them.
 */
final class GoldenVectors {
  /** Number of inputs. */
  static final int COUNT = 20;

  private static final int HELD = 4;
  private static final int[] CELLS = {1, 2, 3, 4, 6, 8, 14, 28};

  /**
   * Largest difference of a logit, as a share of the largest logit of the sample (1 at least), that
   * another order of sums in float32 makes. About ten times what ONNX Runtime and PyTorch showed on
   * all test images of the published sets.
   */
  static final float RELATIVE = 1e-4f;

  private final Shape image;
  private final byte[] pixels;
  private final float[] logits;

  private GoldenVectors(Shape image, byte[] pixels, float[] logits) {
    this.image = image;
    this.pixels = pixels;
    this.logits = logits;
  }

  /** Makes the inputs and asks the network. */
  static GoldenVectors of(Network network) {
    Shape image = network.image();
    int elements = image.imageElements();
    byte[] pixels = new byte[COUNT * elements]; // channels first
    byte[] held = network.patches().centres(image);
    int real = Math.min(HELD, network.patches().size());
    System.arraycopy(held, 0, pixels, 0, real * elements);
    for (int n = real; n < COUNT; n++) {
      noise(image, n, pixels, n * elements);
    }
    float[] logits = new float[COUNT * network.classes()];
    float[] engine = new float[elements];
    for (int n = 0; n < COUNT; n++) {
      for (int i = 0; i < elements; i++) {
        int channel = i / image.positions();
        int position = i % image.positions();
        engine[position * image.c() + channel] = pixels[n * elements + i] & 0xFF;
      }
      Tensor out = network.forward(MemorySegment.ofArray(engine), 1, Mode.RUNNING_STATISTICS);
      MemorySegment to = MemorySegment.ofArray(logits);
      long row = (long) network.classes() * Float.BYTES;
      network.backend().download(out.data(), to.asSlice(n * row, row));
    }
    return new GoldenVectors(image, pixels, logits);
  }

  /** An image of random values at the corners of cells, and what is between them in between. */
  private static void noise(Shape image, int number, byte[] pixels, int from) {
    int cells = CELLS[number % CELLS.length];
    int at = from;
    for (int c = 0; c < image.c(); c++) {
      for (int d = 0; d < image.d(); d++) {
        for (int y = 0; y < image.h(); y++) {
          for (int x = 0; x < image.w(); x++) {
            double[] place = {
              (double) d * cells / image.d(),
              (double) y * cells / image.h(),
              (double) x * cells / image.w()
            };
            pixels[at++] = (byte) Math.rint(between(number, c, place));
          }
        }
      }
    }
  }

  private static double between(int number, int channel, double[] place) {
    double value = 0.0;
    for (int corner = 0; corner < 8; corner++) {
      double share = 1.0;
      long index = channel;
      for (int axis = 0; axis < 3; axis++) {
        int low = (int) place[axis];
        boolean upper = (corner >> axis & 1) == 1;
        share *= upper ? place[axis] - low : 1.0 - (place[axis] - low);
        index = index * 64 + low + (upper ? 1 : 0);
      }
      value += share * (Philox.bits(0, Philox.GOLDEN_IMAGES, number, index) >>> 24);
    }
    return value;
  }

  /** Largest difference of a logit of a sample with such logits that counts as the same. */
  static float tolerance(float[] logits, int from, int classes) {
    float largest = 1.0f;
    for (int c = from; c < from + classes; c++) {
      largest = Math.max(largest, Math.abs(logits[c]));
    }
    return RELATIVE * largest;
  }

  /** Writes them for numpy: image (uint8, channels first), logits and tolerance (float32). */
  void write(Path file) {
    int classes = logits.length / COUNT;
    List<Integer> shape = new ArrayList<>(List.of(COUNT));
    shape.addAll(OnnxGraph.extents(image));
    float[] tolerances = new float[COUNT];
    for (int n = 0; n < COUNT; n++) {
      tolerances[n] = tolerance(logits, n * classes, classes);
    }
    new NpzWriter(false)
        .add("image", NpzWriter.npy("|u1", shape, pixels))
        .add("logits", NpzWriter.npy("<f4", List.of(COUNT, classes), bytes(logits)))
        .add("tolerance", NpzWriter.npy("<f4", List.of(COUNT), bytes(tolerances)))
        .write(file);
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return bytes.array();
  }
}
