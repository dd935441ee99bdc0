// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static dev.unerring.export.RunRecords.map;
import static dev.unerring.export.RunRecords.number;

import dev.unerring.export.RunRecords;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run came to, in words.
 *
 * @param good whether its goal was reached
 * @param title a few words
 * @param sentences what follows
 */
record Verdict(boolean good, String title, List<String> sentences) {
  static Verdict of(RunRecords run) {
    double errors = number(run.result(), "trainErrors");
    double floor = number(run.result(), "floor");
    boolean counted = Boolean.TRUE.equals(map(run.result(), "recheck").get("complete"));
    boolean baseLine = "best validation epoch".equals(run.result().get("model"));
    boolean several = !run.text("trainSamples").equals(run.text("trainDecisions"));
    String what = several ? " training decisions (labels of samples)" : " training samples";
    String of = run.text("trainErrors") + " of " + run.text("trainDecisions");
    String fewest =
        floor == 0
            ? "The data do not contradict themselves: 0 errors are possible."
            : "At least "
                + run.text("floor")
                + " must be wrong, whatever a classifier answers: the data contradict themselves.";
    List<String> sentences = new ArrayList<>();
    boolean good = counted && errors <= floor;
    String title;
    if (!counted) {
      title = "Not counted again";
      sentences.add(
          "A stop ("
              + run.text("endedBy")
              + ") ended the run before its errors were counted again from the saved files. "
              + (Double.isNaN(errors) ? "" : "In memory it had counted " + of + ". "));
    } else if (good) {
      title =
          errors == 0
              ? "No training error"
              : "The fewest training errors that are possible: " + run.text("trainErrors");
      sentences.add(
          of + what + " are wrong, counted again from the saved model and the data file.");
    } else {
      title = (baseLine ? "A base line with " : "Goal not reached: ") + of + " training errors";
      sentences.add(
          baseLine
              ? "The run was to train without correction; its errors were counted again."
              : "The run ended (" + run.text("endedBy") + ") above the floor.");
    }
    sentences.add(fewest);
    if (Boolean.TRUE.equals(run.result().get("containsTrainingImages"))) {
      sentences.add(
          "The model holds "
              + run.text("patches")
              + " training images as patches, which is memorisation. Without them it makes "
              + run.text("trainErrorsBeforePatch")
              + " training errors.");
    }
    return new Verdict(good, title, List.copyOf(sentences));
  }

  void write(Html html) {
    html.open("div", "class", good ? "verdict good" : "verdict").tag("strong", title);
    sentences.forEach(each -> html.text(each + " "));
    html.close();
  }
}
