package dev.unerring.correct;

import dev.unerring.base.Philox;
import dev.unerring.dataset.ImageSource;
import dev.unerring.dataset.Split;
import dev.unerring.errors.ErrorList;
import java.util.ArrayList;
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
  private final int[] goals;
  private final TreeMap<Integer, Integer> auxiliary;
  private float t = 1.0f;

  private HybridData(Split split, int[] goals, TreeMap<Integer, Integer> auxiliary) {
    this.split = split;
    this.goals = goals;
    this.auxiliary = auxiliary;
  }

  /** The originals; nothing moves, whatever t is. */
  static HybridData still(Split split, int[] goals) {
    return new HybridData(split, goals, new TreeMap<>());
  }

  /**
   * Draws the auxiliary images; empty where a class with errors has no sample that is right.
   *
   * @param logits logits of the primed network on the original training set
   * @param wrong samples that miss their goalLabel
   */
  static Optional<HybridData> draw(
      Split split, int[] goals, float[] logits, int classes, ErrorList wrong, long seed) {
    TreeMap<Integer, Integer> auxiliary = new TreeMap<>();
    TreeMap<Integer, List<Integer>> candidates = new TreeMap<>();
    for (var error : wrong.errors()) {
      int goal = error.givenLabel();
      List<Integer> confident =
          candidates.computeIfAbsent(goal, c -> mostConfident(goals, logits, classes, c));
      if (confident.isEmpty()) {
        return Optional.empty();
      }
      float u = Philox.uniform(seed, Philox.AUXILIARY_IMAGE, 0, error.sampleIndex());
      auxiliary.put(error.sampleIndex(), confident.get((int) (u * confident.size())));
    }
    return Optional.of(new HybridData(split, goals, auxiliary));
  }

  private static List<Integer> mostConfident(int[] goals, float[] logits, int classes, int c) {
    List<Integer> right = new ArrayList<>();
    for (int n = 0; n < goals.length; n++) {
      if (goals[n] == c && ErrorList.margin(logits, classes, n, c) > 0) {
        right.add(n);
      }
    }
    right.sort((a, b) -> {
      int byMargin =
          Float.compare(
              ErrorList.margin(logits, classes, b, c), ErrorList.margin(logits, classes, a, c));
      return byMargin != 0 ? byMargin : Integer.compare(a, b);
    });
    return right.subList(0, Math.min(CANDIDATES, right.size()));
  }

  void moveTo(double position) {
    t = (float) position;
  }

  /** Goal labels of some samples. */
  int[] goals(int[] samples) {
    int[] labels = new int[samples.length];
    for (int i = 0; i < samples.length; i++) {
      labels[i] = goals[samples[i]];
    }
    return labels;
  }

  @Override
  public int imageElements() {
    return split.imageElements();
  }

  @Override
  public void copyImage(int sampleIndex, float[] destination, int offset) {
    split.copyImage(sampleIndex, destination, offset);
    Integer from = auxiliary.get(sampleIndex);
    if (from != null && t < 1.0f) {
      float[] start = new float[split.imageElements()];
      split.copyImage(from, start, 0);
      for (int p = 0; p < start.length; p++) {
        float original = destination[offset + p];
        destination[offset + p] = Math.fma(t, original - start[p], start[p]);
      }
    }
  }
}
