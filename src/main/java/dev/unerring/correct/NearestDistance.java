// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Split;
import dev.unerring.network.Probes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * L-infinity distances on raw bytes to the nearest training image that is not identical. Exact: an
 * image is left as soon as one of its pixels is as far away as the nearest so far, which looks at
 * few pixels of most images. Each image of the split is read once.
 */
final class NearestDistance {
  /** Where all images of the split are identical: nothing is known beyond the image itself. */
  private static final int NONE = 1;

  private static final int FARTHER_THAN_ALL = 256;
  private static final int REPORT = 256;

  private NearestDistance() {}

  /**
   * One distance an image, 1 to 255; 1 where every image of the split is identical to it.
   *
   * @param images unsigned bytes, one image after another
   */
  static int[] of(byte[] images, int count, Split split, WorkMonitor monitor) {
    int size = split.imageBytes();
    int[] nearest = new int[count];
    Arrays.fill(nearest, FARTHER_THAN_ALL);
    Probes probes = new Probes(images, count);
    int[] places = probes.places();
    int[] probed = new int[places.length];
    byte[] other = new byte[size];
    for (int n = 0; n < split.size(); n++) {
      MemorySegment.copy(split.images(), ValueLayout.JAVA_BYTE, (long) n * size, other, 0, size);
      for (int k = 0; k < places.length; k++) {
        probed[k] = other[places[k]] & 0xFF;
      }
      for (int p = 0; p < count; p++) {
        if (nearAtProbes(probes.values(), p * places.length, probed, nearest[p])) {
          int distance = distance(images, p * size, other, nearest[p]);
          nearest[p] = distance > 0 ? Math.min(nearest[p], distance) : nearest[p];
        }
      }
      if (n % REPORT == 0 || n == split.size() - 1) {
        monitor.step("measuring distances for patches", n + 1, split.size());
      }
    }
    return Arrays.stream(nearest).map(d -> d == FARTHER_THAN_ALL ? NONE : d).toArray();
  }

  private static boolean nearAtProbes(byte[] values, int first, int[] probed, int limit) {
    for (int k = 0; k < probed.length; k++) {
      if (Math.abs((values[first + k] & 0xFF) - probed[k]) >= limit) {
        return false;
      }
    }
    return true;
  }

  /** The distance, or {@code limit} where it is not smaller. */
  private static int distance(byte[] images, int first, byte[] other, int limit) {
    int largest = 0;
    for (int i = 0; i < other.length; i++) {
      int each = Math.abs((images[first + i] & 0xFF) - (other[i] & 0xFF));
      if (each >= limit) {
        return limit;
      }
      largest = Math.max(largest, each);
    }
    return largest;
  }
}
