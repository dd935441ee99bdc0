// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One split of a data set: {@code size()} images and their labels, read-only. */
public final class Split implements ImageSource {
  private final String name;
  private final int size;
  private final int imageBytes;
  private final MemorySegment images;
  private final int labelCount;
  private final int[] labels;

  public Split(String name, int imageBytes, MemorySegment images, int labelCount, int[] labels) {
    this.name = name;
    this.size = labels.length / labelCount;
    this.imageBytes = imageBytes;
    this.images = images.asReadOnly();
    this.labelCount = labelCount;
    this.labels = labels;
  }

  /** The same images; label {@code i} as number {@code numbers[i]}, or column i as that column. */
  Split renumbered(int[] numbers) {
    int[] renumbered = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      int at = labelCount == 1 ? i : i - i % labelCount + numbers[i % labelCount];
      renumbered[at] = labelCount == 1 ? numbers[labels[i]] : labels[i];
    }
    return new Split(name, imageBytes, images, labelCount, renumbered);
  }

  /** {@code train}, {@code val} or {@code test}. */
  public String name() {
    return name;
  }

  /** Number of samples, at least 1. */
  public int size() {
    return size;
  }

  /** Bytes of one image: d * h * w * c. */
  public int imageBytes() {
    return imageBytes;
  }

  @Override
  public int imageElements() {
    return imageBytes;
  }

  @Override
  public Optional<MemorySegment> bytes() {
    return Optional.of(images);
  }

  /**
   * All images, uint8, layout NDHWC as in the file; sample {@code i} starts at {@code (long) i *
   * imageBytes()}. Off-heap; gone when the data set is closed.
   */
  public MemorySegment images() {
    return images;
  }

  /** Labels of one sample: 1 except for multi-label sets. */
  public int labelCount() {
    return labelCount;
  }

  /** The label of a sample; IllegalStateException on multi-label sets. */
  public int label(int sampleIndex) {
    if (labelCount != 1) {
      throw new IllegalStateException("a sample has " + labelCount + " labels; name the column");
    }
    return labels[sampleIndex];
  }

  /** Label {@code column}, from 0, of a sample. */
  public int label(int sampleIndex, int column) {
    return labels[sampleIndex * labelCount + Objects.checkIndex(column, labelCount)];
  }

  /** Whether a sample has several labels, and each sample exactly one of them set. */
  public boolean oneHot() {
    boolean oneHot = labelCount > 1;
    for (int row = 0; oneHot && row < labels.length; row += labelCount) {
      oneHot = Arrays.stream(labels, row, row + labelCount).sum() == 1;
    }
    return oneHot;
  }

  /** All labels, row by row; not to be changed. */
  int[] labels() {
    return labels;
  }

  /** A sample with all its labels. */
  public LabelledSample sample(int sampleIndex) {
    List<Integer> row = new ArrayList<>(labelCount);
    for (int column = 0; column < labelCount; column++) {
      row.add(label(sampleIndex, column));
    }
    return new LabelledSample(name, sampleIndex, row);
  }

  @Override
  public void copyImage(int sampleIndex, float[] destination, int offset) {
    Objects.checkIndex(sampleIndex, size);
    Objects.checkFromIndexSize(offset, imageBytes, destination.length);
    long start = (long) sampleIndex * imageBytes;
    for (int i = 0; i < imageBytes; i++) {
      destination[offset + i] = images.get(ValueLayout.JAVA_BYTE, start + i) & 0xFF;
    }
  }
}
