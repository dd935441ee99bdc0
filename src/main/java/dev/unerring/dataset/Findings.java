package dev.unerring.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Judges the counts of an audit. */
final class Findings {
  /** From this ratio of the largest to the smallest class on, a set is called imbalanced. */
  static final double IMBALANCED = 10;

  private final LabelAudit audit;
  private final DatasetFacts facts;
  private final List<Finding> found = new ArrayList<>();

  private Findings(LabelAudit audit, DatasetFacts facts) {
    this.audit = audit;
    this.facts = facts;
  }

  static List<Finding> of(LabelAudit audit, DatasetFacts facts) {
    Findings findings = new Findings(audit, facts);
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

  private void missingClasses() {
    for (SplitSummary split : audit.splits()) {
      boolean train = split.name().equals("train");
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
