// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.LabelledSample;
import dev.unerring.data.Pace;
import dev.unerring.data.Split;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pixel values of one split, all channels.
 *
 * @param split {@code train}, {@code val} or {@code test}
 * @param images their number
 * @param lowest the lowest value, 0 to 255
 * @param highest the highest value
 * @param mean of all values
 * @param ends share of the values that are 0 or 255
 * @param saturated images of which at least {@link #SATURATED_SHARE} of the values are 0 or 255,
 *     and which are not constant; none where the split {@link #holdsMasks}
 */
public record PixelSummary(
    String split,
    int images,
    int lowest,
    int highest,
    double mean,
    double ends,
    List<LabelledSample> saturated) {
  /** From this share of values at 0 or 255 on, an image counts as saturated. */
  public static final double SATURATED_SHARE = 0.95;

  /** From this share of values at 0 or 255 on, a whole split holds masks: it is meant to be so. */
  public static final double MASK_SHARE = 0.999;

  /** A split of fewer images says nothing about its range of values. */
  private static final int ENOUGH_IMAGES = 20;

  /** Ranges that differ by this factor, or means by this share of the range, are unusual. */
  private static final double UNUSUAL_FACTOR = 2;

  private static final double UNUSUAL_SHIFT = 0.25;
  private static final int PIECE = 1 << 16;

  /** Takes a copy of the list. */
  public PixelSummary {
    saturated = List.copyOf(saturated);
  }

  /** Reads every pixel once; StoppedException when the monitor stops. */
  static PixelSummary of(Split split, WorkMonitor monitor) {
    long[] counts = new long[256];
    int[][] pieceCounts = new int[2][256]; // two, so that runs of one value do not wait
    byte[] piece = new byte[Math.min(PIECE, split.imageBytes())];
    MemorySegment images = split.images();
    List<LabelledSample> saturated = new ArrayList<>();
    String work = "reading the pixels of " + split.name();
    Pace pace = Pace.of(monitor, work, split.size(), split.imageBytes());
    for (int i = 0; i < split.size(); i++) {
      pace.done(i + 1);
      long ends = counts[0] + counts[255];
      long lows = counts[0];
      long end = (long) (i + 1) * split.imageBytes();
      for (long at = end - split.imageBytes(); at < end; at += piece.length) {
        int bytes = (int) Math.min(piece.length, end - at);
        MemorySegment.copy(images, ValueLayout.JAVA_BYTE, at, piece, 0, bytes);
        for (int j = 0; j < bytes; j++) {
          pieceCounts[j & 1][piece[j] & 0xFF]++;
        }
        for (int value = 0; value < 256; value++) {
          counts[value] += pieceCounts[0][value] + pieceCounts[1][value];
          pieceCounts[0][value] = 0;
          pieceCounts[1][value] = 0;
        }
      }
      long own = counts[0] + counts[255] - ends;
      long ownLows = counts[0] - lows;
      boolean varied = ownLows < split.imageBytes() && own - ownLows < split.imageBytes();
      if (varied && own >= SATURATED_SHARE * split.imageBytes()) {
        saturated.add(split.sample(i));
      }
    }
    int lowest = 0;
    int highest = 255;
    while (counts[lowest] == 0) {
      lowest++;
    }
    while (counts[highest] == 0) {
      highest--;
    }
    double sum = 0;
    for (int value = 0; value < 256; value++) {
      sum += (double) value * counts[value];
    }
    double values = (double) split.size() * split.imageBytes();
    double ends = (counts[0] + counts[255]) / values;
    boolean masks = masks(lowest, highest, ends);
    return new PixelSummary(
        split.name(),
        split.size(),
        lowest,
        highest,
        sum / values,
        ends,
        masks ? List.of() : saturated);
  }

  static boolean masks(int lowest, int highest, double ends) {
    return lowest == 0 && highest == 255 && ends >= MASK_SHARE;
  }

  /** Whether nearly all values are 0 or 255, and both occur. */
  public boolean holdsMasks() {
    return masks(lowest, highest, ends);
  }

  /** Whether this split's values are unlike those of {@code train}: another range, another mean. */
  boolean unlike(PixelSummary train) {
    if (Math.min(images, train.images) < ENOUGH_IMAGES) {
      return false;
    }
    double own = highest - lowest + 1;
    double other = train.highest - train.lowest + 1;
    return Math.max(own, other) > UNUSUAL_FACTOR * Math.min(own, other)
        || Math.abs(mean - train.mean) > UNUSUAL_SHIFT * Math.max(own, other);
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("split", split);
    json.put("lowest", lowest);
    json.put("highest", highest);
    json.put("mean", mean);
    json.put("shareOf0And255", ends);
    json.put("saturatedImages", saturated.size());
    return json;
  }
}
