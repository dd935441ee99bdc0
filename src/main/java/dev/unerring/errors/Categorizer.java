package dev.unerring.errors;

import dev.unerring.dataset.Split;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Sorts training errors into {@link ErrorCategory}. Pixel sums are exact integers. */
public final class Categorizer {
  /** Largest shortfall of the given label's logit that counts as thin: odds of 0.9 to 1. */
  public static final float THIN = 0.1f;

  /** Smallest normalised correlation of pixel values that counts as near. */
  public static final double NEAR = 0.95;

  /** Errors beyond this many are not compared with other images; their category says other. */
  public static final int SEARCHED = 1000;

  private final Split train;
  private final byte[] pixels;
  private final int size;
  private final long[] sums;
  private final double[] deviations;

  /** Prepares the pixel sums of the training split. */
  public Categorizer(Split train) {
    this.train = train;
    this.size = train.imageElements();
    this.pixels = new byte[Math.toIntExact((long) train.size() * size)];
    MemorySegment.copy(train.images(), ValueLayout.JAVA_BYTE, 0, pixels, 0, pixels.length);
    this.sums = new long[train.size()];
    this.deviations = new double[train.size()];
    for (int n = 0; n < train.size(); n++) {
      long sum = 0;
      for (int i = 0; i < size; i++) {
        sum += pixels[n * size + i] & 0xFF;
      }
      sums[n] = sum;
      deviations[n] = Math.sqrt((double) (size * dot(n, n) - sum * sum));
    }
  }

  /** The errors of the training split with their categories, in the same order. */
  public List<CategorizedError> categorize(ErrorList errors) {
    List<CategorizedError> result = new ArrayList<>();
    for (Misclassification error : errors.errors()) {
      result.add(categorize(error, result.size() < SEARCHED));
    }
    return result;
  }

  private CategorizedError categorize(Misclassification error, boolean search) {
    int n = error.sampleIndex();
    int nearest = -1;
    double nearness = Double.NEGATIVE_INFINITY;
    for (int m = 0; search && m < train.size(); m++) {
      if (m == n || train.label(m) == error.givenLabel()) {
        continue;
      }
      if (sums[n] == sums[m] && identical(n, m)) {
        return new CategorizedError(error, ErrorCategory.IDENTICAL_IMAGE, m, 1.0);
      }
      double correlation = correlation(n, m);
      if (train.label(m) == error.predictedLabel() && correlation > nearness) {
        nearness = correlation;
        nearest = m;
      }
    }
    if (deviations[n] == 0.0) {
      return new CategorizedError(error, ErrorCategory.DEGENERATE_IMAGE, -1, Double.NaN);
    }
    if (-error.margin() <= THIN) {
      return new CategorizedError(error, ErrorCategory.THIN_MARGIN, -1, Double.NaN);
    }
    if (nearness >= NEAR) {
      return new CategorizedError(error, ErrorCategory.NEAR_PREDICTED_CLASS, nearest, nearness);
    }
    return new CategorizedError(error, ErrorCategory.OTHER, -1, Double.NaN);
  }

  /** Pearson correlation of two images' pixels; 1 for two constant images, 0 for one. */
  private double correlation(int a, int b) {
    double both = deviations[a] * deviations[b];
    if (both == 0.0) {
      return deviations[a] == deviations[b] ? 1.0 : 0.0;
    }
    return Math.min(1.0, (size * dot(a, b) - sums[a] * sums[b]) / both);
  }

  private boolean identical(int a, int b) {
    for (int i = 0; i < size; i++) {
      if (pixels[a * size + i] != pixels[b * size + i]) {
        return false;
      }
    }
    return true;
  }

  private long dot(int a, int b) {
    int from = a * size;
    int to = b * size;
    long total = 0;
    for (int begin = 0; begin < size; begin += 16_384) {
      int end = Math.min(begin + 16_384, size);
      int part = 0; // 16,384 products of at most 255 * 255 stay below 2^31
      for (int i = begin; i < end; i++) {
        part += (pixels[from + i] & 0xFF) * (pixels[to + i] & 0xFF);
      }
      total += part;
    }
    return total;
  }
}
