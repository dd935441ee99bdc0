// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.EngineVersion;
import dev.unerring.base.Json;
import dev.unerring.data.Task;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.network.Network;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the model of a finished run for other programs. The same run gives the same bytes. All
 * files of an export are written, or none is left.
 */
public final class ModelExport {
  /** What every exported file says first. */
  public static final String NOTICE = "Not for clinical use.";

  private final RunRecords run;

  /** An export of a run. */
  public ModelExport(RunRecords run) {
    this.run = run;
  }

  /**
   * The files of an export, the one that is asked for last.
   *
   * @param to onnx, pytorch or model-card
   */
  public static List<Path> files(String to, Path out) {
    return switch (to) {
      case "onnx" -> List.of(beside(out, ".golden.npz"), beside(out, ".check.py"), out);
      case "pytorch" -> List.of(beside(out, ".golden.npz"), out);
      default -> List.of(out);
    };
  }

  private static Path beside(Path out, String suffix) {
    String name = out.getFileName().toString();
    return out.resolveSibling(name.substring(0, name.lastIndexOf('.')) + suffix);
  }

  /**
   * Refuses a model whose arithmetic a format does not have here.
   *
   * @param to onnx or pytorch
   * @throws UsageException that names both
   */
  public void requireKnownArithmetic(String to) {
    String arithmetic = run.text("arithmetic");
    boolean integers = Arithmetic.INTEGER.label().equals(arithmetic);
    boolean known =
        Arithmetic.ORDERED.label().equals(arithmetic)
            || Arithmetic.CUDNN_FP32.label().equals(arithmetic)
            || integers && to.equals("onnx");
    if (!known) {
      throw new UsageException(
          run.path()
              + " computes in the arithmetic '"
              + arithmetic
              + "', which is not exported to "
              + to
              + (integers ? "; --to onnx takes it" : ""));
    }
  }

  /** Writes ONNX, its golden vectors and the check. */
  public void onnx(Network network, boolean bytes, Path out) {
    List<Path> files = files("onnx", out);
    AtomicFile.Content content =
        OnnxModel.of(network, bytes, EngineVersion.number(), metadata(network));
    String check =
        CHECK
            .replace("@MODEL@", Json.canonical(out.getFileName().toString()))
            .replace("@DTYPE@", bytes ? "uint8" : "float32");
    allOrNone(
        files,
        () -> {
          GoldenVectors.of(network).write(files.get(0));
          AtomicFile.write(files.get(1), check.getBytes(StandardCharsets.UTF_8));
          AtomicFile.write(out, content);
        });
  }

  /** Writes a module of PyTorch and its golden vectors. */
  public void pytorch(Network network, String model, Path out) {
    List<Path> files = files("pytorch", out);
    String text = PyTorchModel.of(network, metadata(network), model);
    allOrNone(
        files,
        () -> {
          GoldenVectors.of(network).write(files.get(0));
          AtomicFile.write(out, text.getBytes(StandardCharsets.UTF_8));
        });
  }

  /** Writes the model card. */
  public void modelCard(Path out) {
    AtomicFile.write(out, ModelCard.of(run).getBytes(StandardCharsets.UTF_8));
  }

  private static void allOrNone(List<Path> files, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      for (Path file : files) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException left) {
          e.addSuppressed(left);
        }
      }
      throw e;
    }
  }

  /** What an exported model says of itself. */
  private Map<String, String> metadata(Network network) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("notice", NOTICE);
    metadata.put("architecture", network.architecture());
    metadata.put("task", run.text("task"));
    metadata.put("labels", Json.canonical(run.labels()));
    boolean several = Task.MULTI_LABEL.manifestName().equals(run.text("task"));
    metadata.put(
        "decision", several ? "a label is given where its logit is above 0" : "largest logit");
    metadata.put("pixels", "raw, 0 to 255; the scaling is part of the model");
    for (String key :
        List.of(
            "data",
            "dataSha256",
            "dataContentSha256",
            "seed",
            "trainDecisions",
            "trainErrors",
            "floor",
            "trainErrorsBeforePatch",
            "patches",
            "containsTrainingImages",
            "arithmetic",
            "weightsSha256",
            "logitsSha256")) {
      if (run.result().get(key) != null) {
        metadata.put(key, run.text(key));
      }
    }
    metadata.put("tolerance", tolerance());
    return metadata;
  }

  private static String tolerance() {
    return "a logit differs by "
        + decimal(GoldenVectors.RELATIVE)
        + " of the sample's largest logit (1 at least) at most";
  }

  /** What holds of the verdicts elsewhere, a sentence; {@link #unsure} counts the exceptions. */
  public static String bound() {
    return "Other programs add in another order: "
        + tolerance()
        + ". Verdicts are the same where the margin is above "
        + decimal(2 * GoldenVectors.RELATIVE)
        + " of it.";
  }

  private static String decimal(float value) {
    return new BigDecimal(Float.toString(value)).toPlainString();
  }

  /** The samples whose margin is not above the bound: their verdict may differ elsewhere. */
  public static List<Integer> unsure(LabelledLogits outcome) {
    List<Integer> unsure = new ArrayList<>();
    int classes = outcome.classes();
    for (int n = 0; n < outcome.samples(); n++) {
      float bound = 2 * GoldenVectors.tolerance(outcome.logits(), n * classes, classes);
      if (!(margin(outcome, n) > bound)) {
        unsure.add(n);
      }
    }
    return unsure;
  }

  /** How far the verdict of a sample is from another one. */
  private static float margin(LabelledLogits outcome, int n) {
    int classes = outcome.classes();
    float[] logits = outcome.logits();
    float top = Float.NEGATIVE_INFINITY;
    float second = Float.NEGATIVE_INFINITY;
    float nearest = Float.POSITIVE_INFINITY;
    for (int i = n * classes; i < (n + 1) * classes; i++) {
      second = Math.max(second, Math.min(top, logits[i]));
      top = Math.max(top, logits[i]);
      nearest = Math.min(nearest, Math.abs(logits[i]));
    }
    return outcome.task() == Task.MULTI_LABEL ? nearest : top - second;
  }

  private static final String CHECK =
      """
      \"""Compares the logits of the golden vectors: python3 FILE.check.py (needs numpy, onnxruntime)\"""
      import sys
      from pathlib import Path
      import numpy, onnxruntime
      here = Path(__file__).resolve()
      golden = numpy.load(here.with_name(here.name.removesuffix(".check.py") + ".golden.npz"))
      session = onnxruntime.InferenceSession(str(here.with_name(@MODEL@)))
      logits = session.run(["logits"], {"image": golden["image"].astype("@DTYPE@")})[0]
      share = (abs(logits - golden["logits"]).max(1) / golden["tolerance"]).max()
      print(f"{len(logits)} golden vectors: largest difference {share:.3f} of the tolerance")
      sys.exit(0 if share <= 1 else 1)
      """;
}
