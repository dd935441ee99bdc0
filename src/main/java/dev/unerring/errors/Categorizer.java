// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.StoppedException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.audit.LabelConflict;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.LabelledSample;
import dev.unerring.data.Split;
import dev.unerring.tensor.Shape;
import dev.unerring.twins.NearTwins;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Sorts training errors into {@link ErrorCategory}. Correlations are decided in integers. */
public final class Categorizer {
  /** Largest shortfall of the given label's logit that counts as thin: odds of 0.9 to 1. */
  public static final float THIN = 0.1f;

  /** Smallest normalised correlation of pixel values that counts as near. */
  public static final double NEAR = 0.95;

  /** Errors beyond this many are not compared with other images. */
  public static final int SEARCHED = 1000;

  private final Split train;
  private final Shape imageShape;
  private final TreeMap<Integer, List<LabelledSample>> contradicted = new TreeMap<>();

  /** Takes the identical images with other labels from the audit. */
  public Categorizer(Dataset data, LabelAudit audit) {
    this.train = data.train();
    this.imageShape = data.imageShape();
    for (LabelConflict conflict : audit.conflicts()) {
      List<LabelledSample> members = conflict.group().trainSamples();
      members.forEach(member -> contradicted.put(member.sampleIndex(), members));
    }
  }

  /**
   * The errors of the training split with their categories, in the same order.
   *
   * @param monitor watches the comparison with the images of the predicted class; where it stops,
   *     these errors are {@link ErrorCategory#NOT_SEARCHED}
   */
  public List<CategorizedError> categorize(ErrorList errors, WorkMonitor monitor) {
    List<CategorizedError> result = new ArrayList<>();
    TreeMap<Integer, List<Integer>> searched = new TreeMap<>(); // places by sampleIndex
    for (Misclassification error : errors.errors()) {
      CategorizedError known = known(error);
      if (known == null && result.size() < SEARCHED) {
        searched.computeIfAbsent(error.sampleIndex(), _ -> new ArrayList<>()).add(result.size());
      }
      result.add(known == null ? none(error, ErrorCategory.NOT_SEARCHED) : known);
    }
    if (!searched.isEmpty()) {
      try {
        search(errors.errors(), searched, result, monitor);
      } catch (StoppedException e) {
        return result;
      }
    }
    return result;
  }

  /** The category that needs no comparison; null for none. */
  private CategorizedError known(Misclassification error) {
    for (LabelledSample other : contradicted.getOrDefault(error.sampleIndex(), List.of())) {
      if (other.labels().get(error.column()) != error.givenLabel()) {
        int index = other.sampleIndex();
        return new CategorizedError(error, ErrorCategory.IDENTICAL_IMAGE, index, 1.0);
      }
    }
    if (constant(error.sampleIndex())) {
      return none(error, ErrorCategory.DEGENERATE_IMAGE);
    }
    return -error.margin() <= THIN ? none(error, ErrorCategory.THIN_MARGIN) : null;
  }

  /** Whether all pixels have one value, in all channels. */
  private boolean constant(int sample) {
    long start = (long) sample * train.imageBytes();
    long end = start + train.imageBytes();
    MemorySegment images = train.images();
    return MemorySegment.mismatch(images, start, end - 1, images, start + 1, end) < 0;
  }

  /** Puts the nearest image of the predicted class into {@code result}, where one is near. */
  private void search(
      List<Misclassification> errors,
      TreeMap<Integer, List<Integer>> searched,
      List<CategorizedError> result,
      WorkMonitor monitor) {
    int[] samples = searched.keySet().stream().mapToInt(Integer::intValue).toArray();
    CategorizedError[] nearest = new CategorizedError[result.size()];
    NearTwins.each(
        train,
        samples,
        imageShape,
        NEAR,
        monitor,
        (sample, other, correlation) -> {
          for (int place : searched.get(sample)) {
            Misclassification error = errors.get(place);
            if (train.label(other, error.column()) == error.predictedLabel()) {
              nearest[place] = nearer(nearest[place], error, other, correlation.getAsDouble());
            }
          }
        });
    searched.values().stream()
        .flatMap(List::stream)
        .forEach(place -> {
          CategorizedError found = nearest[place];
          result.set(place, found == null ? none(errors.get(place), ErrorCategory.OTHER) : found);
        });
  }

  /** The nearer one; of two equally near ones the first in the data. */
  private static CategorizedError nearer(
      CategorizedError known, Misclassification error, int other, double correlation) {
    boolean better =
        known == null
            || correlation > known.correlation()
            || (correlation == known.correlation() && other < known.other());
    return better
        ? new CategorizedError(error, ErrorCategory.NEAR_PREDICTED_CLASS, other, correlation)
        : known;
  }

  private static CategorizedError none(Misclassification error, ErrorCategory category) {
    return new CategorizedError(error, category, -1, Double.NaN);
  }
}
