// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.audit.FlippedGroup;
import dev.unerring.audit.ImageGroup;
import dev.unerring.audit.LabelAudit;
import dev.unerring.data.LabelledSample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The forms of an audit in depth: JSON, CSV, and text for a terminal with long lists cut. */
final class TwinReport {
  private static final int SHOWN = 10;

  private static final Object[] COLUMNS = {
    "identical", "flipped", "r >= " + TwinAudit.NEAR, "r >= " + TwinAudit.ALIKE
  };

  private TwinReport() {}

  static Map<String, Object> json(TwinAudit twins) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("counts", twins.counts().stream().map(TwinCounts::toJson).toList());
    json.put("flippedGroups", twins.flippedGroups().stream().map(FlippedGroup::toJson).toList());
    json.put("nearPairs", twins.nearPairs().stream().map(TwinPair::toJson).toList());
    json.put("nearPairsNotListed", twins.nearPairsNotListed());
    json.put("constantImagesLeftOut", twins.constantImages());
    return json;
  }

  static List<TwinPair> pairs(TwinAudit twins, LabelAudit audit) {
    List<TwinPair> pairs = new ArrayList<>();
    for (ImageGroup group : audit.groups()) {
      List<LabelledSample> samples = group.samples();
      for (LabelledSample sample : samples.subList(1, samples.size())) {
        pairs.add(TwinPair.mapped(TwinKind.IDENTICAL, samples.getFirst(), sample, "identity"));
      }
    }
    for (FlippedGroup group : twins.flippedGroups()) {
      List<LabelledSample> samples = group.samples();
      for (int i = 1; i < samples.size(); i++) {
        String transform = group.transforms().get(i);
        pairs.add(TwinPair.mapped(TwinKind.FLIPPED, samples.getFirst(), samples.get(i), transform));
      }
    }
    pairs.addAll(twins.nearPairs());
    return pairs;
  }

  static String text(TwinAudit twins) {
    StringBuilder out = new StringBuilder();
    flipped(out, twins.flippedGroups());
    near(out, twins);
    table(out, twins);
    leakage(out, twins);
    return out.toString();
  }

  private static void flipped(StringBuilder out, List<FlippedGroup> groups) {
    title(out, "Images identical up to a flip or turn", groups.size());
    for (FlippedGroup group : groups.subList(0, Math.min(SHOWN, groups.size()))) {
      out.append("  ").append(group.samples().getFirst());
      int shown = Math.min(SHOWN, group.samples().size());
      for (int i = 1; i < shown; i++) {
        out.append(" ~ ").append(group.samples().get(i));
        out.append(" by ").append(group.transforms().get(i));
      }
      if (shown < group.samples().size()) {
        out.append(" ~ ").append(group.samples().size() - shown).append(" more");
      }
      out.append(group.sameLabel() ? "\n" : "; labels differ\n");
    }
    more(out, groups.size());
  }

  private static void near(StringBuilder out, TwinAudit twins) {
    List<TwinPair> pairs = twins.nearPairs();
    title(
        out,
        "Near-twins (different images, correlation at least " + TwinAudit.NEAR + ")",
        pairs.size() + twins.nearPairsNotListed());
    for (TwinPair pair : pairs.subList(0, Math.min(SHOWN, pairs.size()))) {
      out.append(
          String.format(
              Locale.ROOT,
              "  %s ~ %s: %.4f%s\n",
              pair.first(),
              pair.second(),
              pair.correlation(),
              pair.sameLabel() ? "" : ", labels differ"));
    }
    more(out, pairs.size() + twins.nearPairsNotListed());
    if (twins.constantImages() > 0) {
      out.append("  Constant images have no correlation: ")
          .append(twins.constantImages())
          .append(" left out\n");
    }
  }

  private static void title(StringBuilder out, String title, long count) {
    out.append('\n').append(title).append(": ").append(count == 0 ? "none" : count).append('\n');
  }

  private static void more(StringBuilder out, long count) {
    if (count > SHOWN) {
      out.append("  and ").append(count - SHOWN).append(" more (--csv lists them)\n");
    }
  }

  private static void table(StringBuilder out, TwinAudit twins) {
    out.append("\nPairs of samples; in brackets those with different labels\n");
    out.append(line("", COLUMNS));
    for (TwinCounts counts : twins.counts()) {
      String where =
          counts.withinOneSplit() ? "within " + counts.in() : counts.in() + " and " + counts.of();
      out.append(line(where, counts.identical(), counts.flipped(), counts.near(), counts.alike()));
    }
  }

  /** What of the later splits is in the earlier ones. */
  private static void leakage(StringBuilder out, TwinAudit twins) {
    out.append("\nLeakage: samples with a twin in another split (identical counts as r = 1);");
    out.append("\nin brackets those with a twin of another label\n");
    out.append(line("", COLUMNS));
    for (TwinCounts counts : twins.counts()) {
      if (!counts.withinOneSplit()) {
        out.append(
            line(
                counts.samples() + " " + counts.of() + " in " + counts.in(),
                counts.withIdentical(),
                counts.withFlipped(),
                counts.withNear(),
                counts.withAlike()));
      }
    }
    out.append("  Which of two labels is right is not known here.\n");
  }

  private static String line(String name, Object... cells) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  %-22s", name));
    for (Object cell : cells) {
      line.append(String.format(Locale.ROOT, " %18s", cell));
    }
    return line.append('\n').toString();
  }
}
