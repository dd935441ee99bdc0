// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.DataException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The parts of a validation, and how they are joined. */
public final class Part {
  private static final Pattern NAME =
      Pattern.compile("validation-([a-z]+)-([a-z]+)\\.part-([0-9]+)-of-([0-9]+)\\.jsonl");

  private Part() {}

  /** What is said of the records of a study, by its name and choices. */
  @FunctionalInterface
  public interface Outcomes {
    /** The records by sampleIndex, ascending. */
    Study.Outcome of(String study, Map<?, ?> choices, List<Map<?, ?>> records);
  }

  /** The journal of a part. */
  static Path file(Path out, String study, String split, int part, int parts) {
    String name = "validation-" + study + "-" + split + ".part-" + part + "-of-" + parts + ".jsonl";
    return out.resolve(name);
  }

  /**
   * Joins all parts in a folder; the results have the bytes of one run.
   *
   * @throws DataException where there are none, one is missing or unfinished, or they are of
   *     different validations
   */
  public static List<Report> join(Path out, Outcomes outcomes) {
    SortedMap<String, List<Path>> sets = new TreeMap<>();
    try (Stream<Path> files = Files.list(out)) {
      for (Path file : files.sorted().toList()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          String set = name.group(1) + "-" + name.group(2) + " in " + name.group(4) + " parts";
          sets.computeIfAbsent(set, key -> new ArrayList<>()).add(file);
        }
      }
    } catch (IOException e) {
      throw new DataException("cannot list " + out + ": " + IoReason.of(e), e);
    }
    if (sets.isEmpty()) {
      throw new DataException(
          out
              + " holds no parts of a validation (validation-*.part-*.jsonl); run them with --part");
    }
    List<Report> reports = new ArrayList<>();
    sets.values().forEach(files -> reports.add(joined(out, files, outcomes)));
    return reports;
  }

  private static Report joined(Path out, List<Path> files, Outcomes outcomes) {
    Map<String, Object> header = null;
    Map<Integer, Path> found = new TreeMap<>();
    SortedMap<Integer, Map<?, ?>> records = new TreeMap<>();
    int parts = 0;
    for (Path file : files) {
      Journal.Content content = Journal.Content.of(file);
      Map<String, Object> own = new LinkedHashMap<>();
      content.header().forEach((key, value) -> own.put((String) key, value));
      parts = number(own, "parts", file);
      found.put(number(own, "part", file), file);
      own.put("part", 1);
      own.put("parts", 1);
      if (header != null && !Json.canonical(header).equals(Json.canonical(own))) {
        throw new DataException(
            file
                + " and "
                + files.getFirst()
                + " are parts of different validations; join the"
                + " parts of one model, data set and plan");
      }
      header = own;
      records.putAll(content.records());
    }
    for (int part = 1; part <= parts; part++) {
      if (!found.containsKey(part)) {
        throw new DataException(
            out + ": part " + part + "/" + parts + " is missing; run it with --part");
      }
    }
    Path first = files.getFirst();
    int[] chosen =
        Validation.chosen(
            number(header, "seed", first),
            ((Number) header.get("share")).doubleValue(),
            String.valueOf(header.get("split")),
            number(header, "splitSamples", first));
    for (int k = 0; k < chosen.length; k++) {
      if (!records.containsKey(chosen[k])) {
        throw new DataException(
            found.get(k % parts + 1)
                + " is not finished: sample "
                + chosen[k]
                + " is missing; run --part "
                + (k % parts + 1)
                + "/"
                + parts
                + " once more, it goes on");
      }
    }
    List<Map<?, ?>> all = new ArrayList<>(records.values());
    Map<?, ?> choices = (Map<?, ?>) header.get("choices");
    Study.Outcome outcome = outcomes.of(String.valueOf(header.get("study")), choices, all);
    return ValidationFile.write(out, header, outcome, chosen.length, all.size());
  }

  private static int number(Map<String, Object> header, String key, Path file) {
    if (header.get(key) instanceof Number value) {
      return Math.toIntExact(value.longValue());
    }
    throw new DataException(file + " is damaged: no '" + key + "'; run this part again");
  }
}
