// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.base.Sha256;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.LabelledSample;
import dev.unerring.data.Pace;
import dev.unerring.data.Samples;
import dev.unerring.data.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What new samples are beside a closed world, which is the training split of a set: new to it, in
 * it already, or in contradiction to it or to each other. An image that the closed world holds is
 * never taken a second time, so that no goal of an earlier sample can change.
 *
 * @param samples in the order of the new samples
 */
public record Admission(List<Sample> samples) {
  /** What a new sample is. */
  public enum Verdict {
    /** No identical image is in the closed world; the first of several identical new ones. */
    JOINS,
    /** An identical image is there and its goal is the label of this one; or one joins. */
    KNOWN,
    /** An identical image is there, or among the new ones, with another label. */
    CONTRADICTS
  }

  /**
   * A new sample.
   *
   * @param sample with its labels
   * @param imageSha256 of its raw bytes
   * @param verdict what it is
   * @param twin an identical sample, with another label where it contradicts; null where it joins
   */
  public record Sample(
      LabelledSample sample, String imageSha256, Verdict verdict, LabelledSample twin) {}

  /** Takes a copy of the list. */
  public Admission {
    samples = List.copyOf(samples);
  }

  /**
   * Compares all bytes of all images; StoppedException when the monitor stops.
   *
   * @param goals {@link LabelAudit#goalLabels} of the closed world
   */
  public static Admission of(Split world, int[] goals, Split added, WorkMonitor monitor) {
    Samples both = new Samples(List.of(world, added));
    Sample[] samples = new Sample[added.size()];
    Pace pace = Pace.of(monitor, "hashing the new samples", samples.length, added.imageBytes());
    for (int i = 0; i < samples.length; i++) {
      pace.done(i + 1);
      samples[i] = new Sample(added.sample(i), imageSha256(added, i), Verdict.JOINS, null);
    }
    for (int[] group : IdenticalImages.find(both.splits(), monitor)) {
      List<LabelledSample> old = new ArrayList<>();
      List<LabelledSample> fresh = new ArrayList<>();
      for (int i : group) {
        (i < world.size() ? old : fresh).add(both.sample(i));
      }
      if (!fresh.isEmpty()) {
        List<Integer> goal = old.isEmpty() ? fresh.getFirst().labels() : goal(goals, old);
        judge(samples, old, fresh, goal);
      }
    }
    return new Admission(List.of(samples));
  }

  private static List<Integer> goal(int[] goals, List<LabelledSample> old) {
    int columns = old.getFirst().labels().size();
    int from = old.getFirst().sampleIndex() * columns;
    return Arrays.stream(goals, from, from + columns).boxed().toList();
  }

  private static void judge(
      Sample[] samples, List<LabelledSample> old, List<LabelledSample> fresh, List<Integer> goal) {
    boolean amongThemselves =
        old.isEmpty() && fresh.stream().anyMatch(each -> !each.labels().equals(goal));
    List<LabelledSample> others = old.isEmpty() ? fresh : old;
    for (LabelledSample each : fresh) {
      boolean contradicts = amongThemselves || !each.labels().equals(goal);
      LabelledSample twin =
          others.stream()
              .filter(other -> !contradicts || !other.labels().equals(each.labels()))
              .findFirst()
              .orElseThrow();
      Sample sample = samples[each.sampleIndex()];
      if (contradicts || twin != each) {
        samples[each.sampleIndex()] =
            new Sample(
                each, sample.imageSha256, contradicts ? Verdict.CONTRADICTS : Verdict.KNOWN, twin);
      }
    }
  }

  /** SHA-256 of the raw bytes of an image, the key under which its history is kept. */
  public static String imageSha256(Split split, int sampleIndex) {
    long start = (long) sampleIndex * split.imageBytes();
    return Sha256.hex(split.images().asSlice(start, split.imageBytes()));
  }

  /** Those of one verdict, in order. */
  public List<Sample> of(Verdict verdict) {
    return samples.stream().filter(sample -> sample.verdict == verdict).toList();
  }
}
