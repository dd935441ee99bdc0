// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.network.LocalPass;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Evaluates finite neighbourhoods of images completely: every single element to every value, and
 * every variant of whole images. One thread; the network may not be used otherwise meanwhile.
 */
public final class Enumeration {
  /** The kind of single-element changes. */
  public static final String PIXEL = "pixel";

  private final Network network;
  private final boolean multiLabel;
  private final int[] values;
  private final List<Variants> others;
  private final LocalPass local; // null where the memory is a device's
  private final int batch;
  private final float[] logits;
  private final float[] pixels;
  private byte[] image;
  private long answer;
  private final List<Change> changes = new ArrayList<>();

  /**
   * Neighbourhoods of the images of a network.
   *
   * @param multiLabel whether every logit is a decision of its own
   * @param values of an element, ascending; empty for no single-element changes
   * @param others the neighbourhoods of whole images
   */
  public Enumeration(Network network, boolean multiLabel, int[] values, List<Variants> others) {
    this.network = network;
    this.multiLabel = multiLabel;
    this.values = values.clone();
    this.others = List.copyOf(others);
    batch = Math.min(LocalPass.BATCH, network.batch());
    boolean near = LocalPass.serves(network) && values.length > 0;
    local = near ? new LocalPass(network, batch) : null;
    logits = new float[batch * network.classes()];
    pixels = new float[batch * network.image().imageElements()];
  }

  /** Variants of one image. */
  public long variants() {
    long all = (long) network.image().imageElements() * Math.max(0, values.length - 1);
    for (Variants each : others) {
      all += each.count();
    }
    return all;
  }

  /** The answer of the model to an image. */
  public long answer(byte[] bytes) {
    put(bytes, 0);
    whole(1);
    return Answer.of(logits, 0, network.classes(), multiLabel);
  }

  /**
   * Evaluates every variant of one image.
   *
   * @param truth its own labels as an {@link Answer}
   * @param tick told how many variants more are evaluated; may throw to stop
   */
  public Enumerated evaluate(int sample, byte[] bytes, long truth, LongConsumer tick) {
    image = bytes;
    answer = answer(bytes);
    changes.clear();
    List<Enumerated.Count> counts = new ArrayList<>();
    if (values.length > 0) {
      counts.add(pixel(tick));
    }
    for (Variants each : others) {
      if (each.count() > 0) {
        counts.add(whole(each, tick));
      }
    }
    return new Enumerated(sample, answer, answer == truth, counts, changes);
  }

  // ---- single elements ----

  /** Variants that wait for a pass: elements that reach the same. */
  private final class Waiting {
    private final int[] elements = new int[batch];
    private final int[] news = new int[batch];
    private int count;

    void add(int element, int value, Found found, LongConsumer tick) {
      elements[count] = element;
      news[count++] = value;
      if (count == batch) {
        evaluate(found, tick);
      }
    }

    void evaluate(Found found, LongConsumer tick) {
      if (count == 0) {
        return;
      }
      if (local != null) {
        local.logits(elements, news, count, logits);
      } else {
        for (int v = 0; v < count; v++) {
          put(image, v);
          pixels[v * image.length + elements[v]] = news[v];
        }
        whole(count);
      }
      for (int v = 0; v < count; v++) {
        found.take(elements[v], news[v], Answer.of(logits, v, network.classes(), multiLabel));
      }
      tick.accept(count);
      count = 0;
    }
  }

  /** Answers to single-element variants, each given once, by element. */
  private final class Found {
    private final Map<Integer, long[]> changed = new LinkedHashMap<>();
    private long variants;
    private long count;
    private int smallest;

    void take(int element, int value, long other) {
      variants++;
      if (other != answer) {
        count++;
        int step = Math.abs(value - (image[element] & 0xFF));
        smallest = smallest == 0 ? step : Math.min(smallest, step);
        long[] answers = changed.computeIfAbsent(element, key -> sameAnswers());
        answers[value] = other;
      }
    }

    private long[] sameAnswers() {
      long[] answers = new long[256];
      Arrays.fill(answers, answer);
      return answers;
    }

    /** Neighbouring values with the same other answer become one change. */
    void list() {
      for (int element : changed.keySet().stream().sorted().toList()) {
        long[] answers = changed.get(element);
        int begin = -1;
        int last = -1;
        for (int value : values) {
          boolean own = value == (image[element] & 0xFF);
          boolean goes = !own && answers[value] != answer;
          if (begin >= 0 && (!goes || answers[value] != answers[begin])) {
            changes.add(new Change(PIXEL, place(element), begin, last, answers[begin]));
            begin = -1;
          }
          if (goes) {
            begin = begin < 0 ? value : begin;
            last = value;
          }
        }
        if (begin >= 0) {
          changes.add(new Change(PIXEL, place(element), begin, last, answers[begin]));
        }
      }
    }
  }

  private String place(int element) {
    Shape shape = network.image();
    int position = element / shape.c();
    int w = position % shape.w();
    int h = position / shape.w() % shape.h();
    return position / shape.w() / shape.h() + " " + h + " " + w + " " + element % shape.c();
  }

  private Enumerated.Count pixel(LongConsumer tick) {
    if (local != null) {
      local.base(image);
    }
    Map<Long, Waiting> waiting = new LinkedHashMap<>();
    Found found = new Found();
    boolean many = values.length > batch;
    for (int element = 0; element < image.length; element++) {
      long group = local == null || many ? 0 : local.group(element);
      Waiting own = waiting.computeIfAbsent(group, key -> new Waiting());
      for (int value : values) {
        if (value != (image[element] & 0xFF)) {
          own.add(element, value, found, tick);
        }
      }
      if (many) { // all values of an element are batches of their own
        own.evaluate(found, tick);
      }
    }
    waiting.values().forEach(each -> each.evaluate(found, tick));
    found.list();
    return new Enumerated.Count(PIXEL, found.variants, found.count, found.smallest);
  }

  // ---- whole images ----

  private Enumerated.Count whole(Variants variants, LongConsumer tick) {
    byte[] changed = new byte[image.length];
    long other = 0;
    for (int first = 0; first < variants.count(); first += batch) {
      int count = Math.min(batch, variants.count() - first);
      for (int v = 0; v < count; v++) {
        variants.write(image, first + v, changed);
        put(changed, v);
      }
      whole(count);
      for (int v = 0; v < count; v++) {
        long found = Answer.of(logits, v, network.classes(), multiLabel);
        if (found != answer) {
          other++;
          changes.add(new Change(variants.kind(), variants.name(first + v), -1, -1, found));
        }
      }
      tick.accept(count);
    }
    return new Enumerated.Count(variants.kind(), variants.count(), other, 0);
  }

  private void put(byte[] bytes, int slot) {
    for (int i = 0; i < bytes.length; i++) {
      pixels[slot * bytes.length + i] = bytes[i] & 0xFF;
    }
  }

  private void whole(int count) {
    var y = network.forward(MemorySegment.ofArray(pixels), count, Mode.RUNNING_STATISTICS);
    MemorySegment result = MemorySegment.ofArray(logits);
    network
        .backend()
        .download(y.data(), result.asSlice(0, (long) count * network.classes() * Float.BYTES));
  }
}
