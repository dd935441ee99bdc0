// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.UsageException;
import dev.unerring.data.Dataset;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.Split;
import dev.unerring.data.Task;
import dev.unerring.network.Network;
import dev.unerring.robustness.Answer;
import dev.unerring.robustness.Change;
import dev.unerring.robustness.Enumerated;
import dev.unerring.robustness.Enumeration;
import dev.unerring.robustness.ImageVariants;
import dev.unerring.robustness.PixelValues;
import dev.unerring.robustness.Variants;
import dev.unerring.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every variant of finite neighbourhoods of each sample; see {@link Enumeration}. */
public final class EnumerateStudy implements Study {
  /** Its name. */
  public static final String NAME = "enumerate";

  private final Task task;
  private final Shape shape;
  private final ValidationPlan plan;
  private final int[] values;
  private final List<Variants> others;

  /**
   * The neighbourhoods of the images of a set.
   *
   * @throws UsageException where the plan names flips that these images do not have, or the set has
   *     too many labels
   */
  public EnumerateStudy(Dataset data, ValidationPlan plan) {
    task = data.task();
    shape = data.imageShape();
    if (task == Task.MULTI_LABEL && data.classes() > Answer.MOST_LABELS) {
      throw new UsageException(
          "--enumerate takes up to " + Answer.MOST_LABELS + " labels, not " + data.classes());
    }
    List<String> stated =
        plan.symmetries().equals(List.of(ValidationPlan.MANIFEST))
            ? data.manifest()
                .map(DatasetManifest::flag)
                .map(DatasetManifest::symmetries)
                .orElse(List.of())
            : plan.symmetries();
    this.plan = plan.with(stated);
    values = PixelValues.of(data.train());
    others =
        List.of(
            ImageVariants.symmetries(shape, stated),
            ImageVariants.shifts(shape, plan.shift(), plan.fill()),
            ImageVariants.brightness(plan.brightness()),
            ImageVariants.contrast(plan.contrast()));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Object> choices() {
    Map<String, Object> choices = plan.toJson();
    choices.put("pixelValues", Arrays.stream(values).boxed().toList());
    choices.put("image", List.of(shape.d(), shape.h(), shape.w(), shape.c()));
    return choices;
  }

  @Override
  public long units() {
    long units = (long) shape.imageElements() * (values.length - 1);
    return units + others.stream().mapToInt(Variants::count).sum();
  }

  @Override
  public Worker worker(Network network, Split split) {
    boolean multiLabel = task == Task.MULTI_LABEL;
    Enumeration enumeration = new Enumeration(network, multiLabel, values, others);
    return (sample, tick) ->
        enumeration
            .evaluate(sample, Images.of(split, sample), Images.truth(split, sample), tick)
            .toJson();
  }

  @Override
  public Outcome outcome(Collection<Map<?, ?>> records) {
    return summary(records.stream().map(Enumerated::fromJson).toList());
  }

  /** What is said of finished samples, in the order given. */
  static Outcome summary(List<Enumerated> samples) {
    Map<String, Object> kinds = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%-12s %14s %14s %14s %16s",
        "neighbourhood",
        "variants",
        "samples kept",
        "samples changed",
        "variants changed");
    List<String> names =
        samples.isEmpty()
            ? List.of()
            : samples.getFirst().counts().stream().map(Enumerated.Count::kind).toList();
    for (String kind : names) {
      long variants = 0;
      long changed = 0;
      int keptSamples = 0;
      int changedSamples = 0;
      int smallest = 0;
      for (Enumerated sample : samples) {
        Enumerated.Count count = sample.count(kind);
        variants += count.variants();
        changed += count.changed();
        keptSamples += keeps(sample, count) ? 1 : 0;
        changedSamples += count.changed() > 0 ? 1 : 0;
        boolean smaller = count.smallest() > 0 && (smallest == 0 || count.smallest() < smallest);
        smallest = smaller ? count.smallest() : smallest;
      }
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("variants", variants);
      figures.put("samplesKept", keptSamples);
      figures.put("samplesChanged", changedSamples);
      figures.put("variantsChanged", changed);
      if (kind.equals(Enumeration.PIXEL)) {
        figures.put("smallestChange", smallest);
      }
      kinds.put(kind, figures);
      line(text, "%-12s %14d %14d %14d %16d", kind, variants, keptSamples, changedSamples, changed);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("right", samples.stream().filter(Enumerated::right).count());
    figures.put("withoutAnswer", samples.stream().filter(s -> s.answer() == Answer.NONE).count());
    figures.put("neighbourhoods", kinds);
    Map<String, byte[]> tables = new LinkedHashMap<>();
    tables.put(".csv", utf8(table(samples)));
    tables.put("-changes.csv", utf8(changes(samples)));
    return new Outcome(figures, tables, text.toString());
  }

  /** Whether the answer of a sample is the same on all variants. */
  static boolean keeps(Enumerated sample, Enumerated.Count count) {
    return sample.answer() != Answer.NONE && count.changed() == 0;
  }

  private static void line(StringBuilder text, String form, Object... values) {
    text.append(String.format(Locale.ROOT, form, values)).append('\n');
  }

  private static String table(List<Enumerated> samples) {
    StringBuilder csv = new StringBuilder("sampleIndex,answer,right");
    if (!samples.isEmpty()) {
      samples
          .getFirst()
          .counts()
          .forEach(each ->
              csv.append(',')
                  .append(each.kind())
                  .append("Variants,")
                  .append(each.kind())
                  .append("Changed"));
    }
    csv.append(",pixelSmallestChange\n");
    for (Enumerated each : samples) {
      csv.append(each.sample()).append(',').append(each.answer()).append(',').append(each.right());
      int smallest = 0;
      for (Enumerated.Count count : each.counts()) {
        csv.append(',').append(count.variants()).append(',').append(count.changed());
        smallest = Math.max(smallest, count.smallest());
      }
      csv.append(',').append(smallest == 0 ? "" : smallest).append('\n');
    }
    return csv.toString();
  }

  private static String changes(List<Enumerated> samples) {
    StringBuilder csv = new StringBuilder("sampleIndex,neighbourhood,variant,from,to,answer\n");
    for (Enumerated each : samples) {
      for (Change change : each.changes()) {
        csv.append(each.sample()).append(',').append(change.kind());
        csv.append(',').append(change.place());
        csv.append(',').append(change.from() < 0 ? "" : change.from());
        csv.append(',').append(change.to() < 0 ? "" : change.to());
        csv.append(',').append(change.answer()).append('\n');
      }
    }
    return csv.toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
