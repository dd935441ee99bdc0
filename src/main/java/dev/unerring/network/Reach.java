// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one position of an image reaches along one axis, layer by layer: the interval of each
 * layer's input that depends on it, and the interval that must be read to compute what follows.
 */
final class Reach {
  private final int[][] first; // [layer][position], one layer more than there are
  private final int[][] size;
  private final int[][] firstRead; // [layer][position]
  private final int[][] sizeRead;
  private final int[] group;
  private final int groups;

  /**
   * Follows every position through the layers.
   *
   * @param layers all with a {@link Layer#reach}
   * @param extents of the input of each layer and of the last output
   * @param axis 0 depth, 1 height, 2 width
   */
  Reach(List<Layer> layers, int[] extents, int axis) {
    int positions = extents[0];
    int count = layers.size();
    first = new int[count + 1][positions];
    size = new int[count + 1][positions];
    firstRead = new int[count][positions];
    sizeRead = new int[count][positions];
    group = new int[positions];
    Map<List<Integer>, Integer> known = new LinkedHashMap<>();
    for (int x = 0; x < positions; x++) {
      first[0][x] = x;
      size[0][x] = 1;
      List<Integer> sizes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        follow(layers.get(i).reach().orElseThrow(), i, x, extents[i + 1], axis);
        sizes.add(size[i + 1][x]);
      }
      group[x] = known.computeIfAbsent(sizes, key -> known.size());
    }
    groups = known.size();
  }

  private void follow(Window window, int layer, int x, int extent, int axis) {
    int kernel = axis == 0 ? window.kd() : axis == 1 ? window.kh() : window.kw();
    int pad = axis == 0 ? window.padDepth() : window.pad();
    int stride = window.stride();
    int begin = first[layer][x] + pad;
    int end = begin + size[layer][x];
    int low = Math.max(0, Math.ceilDiv(begin - kernel + 1, stride));
    int high = Math.min(extent, Math.floorDiv(end - 1, stride) + 1);
    boolean reached = size[layer][x] > 0 && high > low;
    first[layer + 1][x] = low;
    size[layer + 1][x] = reached ? high - low : 0;
    firstRead[layer][x] = low * stride - pad;
    sizeRead[layer][x] = reached ? (high - low - 1) * stride + kernel : 0;
  }

  /** First position of the input of a layer that depends on {@code x}. */
  int first(int layer, int x) {
    return first[layer][x];
  }

  /** Positions of the input of a layer that depend on {@code x}; 0 for none. */
  int size(int layer, int x) {
    return size[layer][x];
  }

  /** First position that a layer reads for its outputs that depend on {@code x}; may be border. */
  int firstRead(int layer, int x) {
    return firstRead[layer][x];
  }

  /** Positions that a layer reads for its outputs that depend on {@code x}. */
  int sizeRead(int layer, int x) {
    return sizeRead[layer][x];
  }

  /** The largest {@link #size} of a layer. */
  int most(int layer) {
    return Arrays.stream(size[layer]).max().orElse(0);
  }

  /** The largest {@link #sizeRead} of a layer. */
  int mostRead(int layer) {
    return Arrays.stream(sizeRead[layer]).max().orElse(0);
  }

  /** Positions with the same number have the same sizes in every layer. */
  int group(int x) {
    return group[x];
  }

  /** Number of groups. */
  int groups() {
    return groups;
  }
}
