// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.backend.HeldImages;
import dev.unerring.backend.Turn;
import dev.unerring.data.ImageSource;
import dev.unerring.errors.Labels;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Passes over samples, batch by batch. Where the device holds the images it makes the batches
 * itself, else they are gathered here; the values are the same.
 */
public final class Batches {
  private final Network network;
  private final BatchStep step;
  private final ImageSource images;
  private final Labels goals;
  private final Optional<HeldImages> held;
  private final float[] pixels;
  private final int[][] taken;
  private final Supplier<String> where = () -> this.pass + ", step " + this.number;
  private String pass;
  private int[] order;
  private int next;
  private int number;

  /**
   * Prepares passes.
   *
   * @param goals labels by sampleIndex that the loss drives to
   */
  public Batches(Network network, ImageSource images, Labels goals, SampleWeights weights) {
    this.network = network;
    this.step = new BatchStep(network, weights);
    this.images = images;
    this.goals = goals;
    this.held =
        images.bytes().flatMap(bytes -> network.backend().hold(bytes, images.imageElements()));
    this.pixels = images.room(held.isPresent() ? 0 : network.batch());
    this.taken = new int[network.batch() + 1][];
  }

  /**
   * Begins a pass.
   *
   * @param name for messages
   * @param samples in the order they are taken
   */
  public void begin(String name, int[] samples) {
    begin(name, samples, 0, 0);
  }

  /**
   * Goes on with a pass.
   *
   * @param from samples that the pass has taken
   * @param steps steps that took them
   */
  void begin(String name, int[] samples, int from, int steps) {
    try (Turn _ = network.backend().turn().take()) {
      pass = name;
      order = from == 0 ? samples : Arrays.copyOfRange(samples, from, samples.length);
      next = 0;
      number = steps;
      if (held.isPresent()) {
        held.get().begin(order, goals.rows(order).values());
      }
    }
  }

  /**
   * Loss and gradients of the next samples of the pass, see {@link BatchStep}.
   *
   * @param count how many, at most the network's batch
   * @throws IllegalArgumentException where they are more
   */
  public float gradients(int count, Mode mode) {
    if (count >= taken.length) {
      throw new IllegalArgumentException(
          "batches of "
              + count
              + " samples do not fit a network made for "
              + (taken.length - 1)
              + "; make it for the plan's batch size");
    }
    try (Turn _ = network.backend().turn().take()) {
      if (taken[count] == null) {
        taken[count] = new int[count];
      }
      int[] samples = taken[count];
      System.arraycopy(order, next, samples, 0, count);
      next += count;
      number++;
      if (held.isPresent()) {
        return step.gradients(held.get(), goals.multiLabel(), samples, mode, where);
      }
      images.gather(samples, pixels);
      return step.gradients(pixels, goals, samples, mode, where);
    }
  }
}
