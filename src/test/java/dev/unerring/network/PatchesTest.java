// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.Philox;
import dev.unerring.suite.TestBackends;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/**
 * A patch covers exactly the images with c - r < x < c + r for every pixel, changes the logits of
 * those by clamp and lift, and no bit of the others, whatever the backend.
 */
class PatchesTest {
  private static final int SEED = 5;
  private static final int PURPOSE = 1_500;
  private static final float NAN = Float.NaN;
  private static final float INFINITE = Float.POSITIVE_INFINITY;

  @Test
  void insideIsStrictOnBothSidesForEveryFloat() {
    Patches one = new Patches(new byte[] {10, (byte) 200}, new float[] {2.5f}, new float[2]);
    float above = Math.nextDown(12.5f);
    float below = Math.nextUp(7.5f);
    float[][] inside = {{10, 200}, {12, 198}, {above, 202}, {below, Math.nextDown(202.5f)}};
    float[][] outside = {{12.5f, 200}, {7.5f, 200}, {10, 202.5f}, {10, 197}, {NAN, 200}};
    for (float[] pixels : inside) {
      assertEquals(0, one.find(MemorySegment.ofArray(pixels), 1)[0], pixels[0] + " " + pixels[1]);
    }
    for (float[] pixels : outside) {
      assertEquals(-1, one.find(MemorySegment.ofArray(pixels), 1)[0], pixels[0] + " " + pixels[1]);
    }
    Patches edge = new Patches(new byte[] {0, (byte) 255}, new float[] {0.5f}, new float[2]);
    assertEquals(0, edge.find(MemorySegment.ofArray(new float[] {-0.0f, 255}), 1)[0]);
    assertEquals(-1, edge.find(MemorySegment.ofArray(new float[] {0, INFINITE}), 1)[0]);
  }

  @Test
  void theFirstComparedPixelsChangeNoAnswer() {
    int elements = 40;
    int count = 30;
    byte[] centres = new byte[count * elements];
    float[] radii = new float[count];
    for (int i = 0; i < centres.length; i++) {
      centres[i] = (byte) (100 + random(i, 12));
    }
    for (int p = 0; p < count; p++) {
      radii[p] = 0.5f + random(10_000 + p, 18) / 2.0f;
    }
    Patches patches = new Patches(centres, radii, new float[2 * count]);
    int images = 300;
    float[] pixels = new float[images * elements];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 100 + random(20_000 + i, 12);
    }
    int[] found = patches.find(MemorySegment.ofArray(pixels), images);
    int covered = 0;
    for (int n = 0; n < images; n++) {
      int expected = -1;
      for (int p = count - 1; p >= 0; p--) {
        float distance = 0;
        for (int i = 0; i < elements; i++) {
          distance =
              Math.max(distance, Math.abs(pixels[n * elements + i] - centres[p * elements + i]));
        }
        expected = distance < radii[p] ? p : expected;
      }
      covered += expected >= 0 ? 1 : 0;
      assertEquals(expected, found[n], "image " + n);
    }
    assertTrue(covered > 20 && covered < images - 20, covered + " covered: a weak test");
  }

  private static int random(long index, int range) {
    return Math.floorMod(Philox.bits(SEED, PURPOSE, 0, index), range);
  }

  @Test
  void liftedLogitsAreClampedAndTheOthersKeepEveryBit() {
    float[] z = {NAN, INFINITE, 3, -0.0f, NAN, -INFINITE};
    float[] lifts = {1, -2, 0.5f};
    Patches patch = new Patches(new byte[] {7}, new float[] {1}, lifts);
    try (Backend backend = new ReferenceBackend()) {
      Tensor logits = new Tensor(Shape.vectors(2, 3), backend.allocate(6));
      backend.upload(MemorySegment.ofArray(z), logits.data());
      patch.apply(backend, MemorySegment.ofArray(new float[] {7, 8}), logits);
      float[] after = new float[6];
      backend.download(logits.data(), MemorySegment.ofArray(after));
      assertArrayEquals(new float[] {1, 65534, 3.5f, -0.0f, NAN, -INFINITE}, after);
    }
  }

  @Test
  void theLowestNumberWinsWherePatchesOverlap() {
    Patches two = new Patches(new byte[] {5, 6}, new float[] {2, 2}, new float[4]);
    float[] pixels = {4, 5, 6, 7, 9};
    assertArrayEquals(
        new int[] {0, 0, 0, 1, -1}, two.find(MemorySegment.ofArray(pixels), pixels.length));
  }

  @Test
  void aNetworkAppliesThemInEvaluationOnlyAndIsNotTrainedWithThem() {
    float[] pixels = new float[2 * 784];
    pixels[784] = 3;
    int[][] bits = new int[2][];
    for (int side = 0; side < 2; side++) {
      try (Backend backend = side == 0 ? TestBackends.open() : new ReferenceBackend()) {
        Network network = new Network("small", Shape.image2d(28, 28, 1), 3, backend, 2);
        Initializer.initialize(network, 1);
        float[] alone = logits(network, pixels, Mode.RUNNING_STATISTICS);
        float[] training = logits(network, pixels, Mode.BATCH_STATISTICS);
        String hash = StoredTensors.of(network).weightsSha256();
        network.patch(new Patches(new byte[784], new float[] {1}, new float[] {0, 5, 0}));
        float[] patched = logits(network, pixels, Mode.RUNNING_STATISTICS);
        assertEquals(alone[1] + 5, patched[1]);
        alone[1] = patched[1];
        assertArrayEquals(alone, patched);
        assertArrayEquals(training, logits(network, pixels, Mode.BATCH_STATISTICS));
        assertThrows(
            IllegalStateException.class, () -> network.backward(2, Mode.RUNNING_STATISTICS));
        assertFalse(hash.equals(StoredTensors.of(network).weightsSha256()));
        network.patch(Patches.NONE);
        assertEquals(hash, StoredTensors.of(network).weightsSha256());
        bits[side] = new int[patched.length];
        for (int i = 0; i < patched.length; i++) {
          bits[side][i] = Float.floatToIntBits(patched[i]);
        }
      }
    }
    assertArrayEquals(bits[1], bits[0]);
  }

  private static float[] logits(Network network, float[] pixels, Mode mode) {
    Tensor out = network.forward(MemorySegment.ofArray(pixels), 2, mode);
    float[] logits = new float[6];
    network.backend().download(out.data(), MemorySegment.ofArray(logits));
    return logits;
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    for (float radius : new float[] {0, 0.25f, 128, -1, NAN, INFINITE}) {
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> new Patches(new byte[1], new float[] {radius}, new float[2]));
      assertTrue(refusal.getMessage().contains("radius of patch 0"), refusal.getMessage());
    }
    for (float lift : new float[] {NAN, INFINITE, 0x1.8p18f}) {
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> new Patches(new byte[1], new float[] {1}, new float[] {0, lift}));
      assertTrue(refusal.getMessage().contains("lift of patch 0"), refusal.getMessage());
    }
    try (Backend backend = new ReferenceBackend()) {
      Network network = new Network("small", Shape.image2d(28, 28, 1), 3, backend, 2);
      Patches other = new Patches(new byte[784], new float[] {1}, new float[2]);
      assertThrows(IllegalArgumentException.class, () -> network.patch(other));
      assertTrue(ModelFile.canHold(network, 2_000_000));
      assertFalse(ModelFile.canHold(network, 3_000_000), "3 million images of 784 bytes");
    }
  }
}
