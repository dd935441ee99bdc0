// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import dev.unerring.UsageException;
import dev.unerring.base.Philox;
import dev.unerring.base.Sizes;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.DatasetReader;
import dev.unerring.data.Task;
import java.util.List;

/**
 * What a synthetic set is to be: a function of these values alone.
 *
 * @param manifest of the published set whose form it takes
 * @param pixels side length of the images: 28, 64, 128 or 224 where the published set has that size
 * @param seed of all images and labels
 * @param samples of train, val and test
 * @param conflicts groups of identical training images with different labels; each costs exactly
 *     one training error, so this is the floor
 * @param twins pairs of nearly identical images with equal labels, by turns within train and across
 *     train and test
 * @param copies training images that stand in val or test again, by turns; every other two with
 *     another label
 */
public record SyntheticPlan(
    DatasetManifest manifest,
    int pixels,
    long seed,
    List<Integer> samples,
    int conflicts,
    int twins,
    int copies) {
  /** Bound of the samples in all: each has a serial number, and sorting keys hold it. */
  static final int MAX_SAMPLES = 1 << 24;

  private static final int KEY_STREAM = Philox.SYNTHETIC_SET + 4;

  /** Takes a copy; UsageException for values that no set can have. */
  public SyntheticPlan {
    samples = List.copyOf(samples);
    List<Integer> sizes =
        manifest.files().stream().map(DatasetManifest.PublishedFile::pixels).sorted().toList();
    if (!sizes.contains(pixels)) {
      throw new UsageException(
          manifest.flag() + " has no images of size " + pixels + "; give one of " + sizes);
    }
    long total = 0;
    for (int count : samples) {
      total += count;
    }
    if (total > MAX_SAMPLES) {
      throw new UsageException(total + " samples are too many; at most " + MAX_SAMPLES);
    }
    int columns = manifest.task() == Task.MULTI_LABEL ? manifest.classes() : 1;
    int most = DatasetReader.MAX_LABEL_VALUES / columns;
    for (int count : samples) {
      if (count > most) {
        throw new UsageException(
            "a split of " + manifest.flag() + " has at most " + most + " samples, not " + count);
      }
    }
    long bytes = total * manifest.channels() * pixels * pixels;
    bytes *= manifest.dimensions() == 3 ? pixels : 1;
    if (bytes > DatasetReader.MAX_TOTAL_BYTES) {
      throw new UsageException(
          total
              + " images have "
              + Sizes.text(bytes)
              + ", at most "
              + Sizes.text(DatasetReader.MAX_TOTAL_BYTES)
              + " are read; take fewer or smaller ones");
    }
    if (conflicts < 0 || twins < 0 || copies < 0) {
      throw new UsageException("conflicts, twins and copies cannot be negative");
    }
  }

  /** {@code synthetic-<flag>}, with the image size where it is not 28. */
  public String name() {
    return DatasetManifest.SYNTHETIC + manifest.flag() + (pixels == 28 ? "" : "_" + pixels);
  }

  /** Seed of everything random: sets of different flags have nothing in common. */
  long key() {
    int number = DatasetManifest.flags().indexOf(manifest.flag());
    return Philox.bits64(seed, KEY_STREAM, number, 0);
  }

  /** Extents of one image as they stand in the file, e.g. 28, 28, 3. */
  List<Integer> imageShape() {
    if (manifest.dimensions() == 3) {
      return List.of(pixels, pixels, pixels);
    }
    return manifest.channels() == 1
        ? List.of(pixels, pixels)
        : List.of(pixels, pixels, manifest.channels());
  }

  boolean multiLabel() {
    return manifest.task() == Task.MULTI_LABEL;
  }
}
