// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.DataException;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.DatasetFacts;
import dev.unerring.data.ImageRemark;
import dev.unerring.data.LabelledSample;
import dev.unerring.data.Pace;
import dev.unerring.data.Samples;
import dev.unerring.data.Split;
import dev.unerring.data.SplitSummary;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntBiFunction;

/**
 * What a data set says and where it contradicts itself: counts, identical images within and across
 * splits, label conflicts, constant images, and the floor, which is the proved minimum number of
 * training errors of any deterministic classifier. The audit lists identical images with different
 * labels; it does not know which label is right, and changes none.
 */
public final class LabelAudit {
  private final DatasetFacts facts;
  private final List<SplitSummary> splits;
  private final List<ImageGroup> groups;
  private final List<LabelConflict> conflicts;
  private final List<LabelledSample> constantImages;
  private final List<PixelSummary> pixels;
  private final List<String> remarks;
  private final int[] goalLabels;
  private final int[] floorByLabel;
  private final boolean oneHot;

  /** Audits a data set; time linear in its bytes. The result does not refer to its memory. */
  public LabelAudit(Dataset dataset) {
    this(dataset, WorkMonitor.SILENT);
  }

  /** The same with progress; StoppedException when the monitor stops. */
  public LabelAudit(Dataset dataset, WorkMonitor monitor) {
    facts = DatasetFacts.of(dataset);
    splits =
        dataset.splits().stream().map(split -> SplitSummary.of(split, dataset.classes())).toList();
    groups = groups(new Samples(dataset.splits()), monitor);
    conflicts = groups.stream().filter(ImageGroup::contradictory).map(LabelConflict::of).toList();
    constantImages = constantImages(dataset, monitor);
    oneHot = dataset.manifest().isEmpty() && dataset.splits().stream().allMatch(Split::oneHot);
    pixels = dataset.splits().stream().map(each -> PixelSummary.of(each, monitor)).toList();
    remarks =
        dataset.splits().stream()
            .flatMap(each -> ImageRemark.notes(each, monitor).stream())
            .toList();
    goalLabels = goalLabels(dataset.train());
    floorByLabel = new int[dataset.train().labelCount()];
    for (LabelConflict conflict : conflicts) {
      for (int column = 0; column < conflict.votes().size(); column++) {
        floorByLabel[column] += conflict.votes().get(column).errorsAtLeast();
      }
    }
  }

  private static List<ImageGroup> groups(Samples samples, WorkMonitor monitor) {
    List<ImageGroup> groups = new ArrayList<>();
    for (int[] members : IdenticalImages.find(samples.splits(), monitor)) {
      groups.add(new ImageGroup(Arrays.stream(members).mapToObj(samples::sample).toList()));
    }
    return List.copyOf(groups);
  }

  /** An image is constant when every pixel equals the next one, channel by channel. */
  private static List<LabelledSample> constantImages(Dataset dataset, WorkMonitor monitor) {
    int channels = dataset.imageShape().c();
    List<LabelledSample> constant = new ArrayList<>();
    for (Split split : dataset.splits()) {
      MemorySegment images = split.images();
      String work = "looking for constant images of " + split.name();
      Pace pace = Pace.of(monitor, work, split.size(), split.imageBytes());
      for (int i = 0; i < split.size(); i++) {
        pace.done(i + 1);
        long start = (long) i * split.imageBytes();
        long end = start + split.imageBytes();
        if (MemorySegment.mismatch(images, start, end - channels, images, start + channels, end)
            < 0) {
          constant.add(split.sample(i));
        }
      }
    }
    return List.copyOf(constant);
  }

  private int[] goalLabels(Split train) {
    int columns = train.labelCount();
    int[] goals = new int[train.size() * columns];
    for (int i = 0; i < goals.length; i++) {
      goals[i] = train.label(i / columns, i % columns);
    }
    settle(goals, columns, (vote, decision) -> vote.goalLabel());
    return goals;
  }

  /** Sets the goal of every training sample that is in a conflict, by decision. */
  private void settle(int[] goals, int columns, ToIntBiFunction<LabelVote, Integer> goal) {
    for (LabelConflict conflict : conflicts) {
      for (LabelledSample sample : conflict.group().trainSamples()) {
        for (int column = 0; column < columns; column++) {
          int decision = sample.sampleIndex() * columns + column;
          goals[decision] = goal.applyAsInt(conflict.votes().get(column), decision);
        }
      }
    }
  }

  /**
   * What training aims at, by sampleIndex of train (row by row for multi-label sets): the given
   * label, except in groups of identical training images, where it is the most frequent label of
   * the group, the lowest on a tie.
   */
  public int[] goalLabels() {
    return goalLabels.clone();
  }

  /**
   * The same, except that a group whose labels are tied keeps its answer where that is one of the
   * most frequent: the errors are as many, and no sample that is right has to become wrong.
   *
   * @param answers of a model, by sampleIndex of train, row by row; identical images have one
   */
  public int[] goalLabels(int[] answers) {
    int[] goals = goalLabels.clone();
    int columns = answers.length / splits.getFirst().samples();
    settle(goals, columns, (vote, decision) -> vote.goalLabel(answers[decision]));
    return goals;
  }

  /**
   * The proved minimum number of training errors of any deterministic classifier: over the groups
   * of identical training images, the sum of size minus largest label count. Multi-label sets: the
   * sum over the labels, each label of a sample counted by itself.
   */
  public int floor() {
    int floor = 0;
    for (int each : floorByLabel) {
      floor += each;
    }
    return floor;
  }

  /** The floor of each label column; one element except for multi-label sets. */
  public int[] floorByLabel() {
    return floorByLabel.clone();
  }

  /**
   * The proved minimum number of training samples with a wrong label: over the groups of identical
   * training images, the sum of size minus the largest count of one whole row of labels. It equals
   * {@link #floor} where a sample has one label. In multi-label sets the two may not be reachable
   * together: the majority of each label need not be a row that any sample carries.
   */
  public int sampleFloor() {
    return conflicts.stream().mapToInt(LabelConflict::wrongSamplesAtLeast).sum();
  }

  /** Training samples with a wrong label where every answer is {@link #goalLabels}. */
  public int sampleErrorsAtGoals() {
    int wrong = 0;
    for (LabelConflict conflict : conflicts) {
      for (LabelledSample sample : conflict.group().trainSamples()) {
        boolean right = sample.labels().equals(conflict.goalLabels().orElseThrow());
        wrong += right ? 0 : 1;
      }
    }
    return wrong;
  }

  /** What {@link #sampleFloor} says of a multi-label set, in a sentence. */
  public String sampleFloorText() {
    return "Whole rows of labels: at least "
        + sampleFloor()
        + " training samples have a wrong label; where each label is answered by its goal they are "
        + sampleErrorsAtGoals()
        + ". The two floors may not be reachable together; that of the labels decides.";
  }

  /**
   * {@link #floor} after the preprocessing of all networks but the d-n-K ones. That is fma(x, 1 /
   * 127.5, -1) in float32 for each pixel, which takes the 256 byte values to 256 different numbers;
   * so images are identical after it exactly when they are identical bytes, and the two floors are
   * one. The d-n-K networks scale each image by itself; a run with one counts its own floor.
   */
  public int floorAfterPreprocessing() {
    return floor();
  }

  /** Counts of train, val, test. */
  public List<SplitSummary> splits() {
    return splits;
  }

  /** Groups of identical images, ordered by their first sample (train, val, test, by index). */
  public List<ImageGroup> groups() {
    return groups;
  }

  /** The groups whose members carry different labels, in the same order. */
  public List<LabelConflict> conflicts() {
    return conflicts;
  }

  /** Images in which all pixels have the same value. */
  public List<LabelledSample> constantImages() {
    return constantImages;
  }

  /** Whether every sample of an unpublished multi-label set has exactly one label. */
  boolean oneHot() {
    return oneHot;
  }

  /** Pixel values of train, val, test. */
  public List<PixelSummary> pixels() {
    return pixels;
  }

  /** What is said of the images of each split, a sentence each. */
  List<String> remarks() {
    return remarks;
  }

  /** What a reader should know before training, each with a code. */
  public List<Finding> findings() {
    return Findings.of(this, facts);
  }

  /** The sentences of {@link #findings}. */
  public List<String> warnings() {
    return findings().stream().map(Finding::message).toList();
  }

  /**
   * Refuses sets on which training makes no sense: all training samples of one class, a class
   * without training samples (not of multi-label sets), all training images identical.
   *
   * @param file where the set was read from, for the message
   * @throws DataException that names the file, every such finding, and what to do
   */
  public void requireTrainable(Path file) {
    List<String> reasons =
        findings().stream()
            .filter(Finding::preventsTraining)
            .map(finding -> finding.message() + " (" + finding.advice() + ")")
            .toList();
    if (!reasons.isEmpty()) {
      throw new DataException(
          file + ": not trainable: " + String.join("; ", reasons) + "; unerring audit shows more");
    }
  }

  /** Everything, in reading order. */
  public Map<String, Object> toJson() {
    return AuditReport.json(this, facts);
  }

  /** A report for a terminal; long lists are cut and say so. */
  public String toText() {
    return AuditReport.text(this, facts);
  }
}
