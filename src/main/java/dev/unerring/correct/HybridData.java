// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.base.Fma;
import dev.unerring.base.Philox;
import dev.unerring.data.ImageSource;
import dev.unerring.data.Split;
import dev.unerring.errors.Costs;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The moving training set H(t) = auxiliary + t * (original - auxiliary), pixel by pixel on raw
 * values (Deng, arXiv 2312.16060). Only the samples that were wrong at the start move; the
 * auxiliary image of such a sample is one of the ten most confidently right images of its
 * goalLabel, drawn at random. At t = 0 the network makes no error on H by construction, at t = 1 H
 * is the original.
 */
final class HybridData implements ImageSource {
  private static final int CANDIDATES = 10;

  private final Split split;
  private final TreeMap<Integer, Integer> auxiliary;
  private final TreeMap<Integer, Integer> turns = new TreeMap<>();
  private int stages = 1;
  private float t = 1.0f;

  private HybridData(Split split, TreeMap<Integer, Integer> auxiliary) {
    this.split = split;
    this.auxiliary = auxiliary;
  }

  /** The originals; nothing moves, whatever t is. */
  static HybridData still(Split split) {
    return new HybridData(split, new TreeMap<>());
  }

  /**
   * Draws the auxiliary images; empty where a wrong sample has none of its goal labels that is
   * right.
   *
   * @param logits logits of the primed network on the original training set
   * @param wrong samples that miss their goalLabel
   */
  static Optional<HybridData> draw(
      Split split, Labels goals, float[] logits, ErrorList wrong, long seed) {
    return draw(split, goals, logits, wrong, seed, Philox.AUXILIARY_IMAGE, 0);
  }

  /** The same from another stream of random numbers. */
  static Optional<HybridData> draw(
      Split split,
      Labels goals,
      float[] logits,
      ErrorList wrong,
      long seed,
      int purpose,
      int number) {
    TreeMap<Integer, Integer> auxiliary = new TreeMap<>();
    TreeMap<List<Integer>, List<Integer>> candidates = new TreeMap<>(HybridData::compare);
    for (var error : wrong.errors()) {
      int sample = error.sampleIndex();
      List<Integer> confident =
          candidates.computeIfAbsent(row(goals, sample), g -> mostConfident(goals, logits, sample));
      if (confident.isEmpty()) {
        return Optional.empty();
      }
      float u = Philox.uniform(seed, purpose, number, sample);
      auxiliary.put(sample, confident.get((int) (u * confident.size())));
    }
    return Optional.of(new HybridData(split, auxiliary));
  }

  private static List<Integer> row(Labels goals, int sample) {
    return Arrays.stream(goals.rows(new int[] {sample}).values()).boxed().toList();
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    for (int i = 0; i < a.size(); i++) {
      int order = Integer.compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** Right samples with the goal labels of {@code sample}, the largest margins first. */
  private static List<Integer> mostConfident(Labels goals, float[] logits, int sample) {
    List<Integer> right = new ArrayList<>();
    for (int n = 0; n < goals.samples(); n++) {
      if (goals.same(n, sample) && goals.margin(logits, n) > 0) {
        right.add(n);
      }
    }
    right.sort((a, b) -> {
      int byMargin = Float.compare(goals.margin(logits, b), goals.margin(logits, a));
      return byMargin != 0 ? byMargin : Integer.compare(a, b);
    });
    return right.subList(0, Math.min(CANDIDATES, right.size()));
  }

  /** Lets the samples travel one after another, the costliest first; all at once without costs. */
  void travelInTurn(ErrorList wrong, Costs costs) {
    int[] turn = costs.turns(wrong);
    for (int i = 0; i < turn.length; i++) {
      turns.put(wrong.errors().get(i).sampleIndex(), turn[i]);
      stages = Math.max(stages, turn[i] + 1);
    }
  }

  void moveTo(double position) {
    t = (float) position;
  }

  /** The samples of turn k are on their way while t * stages goes from k to k + 1. */
  private float position(int sampleIndex) {
    float travelled = t * stages - turns.getOrDefault(sampleIndex, 0);
    return Math.min(1.0f, Math.max(0.0f, travelled));
  }

  @Override
  public int imageElements() {
    return split.imageElements();
  }

  @Override
  public void copyImage(int sampleIndex, float[] destination, int offset) {
    split.copyImage(sampleIndex, destination, offset);
    Integer from = auxiliary.get(sampleIndex);
    float at = from == null ? 1.0f : position(sampleIndex);
    if (at < 1.0f) {
      float[] start = new float[split.imageElements()];
      split.copyImage(from, start, 0);
      for (int p = 0; p < start.length; p++) {
        float original = destination[offset + p];
        destination[offset + p] = Fma.of(at, original - start[p], start[p]);
      }
    }
  }
}
