// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.network.Network;
import java.util.ArrayList;
import java.util.List;

/**
 * Searches for images near a given one that are answered otherwise. What is found is a fact and
 * replays bit for bit; nothing found proves nothing. One thread.
 */
public final class Attack {
  /** The attacks, in order. */
  public static final List<String> NAMES = List.of("gradient", "pixel", "pixels", "decision");

  private final Target target;
  private final GradientAttack gradient;
  private final PixelAttack pixel;
  private final DecisionAttack decision;

  /**
   * Attacks on a network.
   *
   * @param multiLabel whether every logit is a decision of its own
   * @param values of an element, ascending
   */
  public Attack(Network network, boolean multiLabel, int[] values) {
    target = new Target(network, multiLabel);
    gradient = new GradientAttack(target);
    pixel = new PixelAttack(target, values);
    decision = new DecisionAttack(target);
  }

  /** The answer to an image, see {@link Answer}. */
  public long answer(byte[] image) {
    return target.answer(image);
  }

  /**
   * What each attack finds, the smallest that it knows.
   *
   * @param image one with an answer
   * @param starts images that the decision-based attack may begin from; the first of another answer
   * @param seed of its draws
   * @param sample its sampleIndex
   */
  public List<Adversary> on(byte[] image, List<byte[]> starts, long seed, int sample) {
    long answer = target.answer(image);
    List<Adversary> found = new ArrayList<>();
    gradient.on(image, answer, seed, sample).ifPresent(found::add);
    pixel.one(image, answer).ifPresent(found::add);
    pixel.few(image, answer).ifPresent(found::add);
    long[] answers = target.answers(starts);
    for (int i = 0; i < answers.length; i++) {
      if (answers[i] != answer && answers[i] != Answer.NONE) {
        decision.on(image, answer, starts.get(i), seed, sample).ifPresent(found::add);
        break;
      }
    }
    return found;
  }
}
