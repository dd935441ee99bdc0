// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.base.Philox;
import java.util.Optional;

/**
 * An attack that sees answers only: from an image of another answer straight towards the own one,
 * then blocks of elements go back to their values, or half of the way, while the answer stays
 * another one.
 */
final class DecisionAttack {
  private static final int ROUNDS = 6;
  private static final int LARGEST_BLOCK = 64;

  private final Target target;

  DecisionAttack(Target target) {
    this.target = target;
  }

  /**
   * The attack.
   *
   * @param start an image of another answer
   */
  Optional<Adversary> on(byte[] image, long answer, byte[] start, long seed, int sample) {
    if (target.answer(start) == answer) {
      return Optional.empty();
    }
    byte[] x = nearest(image, start, answer);
    long next = (long) sample << 32;
    for (int round = 0; round < ROUNDS; round++) {
      int block = Math.max(1, Math.min(LARGEST_BLOCK, x.length / 8) >> round);
      int tries = Math.min(x.length / block, 128);
      for (int k = 0; k < tries; k++) {
        int first = (int) (Philox.uniform(seed, Philox.ATTACK, 1_000 + round, next++) * x.length);
        byte[] whole = moved(x, image, first, block, false);
        byte[] half = moved(x, image, first, block, true);
        if (target.answer(whole) != answer) {
          x = whole;
        } else if (target.answer(half) != answer) {
          x = half;
        }
      }
    }
    byte[] nearer = nearest(image, x, answer);
    return Optional.of(Adversary.of("decision", image, nearer, target.answer(nearer)));
  }

  /** The last point on the way to the image that still has another answer, of 256. */
  private byte[] nearest(byte[] image, byte[] start, long answer) {
    byte[] best = start;
    int low = 0;
    int high = 256;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      byte[] between = new byte[image.length];
      for (int i = 0; i < between.length; i++) {
        int from = image[i] & 0xFF;
        int step = (start[i] & 0xFF) - from;
        between[i] = (byte) (from + step * middle / 256);
      }
      boolean other = target.answer(between) != answer;
      best = other ? between : best;
      low = other ? low : middle;
      high = other ? middle : high;
    }
    return best;
  }

  private static byte[] moved(byte[] x, byte[] image, int first, int block, boolean half) {
    byte[] made = x.clone();
    for (int k = 0; k < block; k++) {
      int i = (first + k) % x.length;
      int own = image[i] & 0xFF;
      made[i] = (byte) (half ? own + ((x[i] & 0xFF) - own) / 2 : own);
    }
    return made;
  }
}
