// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certify;

import dev.unerring.DataException;
import dev.unerring.VerificationException;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Exactness;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.Sha256;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Metrics;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/**
 * The count that is the result: the model is read back from its file, the data from theirs, every
 * sample is judged in ordered arithmetic, and the training samples with the smallest margins and a
 * random share are computed once more by {@link ReferenceBackend}. Of a model with patches, what
 * they do on the training samples is counted too.
 */
public final class ClosedWorldValidator {
  /** Images of a pass, at most, where nothing else is asked for. */
  public static final int BATCH = 128;

  private static final int HASHED_BYTES = 1 << 16;

  private ClosedWorldValidator() {}

  /**
   * Judges the model.
   *
   * @param backend a BITWISE backend; the caller closes it
   * @throws DataException where a file is damaged, or the model is not for such images and classes
   * @throws VerificationException where the backend's logits are not those of the definition
   */
  public static Recheck recheck(Path model, Path data, Backend backend) {
    return recheck(model, data, backend, BATCH, WorkMonitor.SILENT);
  }

  /**
   * The same with progress, and with passes of at most {@code batch} images, which changes the
   * memory that is taken and no result.
   *
   * @throws dev.unerring.StoppedException when the monitor stops
   */
  public static Recheck recheck(
      Path model, Path data, Backend backend, int batch, WorkMonitor monitor) {
    requireExact(backend);
    try (Dataset dataset = Dataset.open(data, monitor)) {
      return judge(model, dataset, backend, batch, Repeats.OF_A_RUN, monitor).recheck();
    }
  }

  /**
   * The same on data that are open already.
   *
   * @param repeats training samples that the definition computes again
   */
  public static Judgement judge(
      Path model,
      Dataset dataset,
      Backend backend,
      int batch,
      Repeats repeats,
      WorkMonitor monitor) {
    requireExact(backend);
    Network network = ModelFile.read(model, backend, batch);
    requireFit(model, network, dataset);
    if (dataset.mappedFile().isPresent()) {
      dataset.checkContent(monitor);
    }
    float[] train = Evaluator.logits(network, dataset.train(), monitor);
    float[] val = Evaluator.logits(network, dataset.val(), monitor);
    float[] test = Evaluator.logits(network, dataset.test(), monitor);
    PatchJudge judge = new PatchJudge(model, network, dataset.train(), train, monitor);
    Recheck.PatchVerdict patches = judge.verdict(Labels.given(dataset.task(), dataset.train()));
    int[] samples =
        repeats.chosen(
            Labels.given(dataset.task(), dataset.train()),
            train,
            judge.patched(),
            network.multiplications());
    againstReference(model, dataset.train(), samples, network.classes(), train, monitor);
    return new Judgement(
        network.architecture(),
        new Recheck(
            dataset.sha256(),
            StoredTensors.view(network).weightsSha256(),
            sha256(List.of(train, val, test)),
            verdict(dataset, dataset.train(), train),
            verdict(dataset, dataset.val(), val),
            verdict(dataset, dataset.test(), test),
            patches,
            samples.length),
        List.of(train, val, test));
  }

  private static void requireExact(Backend backend) {
    if (backend.exactness() != Exactness.BITWISE) {
      throw new VerificationException(
          "the backend '" + backend.name() + "' is not bit-exact and cannot judge a model");
    }
  }

  private static void requireFit(Path model, Network network, Dataset data) {
    if (!network.image().equals(data.imageShape()) || network.classes() != data.classes()) {
      throw new DataException(
          model
              + " is for "
              + network.classes()
              + " classes and images "
              + network.image()
              + ", "
              + data.file()
              + " has "
              + data.classes()
              + " and "
              + data.imageShape()
              + "; name the data that the model was trained on");
    }
  }

  private static Recheck.SplitVerdict verdict(Dataset dataset, Split split, float[] logits) {
    Labels labels = Labels.given(dataset.task(), split);
    return new Recheck.SplitVerdict(
        ErrorList.of(labels, logits),
        Metrics.ofLogits(dataset.task(), logits, dataset.classes(), labels.values()));
  }

  private static void againstReference(
      Path model, Split train, int[] samples, int classes, float[] logits, WorkMonitor monitor) {
    float[] expected = byDefinition(model, train, samples, monitor);
    for (int i = 0; i < samples.length; i++) {
      for (int j = 0; j < classes; j++) {
        int wanted = Float.floatToIntBits(expected[i * classes + j]);
        int found = Float.floatToIntBits(logits[samples[i] * classes + j]);
        if (wanted != found) {
          throw new VerificationException(
              "training sample "
                  + samples[i]
                  + ", logit "
                  + j
                  + ": "
                  + hex(found)
                  + " where the definition gives "
                  + hex(wanted)
                  + "; this machine's kernels are not exact, use --device reference");
        }
      }
    }
  }

  /** Logits of some samples by the definition, one image in memory, a plain loop on one thread. */
  private static float[] byDefinition(Path model, Split train, int[] samples, WorkMonitor monitor) {
    try (Backend reference = new ReferenceBackend()) {
      Network network = ModelFile.read(model, reference, 1);
      return Evaluator.logits(network, train, samples, monitor, "computing by the definition");
    }
  }

  private static String sha256(List<float[]> splits) {
    MessageDigest digest = Sha256.digest();
    ByteBuffer piece = ByteBuffer.allocate(HASHED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] logits : splits) {
      for (float logit : logits) {
        piece.putInt(Float.floatToIntBits(logit));
        if (!piece.hasRemaining()) {
          digest.update(piece.flip());
          piece.clear();
        }
      }
    }
    digest.update(piece.flip());
    return Sha256.hex(digest);
  }

  private static String hex(int bits) {
    return "0x" + Integer.toHexString(bits);
  }
}
