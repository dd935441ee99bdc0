package dev.unerring.train;

import dev.unerring.backend.HeldImages;
import dev.unerring.dataset.ImageSource;
import dev.unerring.errors.Labels;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import java.util.Optional;

/**
 * Passes over samples, batch by batch. Where the device holds the images it makes the batches
 * itself, else they are gathered here; the values are the same.
 */
public final class Batches {
  private final BatchStep step;
  private final ImageSource images;
  private final Labels goals;
  private final Optional<HeldImages> held;
  private final float[] pixels;

  /**
   * Prepares passes.
   *
   * @param goals labels by sampleIndex that the loss drives to
   */
  public Batches(Network network, ImageSource images, Labels goals, SampleWeights weights) {
    this.step = new BatchStep(network, weights);
    this.images = images;
    this.goals = goals;
    this.held =
        images.bytes().flatMap(bytes -> network.backend().hold(bytes, images.imageElements()));
    this.pixels = images.room(held.isPresent() ? 0 : network.batch());
  }

  /** Begins a pass over the samples in this order. */
  public void begin(int[] order) {
    held.ifPresent(device -> device.begin(order, goals.rows(order).values()));
  }

  /**
   * Loss and gradients of a batch, see {@link BatchStep}.
   *
   * @param samples the next ones of the pass
   */
  public float gradients(int[] samples, Mode mode, String where) {
    if (held.isPresent()) {
      return step.gradients(held.get(), goals.multiLabel(), samples, mode, where);
    }
    images.gather(samples, pixels);
    return step.gradients(pixels, goals.rows(samples), samples, mode, where);
  }
}
