// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Pace;
import dev.unerring.data.Samples;
import dev.unerring.data.Split;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds groups of byte-identical images over several splits. A hash only brings candidates
 * together; what counts is the comparison of all bytes. Images are numbered through the splits.
 */
public final class IdenticalImages {
  /** A hash of the image of {@code bytes} bytes at {@code start}. */
  interface ImageHash {
    long of(MemorySegment images, long start, int bytes);
  }

  private final Samples samples;
  private final WorkMonitor monitor;

  private IdenticalImages(Samples samples, WorkMonitor monitor) {
    this.samples = samples;
    this.monitor = monitor;
  }

  /**
   * Groups of at least two, each ascending, ordered by their first member; StoppedException when
   * stopped.
   */
  public static List<int[]> find(List<Split> splits, WorkMonitor monitor) {
    return find(splits, monitor, IdenticalImages::hash);
  }

  public static List<int[]> find(List<Split> splits, WorkMonitor monitor, ImageHash hash) {
    List<int[]> groups = new IdenticalImages(new Samples(splits), monitor).groups(hash);
    groups.sort(Comparator.comparingInt(group -> group[0]));
    return groups;
  }

  /** One sort of longs: upper bits of the hash, lower bits the number of the image. */
  private List<int[]> groups(ImageHash hash) {
    int count = samples.size();
    long indexMask = (Long.highestOneBit(count) << 1) - 1;
    long[] keys = new long[count];
    Pace pace = pace("looking for identical images");
    for (int i = 0; i < count; i++) {
      pace.done(i + 1);
      long full = hash.of(samples.images(i), samples.start(i), samples.imageBytes());
      keys[i] = full & ~indexMask | i;
    }
    Arrays.sort(keys);
    List<int[]> groups = new ArrayList<>();
    Pace comparing = pace("comparing identical images");
    int end;
    for (int start = 0; start < count; start = end) {
      long upper = keys[start] & ~indexMask;
      end = start + 1;
      while (end < count && (keys[end] & ~indexMask) == upper) {
        end++;
      }
      if (end - start > 1) {
        int[] candidates = new int[end - start];
        for (int i = start; i < end; i++) {
          candidates[i - start] = (int) (keys[i] & indexMask);
        }
        addVerified(candidates, groups, comparing, start);
      }
    }
    return groups;
  }

  private Pace pace(String work) {
    return Pace.of(monitor, work, samples.size(), samples.imageBytes());
  }

  /** Splits images of one hash by their bytes: linear when all are equal, else by sorting. */
  private void addVerified(int[] candidates, List<int[]> groups, Pace pace, int before) {
    boolean allEqual = true;
    for (int i = 1; i < candidates.length && allEqual; i++) {
      pace.done(before + i);
      allEqual = compare(candidates[0], candidates[i]) == 0;
    }
    if (allEqual) {
      groups.add(candidates);
      return;
    }
    Integer[] byContent = Arrays.stream(candidates).boxed().toArray(Integer[]::new);
    Arrays.sort(byContent, this::compare); // stable: equal images stay in ascending order
    int end;
    for (int start = 0; start < byContent.length; start = end) {
      end = start + 1;
      while (end < byContent.length && compare(byContent[start], byContent[end]) == 0) {
        end++;
      }
      if (end - start > 1) {
        groups.add(Arrays.stream(byContent, start, end).mapToInt(Integer::intValue).toArray());
      }
    }
  }

  private int compare(int left, int right) {
    int bytes = samples.imageBytes();
    MemorySegment first = samples.images(left);
    MemorySegment second = samples.images(right);
    long start = samples.start(left);
    long other = samples.start(right);
    long at = MemorySegment.mismatch(first, start, start + bytes, second, other, other + bytes);
    return at < 0
        ? 0
        : Byte.compareUnsigned(
            first.get(ValueLayout.JAVA_BYTE, start + at),
            second.get(ValueLayout.JAVA_BYTE, other + at));
  }

  static long hash(MemorySegment images, long start, int bytes) {
    long hash = 0x9E3779B97F4A7C15L;
    long end = start + bytes;
    long at = start;
    for (; at <= end - 8; at += 8) {
      hash = mix(hash, images.get(ValueLayout.JAVA_LONG_UNALIGNED, at));
    }
    for (; at < end; at++) {
      hash = mix(hash, images.get(ValueLayout.JAVA_BYTE, at));
    }
    return hash;
  }

  static long mix(long hash, long value) {
    long mixed = (hash ^ value) * 0xD6E8FEB86659FD93L;
    return mixed ^ mixed >>> 32;
  }
}
