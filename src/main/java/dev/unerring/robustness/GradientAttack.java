// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.base.Philox;
import dev.unerring.network.InputGradient;
import java.util.Optional;

/**
 * Projected gradient descent within a largest step (L-infinity) on bytes, with restarts: the
 * smallest of the steps 1, 2, 4, ... that succeeds, then bisected.
 */
final class GradientAttack {
  private static final int[] STEPS = {1, 2, 4, 8, 16, 32, 64};
  private static final int ITERATIONS = 12;
  private static final int RESTARTS = 3;

  private final Target target;
  private final InputGradient gradient;
  private final float[] pixels;

  GradientAttack(Target target) {
    this.target = target;
    this.gradient = new InputGradient(target.network());
    this.pixels = new float[target.network().image().imageElements()];
  }

  Optional<Adversary> on(byte[] image, long answer, long seed, int sample) {
    byte[] found = null;
    int low = 0;
    int high = 0;
    for (int most : STEPS) {
      found = within(image, answer, most, seed, sample);
      if (found != null) {
        high = most;
        break;
      }
      low = most;
    }
    if (found == null) {
      return Optional.empty();
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      byte[] nearer = within(image, answer, middle, seed, sample);
      found = nearer == null ? found : nearer;
      low = nearer == null ? middle : low;
      high = nearer == null ? high : middle;
    }
    return Optional.of(Adversary.of("gradient", image, found, target.answer(found)));
  }

  private byte[] within(byte[] image, long answer, int most, long seed, int sample) {
    for (int restart = 0; restart < RESTARTS; restart++) {
      byte[] x = image.clone();
      for (int i = 0; restart > 0 && i < x.length; i++) {
        long index = ((long) sample << 32) + (long) restart * x.length + i;
        float draw = Philox.uniform(seed, Philox.ATTACK, most, index);
        x[i] = near(image[i], (image[i] & 0xFF) - most + (int) (draw * (2 * most + 1)), most);
      }
      for (int k = 0; k < ITERATIONS; k++) {
        float[] logits = target.logits(x);
        if (!(target.margin(logits, 0, answer) > 0)) {
          return x;
        }
        step(x, image, target.towardsOther(logits, answer), most, Math.max(1, most / (k + 1)));
      }
      if (target.answer(x) != answer) {
        return x;
      }
    }
    return null;
  }

  private void step(byte[] x, byte[] image, float[] weights, int most, int length) {
    for (int i = 0; i < x.length; i++) {
      pixels[i] = x[i] & 0xFF;
    }
    float[] slope = gradient.at(pixels, weights);
    for (int i = 0; i < x.length; i++) {
      int sign = slope[i] > 0 ? 1 : slope[i] < 0 ? -1 : 0;
      x[i] = near(image[i], (x[i] & 0xFF) + sign * length, most);
    }
  }

  private static byte near(byte from, int value, int most) {
    int own = from & 0xFF;
    return (byte) Math.clamp(value, Math.max(0, own - most), Math.min(255, own + most));
  }
}
