// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.data.DatasetFacts;
import dev.unerring.data.SplitSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Judges the counts of an audit. */
final class Findings {
  /** From this ratio of the largest to the smallest class on, a set is called imbalanced. */
  static final double IMBALANCED = 10;

  /** Classes that are named one by one. */
  private static final int NAMED = 5;

  private final LabelAudit audit;
  private final DatasetFacts facts;
  private final List<Finding> found = new ArrayList<>();

  private Findings(LabelAudit audit, DatasetFacts facts) {
    this.audit = audit;
    this.facts = facts;
  }

  static List<Finding> of(LabelAudit audit, DatasetFacts facts) {
    Findings findings = new Findings(audit, facts);
    findings.oneHot();
    findings.missingClasses();
    findings.oneClass();
    findings.imbalance();
    findings.allIdentical();
    findings.pixels();
    findings.remarks();
    return List.copyOf(findings.found);
  }

  private String className(int number) {
    return number + " (" + facts.labelNames().get(number) + ")";
  }

  /** A line for each missing class; where there are many, one for all splits that lack the same. */
  private void missingClasses() {
    int lowest = lowestLabel();
    if (lowest > 0) {
      found.add(
          new Finding(
              "class-without-samples",
              "the lowest label is "
                  + lowest
                  + ", but classes are numbered from 0: with numpy, labels - "
                  + lowest,
              true));
      return;
    }
    Map<List<Integer>, List<String>> many = new LinkedHashMap<>();
    for (SplitSummary split : audit.splits()) {
      boolean train = split.name().equals("train");
      if (split.missingClasses().size() > NAMED) {
        many.computeIfAbsent(split.missingClasses(), _ -> new ArrayList<>()).add(split.name());
        continue;
      }
      for (int missing : split.missingClasses()) {
        String what =
            (split.multiLabel() ? "no sample has label " : "there is no sample of class ")
                + className(missing);
        String why = train ? "it cannot be learned" : "it has no AUC";
        found.add(
            new Finding(
                "class-without-samples",
                split.name() + ": " + what + ": " + why,
                train && !split.multiLabel()));
      }
    }
    many.forEach(this::missing);
  }

  /** The lowest label of all splits; 0 where classes have names, which say what the numbers are. */
  private int lowestLabel() {
    boolean named = !facts.labelNames().getFirst().equals("0");
    int lowest = 0;
    while (!named && !audit.splits().getFirst().multiLabel() && absent(lowest)) {
      lowest++;
    }
    return lowest;
  }

  private boolean absent(int label) {
    return audit.splits().stream().allMatch(split -> split.histogram().get(label) == 0);
  }

  private void missing(List<Integer> missing, List<String> splits) {
    boolean multiLabel = audit.splits().getFirst().multiLabel();
    int classes = facts.labelNames().size();
    List<Integer> used = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      if (!missing.contains(i)) {
        used.add(i);
      }
    }
    boolean gap =
        splits.contains("train")
            && !multiLabel
            && facts.labelNames().getLast().equals(String.valueOf(classes - 1));
    found.add(
        new Finding(
            "class-without-samples",
            String.join(", ", splits)
                + ": no sample of "
                + missing.size()
                + " of "
                + classes
                + (multiLabel ? " labels" : " classes")
                + ", the first is "
                + className(missing.getFirst())
                + "; there are samples of "
                + shown(used)
                + (gap
                    ? " only: the highest label makes "
                        + classes
                        + " classes; if it is no class number, number the classes 0 to "
                        + (used.size() - 1)
                    : ""),
            splits.contains("train") && !multiLabel));
  }

  private String shown(List<Integer> classes) {
    String names =
        classes.stream()
            .limit(2 * NAMED)
            .map(number -> facts.labelNames().get(number))
            .collect(Collectors.joining(", "));
    return classes.size() > 2 * NAMED ? names + ", ..." : names;
  }

  private void oneHot() {
    if (audit.oneHot()) {
      found.add(
          Finding.warning(
              "one-hot-labels",
              "every sample has exactly one of "
                  + facts.labelNames().size()
                  + " labels, as one-hot classes have, but is read as a sample with several labels:"
                  + " each is a decision of its own; if they are classes, save their numbers with"
                  + " numpy: d = numpy.load('"
                  + facts.fileName()
                  + "'); numpy.savez('new.npz', **{k: d[k].argmax(1) if k.endswith('_labels') else"
                  + " d[k] for k in d})"));
    }
  }

  private void oneClass() {
    SplitSummary train = audit.splits().getFirst();
    int majority = train.majorityClass();
    if (!train.multiLabel() && train.histogram().get(majority) == train.samples()) {
      String all = "train: all " + train.samples() + " samples are of class ";
      String message = all + className(majority) + ": there is nothing to tell apart";
      found.add(new Finding("one-class", message, true));
    }
  }

  private void imbalance() {
    SplitSummary train = audit.splits().getFirst();
    double ratio = train.imbalance();
    if (ratio >= IMBALANCED) {
      found.add(
          Finding.warning(
              "imbalance",
              String.format(
                  Locale.ROOT,
                  "train: class imbalance: the most frequent %s has %.1f times the samples of the"
                      + " rarest that has any; read balanced figures beside the accuracy",
                  train.multiLabel() ? "label" : "class",
                  ratio)));
    }
  }

  private void allIdentical() {
    int all = audit.splits().stream().mapToInt(SplitSummary::samples).sum();
    int train = audit.splits().getFirst().samples();
    for (ImageGroup group : audit.groups()) {
      if (group.trainSamples().size() == train) {
        String which = group.samples().size() == all ? "all " + all : "all " + train + " training";
        found.add(
            new Finding(
                "all-identical",
                which
                    + " images are identical: nothing can be learned from them; the floor of"
                    + " training errors is "
                    + audit.floor(),
                true));
      }
    }
  }

  private void pixels() {
    int constant = audit.constantImages().size();
    if (constant > 0) {
      found.add(
          Finding.warning(
              "constant-images",
              "constant images, " + constant + " of them, show nothing to classify"));
    }
    int saturated = audit.pixels().stream().mapToInt(split -> split.saturated().size()).sum();
    if (saturated > 0) {
      found.add(
          Finding.warning(
              "saturated-images",
              String.format(
                  Locale.ROOT,
                  "saturated images, %d of them: at least %.0f %% of their values are 0 or 255",
                  saturated,
                  100 * PixelSummary.SATURATED_SHARE)));
    }
    PixelSummary train = audit.pixels().getFirst();
    for (PixelSummary split : audit.pixels()) {
      if (split.unlike(train)) {
        found.add(
            Finding.warning(
                "unusual-split",
                String.format(
                    Locale.ROOT,
                    "%s: its values, %d to %d with mean %.1f, are unlike those of train, %d to %d"
                        + " with mean %.1f: was it prepared in another way?",
                    split.split(),
                    split.lowest(),
                    split.highest(),
                    split.mean(),
                    train.lowest(),
                    train.highest(),
                    train.mean())));
      }
    }
  }

  private void remarks() {
    audit.remarks().forEach(remark -> found.add(Finding.warning("nearly-black-images", remark)));
  }
}
