// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certify;

import dev.unerring.VerificationException;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Network;
import dev.unerring.network.Patches;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holds patches to what they promise (docs/repair.md): a training sample inside a patch is the
 * image of that patch, and the logits of every other one are those of the layers alone, bit for
 * bit.
 */
final class PatchJudge {
  private final Path model;
  private final Network network;
  private final Split train;
  private final float[] logits;
  private final WorkMonitor monitor;
  private final List<Integer> patched = new ArrayList<>();

  /**
   * Prepares the judgement.
   *
   * @param logits of the training samples, patches applied
   */
  PatchJudge(Path model, Network network, Split train, float[] logits, WorkMonitor monitor) {
    this.model = model;
    this.network = network;
    this.train = train;
    this.logits = logits;
    this.monitor = monitor;
  }

  /**
   * Counts; the network is left as it was.
   *
   * @throws VerificationException where a patch reaches a sample that is not its image
   */
  Recheck.PatchVerdict verdict(Labels given) {
    Patches patches = network.patches();
    if (patches.isEmpty()) {
      return new Recheck.PatchVerdict(0, 0, ErrorList.of(given, logits).count());
    }
    network.patch(Patches.NONE);
    float[] alone;
    try {
      int[] all = IntStream.range(0, train.size()).toArray();
      alone = Evaluator.logits(network, train, all, monitor, "judging the patches");
    } finally {
      network.patch(patches);
    }
    for (int n = 0; n < train.size(); n++) {
      monitor.step("comparing with the patches", n, train.size());
      MemorySegment image = MemorySegment.ofArray(train.gather(new int[] {n}));
      int patch = patches.find(image, 1)[0];
      if (patch >= 0) {
        patched.add(n);
      }
      if (patch >= 0 && !patches.isCentre(patch, image, 0)) {
        throw broken("patch " + patch + " reaches training sample " + n + ", another image");
      }
      if (patch < 0 && !sameBits(alone, n)) {
        throw broken("training sample " + n + " is in no patch, but its logits change with them");
      }
    }
    return new Recheck.PatchVerdict(
        patches.size(), patched.size(), ErrorList.of(given, alone).count());
  }

  /** Training samples that {@link #verdict} found inside a patch, ascending. */
  List<Integer> patched() {
    return patched;
  }

  private boolean sameBits(float[] alone, int sample) {
    int classes = network.classes();
    for (int i = sample * classes; i < (sample + 1) * classes; i++) {
      if (Float.floatToIntBits(alone[i]) != Float.floatToIntBits(logits[i])) {
        return false;
      }
    }
    return true;
  }

  private VerificationException broken(String what) {
    return new VerificationException(
        model + ": " + what + "; its patches were not made for these data, train again");
  }
}
