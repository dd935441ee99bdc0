package dev.unerring.run;

import dev.unerring.backend.Turn;
import dev.unerring.dataset.ImageSource;
import dev.unerring.dataset.Task;
import dev.unerring.errors.Calibration;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.errors.Labels;
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

  private final TrainedModel run;
  private final Network network;
  private final Calibration calibration;
  private final Consumer<Prediction> sink;
  private final float[] pixels;
  private final List<Place> waiting = new ArrayList<>();

  /**
   * Predicts with a network of {@link TrainedModel#network}; without a calibration there are no
   * scores.
   */
  public Predictor(TrainedModel run, Network network, Consumer<Prediction> sink) {
    this.run = run;
    this.network = network;
    this.calibration = run.calibration().orElse(null);
    this.sink = sink;
    this.pixels = new float[Math.multiplyExact(network.batch(), network.image().imageElements())];
  }

  /** Shape of the images that are taken. */
  public Shape image() {
    return network.image();
  }

  /**
   * Takes one image of a file; predicts when a batch is full. Where the sink throws, the prediction
   * that it was given counts as handed on, and those after it wait for the next call. Where
   * predicting itself fails, the images of the batch are given up.
   */
  public void add(Path file, ImageSource images, int index) {
    try (Turn _ = network.backend().turn().take()) {
      images.copyImage(index, pixels, waiting.size() * images.imageElements());
      waiting.add(new Place(file.toString(), index));
      if (waiting.size() == network.batch()) {
        finish();
      }
    }
  }

  /** Predicts what is waiting; see {@link #add} where that fails. */
  public void finish() {
    try (Turn _ = network.backend().turn().take()) {
      predict();
    }
  }

  private void predict() {
    if (waiting.isEmpty()) {
      return;
    }
    int taken = waiting.size();
    try {
      List<Prediction> predictions = predicted();
      taken = 0;
      for (Prediction prediction : predictions) {
        taken++;
        sink.accept(prediction);
      }
    } finally {
      forget(taken);
    }
  }

  /** Takes the first images out; the others move to the front. */
  private void forget(int taken) {
    int elements = network.image().imageElements();
    int left = waiting.size() - taken;
    System.arraycopy(pixels, taken * elements, pixels, 0, left * elements);
    waiting.subList(0, taken).clear();
  }

  private List<Prediction> predicted() {
    int classes = network.classes();
    int images = waiting.size();
    Tensor out = network.forward(MemorySegment.ofArray(pixels), images, Mode.RUNNING_STATISTICS);
    float[] logits = new float[images * classes];
    network.backend().download(out.data(), MemorySegment.ofArray(logits));
    LabelledLogits answered =
        answered(logits)
            .requireFinite(run.model() + " (" + waiting.getFirst().file() + " and what follows)");
    double[] scores =
        calibration == null
            ? new double[0]
            : Reliability.scores(run.task(), logits, classes, calibration.temperature());
    List<Prediction> predictions = new ArrayList<>();
    for (int n = 0; n < images; n++) {
      predictions.add(prediction(answered, scores, n));
    }
    return predictions;
  }

  /** The logits beside what they answer, as if it were given. */
  private LabelledLogits answered(float[] logits) {
    int columns = run.task() == Task.MULTI_LABEL ? network.classes() : 1;
    int[] answers = new int[waiting.size() * columns];
    Labels blank = Labels.of(run.task(), answers, columns);
    for (int i = 0; i < answers.length; i++) {
      answers[i] = blank.predicted(logits, i / columns, i % columns);
    }
    return new LabelledLogits(run.task(), network.classes(), logits, answers);
  }

  private Prediction prediction(LabelledLogits answered, double[] scores, int n) {
    int classes = answered.classes();
    List<Integer> labels = new ArrayList<>();
    List<Double> ownScores = new ArrayList<>();
    List<Float> logits = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      logits.add(answered.logits()[n * classes + c]);
      if (answered.given(n, c)) {
        labels.add(c);
      }
      if (scores.length > 0) {
        ownScores.add(scores[n * classes + c]);
      }
    }
    float margin = answered.given().margin(answered.logits(), n);
    Place place = waiting.get(n);
    return new Prediction(place.file(), place.index(), labels, ownScores, logits, margin);
  }
}
