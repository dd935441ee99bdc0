// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.ParallelWork;
import dev.unerring.data.Samples;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds different images that a flip or turn of {@link ImageSymmetry} maps onto each other. A hash
 * that no such map changes brings candidates together: over the positions, the sum of a mix of the
 * pixel and the number of its orbit, the positions that maps bring onto each other. What counts is
 * the comparison of all bytes.
 */
public final class FlippedImages {
  private static final int UNIT = 256;
  private static final String STAGE = "looking for flips and turns";

  private final Samples samples;
  private final List<ImageSymmetry> symmetries;
  private final int[] orbits;
  private final int channels;

  private FlippedImages(Samples samples, Shape shape) {
    this.samples = samples;
    this.symmetries = ImageSymmetry.of(shape);
    this.channels = shape.c();
    this.orbits = orbits(shape);
  }

  /** The least position that any map takes a position from: the same for a whole orbit. */
  private int[] orbits(Shape shape) {
    int[] orbits = new int[shape.positions()];
    Arrays.fill(orbits, Integer.MAX_VALUE);
    for (ImageSymmetry symmetry : symmetries) {
      int position = 0;
      for (int d = 0; d < shape.d(); d++) {
        for (int h = 0; h < shape.h(); h++) {
          for (int w = 0; w < shape.w(); w++, position++) {
            orbits[position] = Math.min(orbits[position], symmetry.source(d, h, w));
          }
        }
      }
    }
    return orbits;
  }

  /**
   * An image of a group.
   *
   * @param image its number
   * @param transform name of the first map, in the order of the group, that makes this image out of
   *     the first one of its group
   */
  public record Member(int image, String transform) {}

  /**
   * Groups of at least two, ascending, ordered by their first member.
   *
   * @param distinct numbers of images of which no two are identical, ascending
   */
  public static List<List<Member>> find(
      Samples samples, Shape shape, int[] distinct, int threads, WorkMonitor monitor) {
    List<List<Member>> groups =
        new FlippedImages(samples, shape).groups(distinct, threads, monitor);
    groups.sort(Comparator.comparingInt(group -> group.getFirst().image()));
    return groups;
  }

  /** Sorts by the upper bits of the hash; the lower ones are the place in {@code distinct}. */
  private List<List<Member>> groups(int[] distinct, int threads, WorkMonitor monitor) {
    long placeMask = (Long.highestOneBit(Math.max(1, distinct.length)) << 1) - 1;
    long[] keys = new long[distinct.length];
    int units = (distinct.length + UNIT - 1) / UNIT;
    new ParallelWork(STAGE, units, unit -> 1)
        .run(
            threads,
            monitor,
            () -> {
              byte[] pixels = new byte[samples.imageBytes()];
              return unit -> {
                int end = Math.min(distinct.length, (unit + 1) * UNIT);
                for (int i = unit * UNIT; i < end; i++) {
                  samples.copy(distinct[i], pixels);
                  keys[i] = hash(pixels) & ~placeMask | i;
                }
              };
            });
    Arrays.sort(keys);
    List<List<Member>> groups = new ArrayList<>();
    int end;
    for (int start = 0; start < keys.length; start = end) {
      long upper = keys[start] & ~placeMask;
      end = start + 1;
      while (end < keys.length && (keys[end] & ~placeMask) == upper) {
        end++;
      }
      if (end - start > 1) {
        List<Integer> candidates = new ArrayList<>();
        for (int i = start; i < end; i++) {
          candidates.add(distinct[(int) (keys[i] & placeMask)]);
        }
        addVerified(candidates, groups);
      }
    }
    return groups;
  }

  private long hash(byte[] pixels) {
    long sum = 0;
    for (int position = 0; position < orbits.length; position++) {
      long value = orbits[position] + 1L;
      for (int c = 0; c < channels; c++) {
        value = value << 8 ^ value >>> 56 ^ pixels[position * channels + c] & 0xFF;
      }
      long mixed = (value ^ value >>> 29) * 0xBF58476D1CE4E5B9L;
      mixed = (mixed ^ mixed >>> 32) * 0x94D049BB133111EBL;
      sum += mixed ^ mixed >>> 31;
    }
    return sum;
  }

  /** An image with the map under which it is the least of all its mapped images. */
  private record Canonical(int image, ImageSymmetry least) {}

  private void addVerified(List<Integer> candidates, List<List<Member>> groups) {
    List<Canonical> byContent = new ArrayList<>();
    for (int image : candidates) {
      ImageSymmetry least = symmetries.getFirst();
      for (ImageSymmetry symmetry : symmetries) {
        least = compare(image, symmetry, image, least) < 0 ? symmetry : least;
      }
      byContent.add(new Canonical(image, least));
    }
    byContent.sort((a, b) -> compare(a.image, a.least, b.image, b.least)); // stable: ascending
    int end;
    for (int start = 0; start < byContent.size(); start = end) {
      Canonical first = byContent.get(start);
      end = start + 1;
      while (end < byContent.size()
          && compare(first.image, first.least, byContent.get(end).image, byContent.get(end).least)
              == 0) {
        end++;
      }
      if (end - start > 1) {
        List<Member> group = new ArrayList<>();
        for (Canonical member : byContent.subList(start, end)) {
          group.add(new Member(member.image, transform(first.image, member.image)));
        }
        groups.add(group);
      }
    }
  }

  private String transform(int from, int to) {
    ImageSymmetry identity = symmetries.getFirst();
    return symmetries.stream()
        .filter(symmetry -> compare(from, symmetry, to, identity) == 0)
        .findFirst()
        .map(ImageSymmetry::name)
        .orElseThrow();
  }

  private int compare(int a, ImageSymmetry mapA, int b, ImageSymmetry mapB) {
    return mapA.compare(
        samples.images(a), samples.start(a), samples.images(b), samples.start(b), mapB);
  }
}
