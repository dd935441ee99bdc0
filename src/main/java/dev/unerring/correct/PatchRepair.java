// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.data.Split;
import dev.unerring.errors.Costs;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Misclassification;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.Patches;
import dev.unerring.train.Monitor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Provable repair: each image that the network gets wrong becomes the centre of a patch that lifts
 * its logits towards its goal labels; its radius is half the distance to the nearest training image
 * that is not identical. Ends at the floor on any data, as long as the model file stays below 2 GiB
 * (else it does nothing and says {@code too-large}), and leaves the logits of all other training
 * samples as they are, bit for bit (the proof is docs/repair.md). This is memorisation: the model
 * holds the images.
 */
public final class PatchRepair implements Corrector {
  private final Split train;
  private final Labels goals;
  private final Costs costs;
  private final Monitor monitor;

  /**
   * Prepares a repair.
   *
   * @param goals what the training samples are driven to; the same for identical images
   */
  public PatchRepair(Split train, Labels goals, Monitor monitor) {
    this(train, goals, Costs.NONE, monitor);
  }

  /** The same; the patches stand in the order of the costs of the errors, then of the samples. */
  public PatchRepair(Split train, Labels goals, Costs costs, Monitor monitor) {
    this.train = train;
    this.goals = goals;
    this.costs = costs;
    this.monitor = monitor;
  }

  @Override
  public String name() {
    return "patch";
  }

  /** Replaces the patches that the network has. */
  @Override
  public CorrectionResult correct(Network network) {
    Patches former = network.patches();
    network.patch(Patches.NONE);
    float[] logits;
    try {
      logits = Evaluator.logits(network, train, monitor.finishing());
    } catch (StoppedException e) {
      network.patch(former);
      throw e;
    }
    ErrorList before = ErrorList.of(goals, logits);
    List<Integer> samples = distinctImages(before);
    if (samples.isEmpty()) {
      return new CorrectionResult(name(), 0, 0, List.of(), 0, EndedBy.FLOOR, List.of());
    }
    if (!ModelFile.canHold(network, samples.size())) {
      monitor.note(
          "patch: "
              + samples.size()
              + " images of "
              + train.imageBytes()
              + " bytes do not fit into a model file of 2 GiB; train longer first");
      return unchanged(before, EndedBy.TOO_LARGE);
    }
    ErrorList left;
    try {
      network.patch(patches(logits, samples));
      left = ErrorList.of(goals, Evaluator.logits(network, train, monitor.finishing()));
    } catch (StoppedException e) {
      network.patch(Patches.NONE);
      return unchanged(before, e.reason());
    }
    int after = left.count();
    CorrectionRound round =
        new CorrectionRound(
            name(), 1, 1, 1, 0, 0, after, true, left.sampleIndexes(), costs.missed(left));
    monitor.row(
        "patch: "
            + samples.size()
            + (samples.size() == 1
                ? " training image becomes a patch, "
                : " training images become patches, ")
            + after
            + " of "
            + goals.values().length
            + " miss their goal label");
    EndedBy endedBy = after == 0 ? EndedBy.FLOOR : EndedBy.ROUNDS;
    return new CorrectionResult(
        name(), before.count(), after, List.of(round), 0, endedBy, List.of());
  }

  private CorrectionResult unchanged(ErrorList before, EndedBy endedBy) {
    int errors = before.count();
    return new CorrectionResult(name(), errors, errors, List.of(), 0, endedBy, List.of());
  }

  /** The first of each group of identical wrong samples, in the order of correction. */
  private List<Integer> distinctImages(ErrorList errors) {
    TreeSet<ByteBuffer> seen = new TreeSet<>();
    List<Integer> first = new ArrayList<>();
    int last = -1;
    for (Misclassification error : costs.descending(errors)) {
      int sample = error.sampleIndex();
      if (sample != last && seen.add(ByteBuffer.wrap(image(sample)))) {
        first.add(sample);
      }
      last = sample;
    }
    return first;
  }

  private byte[] image(int sample) {
    int size = train.imageBytes();
    byte[] image = new byte[size];
    MemorySegment.copy(train.images(), ValueLayout.JAVA_BYTE, (long) sample * size, image, 0, size);
    return image;
  }

  private Patches patches(float[] logits, List<Integer> samples) {
    int count = samples.size();
    int classes = logits.length / train.size();
    byte[] centres = new byte[Math.multiplyExact(count, train.imageBytes())];
    float[] lifts = new float[Math.multiplyExact(count, classes)];
    for (int p = 0; p < count; p++) {
      int sample = samples.get(p);
      System.arraycopy(image(sample), 0, centres, p * train.imageBytes(), train.imageBytes());
      System.arraycopy(Lift.of(goals, logits, sample), 0, lifts, p * classes, classes);
    }
    int[] nearest = NearestDistance.of(centres, count, train, monitor);
    float[] radii = new float[count];
    for (int p = 0; p < count; p++) {
      radii[p] = nearest[p] / 2.0f;
    }
    return new Patches(centres, radii, lifts);
  }
}
