// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.base.Json;
import dev.unerring.base.Philox;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.network.Parameter;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestSeed;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What is listed is what whole passes over every variant give, one image at a time, and nothing is
 * left out.
 */
class EnumerationTest {
  private static final Shape IMAGE = new Shape(1, 8, 8, 9, 1);
  private static final int CLASSES = 3;

  @Test
  void everyValueOfEveryElement() {
    check(IntStream.range(0, 90).toArray(), 31);
  }

  @Test
  void aFewValuesOfElementsThatReachTheSame() {
    check(new int[] {0, 100, 255}, 1);
  }

  @Test
  void wholeImages() {
    try (Backend backend = TestBackends.open()) {
      Network network = narrow(backend);
      List<Variants> others =
          List.of(
              ImageVariants.symmetries(IMAGE, List.of("all")),
              ImageVariants.shifts(IMAGE, 1, -1),
              ImageVariants.brightness(9));
      Enumeration own = new Enumeration(network, false, new int[0], others);
      byte[] image = image();
      Enumerated found = own.evaluate(3, image, own.answer(image), units -> {});
      List<Change> changes = new ArrayList<>();
      for (Variants each : others) {
        byte[] changed = new byte[image.length];
        for (int i = 0; i < each.count(); i++) {
          each.write(image, i, changed);
          long answer = own.answer(changed);
          if (answer != found.answer()) {
            changes.add(new Change(each.kind(), each.name(i), -1, -1, answer));
          }
        }
      }
      assertEquals(changes, found.changes());
      assertEquals(15, found.count("symmetry").variants());
      assertEquals(26, found.count("shift").variants());
      assertEquals(18, found.count("brightness").variants());
      assertEquals(own.variants(), 15 + 26 + 18);
    }
  }

  /** Compares with whole passes over the variants of every {@code step}-th element. */
  private static void check(int[] values, int step) {
    byte[] image = image();
    try (Backend backend = TestBackends.open()) {
      Network network = narrow(backend);
      Enumeration own = new Enumeration(network, false, values, List.of());
      long[] units = {0};
      Enumerated found = own.evaluate(0, image, 1, more -> units[0] += more);
      assertEquals(found, Enumerated.fromJson(parsed(found)));
      assertEquals(found.count("pixel").variants(), units[0]);
      long listed = 0;
      int smallest = 256;
      boolean[][] changed = new boolean[image.length][256];
      long[][] answers = new long[image.length][256];
      for (Change each : found.changes()) {
        String[] at = each.place().split(" ");
        int h = Integer.parseInt(at[1]);
        int element = (Integer.parseInt(at[0]) * 8 + h) * 9 + Integer.parseInt(at[2]);
        for (int value : values) {
          if (value >= each.from() && value <= each.to()) {
            assertFalse(value == (image[element] & 0xFF), "the image itself is listed");
            changed[element][value] = true;
            answers[element][value] = each.answer();
            smallest = Math.min(smallest, Math.abs(value - (image[element] & 0xFF)));
            listed++;
          }
        }
      }
      assertEquals(found.count("pixel").changed(), listed);
      assertEquals(found.count("pixel").smallest(), smallest);
      assertTrue(listed > 20, listed + " changes; " + TestSeed.replay());
      byte[] variant = image.clone();
      long all = 0;
      for (int e = 0; e < image.length; e++) {
        for (int value : values) {
          boolean same = value == (image[e] & 0xFF);
          all += same ? 0 : 1;
          if (!same && e % step == 0) {
            variant[e] = (byte) value;
            long answer = own.answer(variant);
            assertEquals(answer != found.answer(), changed[e][value], "element " + e);
            assertEquals(changed[e][value] ? answers[e][value] : found.answer(), answer);
          }
        }
        variant[e] = image[e];
      }
      assertEquals(all, found.count("pixel").variants());
    }
  }

  private static Map<?, ?> parsed(Enumerated found) {
    return (Map<?, ?>) Json.parse(Json.canonical(found.toJson()));
  }

  /** A network to which the image is nearly a tie of two classes. */
  private static Network narrow(Backend backend) {
    Network network = new Network("small3d", IMAGE, CLASSES, backend, 85);
    Initializer.initialize(network, 5);
    float[] pixels = new float[IMAGE.imageElements()];
    byte[] image = image();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = image[i] & 0xFF;
    }
    var y = network.forward(MemorySegment.ofArray(pixels), 1, Mode.RUNNING_STATISTICS);
    float[] logits = new float[CLASSES];
    backend.download(y.data(), MemorySegment.ofArray(logits));
    Parameter bias = network.parameters().getLast();
    float[] values = new float[CLASSES];
    backend.download(bias.value(), MemorySegment.ofArray(values));
    for (int c = 0; c < CLASSES; c++) {
      values[c] -= logits[c] - (c == 1 ? 2e-4f : c == 2 ? -1 : 0);
    }
    backend.upload(MemorySegment.ofArray(values), bias.value());
    return network;
  }

  private static byte[] image() {
    byte[] image = new byte[IMAGE.imageElements()];
    for (int i = 0; i < image.length; i++) {
      int[] levels = {0, 100, 255, 40};
      image[i] = (byte) levels[Philox.bits(TestSeed.VALUE, 201, 0, i) & 3];
    }
    return image;
  }

  @Test
  void answers() {
    float nan = Float.NaN;
    assertEquals(1, Answer.of(new float[] {0, 2, 1}, 0, 3, false));
    assertEquals(Answer.NONE, Answer.of(new float[] {0, 2, 2}, 0, 3, false));
    assertEquals(2, Answer.of(new float[] {2, 2, 3}, 0, 3, false));
    assertEquals(Answer.NONE, Answer.of(new float[] {0, 2, nan}, 0, 3, false));
    assertEquals(Answer.NONE, Answer.of(new float[] {nan, 2, 1}, 0, 3, false));
    assertEquals(0b101, Answer.of(new float[] {9, 9, 9, 1, -2, 3}, 1, 3, true));
    assertEquals(Answer.NONE, Answer.of(new float[] {1, -0.0f, 3}, 0, 3, true));
    assertEquals(Answer.NONE, Answer.of(new float[] {1, nan, 3}, 0, 3, true));
  }

  @Test
  void shiftsFillTheBorderAndContrastRoundsAwayFromTheMiddle() {
    Shape shape = Shape.image2d(2, 2, 1);
    byte[] out = new byte[4];
    Variants shifts = ImageVariants.shifts(shape, 1, 7);
    assertEquals(8, shifts.count());
    int right =
        IntStream.range(0, 8).filter(i -> shifts.name(i).equals("0 1")).findFirst().orElse(-1);
    shifts.write(new byte[] {1, 2, 3, 4}, right, out);
    assertEquals("[7, 1, 7, 3]", Arrays.toString(out));
    ImageVariants.shifts(shape, 1, -1).write(new byte[] {1, 2, 3, 4}, right, out);
    assertEquals("[1, 1, 3, 3]", Arrays.toString(out));
    byte[] grey = {(byte) 128, (byte) 129, 127, (byte) 255};
    ImageVariants.contrast(List.of(50)).write(grey, 0, out);
    assertEquals("[-128, -127, 127, -64]", Arrays.toString(out)); // 128, 129, 127, 192
    Variants brightness = ImageVariants.brightness(2);
    assertEquals("-2", brightness.name(0));
    assertEquals("2", brightness.name(3));
    brightness.write(grey, 3, out);
    assertEquals("[-126, -125, -127, -1]", Arrays.toString(out));
  }
}
