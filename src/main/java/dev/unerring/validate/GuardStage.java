// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.DataException;
import dev.unerring.backend.Backend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.DatasetManifest;
import dev.unerring.guard.GuardFile;
import dev.unerring.guard.GuardMaker;
import dev.unerring.network.Network;
import dev.unerring.robustness.Answer;
import dev.unerring.robustness.PixelValues;
import dev.unerring.run.TrainedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/** Makes the guard of a run, with what validation.json says of its training samples. */
public final class GuardStage {
  /** Fewest validation samples of which 2 % are at least one. */
  private static final int FEWEST = 50;

  private GuardStage() {}

  /**
   * Writes guard.npz beside the model.
   *
   * @throws DataException where the data are not those of the run, or the folder cannot be written
   */
  public static Report make(
      TrainedRun run, Dataset data, ValidationPlan plan, Backend backend, WorkMonitor monitor) {
    if (!run.isOf(data)) {
      throw new DataException(
          data.file()
              + " is not the data of this run; a guard is made of its own training samples");
    }
    if (data.val().size() < FEWEST) {
      monitor.note(
          "note: "
              + data.val().size()
              + " validation samples, fewer than "
              + FEWEST
              + ": the threshold is the largest score among them");
    }
    Network network = run.network(backend, 1);
    List<String> allowed =
        plan.symmetries().equals(List.of(ValidationPlan.MANIFEST))
            ? data.manifest()
                .map(DatasetManifest::flag)
                .map(DatasetManifest::symmetries)
                .orElse(List.of())
            : plan.symmetries();
    Path folder = run.model().toAbsolutePath().getParent();
    String weights = String.valueOf(run.facts().get("weightsSha256"));
    BitSet enumerated = enumerated(folder, weights, data.contentSha256());
    GuardFile guard =
        GuardMaker.make(
            network, weights, data, allowed, PixelValues.of(data.train()), enumerated, monitor);
    Path file = folder.resolve(GuardFile.NAME);
    guard.write(file);
    String text =
        "guard of "
            + guard.samples()
            + " training samples, "
            + guard.enumeratedSamples()
            + " of them enumerated; threshold "
            + guard.threshold()
            + "\n";
    return new Report(true, text, List.of(file));
  }

  /** Samples of train that keep their answer under every single-element change. */
  private static BitSet enumerated(Path folder, String weights, String content) {
    BitSet kept = new BitSet();
    Path file = folder.resolve(ValidationFile.NAME);
    if (!Files.isRegularFile(file)) {
      return kept;
    }
    Map<?, ?> json = ValidationFile.read(file);
    Map<?, ?> figures = ValidationFile.figures(json, EnumerateStudy.NAME, "train");
    boolean own =
        figures != null
            && weights.equals(json.get("weightsSha256"))
            && content.equals(figures.get("evaluatedContentSha256"));
    if (own) {
      String table = ValidationFile.table(folder, figures, "validation-enumerate-train.csv");
      for (String line : table.lines().skip(1).toList()) {
        String[] fields = line.split(",", -1);
        boolean answered = !fields[1].equals(String.valueOf(Answer.NONE));
        kept.set(Integer.parseInt(fields[0]), answered && fields[4].equals("0"));
      }
    }
    return kept;
  }
}
