// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.base.Json;
import dev.unerring.base.Names;
import dev.unerring.npz.NpzReader;
import dev.unerring.npz.NpzWriter;
import dev.unerring.npz.Refusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What the labels of a set mean and how its pictures were made. Files that Unerring writes hold it:
 * {@code label_names} is a text array [classes], {@code unerring} a text of JSON with task and
 * rule. {@code numpy.load} reads both. A file of another program may hold {@code label_names}
 * alone.
 *
 * @param task what the labels ask for
 * @param labelNames by class number (by column for multi-label sets); the numbers as text where the
 *     set names none
 * @param named whether the set names its classes
 * @param fit how pictures were brought to the size of the set; empty where it was not packed
 */
public record SetDescription(Task task, List<String> labelNames, boolean named, Optional<Fit> fit) {
  /** The array of the names. */
  public static final String NAMES = "label_names";

  /** The array of everything else. */
  public static final String RULES = "unerring";

  private static final String FORMAT = "unerring-set-1";
  private static final String AGAIN =
      "save it with numpy as numpy.array([\"benign\", \"malignant\"]), one name a class, or leave it"
          + " out";
  private static final int SHOWN = 20;

  /** Takes a copy of the names. */
  public SetDescription {
    labelNames = List.copyOf(labelNames);
  }

  /** A description without names: classes are their numbers. */
  static SetDescription unnamed(Task task, int classes) {
    List<String> numbers = IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    return new SetDescription(task, numbers, false, Optional.empty());
  }

  /**
   * A description whose names are known, but not whether the set gave them: names that are the
   * class numbers count as none.
   */
  public static SetDescription of(Task task, List<String> names, Optional<Fit> fit) {
    boolean named = !unnamed(task, names.size()).labelNames.equals(names);
    return new SetDescription(task, names, named, fit);
  }

  /** Number of classes, or of labels for multi-label sets. */
  public int classes() {
    return labelNames.size();
  }

  /** Whether both name the same classes in the same order. */
  boolean sameNames(SetDescription other) {
    return normal().equals(other.normal());
  }

  private List<String> normal() {
    return labelNames.stream().map(Names::normal).toList();
  }

  /** Adds both arrays to a file. */
  public NpzWriter addTo(NpzWriter npz) {
    Map<String, Object> rules = new LinkedHashMap<>();
    rules.put("format", FORMAT);
    rules.put("task", task.manifestName());
    fit.ifPresent(rule -> rules.put("fit", rule.word()));
    if (named) {
      npz.add(NAMES, NpzWriter.npyText(labelNames, List.of(labelNames.size())));
    }
    return npz.add(RULES, NpzWriter.npyText(List.of(Json.canonical(rules)), List.of()));
  }

  /**
   * What a file says of itself.
   *
   * @param labelCount labels a sample
   * @return empty where it has neither array
   * @throws DataException where one of the two arrays is not what it must be
   */
  static Optional<SetDescription> inside(NpzReader npz, int labelCount) {
    List<String> names = npz.contains(NAMES) ? names(npz) : List.of();
    if (!npz.contains(RULES)) {
      boolean multiLabel = labelCount > 1;
      Task task =
          multiLabel ? Task.MULTI_LABEL : names.size() == 2 ? Task.BINARY : Task.MULTI_CLASS;
      return names.isEmpty()
          ? Optional.empty()
          : Optional.of(new SetDescription(task, names, true, Optional.empty()));
    }
    Map<?, ?> rules = rules(npz);
    if (!FORMAT.equals(rules.get("format"))) {
      throw refusal(npz, RULES, "its format is not " + FORMAT);
    }
    Optional<Fit> fit = Optional.empty();
    if (rules.get("fit") instanceof String word) {
      fit = Optional.of(Fit.of(word).orElseThrow(() -> refusal(npz, RULES, "no rule: " + word)));
    }
    return Optional.of(new SetDescription(task(npz, rules), names, !names.isEmpty(), fit));
  }

  private static Map<?, ?> rules(NpzReader npz) {
    List<String> text = npz.texts(RULES);
    try {
      if (text.size() == 1 && Json.parse(text.getFirst()) instanceof Map<?, ?> rules) {
        return rules;
      }
    } catch (DataException e) {
      throw refusal(npz, RULES, "it is not what Unerring writes: " + e.getMessage());
    }
    throw refusal(npz, RULES, "it is not what Unerring writes");
  }

  private static Task task(NpzReader npz, Map<?, ?> rules) {
    try {
      return Task.fromManifest(String.valueOf(rules.get("task")));
    } catch (DataException e) {
      throw refusal(npz, RULES, e.getMessage());
    }
  }

  /**
   * What a file says of itself, where its labels allow that.
   *
   * @param found by the labels alone, at least two classes
   * @param used one more than the highest label
   * @throws DataException where it names another number of labels, or another kind of task
   */
  SetDescription completed(Path file, SetDescription found, int used) {
    boolean multiLabel = found.task == Task.MULTI_LABEL;
    boolean fits = !named || (multiLabel ? classes() == found.classes() : classes() >= used);
    if (multiLabel != (task == Task.MULTI_LABEL) || !fits) {
      throw Refusal.entry(
          file,
          (named ? NAMES : RULES) + ".npy",
          "its "
              + classes()
              + " names ("
              + task.manifestName()
              + ") do not fit the set's "
              + (multiLabel ? found.classes() : used)
              + (multiLabel ? " labels a sample" : " classes"),
          AGAIN);
    }
    return named ? this : new SetDescription(task, found.labelNames, found.named, fit);
  }

  private static List<String> names(NpzReader npz) {
    List<String> names = npz.texts(NAMES).stream().map(Names::normal).toList();
    if (names.isEmpty() || new TreeSet<>(names).size() < names.size()) {
      throw refusal(npz, NAMES, "it holds no name, or one twice");
    }
    if (names.size() > DatasetReader.MAX_CLASSES) {
      throw refusal(
          npz,
          NAMES,
          "it holds " + names.size() + " names, allowed are " + DatasetReader.MAX_CLASSES);
    }
    for (String name : names) {
      if (!PackFile.isLabelName(name)) {
        throw refusal(npz, NAMES, "'" + Names.shown(name) + "' cannot be the name of a class");
      }
    }
    return names;
  }

  private static DataException refusal(NpzReader npz, String array, String reason) {
    String advice = array.equals(NAMES) ? AGAIN : "leave it out, or pack the set again";
    return Refusal.entry(npz.path(), array + ".npy", reason, advice);
  }

  /**
   * The numbers that a set's classes have in another set: by name where both have names, else as
   * they are. Number {@code i} here is number {@code result[i]} there.
   *
   * @param own what to call this set, e.g. its file
   * @param other the set whose numbers are wanted
   * @param others what to call it
   * @param notes gets a line where names or rules of one side are not known
   * @throws DataException that names both lists where the names differ, or the pictures were made
   *     by another rule
   */
  public int[] numbersIn(String own, SetDescription other, String others, List<String> notes) {
    boolean multiLabel = task == Task.MULTI_LABEL;
    if (multiLabel != (other.task == Task.MULTI_LABEL)) {
      throw new DataException(
          own + kind(multiLabel) + ", " + others + kind(!multiLabel) + "; give both the same kind");
    }
    requireSameFit(own, other, others);
    List<String> there = other.normal();
    int[] numbers = normal().stream().mapToInt(there::indexOf).toArray();
    boolean all = IntStream.of(numbers).allMatch(number -> number >= 0);
    boolean sameColumns = !multiLabel || classes() == other.classes();
    if (!named && (classes() > other.classes() || !sameColumns)) {
      throw new DataException(
          own
              + " has "
              + classes()
              + (multiLabel ? " labels (" : " classes (")
              + task.manifestName()
              + "), "
              + others
              + " has "
              + other.classes()
              + "; give data of the same kind");
    }
    if (all && sameColumns && (named || !other.named)) {
      if (!named && classes() < other.classes()) {
        notes.add(
            "note: " + own + " has classes 0 to " + (classes() - 1) + " of " + others + " only");
      }
      if (fit.isEmpty() && other.fit.isPresent()) {
        notes.add(
            "note: "
                + own
                + " does not say how its pictures were resized; those of "
                + others
                + " were packed with --fit "
                + other.fit.get().word());
      }
      return numbers;
    }
    if (named && other.named || !sameColumns || classes() > other.classes()) {
      throw new DataException(
          own
              + " has the "
              + (multiLabel ? "labels " : "classes ")
              + shown(labelNames)
              + ", "
              + others
              + " has "
              + shown(other.labelNames)
              + (multiLabel
                  ? "; give every sample all of these labels, under the same names"
                  : "; name the classes alike, or leave out what the other does not have"));
    }
    notes.add(
        "note: "
            + (named ? others : own)
            + " names no classes, so they are matched by number: "
            + pairs(named ? this : other));
    return IntStream.range(0, classes()).toArray();
  }

  /**
   * Refuses pictures of an npz file that were packed by another rule than this set's.
   *
   * @param own what to call this set
   */
  public void requireSameFit(String own, NpzReader npz) {
    if (npz.contains(RULES)) {
      inside(npz, task == Task.MULTI_LABEL ? classes() : 1)
          .orElseThrow()
          .requireSameFit(npz.path().toString(), this, own);
    }
  }

  private void requireSameFit(String own, SetDescription other, String others) {
    boolean differ = fit.isPresent() && other.fit.isPresent() && !fit.equals(other.fit);
    if (differ && fit.get() != Fit.NONE) {
      throw new DataException(
          own
              + " was packed with --fit "
              + fit.get().word()
              + ", "
              + others
              + " with --fit "
              + other.fit.get().word()
              + "; pack it again with --for, which takes the rules of a run");
    }
  }

  private static String kind(boolean multiLabel) {
    return multiLabel ? " has several labels a sample" : " has one label a sample";
  }

  private static String pairs(SetDescription set) {
    return IntStream.range(0, Math.min(set.classes(), SHOWN))
            .mapToObj(i -> i + " = " + Names.shown(set.labelNames.get(i)))
            .reduce((a, b) -> a + ", " + b)
            .orElseThrow()
        + (set.classes() > SHOWN ? ", ..." : "");
  }

  private static String shown(List<String> names) {
    List<String> some = new ArrayList<>();
    names.stream().limit(SHOWN).map(Names::shown).forEach(some::add);
    return String.join(", ", some) + (names.size() > SHOWN ? ", ..." : "");
  }
}
