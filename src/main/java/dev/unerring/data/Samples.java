// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The samples of several splits as one sequence: numbered from 0 through the splits. */
public final class Samples {
  private final List<Split> splits;
  private final int[] first;

  public Samples(List<Split> splits) {
    this.splits = List.copyOf(splits);
    this.first = new int[splits.size() + 1];
    for (int i = 0; i < splits.size(); i++) {
      first[i + 1] = Math.addExact(first[i], splits.get(i).size());
    }
  }

  public List<Split> splits() {
    return splits;
  }

  public int size() {
    return first[splits.size()];
  }

  public int imageBytes() {
    return splits.getFirst().imageBytes();
  }

  /** The number of the split that sample {@code i} belongs to. */
  public int splitOf(int i) {
    int split = 0;
    while (i >= first[split + 1]) {
      split++;
    }
    return split;
  }

  /** The number of the first sample of a split; of the split after the last: {@link #size}. */
  public int first(int split) {
    return first[split];
  }

  /** The memory in which the image of sample {@code i} begins at {@link #start}. */
  public MemorySegment images(int i) {
    return splits.get(splitOf(i)).images();
  }

  public long start(int i) {
    return (long) (i - first[splitOf(i)]) * imageBytes();
  }

  /** Copies an image; {@code destination} has room for {@link #imageBytes}. */
  public void copy(int i, byte[] destination) {
    MemorySegment.copy(images(i), ValueLayout.JAVA_BYTE, start(i), destination, 0, imageBytes());
  }

  public LabelledSample sample(int i) {
    Split split = splits.get(splitOf(i));
    return split.sample(i - first[splitOf(i)]);
  }

  /** A number for the labels of each sample: equal numbers, equal labels in all columns. */
  public int[] labelNumbers() {
    int[] numbers = new int[size()];
    Map<List<Integer>, Integer> known = new LinkedHashMap<>();
    for (int i = 0; i < numbers.length; i++) {
      Split split = splits.get(splitOf(i));
      int own = i - first[splitOf(i)];
      if (split.labelCount() == 1) {
        numbers[i] = split.label(own);
        continue;
      }
      List<Integer> row = new ArrayList<>(split.labelCount());
      for (int column = 0; column < split.labelCount(); column++) {
        row.add(split.label(own, column));
      }
      numbers[i] = known.computeIfAbsent(row, labels -> known.size());
    }
    return numbers;
  }
}
