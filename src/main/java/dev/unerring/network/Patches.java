// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Corrections of a network with bounded support, each around one training image that it holds (the
 * centre). An image is inside a patch where every raw pixel value x has c - r &lt; x &lt; c + r;
 * there the logits z become clamp(z) + lift, everywhere else they stay as they are, bit for bit. An
 * image inside several patches belongs to the one with the lowest number. Comparisons, one clamp
 * and one rounded sum a logit, on the host: the same bits whatever backend computes the logits
 * (docs/repair.md).
 */
public final class Patches {
  /** No patch. */
  public static final Patches NONE = new Patches(new byte[0], new float[0], new float[0]);

  /** What a logit is clamped to before it is lifted: -BOUND to BOUND, NaN to +0. */
  public static final float BOUND = 0x1p16f;

  private static final float LARGEST_LIFT = 4 * BOUND;
  private static final float LARGEST_RADIUS = 127.5f;

  private final byte[] centres;
  private final float[] radii;
  private final float[] lifts;
  private final int elements;
  private final int classes;
  private final Probes probes;

  /**
   * Patches by number.
   *
   * @param centres raw images one after another in the engine's layout, as unsigned bytes
   * @param radii one a patch, half an integer, 0.5 to 127.5
   * @param lifts [patches][classes], each finite and at most 2^18 in absolute value
   * @throws IllegalArgumentException where a value is out of range
   */
  public Patches(byte[] centres, float[] radii, float[] lifts) {
    this.centres = centres.clone();
    this.radii = radii.clone();
    this.lifts = lifts.clone();
    int count = radii.length;
    this.elements = count == 0 ? 0 : centres.length / count;
    this.classes = count == 0 ? 0 : lifts.length / count;
    if (centres.length != count * elements || lifts.length != count * classes) {
      throw new IllegalArgumentException(
          count + " patches with " + centres.length + " pixels and " + lifts.length + " lifts");
    }
    for (int p = 0; p < count; p++) {
      float r = radii[p];
      if (!(r >= 0.5f && r <= LARGEST_RADIUS) || 2 * r != (int) (2 * r)) {
        throw new IllegalArgumentException(
            "the radius of patch " + p + " is " + r + ", not a multiple of 0.5 up to 127.5");
      }
    }
    for (int i = 0; i < lifts.length; i++) {
      if (!(Math.abs(lifts[i]) <= LARGEST_LIFT)) {
        throw new IllegalArgumentException(
            "the lift of patch " + i / classes + " is " + lifts[i] + ", beyond 2^18");
      }
    }
    this.probes = new Probes(this.centres, count);
  }

  /** Bytes of one patch in a model file. */
  static long bytesEach(Shape image, int classes) {
    return image.imageElements() + (1L + classes) * Float.BYTES;
  }

  /** Number of patches, which is the number of training images that are held. */
  public int size() {
    return radii.length;
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return radii.length == 0;
  }

  /** Half the side of each patch, in raw pixel values. */
  public float[] radii() {
    return radii.clone();
  }

  /** What each patch adds to the clamped logits, [patches][classes]. */
  public float[] lifts() {
    return lifts.clone();
  }

  /** The training images that are held, one after another, in PyTorch's layout (channels first). */
  public byte[] centres(Shape image) {
    byte[] turned = new byte[centres.length];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = centres[PatchTensors.engineIndex(i, image)];
    }
    return turned;
  }

  /** Whether the centres are such images and the lifts have that many classes. */
  boolean fits(Shape image, int width) {
    return elements == image.imageElements() && classes == width;
  }

  /** Number of logits that are lifted. */
  int classes() {
    return classes;
  }

  /** What a patch makes of a logit that is to be lifted. */
  public static float clamp(float logit) {
    return logit != logit ? 0.0f : Math.max(-BOUND, Math.min(BOUND, logit));
  }

  /**
   * For each image the number of the patch that it is inside, the lowest, or -1.
   *
   * @param pixels raw values as float32, images one after another
   */
  public int[] find(MemorySegment pixels, int images) {
    int[] found = new int[images];
    float[] probed = new float[probes.places().length];
    for (int n = 0; n < images; n++) {
      long first = (long) n * elements;
      for (int k = 0; k < probed.length; k++) {
        probed[k] = pixels.getAtIndex(ValueLayout.JAVA_FLOAT, first + probes.places()[k]);
      }
      found[n] = -1;
      for (int p = 0; p < radii.length && found[n] < 0; p++) {
        if (nearAtProbes(p, probed) && inside(p, pixels, first)) {
          found[n] = p;
        }
      }
    }
    return found;
  }

  private boolean nearAtProbes(int p, float[] probed) {
    float r = radii[p];
    int first = p * probed.length;
    for (int k = 0; k < probed.length; k++) {
      int c = probes.values()[first + k] & 0xFF;
      if (!(c - r < probed[k] && probed[k] < c + r)) {
        return false;
      }
    }
    return true;
  }

  private boolean inside(int p, MemorySegment pixels, long first) {
    float r = radii[p];
    for (int i = 0; i < elements; i++) {
      int c = centres[p * elements + i] & 0xFF;
      float x = pixels.getAtIndex(ValueLayout.JAVA_FLOAT, first + i);
      if (!(c - r < x && x < c + r)) {
        return false;
      }
    }
    return true;
  }

  /** Whether an image is the centre of a patch, value by value. */
  public boolean isCentre(int patch, MemorySegment pixels, int image) {
    for (int i = 0; i < elements; i++) {
      float x = pixels.getAtIndex(ValueLayout.JAVA_FLOAT, (long) image * elements + i);
      if (x != (centres[patch * elements + i] & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  /** Lifts the logits of the images that are inside a patch; the others are not touched. */
  void apply(Backend backend, MemorySegment pixels, Tensor logits) {
    int[] found = find(pixels, logits.shape().n());
    for (int n = 0; n < found.length; n++) {
      if (found[n] >= 0) {
        Buffer row = logits.data().slice((long) n * classes, classes);
        float[] z = new float[classes];
        backend.download(row, MemorySegment.ofArray(z));
        for (int j = 0; j < classes; j++) {
          z[j] = clamp(z[j]) + lifts[found[n] * classes + j];
        }
        backend.upload(MemorySegment.ofArray(z), row);
      }
    }
  }

  /** Writes radii, lifts and centres as they stand in a model file of such images. */
  void writeTo(OutputStream out, Shape image) throws IOException {
    ByteBuffer words =
        ByteBuffer.allocate((radii.length + lifts.length) * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    words.asFloatBuffer().put(radii).put(lifts);
    out.write(words.array());
    byte[] centre = new byte[elements];
    for (int start = 0; start < centres.length; start += elements) {
      for (int i = 0; i < elements; i++) {
        centre[i] = centres[start + PatchTensors.engineIndex(i, image)];
      }
      out.write(centre);
    }
  }
}
