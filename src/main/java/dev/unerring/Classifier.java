// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import dev.unerring.data.Fit;
import dev.unerring.data.Task;
import dev.unerring.errors.Calibration;
import dev.unerring.guard.Verdict;
import dev.unerring.images.ImageFiles;
import dev.unerring.run.ModelPool;
import dev.unerring.run.RunEvaluation;
import dev.unerring.run.TrainedModel;
import dev.unerring.run.TrainedRun;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A loaded model. Any number of threads may use it: as many calls compute at once as it has
 * workers, the others wait in the order in which they came. A prediction is the same, bit for bit,
 * whatever else is predicted at the same time, and the same as that of {@code unerring predict}.
 *
 * <p>Every method that predicts throws a typed exception where the classifier is closed, the image
 * does not fit, or the calling thread is interrupted before its turn; the thread then stays
 * interrupted.
 */
public final class Classifier implements AutoCloseable {
  private static final Path NAME = Path.of("the image");
  private static final int MOST_WORKERS = 1024;

  private final ModelPool pool;
  private final Optional<Sentinel> sentinel;
  private final ImageShape shape;
  private final Fit fit;
  private final List<String> labels;
  private final boolean multiLabel;
  private final boolean calibrated;
  private final List<Note> notes;

  private Classifier(
      TrainedModel model, ModelPool pool, Optional<Sentinel> sentinel, List<Note> notes) {
    this.pool = pool;
    this.sentinel = sentinel;
    this.shape = ImageShape.of(pool.image());
    this.fit = model.fit();
    this.labels = model.labelNames();
    this.multiLabel = model.task() == Task.MULTI_LABEL;
    this.calibrated = model.calibration().isPresent();
    this.notes = List.copyOf(notes);
  }

  static Classifier load(Path path, int workers) {
    if (workers < 1 || workers > MOST_WORKERS) {
      throw new UsageException(
          "a classifier has 1 to " + MOST_WORKERS + " workers, not " + workers);
    }
    var device = dev.unerring.run.Device.oneThread();
    List<Note> notes = new ArrayList<>();
    Watch watch = new Watch(Listener.ofNotes(notes::add), Optional.empty());
    TrainedModel model =
        Files.isDirectory(path)
            ? RunEvaluation.trained(TrainedRun.open(path), device, watch)
            : TrainedModel.open(path);
    model
        .calibration()
        .map(Calibration::warning)
        .filter(warning -> !warning.isEmpty())
        .ifPresent(watch::note);
    model.patchNotice().ifPresent(watch::note);
    watch.note("Not for clinical use.");
    ModelPool pool = new ModelPool(model, device, workers);
    try {
      return new Classifier(model, pool, Sentinel.beside(model, device), notes);
    } catch (RuntimeException | Error e) {
      pool.close();
      throw e;
    }
  }

  /** {@return the names of the classes, or of the labels of a multi-label model, by number} */
  public List<String> labels() {
    return labels;
  }

  /** {@return whether an image has any number of labels, and not one class} */
  public boolean multiLabel() {
    return multiLabel;
  }

  /** {@return the shape of the images that the network takes} */
  public ImageShape shape() {
    return shape;
  }

  /** {@return whether predictions have scores} */
  public boolean calibrated() {
    return calibrated;
  }

  /** {@return the most predictions that compute at the same time} */
  public int workers() {
    return pool.workers();
  }

  /** {@return what a user of the model should read} */
  public List<Note> notes() {
    return notes;
  }

  /**
   * Predicts one image.
   *
   * @param image of {@link #shape}
   * @return what the model says of it
   */
  public Prediction predict(Image image) {
    return predict(List.of(image)).getFirst();
  }

  /**
   * Predicts many images, on as many threads as there are workers.
   *
   * @param images of {@link #shape}
   * @return what the model says of each, in the same order
   */
  public List<Prediction> predict(List<Image> images) {
    List<byte[]> pixels = new ArrayList<>(images.size());
    for (Image image : images) {
      if (!image.shape().equals(shape)) {
        throw new UsageException(
            "the model takes images of " + shape + ", not of " + image.shape());
      }
      pixels.add(image.own());
    }
    return PlainWords.call(() -> {
      var predictions = pool.predict(pixels);
      Optional<List<Verdict>> verdicts = sentinel.map(each -> each.judge(pixels));
      List<Prediction> named = new ArrayList<>(pixels.size());
      for (int n = 0; n < predictions.size(); n++) {
        int at = n;
        named.add(named(predictions.get(n), verdicts.map(all -> all.get(at))));
      }
      return named;
    });
  }

  /**
   * Predicts a PNG or JPEG file; for JPEG the module java.desktop is needed.
   *
   * @param file the bytes of the file; they may not change meanwhile
   * @return what the model says of it
   */
  public Prediction predict(byte[] file) {
    return predict(decode(file));
  }

  /**
   * Predicts a picture in memory: grey, RGB or with a palette, 8 or 16 bits a sample. Its samples
   * are taken as they are, without colour management.
   *
   * @param picture is brought to {@link #shape} as by {@link #decode}
   * @return what the model says of it
   */
  public Prediction predict(BufferedImage picture) {
    return predict(image(() -> ImageFiles.read(NAME, picture, pool.image(), fit)));
  }

  /**
   * Decodes a PNG or JPEG file and brings it to {@link #shape} as the training images were; for
   * JPEG the module java.desktop is needed.
   *
   * @param file the bytes of the file; they may not change meanwhile
   * @return the image that the network would see
   */
  public Image decode(byte[] file) {
    return image(() -> ImageFiles.read(NAME, file, pool.image(), fit));
  }

  private Image image(Supplier<byte[]> pixels) {
    return Image.owning(shape, PlainWords.call(pixels));
  }

  private Prediction named(dev.unerring.run.Prediction p, Optional<Verdict> verdict) {
    Answer answer =
        verdict.map(each -> Answer.valueOf(each.answer().name())).orElse(Answer.NO_GUARD);
    List<NearestSample> nearest = new ArrayList<>();
    for (Verdict.Neighbour each : verdict.map(Verdict::nearest).orElse(List.of())) {
      nearest.add(
          new NearestSample(each.sample(), each.labels(), names(each.labels()), each.distance()));
    }
    return new Prediction(
        p.labels(), names(p.labels()), p.scores(), p.logits(), p.margin(), answer, nearest);
  }

  private List<String> names(List<Integer> numbers) {
    return numbers.stream().map(labels::get).toList();
  }

  /**
   * Waits for the calls that have begun, then frees all memory. Later calls are refused; a second
   * close does nothing.
   */
  @Override
  public void close() {
    pool.close();
    sentinel.ifPresent(Sentinel::close);
  }
}
