// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import static dev.unerring.export.RunRecords.list;
import static dev.unerring.export.RunRecords.map;
import static dev.unerring.export.RunRecords.maps;
import static dev.unerring.export.RunRecords.number;
import static dev.unerring.export.RunRecords.text;

import dev.unerring.errors.Proportion;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A model card in Markdown with the fields of Mitchell et al. 2019 (arXiv 1810.03993), filled from
 * the records of a run only: what no record says is said to be unknown.
 */
final class ModelCard {
  private final RunRecords run;
  private final StringBuilder card = new StringBuilder();

  private ModelCard(RunRecords run) {
    this.run = run;
  }

  static String of(RunRecords run) {
    ModelCard card = new ModelCard(run);
    card.details();
    card.use();
    card.data();
    card.training();
    card.evaluation();
    card.limits();
    card.reproduction();
    return card.card.toString();
  }

  private void line(String form, Object... values) {
    Object[] safe = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      safe[i] =
          switch (values[i]) {
            case Trusted trusted -> trusted.markdown();
            case Code code -> code.markdown();
            case null, default -> safe(values[i]);
          };
    }
    card.append(String.format(Locale.ROOT, form, safe)).append('\n');
  }

  /** Text that is Markdown already. */
  private record Trusted(String markdown) {}

  /** Text that is shown letter by letter. */
  private record Code(String text) {
    String markdown() {
      return "`" + text.replaceAll("[\\p{Cntrl}`|]", "?") + "`";
    }
  }

  private static Code code(String text) {
    return new Code(text);
  }

  /** A text of a record as Markdown that shows it: nothing in it is markup. */
  static String safe(Object value) {
    return String.valueOf(value)
        .replaceAll("\\p{Cntrl}", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replaceAll("[\\\\`*_{}\\[\\]()#!|~$]", "\\\\$0");
  }

  private void title(String title) {
    card.append("\n## ").append(title).append("\n\n");
  }

  private void details() {
    card.append("# Model card: ").append(safe(run.name())).append("\n\n");
    line("**%s** %s", ModelExport.NOTICE, new Trusted(scope()));
    title("Model details");
    line(
        "- Kind: image classifier, network %s, %s trained values",
        code(run.text("arch")), run.text("parameters"));
    line("- Version: %s", text(run.result(), "version"));
    Map<?, ?> environment = run.object("environment.json");
    line("- Made by: Unerring %s", text(environment, "unerring"));
    line("- Task: %s", run.text("task"));
    line("- Classes: %s", String.join(", ", run.labels()));
    line("- Arithmetic: %s, %s", run.text("arithmetic"), run.text("precision"));
    line("- Weights: %s; SHA-256 %s", run.text("model"), code(run.text("weightsSha256")));
    line("- Licence and contact: no record says; the owner of the model adds them");
  }

  private String scope() {
    return "Every statement is about the listed samples and no others.";
  }

  private void use() {
    title("Intended use");
    line("- Intended: research on images like those of %s", run.text("data"));
    line("- Not intended: diagnosis, treatment, or any decision about a patient");
    line("- Input: raw pixel values 0 to 255 of one image, %s", shape());
  }

  private String shape() {
    List<?> shape = list(run.audit(), "imageShape");
    return shape.size() == 4
        ? shape.get(0)
            + " x "
            + shape.get(1)
            + " x "
            + shape.get(2)
            + " x "
            + shape.get(3)
            + " (depth, height, width, channels)"
        : "of a shape that no record says";
  }

  private void data() {
    title("Training data");
    line("- Set: %s, file %s", run.text("data"), code(text(run.audit(), "file")));
    line("- Licence of the data: %s", text(run.audit(), "licence"));
    line(
        "- SHA-256 of the file %s, of its content %s",
        code(run.text("dataSha256")), code(run.text("dataContentSha256")));
    for (Map<?, ?> split : maps(run.audit(), "splits")) {
      line(
          "- %s: %s samples, by class %s",
          text(split, "split"), text(split, "samples"), text(split, "histogram"));
    }
    if (run.result().containsKey("synthetic")) {
      line("- The images are generated from a seed: they show no patient");
    }
    line("- Groups of identical images with different labels: %s", run.text("labelConflicts"));
    maps(run.audit(), "labelConflicts").stream()
        .flatMap(each -> list(each, "proofs").stream())
        .forEach(proof -> line("  - %s", proof));
  }

  private void training() {
    title("Training");
    Map<?, ?> plan = run.object("plan.json");
    line(
        "- Epochs %s, steps %s, seed %s, batch of %s, learning rate %s",
        run.text("epochs"),
        run.text("trainSteps"),
        run.text("seed"),
        text(plan, "batchSize"),
        text(plan, "learningRate"));
    line("- Training errors after training: %s", run.text("trainErrorsAfterTraining"));
    for (Map<?, ?> each : maps(run.result(), "corrections")) {
      line(
          "- Correction by %s: %s to %s errors in %s rounds, ended by %s",
          text(each, "corrector"),
          text(each, "errorsBefore"),
          text(each, "errorsAfter"),
          text(each, "rounds"),
          text(each, "endedBy"));
    }
    line(
        "- Training errors at the end: %s of %s; proved floor %s; %s",
        run.text("trainErrors"),
        run.text("trainDecisions"),
        run.text("floor"),
        Boolean.TRUE.equals(map(run.result(), "recheck").get("complete"))
            ? "counted again from the saved files"
            : "NOT counted again, a stop ended the re-check");
  }

  private void evaluation() {
    title("Evaluation");
    card.append("| split | errors | accuracy, exact 95 % interval | AUC | majority class |\n");
    card.append("|---|---|---|---|---|\n");
    for (String name : List.of("val", "test")) {
      Map<?, ?> split = map(run.result(), name);
      if (split.isEmpty()) {
        line("| %s | not counted: a stop ended the run | | | |", name);
        continue;
      }
      line(
          "| %s | %s of %s | %s | %s | %s |",
          name,
          text(split, "errors"),
          text(split, "decisions"),
          new Trusted(accuracy(split)),
          figure(number(split, "auc")),
          figure(number(run.split(name), "majorityShare")));
    }
    card.append("\nIntervals: Clopper-Pearson, for one model and samples taken as independent.\n");
    card.append("Groups of patients: no record says; figures by group are not known.\n");
  }

  private static String accuracy(Map<?, ?> split) {
    int of = (int) number(split, "decisions");
    Proportion right = Proportion.of(of - (int) number(split, "errors"), of);
    return right.toText().replace("[", "\\[").replace("]", "\\]");
  }

  private static String figure(double value) {
    return Double.isNaN(value) ? "not known" : String.format(Locale.ROOT, "%.3f", value);
  }

  private void limits() {
    title("Limits");
    card.append(
        "- Zero training errors is a statement about the training samples and nothing else.\n");
    card.append(
        "- A network with enough values fits any consistent labels: read the test figures.\n");
    card.append(
        "- One reproducible run is not a distribution: other seeds give other test figures.\n");
    if (Boolean.TRUE.equals(run.result().get("containsTrainingImages"))) {
      line(
          "- **The model holds %s training images** as patches (memorisation); without them it"
              + " makes %s training errors. Who gets the model gets these images.",
          run.text("patches"), run.text("trainErrorsBeforePatch"));
    }
    list(run.audit(), "warnings").forEach(warning -> line("- %s", warning));
  }

  private void reproduction() {
    title("Reproduction");
    card.append("The same plan, data file and code give the same bits:\n\n```sh\n");
    card.append("unerring train --config plan.json --data ");
    card.append(text(run.audit(), "file").replaceAll("[^\\w.+-]", "?")).append("\n```\n");
    card.append("\n`plan.json` is part of the run folder. ");
    line(
        "weightsSha256 %s, logitsSha256 %s.",
        code(run.text("weightsSha256")), code(run.text("logitsSha256")));
  }
}
