// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.base.Philox;
import dev.unerring.network.Initializer;
import dev.unerring.network.InputGradient;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.network.Parameter;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestSeed;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Attacks find what enumeration lists and what was planted, and report it as it is. */
class AttackTest {
  private static final Shape IMAGE = new Shape(1, 8, 8, 8, 1);
  private static final int CLASSES = 3;
  private static final int[] VALUES = IntStream.range(0, 18).map(i -> 15 * i).toArray();

  @Test
  void theOnePixelAttackFindsWhatEnumerationLists() {
    try (Backend backend = TestBackends.open()) {
      int with = 0;
      int found = 0;
      int smallest = 0;
      for (int n = 0; n < 12; n++) {
        byte[] image = image(n);
        Network network = narrow(backend, image, 1e-4f * (n + 1));
        Enumeration all = new Enumeration(network, false, VALUES, List.of());
        Enumerated truth = all.evaluate(n, image, 0, units -> {});
        List<Adversary> adversaries = new Attack(network, false, VALUES).on(image, List.of(), 1, n);
        Optional<Adversary> one =
            adversaries.stream().filter(each -> each.attack().equals("pixel")).findFirst();
        boolean listed = truth.count("pixel").changed() > 0;
        assertTrue(listed || one.isEmpty(), "found what is not there");
        with += listed ? 1 : 0;
        found += one.isPresent() ? 1 : 0;
        smallest += one.isPresent() && one.get().most() == truth.count("pixel").smallest() ? 1 : 0;
        one.ifPresent(each -> assertEquals(1, each.elements()));
      }
      assertTrue(with >= 4, with + " samples have one; " + TestSeed.replay());
      assertTrue(found >= 0.99 * with, found + " of " + with + "; " + TestSeed.replay());
      assertTrue(smallest * 2 >= found, smallest + " of " + found + " have the smallest step");
    }
  }

  @Test
  void aWeaknessThatNoPixelShowsIsFoundAndReplays() {
    try (Backend backend = TestBackends.open()) {
      byte[] image = image(3);
      Network network = narrow(backend, image, 2e-2f);
      Enumeration all = new Enumeration(network, false, VALUES, List.of());
      long answer = all.answer(image);
      assertEquals(0, all.evaluate(0, image, 0, units -> {}).count("pixel").changed());
      List<byte[]> starts = new ArrayList<>();
      for (int n = 0; n < 40; n++) {
        starts.add(image(100 + n));
      }
      Attack attack = new Attack(network, false, VALUES);
      List<Adversary> found = attack.on(image, starts, 1, 0);
      List<String> names = found.stream().map(Adversary::attack).toList();
      assertTrue(names.contains("gradient"), names + "; " + TestSeed.replay());
      for (Adversary each : found) {
        assertEquals(each.answer(), all.answer(each.image()), each.attack());
        assertNotEquals(answer, each.answer());
        int most = 0;
        int elements = 0;
        for (int i = 0; i < image.length; i++) {
          int step = Math.abs((image[i] & 0xFF) - (each.image()[i] & 0xFF));
          most = Math.max(most, step);
          elements += step > 0 ? 1 : 0;
        }
        assertEquals(most, each.most());
        assertEquals(elements, each.elements());
      }
      List<Adversary> again = attack.on(image, starts, 1, 0);
      for (int i = 0; i < found.size(); i++) {
        assertArrayEquals(found.get(i).image(), again.get(i).image());
      }
    }
  }

  @Test
  void theGradientIsThatOfDifferences() {
    try (Backend backend = TestBackends.open()) {
      byte[] image = image(1);
      Network network = narrow(backend, image, 0.1f);
      float[] pixels = pixels(image);
      float[] weights = {1, -1, 0};
      float[] slope = new InputGradient(network).at(pixels, weights).clone();
      double scale = 2.0 / 255; // of the input scaling
      double largest = 0;
      for (float each : slope) {
        largest = Math.max(largest, Math.abs(each));
      }
      int agreeing = 0;
      for (int i = 0; i < image.length; i += 9) {
        float[] up = pixels.clone();
        float[] down = pixels.clone();
        up[i] += 1;
        down[i] -= 1;
        double difference = (sum(network, up, weights) - sum(network, down, weights)) / 2;
        agreeing += Math.abs(difference - slope[i] * scale) < 0.05 * largest * scale ? 1 : 0;
      }
      // ReLU and pooling bend within a grey level at some elements.
      assertTrue(agreeing >= 50, agreeing + " of 57 agree; " + TestSeed.replay());
    }
  }

  private static double sum(Network network, float[] pixels, float[] weights) {
    float[] logits = logits(network, pixels);
    double sum = 0;
    for (int c = 0; c < CLASSES; c++) {
      sum += (double) weights[c] * logits[c];
    }
    return sum;
  }

  /** A network that gives class 1 the larger logit by a margin. */
  private static Network narrow(Backend backend, byte[] image, float margin) {
    Network network = new Network("small3d", IMAGE, CLASSES, backend, 64);
    Initializer.initialize(network, 5);
    float[] logits = logits(network, pixels(image));
    Parameter bias = network.parameters().getLast();
    float[] values = new float[CLASSES];
    backend.download(bias.value(), MemorySegment.ofArray(values));
    for (int c = 0; c < CLASSES; c++) {
      values[c] -= logits[c] - (c == 1 ? margin : c == 2 ? -1 : 0);
    }
    backend.upload(MemorySegment.ofArray(values), bias.value());
    return network;
  }

  private static float[] logits(Network network, float[] pixels) {
    var y = network.forward(MemorySegment.ofArray(pixels), 1, Mode.RUNNING_STATISTICS);
    float[] logits = new float[CLASSES];
    network.backend().download(y.data(), MemorySegment.ofArray(logits));
    return logits;
  }

  private static float[] pixels(byte[] image) {
    float[] pixels = new float[image.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = image[i] & 0xFF;
    }
    return pixels;
  }

  private static byte[] image(int number) {
    byte[] image = new byte[IMAGE.imageElements()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) (Philox.bits(TestSeed.VALUE, 202, number, i) >>> 25);
    }
    return image;
  }
}
