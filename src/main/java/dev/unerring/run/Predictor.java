package dev.unerring.run;

import dev.unerring.dataset.ImageSource;
import dev.unerring.dataset.Task;
import dev.unerring.errors.Calibration;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.errors.Reliability;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Predicts images one batch after another, across the files they come from, and hands the
 * predictions on in the order of the images. It keeps one batch and nothing else.
 */
public final class Predictor {
  private record Place(String file, int index) {}

  private final TrainedRun run;
  private final Network network;
  private final Calibration calibration;
  private final Consumer<Prediction> sink;
  private final float[] pixels;
  private final List<Place> waiting = new ArrayList<>();

  /**
   * Predicts with a network of {@link TrainedRun#network}.
   *
   * @param calibration null for none: then there are no scores
   */
  public Predictor(
      TrainedRun run, Network network, Calibration calibration, Consumer<Prediction> sink) {
    this.run = run;
    this.network = network;
    this.calibration = calibration;
    this.sink = sink;
    this.pixels = new float[Math.multiplyExact(network.batch(), network.image().imageElements())];
  }

  /** Shape of the images that are taken. */
  public Shape image() {
    return network.image();
  }

  /** Takes one image of a file; predicts when a batch is full. */
  public void add(Path file, ImageSource images, int index) {
    images.copyImage(index, pixels, waiting.size() * images.imageElements());
    waiting.add(new Place(file.toString(), index));
    if (waiting.size() == network.batch()) {
      finish();
    }
  }

  /** Predicts what is waiting. */
  public void finish() {
    if (waiting.isEmpty()) {
      return;
    }
    int classes = network.classes();
    int images = waiting.size();
    Tensor out = network.forward(MemorySegment.ofArray(pixels), images, Mode.RUNNING_STATISTICS);
    float[] logits = new float[images * classes];
    network.backend().download(out.data(), MemorySegment.ofArray(logits));
    boolean multiLabel = run.task() == Task.MULTI_LABEL;
    LabelledLogits unlabelled =
        new LabelledLogits(
                run.task(), classes, logits, new int[multiLabel ? logits.length : images])
            .requireFinite(run.model() + " (" + waiting.getFirst().file() + " and what follows)");
    double[] scores =
        calibration == null
            ? null
            : Reliability.scores(run.task(), logits, classes, calibration.temperature());
    for (int n = 0; n < images; n++) {
      sink.accept(prediction(unlabelled, scores, n));
    }
    waiting.clear();
  }

  private Prediction prediction(LabelledLogits outcome, double[] scores, int n) {
    int classes = outcome.classes();
    List<Integer> labels = new ArrayList<>();
    List<Double> ownScores = new ArrayList<>();
    List<Float> logits = new ArrayList<>();
    float smallest = Float.POSITIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      float logit = outcome.logits()[n * classes + c];
      logits.add(logit);
      smallest = Math.min(smallest, Math.abs(logit));
      if (outcome.predicted(n, c)) {
        labels.add(c);
      }
      if (scores != null) {
        ownScores.add(scores[n * classes + c]);
      }
    }
    float margin =
        outcome.task() == Task.MULTI_LABEL
            ? smallest
            : ErrorList.margin(outcome.logits(), classes, n, labels.getFirst());
    Place place = waiting.get(n);
    return new Prediction(place.file(), place.index(), labels, ownScores, logits, margin);
  }
}
