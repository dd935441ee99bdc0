// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.data.LabelledSample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Identical images with different labels. Which label is right is not known here.
 *
 * @param group the samples
 * @param votes one for each label column, over the training samples; empty when there are none
 */
public record LabelConflict(ImageGroup group, List<LabelVote> votes) {
  /** Takes a copy of the votes. */
  public LabelConflict {
    votes = List.copyOf(votes);
  }

  static LabelConflict of(ImageGroup group) {
    List<LabelVote> votes = new ArrayList<>();
    List<LabelledSample> train = group.trainSamples();
    if (!train.isEmpty()) {
      for (int column = 0; column < train.getFirst().labels().size(); column++) {
        votes.add(LabelVote.of(train, column));
      }
    }
    return new LabelConflict(group, votes);
  }

  /** The samples in the order train, val, test, each by index. */
  public List<LabelledSample> samples() {
    return group.samples();
  }

  /**
   * What training aims at for these images: for each label column the most frequent label among the
   * training samples, the lowest on a tie. Empty when no training sample is among them.
   */
  public Optional<List<Integer>> goalLabels() {
    return votes.isEmpty()
        ? Optional.empty()
        : Optional.of(votes.stream().map(LabelVote::goalLabel).toList());
  }

  /** Training errors that no deterministic classifier avoids: the group's share of the floor. */
  public int trainErrorsAtLeast() {
    return votes.stream().mapToInt(LabelVote::errorsAtLeast).sum();
  }

  /**
   * Training samples with at least one wrong label whatever a deterministic classifier answers: all
   * but those that carry the most frequent row of labels. The same as {@link #trainErrorsAtLeast}
   * where a sample has one label.
   */
  public int wrongSamplesAtLeast() {
    Map<List<Integer>, Integer> counts = new LinkedHashMap<>();
    for (LabelledSample sample : group.trainSamples()) {
      counts.merge(sample.labels(), 1, Integer::sum);
    }
    int largest = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    return group.trainSamples().size() - largest;
  }

  /** Why that many training errors are unavoidable; empty when none are. */
  public List<String> proofs() {
    List<String> proofs = new ArrayList<>();
    for (int column = 0; column < votes.size(); column++) {
      LabelVote vote = votes.get(column);
      if (vote.errorsAtLeast() > 0) {
        proofs.add(
            "this group of "
                + vote.size()
                + " identical images carries the labels "
                + vote
                + (votes.size() > 1 ? " in column " + column : "")
                + ": at least "
                + vote.errorsAtLeast()
                + " must be wrong");
      }
    }
    return proofs;
  }

  /** What follows for the samples outside train; empty when nothing does. */
  public Optional<String> consequence() {
    if (votes.isEmpty()) {
      return Optional.of(
          "whatever a model answers, it is wrong on one of " + places(samples()) + " at least");
    }
    List<Integer> goal = goalLabels().orElseThrow();
    List<LabelledSample> wrong =
        samples().stream()
            .filter(sample -> !sample.inTrain() && !sample.labels().equals(goal))
            .toList();
    if (wrong.isEmpty()) {
      return Optional.empty();
    }
    String verb = places(wrong) + (wrong.size() == 1 ? " is" : " are");
    if (trainErrorsAtLeast() == 0) {
      return Optional.of("with zero training errors " + verb + " wrong by necessity");
    }
    return Optional.of(
        votes.stream().anyMatch(LabelVote::tied)
            ? "with the goal " + goalText(goal) + " answered, " + verb + " wrong"
            : "with the training errors at the floor " + verb + " wrong by necessity");
  }

  private static String goalText(List<Integer> goal) {
    return goal.size() == 1 ? "label " + goal.getFirst() : "labels " + goal;
  }

  private static String places(List<LabelledSample> samples) {
    return samples.stream().map(LabelledSample::place).collect(Collectors.joining(", "));
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", samples().stream().map(LabelledSample::toJson).toList());
    goalLabels()
        .ifPresent(goal -> {
          boolean single = goal.size() == 1;
          json.put(single ? "goalLabel" : "goalLabels", single ? goal.getFirst() : goal);
        });
    json.put("trainErrorsAtLeast", trainErrorsAtLeast());
    if (votes.size() > 1) {
      json.put("wrongSamplesAtLeast", wrongSamplesAtLeast());
    }
    json.put("proofs", proofs());
    consequence().ifPresent(text -> json.put("consequence", text));
    return json;
  }
}
