// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.network.LocalPass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Greedy search for few elements (L0). One element: a few values of every element, then all values
 * of those that come closest to another answer. Several: the element that comes closest stays
 * changed, and the next one is sought.
 */
final class PixelAttack {
  private static final int COARSE = 5;
  private static final int CLOSEST = 48;
  private static final int MOST_ELEMENTS = 5;

  private final Target target;
  private final int[] values;
  private final LocalPass local; // null where the memory is a device's
  private final float[] logits;
  private final List<byte[]> whole = new ArrayList<>();

  /**
   * An attack on a model.
   *
   * @param values of an element, ascending
   */
  PixelAttack(Target target, int[] values) {
    this.target = target;
    this.values = values.clone();
    local =
        LocalPass.serves(target.network()) ? new LocalPass(target.network(), target.batch()) : null;
    logits = new float[target.batch() * target.network().classes()];
  }

  /**
   * What one element's values come to: the least margin, and the nearest that changes the answer.
   */
  private static final class Best {
    private float margin = Float.POSITIVE_INFINITY;
    private int value;
    private int changing = -1;

    void take(float other, boolean changed, int candidate, int own) {
      boolean nearer =
          changed && (changing < 0 || Math.abs(candidate - own) < Math.abs(changing - own));
      changing = nearer ? candidate : changing;
      if (other < margin) {
        margin = other;
        value = candidate;
      }
    }
  }

  /** One element; empty where none is found. */
  Optional<Adversary> one(byte[] image, long answer) {
    Best[] best = search(image, image, answer, coarse(), all(image));
    int[] closest = closest(best, CLOSEST);
    Best[] exact = search(image, image, answer, values, closest);
    int element = -1;
    for (int e : closest) {
      int own = image[e] & 0xFF;
      boolean found = exact[e].changing >= 0;
      boolean nearer =
          element < 0
              || found
                  && Math.abs(exact[e].changing - own)
                      < Math.abs(exact[element].changing - (image[element] & 0xFF));
      element = found && nearer ? e : element;
    }
    return element < 0
        ? Optional.empty()
        : Optional.of(changed("pixel", image, image, element, exact[element].changing));
  }

  /** Up to five elements; empty where they are not enough. */
  Optional<Adversary> few(byte[] image, long answer) {
    byte[] x = image.clone();
    for (int k = 0; k < MOST_ELEMENTS; k++) {
      Best[] best = search(x, image, answer, coarse(), all(image));
      int element = closest(best, 1)[0];
      if (best[element].changing >= 0) {
        return Optional.of(changed("pixels", image, x, element, best[element].changing));
      }
      x[element] = (byte) best[element].value;
    }
    return Optional.empty();
  }

  private Adversary changed(String attack, byte[] from, byte[] x, int element, int value) {
    byte[] made = x.clone();
    made[element] = (byte) value;
    return Adversary.of(attack, from, made, target.answer(made));
  }

  private int[] coarse() {
    if (values.length <= COARSE) {
      return values;
    }
    return IntStream.range(0, COARSE)
        .map(i -> values[i * (values.length - 1) / (COARSE - 1)])
        .toArray();
  }

  private static int[] all(byte[] image) {
    return IntStream.range(0, image.length).toArray();
  }

  private static int[] closest(Best[] best, int count) {
    return IntStream.range(0, best.length)
        .filter(e -> best[e] != null)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(e -> best[e].margin).thenComparingInt(e -> e))
        .limit(count)
        .mapToInt(e -> e)
        .toArray();
  }

  /** Tries values of elements of {@code x}; by element, null where not tried. */
  private Best[] search(byte[] x, byte[] image, long answer, int[] tried, int[] elements) {
    if (local != null) {
      local.base(x);
    }
    Best[] best = new Best[image.length];
    int[] at = new int[target.batch()];
    int[] value = new int[target.batch()];
    int[] byGroup =
        Arrays.stream(elements)
            .boxed()
            .sorted(Comparator.<Integer>comparingLong(this::group).thenComparingInt(e -> e))
            .mapToInt(e -> e)
            .toArray();
    int count = 0;
    for (int k = 0; k < byGroup.length; k++) {
      int e = byGroup[k];
      best[e] = new Best();
      if (count > 0 && group(at[0]) != group(e)) {
        count = evaluate(x, image, answer, at, value, count, best);
      }
      for (int v : tried) {
        if (v != (x[e] & 0xFF)) {
          at[count] = e;
          value[count++] = v;
          if (count == at.length) {
            count = evaluate(x, image, answer, at, value, count, best);
          }
        }
      }
    }
    evaluate(x, image, answer, at, value, count, best);
    return best;
  }

  private long group(int element) {
    return local == null ? 0 : local.group(element);
  }

  private int evaluate(
      byte[] x, byte[] image, long answer, int[] at, int[] value, int count, Best[] best) {
    if (count == 0) {
      return 0;
    }
    float[] found = logits;
    if (local != null) {
      local.logits(at, value, count, logits);
    } else {
      whole.clear();
      for (int v = 0; v < count; v++) {
        byte[] made = x.clone();
        made[at[v]] = (byte) value[v];
        whole.add(made);
      }
      found = target.logitsOf(whole);
    }
    for (int v = 0; v < count; v++) {
      long other = Answer.of(found, v, target.network().classes(), target.multiLabel());
      float margin = target.margin(found, v, answer);
      best[at[v]].take(margin, other != answer, value[v], image[at[v]] & 0xFF);
    }
    return 0;
  }
}
