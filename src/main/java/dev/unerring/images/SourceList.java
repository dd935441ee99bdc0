// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import static dev.unerring.data.DatasetReader.MAX_CLASSES;
import static dev.unerring.data.DatasetReader.MAX_LABEL_VALUES;

import dev.unerring.DataException;
import dev.unerring.base.Names;
import dev.unerring.data.Fit;
import dev.unerring.data.PackFile;
import dev.unerring.data.SetDescription;
import dev.unerring.data.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What is to be packed.
 *
 * @param sources in the order that the samples keep within their split
 * @param labelNames by class number (by column for multi-label sets)
 * @param multiLabel whether a sample has several labels of 0 or 1
 * @param ownSplit whether the input says which split a sample belongs to
 * @param notes what the user should know of the input, a sentence each
 */
record SourceList(
    List<Source> sources,
    List<String> labelNames,
    boolean multiLabel,
    boolean ownSplit,
    List<String> notes) {
  static final List<String> SPLITS = List.of("train", "val", "test");

  /** What its labels mean. */
  SetDescription description(Fit fit) {
    boolean two = labelNames.size() <= 2;
    Task task = multiLabel ? Task.MULTI_LABEL : two ? Task.BINARY : Task.MULTI_CLASS;
    return new SetDescription(task, labelNames, true, Optional.of(fit));
  }

  /**
   * Pictures of one class.
   *
   * @throws DataException where the class is none of the classes
   */
  static SourceList of(PackInput.Pictures input) {
    int label = input.classes().indexOf(input.label());
    if (label < 0) {
      throw new DataException(
          "the label '"
              + Names.shown(input.label())
              + "' is none of "
              + String.join(", ", input.classes())
              + "; name one of them");
    }
    List<Source> sources = new ArrayList<>();
    for (Path file : input.files()) {
      sources.add(new Source(file.toString(), file, new int[] {label}, Optional.empty(), -1));
    }
    String first = input.path().toString();
    return new SourceList(List.copyOf(sources), input.classes(), false, false, List.of())
        .check(first, true);
  }

  /** The number of the split that a word means, or -1. */
  static int split(String word) {
    return switch (Names.folded(word)) {
      case "train", "training" -> 0;
      case "val", "valid", "validation", "dev" -> 1;
      case "test", "testing" -> 2;
      default -> -1;
    };
  }

  /** Class names in the order of their numbers: sorted, as numbers where all are whole numbers. */
  static List<String> ordered(TreeSet<String> names) {
    return names.stream().allMatch(name -> name.matches("0|-?[1-9][0-9]{0,8}"))
        ? names.stream().sorted(Comparator.comparing(Integer::parseInt)).toList()
        : List.copyOf(names);
  }

  /**
   * Refuses what is no set of samples, and notes names that look alike.
   *
   * @param input its name in messages
   * @param listed whether the user gave the classes: then some may have no image
   */
  SourceList check(String input, boolean listed) {
    if (sources.isEmpty()) {
      throw new DataException(input + ": it names no image; give at least one for each class");
    }
    if (labelNames.size() > MAX_CLASSES
        || (long) sources.size() * sources.getFirst().labels().length > MAX_LABEL_VALUES) {
      throw new DataException(
          input
              + ": "
              + sources.size()
              + " images with "
              + labelNames.size()
              + " labels are beyond what is read ("
              + MAX_CLASSES
              + " labels, "
              + MAX_LABEL_VALUES
              + " label values in all); pack fewer");
    }
    for (String name : labelNames) {
      if (!PackFile.isLabelName(name)) {
        throw new DataException(
            input
                + ": '"
                + Names.shown(name)
                + "' cannot be the name of a class (empty, too long, or with control characters);"
                + " rename it");
      }
    }
    int[] counts = counts(all());
    for (int label = 0; label < counts.length; label++) {
      if (counts[label] == 0 && !listed) {
        throw new DataException(
            input
                + ": the class "
                + labelNames.get(label)
                + " has no image; give it some, or leave it out");
      }
    }
    List<String> all = new ArrayList<>(notes);
    all.addAll(Names.lookAlikes("class", labelNames));
    List<String> groups = sources.stream().flatMap(each -> each.group().stream()).toList();
    all.addAll(Names.lookAlikes("group", groups));
    return new SourceList(sources, labelNames, multiLabel, ownSplit, List.copyOf(all));
  }

  /** Samples of each class (with each label set) among the sources at these places. */
  int[] counts(List<Integer> places) {
    int[] counts = new int[labelNames.size()];
    for (int place : places) {
      int[] labels = sources.get(place).labels();
      for (int i = 0; i < labels.length; i++) {
        counts[multiLabel ? i : labels[i]] += multiLabel ? labels[i] : 1;
      }
    }
    return counts;
  }

  /** The places of all sources. */
  List<Integer> all() {
    return IntStream.range(0, sources.size()).boxed().toList();
  }

  /** Places of the sources of each group, by its first; those without a group stand alone. */
  List<List<Integer>> groups() {
    TreeMap<String, List<Integer>> byName = new TreeMap<>();
    List<List<Integer>> groups = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      List<Integer> group =
          sources
              .get(i)
              .group()
              .map(n -> byName.computeIfAbsent(n, _ -> new ArrayList<>()))
              .orElseGet(ArrayList::new);
      if (group.isEmpty()) {
        groups.add(group);
      }
      group.add(i);
    }
    return groups;
  }
}
