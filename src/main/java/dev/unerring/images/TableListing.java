// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.base.Names;
import dev.unerring.images.TableHeader.Role;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The images that a CSV table names, in the order of its rows. */
final class TableListing {
  private static final int SHOWN = 5;

  private final PackInput.Table input;
  private final List<String> notes = new ArrayList<>();
  private final TableHeader header;
  private final List<Csv.Row> rows;
  private List<Integer> labels = List.of();
  private Optional<Integer> group = Optional.empty();

  private TableListing(PackInput.Table input, List<Csv.Row> rows) {
    this.input = input;
    if (rows.size() < 2) {
      throw new DataException(
          input.path() + ": it has no row; give a header such as path,label and a row an image");
    }
    this.header = new TableHeader(input, rows.getFirst().fields(), notes);
    this.rows = rows.subList(1, rows.size());
  }

  /**
   * The rows as sources.
   *
   * @param seeded whether --split is given: then only a column called split is read as one
   */
  static SourceList of(PackInput.Table input, boolean seeded) {
    TableListing listing = new TableListing(input, Csv.read(input.path()));
    return listing.list(seeded).check(input.path().toString(), !input.classes().isEmpty());
  }

  private SourceList list(boolean seeded) {
    final int path = header.required(Role.PATH, input.pathColumn().orElse(null));
    List<String> named = input.labelColumns();
    labels =
        named.isEmpty()
            ? List.of(header.required(Role.LABEL, null))
            : named.stream().map(header::named).toList();
    if (labels.stream().distinct().count() != labels.size()) {
      throw new DataException(
          input.path() + ": a label is named twice in " + String.join(",", named));
    }
    group = input.groupColumn().map(header::named);
    requireWholeRows();
    if (group.isEmpty()) {
      header.mention(Role.GROUP, header.alike(Role.GROUP).stream().filter(this::isFree).toList());
    }
    Optional<Integer> split = splitColumn(seeded, column -> column != path && isFree(column));
    requireLabels();
    boolean multiLabel = labels.size() > 1;
    List<String> classes =
        multiLabel ? labels.stream().map(header::text).toList() : classes(labels.getFirst());
    List<Source> sources = new ArrayList<>();
    for (Csv.Row row : rows) {
      String name = row.fields().get(path).strip();
      if (Names.normal(name).isEmpty()) {
        throw refusal(row, "the field " + header.name(path) + " is empty", "fill it in");
      }
      int[] values =
          multiLabel
              ? labels.stream().mapToInt(column -> bit(row, column)).toArray()
              : new int[] {number(row, labels.getFirst(), classes)};
      sources.add(
          new Source(
              name,
              file(row, name),
              values,
              group.map(column -> present(row, column)),
              split.map(column -> split(row, column)).orElse(-1)));
    }
    checkFiles(sources);
    return new SourceList(List.copyOf(sources), classes, multiLabel, split.isPresent(), notes);
  }

  private boolean isFree(int column) {
    return !labels.contains(column) && group.filter(other -> other == column).isEmpty();
  }

  private void requireWholeRows() {
    for (Csv.Row row : rows) {
      if (row.fields().size() != header.size()) {
        throw refusal(
            row,
            "it has " + row.fields().size() + " fields, the header " + header.size(),
            "give every row the same columns");
      }
    }
  }

  /**
   * The column of the input's own split: the one that is named, or called split; else the only one
   * whose values are all train, val or test. A column that is called like a split and holds
   * something else is refused, unless a seeded split is asked for.
   */
  private Optional<Integer> splitColumn(boolean seeded, Predicate<Integer> free) {
    if (input.splitColumn().isPresent()) {
      return input.splitColumn().map(header::named);
    }
    List<Integer> called = header.alike(Role.SPLIT).stream().filter(free).toList();
    Optional<Integer> own = header.own(Role.SPLIT).filter(free::test);
    if (own.isPresent()) {
      int column = header.named("split");
      header.mention(Role.SPLIT, called.stream().filter(each -> each != column).toList());
      return Optional.of(column);
    }
    List<Integer> meant =
        IntStream.range(0, header.size()).boxed().filter(free).filter(this::isSplit).toList();
    if (seeded) {
      TreeSet<Integer> unused = new TreeSet<>(called);
      unused.addAll(meant);
      if (!unused.isEmpty() && input.options().isPresent()) {
        notes.add(
            input.path()
                + ": --split is given, so the column "
                + header.list(List.copyOf(unused))
                + " is not read as the split");
      }
      return Optional.empty();
    }
    if (meant.size() > 1) {
      throw new DataException(
          input.path()
              + ": each of the columns "
              + header.list(meant)
              + " may be the split; name one with --split-column, or give --split 70/15/15 to let a"
              + " seed choose");
    }
    for (int column : called) {
      if (!meant.contains(column)) {
        Csv.Row row = firstUnlikeSplit(column);
        throw refusal(
            row,
            "the column "
                + header.name(column)
                + " looks like a split, but "
                + Names.shown(text(row, column))
                + " is none of train, val and test",
            "write those, or give --split 70/15/15 to let a seed choose");
      }
    }
    meant.forEach(column ->
        notes.add(
            input.path()
                + ": the column "
                + header.name(column)
                + " is read as the split (--split-column names another)"));
    return meant.stream().findFirst();
  }

  private boolean isSplit(int column) {
    return rows.stream().allMatch(row -> SourceList.split(text(row, column)) >= 0);
  }

  private Csv.Row firstUnlikeSplit(int column) {
    return rows.stream()
        .filter(row -> SourceList.split(text(row, column)) < 0)
        .findFirst()
        .orElseThrow();
  }

  /** A field in normal form. */
  private static String text(Csv.Row row, int column) {
    return Names.normal(row.fields().get(column));
  }

  private String present(Csv.Row row, int column) {
    String value = text(row, column);
    if (Names.isMissing(value)) {
      throw refusal(
          row,
          "the field " + header.name(column) + " is " + (value.isEmpty() ? "empty" : value),
          "fill it in");
    }
    return value;
  }

  /** Refuses rows without a label, all at once. */
  private void requireLabels() {
    List<String> missing = new ArrayList<>();
    for (Csv.Row row : rows) {
      for (int column : labels) {
        String value = text(row, column);
        if (Names.isMissing(value) && !isClass(value)) {
          missing.add(
              "line "
                  + row.line()
                  + ": the field "
                  + header.name(column)
                  + " is "
                  + (value.isEmpty() ? "empty" : value));
          break;
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new DataException(
          input.path()
              + ": "
              + missing.size()
              + " of "
              + rows.size()
              + " rows have no label: "
              + some(missing)
              + "; fill it in or remove the rows"
              + (input.options().isPresent()
                  ? " (or, if it is a class, name all in --classes)"
                  : ""));
    }
  }

  private boolean isClass(String value) {
    return input.classes().stream().anyMatch(name -> Names.same(name, value));
  }

  /** All class names: as given, else ordered. */
  private List<String> classes(int column) {
    if (!input.classes().isEmpty()) {
      return input.classes();
    }
    TreeSet<String> names = new TreeSet<>();
    for (Csv.Row row : rows) {
      names.add(text(row, column));
    }
    return SourceList.ordered(names);
  }

  private int number(Csv.Row row, int column, List<String> classes) {
    int number = classes.indexOf(text(row, column));
    if (number < 0) {
      throw refusal(
          row,
          "the label "
              + Names.shown(text(row, column))
              + " is none of "
              + String.join(", ", classes),
          "correct it, or name it among the classes");
    }
    return number;
  }

  private int bit(Csv.Row row, int column) {
    return switch (text(row, column)) {
      case "0" -> 0;
      case "1" -> 1;
      default ->
          throw refusal(
              row,
              "the label "
                  + header.name(column)
                  + " is "
                  + Names.shown(text(row, column))
                  + ", not 0 or 1",
              "give each of several labels as 0 or 1");
    };
  }

  private int split(Csv.Row row, int column) {
    int split = SourceList.split(text(row, column));
    if (split < 0) {
      throw refusal(
          row,
          "the split " + Names.shown(text(row, column)) + " is not known",
          "write train, val or test");
    }
    return split;
  }

  /** The file of a row: as it is written, else in another form of Unicode, or with slashes. */
  private Path file(Csv.Row row, String name) {
    String composed = Normalizer.normalize(name, Normalizer.Form.NFC);
    List<String> forms =
        List.of(
            name,
            composed,
            Normalizer.normalize(name, Normalizer.Form.NFD),
            Names.normal(name),
            composed.replace('\\', '/'));
    try {
      List<Path> files =
          forms.stream()
              .map(form -> input.path().toAbsolutePath().resolveSibling(form).normalize())
              .toList();
      return files.stream().filter(Files::isRegularFile).findFirst().orElse(files.getFirst());
    } catch (InvalidPathException e) {
      throw refusal(
          row,
          Names.shown(name) + " cannot be a file name here",
          "correct it, or run with LC_ALL=C.UTF-8");
    }
  }

  private void checkFiles(List<Source> sources) {
    TreeMap<Path, Integer> lines = new TreeMap<>();
    List<String> missing = new ArrayList<>();
    List<String> made = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      Csv.Row row = rows.get(i);
      Source source = sources.get(i);
      Integer first = lines.putIfAbsent(source.file(), row.line());
      String shown = Names.shown(source.name());
      if (first != null) {
        throw refusal(row, shown + " stands in line " + first + " already", "name each image once");
      }
      if (!Files.isRegularFile(source.file())) {
        missing.add(shown + " (line " + row.line() + ")");
      }
      if (LeftOut.isWithin(Path.of(source.name()))) {
        made.add(shown + " (line " + row.line() + ")");
      }
    }
    if (!missing.isEmpty()) {
      throw new DataException(
          input.path()
              + ": "
              + missing.size()
              + " of "
              + sources.size()
              + " files are not there: "
              + some(missing)
              + "; paths start from the folder of the table");
    }
    if (!made.isEmpty()) {
      notes.add(
          input.path()
              + ": "
              + made.size()
              + " rows name files that desktops or network drives make: "
              + some(made)
              + "; remove these rows");
    }
  }

  private static String some(List<String> all) {
    return String.join(", ", all.subList(0, Math.min(SHOWN, all.size())))
        + (all.size() > SHOWN ? ", ..." : "");
  }

  private DataException refusal(Csv.Row row, String reason, String advice) {
    return new DataException(input.path() + ": line " + row.line() + ": " + reason + "; " + advice);
  }
}
