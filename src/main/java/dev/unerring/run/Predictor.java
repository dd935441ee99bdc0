// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.backend.Turn;
import dev.unerring.data.ImageSource;
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

  private final Network network;
  private final LogitMeaning meaning;
  private final Consumer<Prediction> sink;
  private final float[] pixels;
  private final List<Place> waiting = new ArrayList<>();

  /**
   * Predicts with a network of {@link TrainedModel#network}; without a calibration there are no
   * scores.
   */
  public Predictor(TrainedModel run, Network network, Consumer<Prediction> sink) {
    this.network = network;
    this.meaning =
        new LogitMeaning(
            run.task(), network.classes(), run.calibration().orElse(null), run.model().toString());
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
    List<Prediction> answers = meaning.of(logits, waiting.getFirst().file() + " and what follows");
    List<Prediction> predictions = new ArrayList<>();
    for (int n = 0; n < images; n++) {
      predictions.add(answers.get(n).at(waiting.get(n).file(), waiting.get(n).index()));
    }
    return predictions;
  }
}
