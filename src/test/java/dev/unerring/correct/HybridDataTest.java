// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.data.Dataset;
import dev.unerring.errors.Costs;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.suite.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * H(1) is the original training set and H(0) one without errors, both bit for bit; only wrong
 * samples move, and they start from one of the ten most confidently right images of their goal.
 */
class HybridDataTest {
  private static final int SAMPLES = 60;
  private static final int CLASSES = 2;
  private static final long SEED = 3;

  @TempDir private Path folder;
  private Dataset data;
  private int[] goals;
  private float[] logits;
  private final int[] wrong = {4, 7, 33};

  /** Logits as of a network: sample n is right by n + 1, except where it is wrong by 1. */
  @BeforeEach
  void open() {
    data = Dataset.open(TestData.write(folder.resolve("set.npz"), SAMPLES, CLASSES));
    goals = Evaluator.labels(data.train());
    logits = new float[SAMPLES * CLASSES];
    for (int n = 0; n < SAMPLES; n++) {
      boolean miss = Arrays.binarySearch(wrong, n) >= 0;
      logits[n * CLASSES + goals[n]] = miss ? -1 : n + 1;
    }
  }

  @AfterEach
  void close() {
    data.close();
  }

  @Test
  void atOneItIsTheOriginal() {
    HybridData hybrid = draw(SEED).orElseThrow();
    int[] all = IntStream.range(0, SAMPLES).toArray();
    float[] original = data.train().gather(all);
    assertBits(original, hybrid.gather(all));
    hybrid.moveTo(0.5);
    assertFalse(Arrays.equals(original, hybrid.gather(all)));
    hybrid.moveTo(1);
    assertBits(original, hybrid.gather(all));
  }

  @Test
  void atZeroWrongSamplesShowConfidentlyRightImagesOfTheirGoal() {
    TreeSet<Integer> drawn = new TreeSet<>();
    for (long seed = 0; seed < 40; seed++) {
      HybridData hybrid = draw(seed).orElseThrow();
      hybrid.moveTo(0);
      for (int n : wrong) {
        drawn.add(source(hybrid, n));
        assertEquals(goals[n], goals[source(hybrid, n)]);
      }
    }
    // The largest margins: 40, 42, ..., 58 of class 0 and 41, 43, ..., 59 of class 1.
    assertEquals(new TreeSet<>(IntStream.range(40, 60).boxed().toList()), drawn);
  }

  @Test
  void onlyWrongSamplesMove() {
    HybridData hybrid = draw(SEED).orElseThrow();
    hybrid.moveTo(0.25);
    for (int n = 0; n < SAMPLES; n++) {
      boolean moves = Arrays.binarySearch(wrong, n) >= 0;
      float[] original = data.train().gather(new int[] {n});
      assertEquals(moves, !Arrays.equals(original, hybrid.gather(new int[] {n})), "sample " + n);
    }
  }

  @Test
  void betweenTheTwoEveryPixelIsOneFusedMultiplyAdd() {
    HybridData hybrid = draw(SEED).orElseThrow();
    hybrid.moveTo(0);
    float[] from = hybrid.gather(new int[] {7});
    hybrid.moveTo(0.3);
    float[] found = hybrid.gather(new int[] {7});
    float[] to = data.train().gather(new int[] {7});
    for (int p = 0; p < found.length; p++) {
      assertEquals(Math.fma((float) 0.3, to[p] - from[p], from[p]), found[p], "pixel " + p);
    }
  }

  @Test
  void theDrawGoesByTheSeedAndTheSample() {
    float[] first = at0(draw(SEED).orElseThrow());
    assertBits(first, at0(draw(SEED).orElseThrow()));
    logits[33 * CLASSES + goals[33]] = 34; // one error fewer changes nothing for the others
    HybridData fewer = draw(SEED).orElseThrow();
    fewer.moveTo(0);
    assertBits(Arrays.copyOf(first, TestData.IMAGE), fewer.gather(new int[] {4}));
  }

  @Test
  void aClassWithoutARightSampleHasNothingToStartFrom() {
    for (int n = 0; n < SAMPLES; n++) {
      logits[n * CLASSES] = 1000;
    }
    assertEquals(Optional.empty(), draw(SEED));
  }

  /** With costs the costliest sample has arrived before the others leave. */
  @Test
  void theCostliestTravelFirst() {
    HybridData hybrid = draw(SEED).orElseThrow();
    ErrorList errors = ErrorList.of(Labels.single(goals), logits);
    int first = errors.errors().getLast().sampleIndex();
    int given = errors.errors().getLast().givenLabel();
    int classes = logits.length / SAMPLES;
    List<Double> weights = new ArrayList<>(Collections.nCopies(classes, 1.0));
    weights.set(given, 5.0);
    float[] start = at0(hybrid);
    hybrid.travelInTurn(errors, Costs.weighted(weights, -1));
    hybrid.moveTo(0.5);
    assertBits(data.train().gather(new int[] {first}), hybrid.gather(new int[] {first}));
    int moved = 0;
    for (var error : errors.errors()) {
      int[] one = {error.sampleIndex()};
      int place = Arrays.binarySearch(wrong, one[0]);
      int size = start.length / wrong.length;
      boolean waits =
          Arrays.equals(
              Arrays.copyOfRange(start, place * size, (place + 1) * size), hybrid.gather(one));
      assertEquals(error.givenLabel() != given, waits, "sample " + one[0]);
      moved += waits ? 0 : 1;
    }
    assertTrue(moved > 0 && moved < errors.count(), "some wait, some have arrived");
    hybrid.moveTo(1);
    assertBits(data.train().gather(wrong), hybrid.gather(wrong));
  }

  private float[] at0(HybridData hybrid) {
    hybrid.moveTo(0);
    return hybrid.gather(wrong);
  }

  private int source(HybridData hybrid, int sample) {
    float[] image = hybrid.gather(new int[] {sample});
    for (int n = 0; n < SAMPLES; n++) {
      if (Arrays.equals(image, data.train().gather(new int[] {n}))) {
        return n;
      }
    }
    throw new AssertionError("the start of " + sample + " is no training image");
  }

  private Optional<HybridData> draw(long seed) {
    ErrorList errors = ErrorList.of(Labels.single(goals), logits);
    assertTrue(errors.count() > 0);
    return HybridData.draw(data.train(), Labels.single(goals), logits, errors, seed);
  }

  private static void assertBits(float[] wanted, float[] found) {
    int[] bits =
        IntStream.range(0, wanted.length).map(i -> Float.floatToRawIntBits(wanted[i])).toArray();
    assertArrayEquals(
        bits,
        IntStream.range(0, found.length).map(i -> Float.floatToRawIntBits(found[i])).toArray());
  }
}
