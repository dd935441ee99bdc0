package dev.unerring.errors;

import dev.unerring.dataset.LabelAudit;
import dev.unerring.dataset.LabelConflict;
import dev.unerring.dataset.LabelledSample;
import dev.unerring.dataset.Split;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Sorts training errors into {@link ErrorCategory}. Pixel sums are exact integers. */
public final class Categorizer {
  /** Largest shortfall of the given label's logit that counts as thin: odds of 0.9 to 1. */
  public static final float THIN = 0.1f;

  /** Smallest normalised correlation of pixel values that counts as near. */
  public static final double NEAR = 0.95;

  /** Errors beyond this many are not compared with other images. */
  public static final int SEARCHED = 1000;

  private static final int PART = 16_384;

  private final Split train;
  private final int size;
  private final TreeMap<Integer, List<LabelledSample>> contradicted = new TreeMap<>();

  /** Takes the identical images with other labels from the audit. */
  public Categorizer(Split train, LabelAudit audit) {
    this.train = train;
    this.size = train.imageElements();
    for (LabelConflict conflict : audit.conflicts()) {
      List<LabelledSample> members = conflict.group().trainSamples();
      members.forEach(member -> contradicted.put(member.sampleIndex(), members));
    }
  }

  /**
   * The errors of the training split with their categories, in the same order.
   *
   * @param search whether errors are compared with the images of the predicted class
   */
  public List<CategorizedError> categorize(ErrorList errors, boolean search) {
    List<CategorizedError> result = new ArrayList<>();
    for (Misclassification error : errors.errors()) {
      result.add(categorize(error, search && result.size() < SEARCHED));
    }
    return result;
  }

  private CategorizedError categorize(Misclassification error, boolean search) {
    for (LabelledSample other : contradicted.getOrDefault(error.sampleIndex(), List.of())) {
      if (other.labels().get(error.column()) != error.givenLabel()) {
        int index = other.sampleIndex();
        return new CategorizedError(error, ErrorCategory.IDENTICAL_IMAGE, index, 1.0);
      }
    }
    byte[] image = new byte[size];
    byte[] other = new byte[size];
    copy(error.sampleIndex(), image);
    double deviation = deviation(image, dot(image, image));
    if (deviation == 0.0) {
      return none(error, ErrorCategory.DEGENERATE_IMAGE);
    }
    if (-error.margin() <= THIN) {
      return none(error, ErrorCategory.THIN_MARGIN);
    }
    if (!search) {
      return none(error, ErrorCategory.NOT_SEARCHED);
    }
    int nearest = -1;
    double nearness = Double.NEGATIVE_INFINITY;
    for (int m = 0; m < train.size(); m++) {
      if (train.label(m, error.column()) == error.predictedLabel() && m != error.sampleIndex()) {
        copy(m, other);
        double both = deviation * deviation(other, dot(other, other));
        long covariance = size * dot(image, other) - sum(image) * sum(other);
        double correlation = both == 0.0 ? 0.0 : Math.min(1.0, covariance / both);
        nearest = correlation > nearness ? m : nearest;
        nearness = Math.max(nearness, correlation);
      }
    }
    return nearness >= NEAR
        ? new CategorizedError(error, ErrorCategory.NEAR_PREDICTED_CLASS, nearest, nearness)
        : none(error, ErrorCategory.OTHER);
  }

  private static CategorizedError none(Misclassification error, ErrorCategory category) {
    return new CategorizedError(error, category, -1, Double.NaN);
  }

  private void copy(int sample, byte[] pixels) {
    MemorySegment.copy(
        train.images(), ValueLayout.JAVA_BYTE, (long) sample * size, pixels, 0, size);
  }

  /** size times the standard deviation of the pixels. */
  private double deviation(byte[] image, long squares) {
    long sum = sum(image);
    return Math.sqrt((double) (size * squares - sum * sum));
  }

  private static long sum(byte[] image) {
    long sum = 0;
    for (byte pixel : image) {
      sum += pixel & 0xFF;
    }
    return sum;
  }

  private static long dot(byte[] a, byte[] b) {
    long total = 0;
    for (int begin = 0; begin < a.length; begin += PART) {
      int end = Math.min(begin + PART, a.length);
      int part = 0; // 16,384 products of at most 255 * 255 stay below 2^31
      for (int i = begin; i < end; i++) {
        part += (a[i] & 0xFF) * (b[i] & 0xFF);
      }
      total += part;
    }
    return total;
  }
}
