// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.DataException;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.data.Task;
import dev.unerring.network.Network;
import dev.unerring.npz.NpzWriter;
import dev.unerring.robustness.Adversary;
import dev.unerring.robustness.Answer;
import dev.unerring.robustness.Attack;
import dev.unerring.robustness.PixelValues;
import dev.unerring.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;

/** Every sample under attack; see {@link Attack}. Found images go into an npz, row by row. */
public final class AttackStudy implements Study {
  /** Its name. */
  public static final String NAME = "attack";

  /** Images of the split that a decision-based attack looks through for another answer. */
  private static final int STARTS = 32;

  private final Task task;
  private final Shape shape;
  private final long seed;
  private final int[] values;

  /** Attacks on the samples of a set. */
  public AttackStudy(Dataset data, long seed) {
    this.task = data.task();
    this.shape = data.imageShape();
    this.seed = seed;
    this.values = PixelValues.of(data.train());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Object> choices() {
    Map<String, Object> choices = new LinkedHashMap<>();
    choices.put("attacks", Attack.NAMES);
    choices.put("pixelValues", Arrays.stream(values).boxed().toList());
    choices.put("image", List.of(shape.d(), shape.h(), shape.w(), shape.c()));
    return choices;
  }

  @Override
  public long units() {
    return 1;
  }

  @Override
  public Worker worker(Network network, Split split) {
    Attack attack = new Attack(network, task == Task.MULTI_LABEL, values);
    return (sample, tick) -> record(attack, split, sample, tick);
  }

  private Map<String, Object> record(Attack attack, Split split, int sample, LongConsumer tick) {
    byte[] image = Images.of(split, sample);
    long answer = attack.answer(image);
    List<Object> rows = new ArrayList<>();
    if (answer != Answer.NONE) {
      List<byte[]> starts = new ArrayList<>();
      for (int k = 1; k <= Math.min(STARTS, split.size() - 1); k++) {
        starts.add(Images.of(split, (sample + k) % split.size()));
      }
      for (Adversary each : attack.on(image, starts, seed, sample)) {
        String bytes = Base64.getEncoder().encodeToString(each.image());
        rows.add(List.of(each.attack(), each.answer(), each.most(), each.elements(), bytes));
      }
    }
    tick.accept(1);
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("sample", sample);
    record.put("answer", answer);
    record.put("found", rows);
    return record;
  }

  /** What an attack found in all samples. */
  private static final class Tally {
    private final List<Long> most = new ArrayList<>();
    private final List<Long> elements = new ArrayList<>();
  }

  @Override
  public Outcome outcome(Collection<Map<?, ?>> records) {
    return summary(choices(), records);
  }

  /** What is said of finished samples, in the order given. */
  static Outcome summary(Map<?, ?> choices, Collection<Map<?, ?>> records) {
    Map<String, Tally> tallies = new LinkedHashMap<>();
    Attack.NAMES.forEach(name -> tallies.put(name, new Tally()));
    StringBuilder csv =
        new StringBuilder("index,sampleIndex,answer,attack,otherAnswer,largestStep,elements\n");
    List<byte[]> images = new ArrayList<>();
    int attacked = 0;
    int fallen = 0;
    try {
      for (Map<?, ?> record : records) {
        attacked += Long.valueOf(Answer.NONE).equals(record.get("answer")) ? 0 : 1;
        List<?> found = (List<?>) record.get("found");
        fallen += found.isEmpty() ? 0 : 1;
        for (Object each : found) {
          List<?> row = (List<?>) each;
          Tally own = tallies.get((String) row.get(0));
          own.most.add((Long) row.get(2));
          own.elements.add((Long) row.get(3));
          csv.append(images.size()).append(',').append(record.get("sample"));
          csv.append(',').append(record.get("answer")).append(',').append(row.get(0));
          csv.append(',').append(row.get(1)).append(',').append(row.get(2));
          csv.append(',').append(row.get(3)).append('\n');
          images.add(Base64.getDecoder().decode((String) row.get(4)));
        }
      }
    } catch (RuntimeException e) {
      throw new DataException("not the attacks on a sample", e);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("attackedSamples", attacked);
    figures.put("samplesWithAdversary", fallen);
    Map<String, Object> attacks = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder();
    line(text, "%-10s %10s %24s %24s", "attack", "found", "median largest step", "median elements");
    for (Map.Entry<String, Tally> each : tallies.entrySet()) {
      Tally own = each.getValue();
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("found", own.most.size());
      row.put("medianLargestStep", median(own.most));
      row.put("medianElements", median(own.elements));
      attacks.put(each.getKey(), row);
      line(
          text,
          "%-10s %10d %24s %24s",
          each.getKey(),
          own.most.size(),
          shown(own.most),
          shown(own.elements));
    }
    line(text, "%d of %d attacked samples have an image that turns their answer", fallen, attacked);
    figures.put("attacks", attacks);
    Map<String, byte[]> tables = new LinkedHashMap<>();
    tables.put(".csv", csv.toString().getBytes(StandardCharsets.UTF_8));
    if (!images.isEmpty()) {
      tables.put(".npz", npz((List<?>) choices.get("image"), images));
    }
    return new Outcome(figures, tables, text.toString());
  }

  private static void line(StringBuilder text, String form, Object... values) {
    text.append(String.format(Locale.ROOT, form, values).stripTrailing()).append('\n');
  }

  private static Long median(List<Long> values) {
    return values.isEmpty() ? null : values.stream().sorted().toList().get(values.size() / 2);
  }

  private static String shown(List<Long> values) {
    return values.isEmpty() ? "-" : String.valueOf(median(values));
  }

  /** The images as {@code predict} reads them, in the order of the table. */
  private static byte[] npz(List<?> shape, List<byte[]> images) {
    List<Integer> extents = new ArrayList<>();
    extents.add(images.size());
    for (int i = 0; i < shape.size(); i++) {
      int extent = Math.toIntExact(((Number) shape.get(i)).longValue());
      boolean left = (i == 0 || i == shape.size() - 1) && extent == 1;
      if (!left) {
        extents.add(extent);
      }
    }
    byte[] all = new byte[images.size() * images.getFirst().length];
    for (int n = 0; n < images.size(); n++) {
      byte[] image = images.get(n);
      System.arraycopy(image, 0, all, n * image.length, image.length);
    }
    return new NpzWriter(false).add("images", NpzWriter.npy("|u1", extents, all)).toBytes();
  }
}
