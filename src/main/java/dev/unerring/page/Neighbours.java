// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Split;
import java.util.ArrayList;
import java.util.List;

/**
 * The images of a split that are most like some of its samples, by the correlation of all pixels.
 */
final class Neighbours {
  /** Multiplications that a page at the end of training may spend. */
  static final long QUICK = 200_000_000L;

  /** Another sample, and how alike the two are. */
  record Neighbour(int sample, double correlation) {}

  private Neighbours() {}

  /** Whether a search takes well under a second. */
  static boolean isQuick(Split split, int samples) {
    return (long) split.size() * split.imageElements() * samples <= QUICK;
  }

  /**
   * For each sample the nearest others, nearest first; fewer where the split has fewer. A constant
   * image correlates with nothing.
   *
   * @param wanted neighbours of each
   */
  static List<List<Neighbour>> of(Split split, int[] samples, int wanted, WorkMonitor monitor) {
    float[][] targets = new float[samples.length][];
    for (int i = 0; i < samples.length; i++) {
      targets[i] = normal(split, samples[i]);
    }
    List<List<Neighbour>> nearest = new ArrayList<>();
    for (int i = 0; i < samples.length; i++) {
      nearest.add(new ArrayList<>());
    }
    for (int n = 0; n < split.size(); n++) {
      monitor.step("looking for similar images", n, split.size());
      float[] other = normal(split, n);
      for (int i = 0; i < samples.length; i++) {
        if (n != samples[i]) {
          keep(nearest.get(i), new Neighbour(n, product(targets[i], other)), wanted);
        }
      }
    }
    return nearest;
  }

  private static void keep(List<Neighbour> nearest, Neighbour found, int wanted) {
    int place = nearest.size();
    while (place > 0 && found.correlation > nearest.get(place - 1).correlation) {
      place--;
    }
    nearest.add(place, found);
    if (nearest.size() > wanted) {
      nearest.removeLast();
    }
  }

  /** The image with mean 0 and length 1; zeros where it is constant. */
  private static float[] normal(Split split, int sample) {
    float[] pixels = new float[split.imageElements()];
    split.copyImage(sample, pixels, 0);
    double sum = 0;
    for (float pixel : pixels) {
      sum += pixel;
    }
    float mean = (float) (sum / pixels.length);
    double squares = 0;
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] -= mean;
      squares += (double) pixels[i] * pixels[i];
    }
    float factor = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares));
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] *= factor;
    }
    return pixels;
  }

  private static double product(float[] a, float[] b) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return (double) s0 + s1 + s2 + s3;
  }
}
