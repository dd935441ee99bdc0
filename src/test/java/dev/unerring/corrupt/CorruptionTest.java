// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Sha256;
import dev.unerring.tensor.Shape;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Corruptions have fixed bytes, change what they say, and grow with their severity. */
class CorruptionTest {
  private static final Shape GREY = Shape.image2d(28, 28, 1);
  private static final Shape COLOUR = Shape.image2d(28, 20, 3);
  private static final Shape VOLUME = new Shape(1, 10, 12, 14, 1);

  /** Of every corruption, severity, and two samples; changes only with the corruptions. */
  private static final String GOLDEN =
      "cf2a572719db4f9c4c4a77a4ba521c9ebefbf1398188b03e2090acea544ab420";

  private static final Set<Corruption> THREE_D =
      EnumSet.range(Corruption.SHIFT_3D, Corruption.HOLE_3D);

  private static byte[] picture(Shape shape) {
    byte[] image = new byte[shape.imageElements()];
    for (int i = 0; i < image.length; i++) {
      int position = i / shape.c();
      int w = position % shape.w();
      int h = position / shape.w() % shape.h();
      boolean inside = Math.abs(h - shape.h() / 2) < 5 && Math.abs(w - shape.w() / 2) < 4;
      image[i] = (byte) (inside ? 180 + 20 * (i % shape.c()) : shape.d() > 1 ? 0 : 30 + h + 2 * w);
    }
    return image;
  }

  private static Shape shape(Corruption corruption) {
    return THREE_D.contains(corruption) ? VOLUME : COLOUR;
  }

  @Test
  void everyByteIsFixed() {
    MessageDigest digest = Sha256.digest();
    for (Corruption each : Corruption.values()) {
      for (int severity = 1; severity <= Corruption.SEVERITIES; severity++) {
        for (int sample = 0; sample < 2; sample++) {
          digest.update(each.apply(shape(each), picture(shape(each)), severity, 9, sample));
          if (!THREE_D.contains(each)) {
            digest.update(each.apply(GREY, picture(GREY), severity, 9, sample));
          }
        }
      }
    }
    assertEquals(GOLDEN, Sha256.hex(digest));
  }

  @Test
  void eachChangesTheImageAndTheStrongestMost() {
    for (Corruption each : Corruption.values()) {
      byte[] image = picture(shape(each));
      byte[] before = image.clone();
      double weak = 0;
      double strong = 0;
      for (int sample = 0; sample < 12; sample++) {
        weak += distance(image, each.apply(shape(each), image, 1, 1, sample));
        strong += distance(image, each.apply(shape(each), image, 5, 1, sample));
      }
      assertArrayEquals(before, image, each.label());
      assertTrue(weak > 0, each.label());
      assertTrue(strong > 1.3 * weak, each.label() + ": " + weak + " and " + strong);
    }
  }

  private static double distance(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xFF) - (b[i] & 0xFF));
    }
    return sum / a.length;
  }

  @Test
  void drawsGoByTheSampleAndTheSeed() {
    byte[] image = picture(GREY);
    byte[] own = Corruption.GAUSSIAN_NOISE.apply(GREY, image, 3, 1, 7);
    assertArrayEquals(own, Corruption.GAUSSIAN_NOISE.apply(GREY, image, 3, 1, 7));
    assertFalse(Arrays.equals(own, Corruption.GAUSSIAN_NOISE.apply(GREY, image, 3, 1, 8)));
    assertFalse(Arrays.equals(own, Corruption.GAUSSIAN_NOISE.apply(GREY, image, 3, 2, 7)));
    assertFalse(Arrays.equals(own, Corruption.GAUSSIAN_NOISE.apply(GREY, image, 2, 1, 7)));
  }

  @Test
  void blurAndJpegKeepAFlatImage() {
    byte[] flat = new byte[GREY.imageElements()];
    Arrays.fill(flat, (byte) 128);
    for (Corruption each :
        List.of(
            Corruption.PIXELATE,
            Corruption.JPEG,
            Corruption.GAUSSIAN_BLUR,
            Corruption.DEFOCUS_BLUR,
            Corruption.MOTION_BLUR,
            Corruption.ZOOM_BLUR,
            Corruption.RESIZE)) {
      assertArrayEquals(flat, each.apply(GREY, flat, 4, 1, 0), each.label());
    }
  }

  @Test
  void noiseHasItsDeviationAndPoissonItsMean() {
    Draws draws = new Draws(3, 0, 0);
    double sum = 0;
    double squares = 0;
    double quanta = 0;
    int count = 20_000;
    for (int i = 0; i < count; i++) {
      double value = draws.normal();
      sum += value;
      squares += value * value;
      quanta += draws.poisson(4.5);
    }
    double fiveErrors = 5 / Math.sqrt(count); // a deviation of 1, five standard errors
    assertEquals(0, sum / count, fiveErrors);
    assertEquals(1, squares / count, 1.5 * fiveErrors);
    assertEquals(4.5, quanta / count, Math.sqrt(4.5) * fiveErrors);
  }

  @Test
  void anEmptyVolumeStaysEmpty() {
    byte[] empty = new byte[VOLUME.imageElements()];
    for (Corruption each : THREE_D) {
      assertArrayEquals(empty, each.apply(VOLUME, empty, 5, 1, 0), each.label());
    }
  }

  @Test
  void setsGetTheirLists() {
    List<String> breast =
        CorruptionLists.of("breastmnist", GREY).stream().map(Corruption::label).toList();
    assertEquals(
        List.of(
            "pixelate",
            "jpeg",
            "speckle noise",
            "motion blur",
            "brightness up",
            "brightness down",
            "contrast down",
            "gamma up",
            "gamma down",
            "resize",
            "border",
            "occlusion"),
        breast);
    assertEquals(
        EnumSet.copyOf(THREE_D), EnumSet.copyOf(CorruptionLists.of("organmnist3d", VOLUME)));
    assertTrue(CorruptionLists.of("bloodmnist", COLOUR).contains(Corruption.STAIN_DEPOSIT));
    assertTrue(CorruptionLists.of("dermamnist", COLOUR).contains(Corruption.BLACK_CORNER));
    assertFalse(CorruptionLists.of("mine", GREY).contains(Corruption.SATURATE));
  }
}
