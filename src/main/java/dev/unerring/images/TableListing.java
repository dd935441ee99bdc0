package dev.unerring.images;

import dev.unerring.base.DataException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The images that a CSV table names, in the order of its rows. */
final class TableListing {
  private static final int SHOWN = 5;

  private final PackInput.Table input;
  private final List<String> header;
  private final List<Csv.Row> rows;

  private TableListing(PackInput.Table input, List<Csv.Row> rows) {
    this.input = input;
    if (rows.size() < 2) {
      throw new DataException(
          input.path() + ": it has no row; give a header such as path,label and a row an image");
    }
    this.header = rows.getFirst().fields().stream().map(String::strip).toList();
    this.rows = rows.subList(1, rows.size());
  }

  static SourceList of(PackInput.Table input) {
    return new TableListing(input, Csv.read(input.path())).list().check(input.path().toString());
  }

  private SourceList list() {
    int path = column(input.pathColumn());
    List<Integer> labels = input.labelColumns().stream().map(this::column).toList();
    Optional<Integer> group = input.groupColumn().map(this::column);
    boolean ownSplit = header.contains("split");
    int split = ownSplit ? column("split") : -1;
    for (Csv.Row row : rows) {
      if (row.fields().size() != header.size()) {
        throw refusal(
            row,
            "it has " + row.fields().size() + " fields, the header " + header.size(),
            "give every row the same columns");
      }
    }
    boolean multiLabel = labels.size() > 1;
    List<String> classes = multiLabel ? input.labelColumns() : classes(labels.getFirst());
    List<Source> sources = new ArrayList<>();
    for (Csv.Row row : rows) {
      String name = field(row, path);
      int[] values =
          multiLabel
              ? labels.stream().mapToInt(column -> bit(row, column)).toArray()
              : new int[] {number(row, labels.getFirst(), classes)};
      sources.add(
          new Source(
              name,
              file(row, name),
              values,
              group.map(column -> field(row, column)),
              ownSplit ? split(row, split) : -1));
    }
    checkFiles(sources);
    return new SourceList(List.copyOf(sources), classes, multiLabel, ownSplit);
  }

  private int column(String name) {
    int first = header.indexOf(name);
    if (first < 0 || first != header.lastIndexOf(name)) {
      throw new DataException(
          input.path()
              + (first < 0 ? ": the column " : ": more than one column ")
              + name
              + (first < 0 ? " is missing" : "")
              + "; the header is "
              + SourceList.printable(String.join(",", header)));
    }
    return first;
  }

  private String field(Csv.Row row, int column) {
    String value = row.fields().get(column).strip();
    if (value.isEmpty()) {
      throw refusal(row, "the field " + header.get(column) + " is empty", "fill it in");
    }
    return value;
  }

  /** All class names: as given, else ordered. */
  private List<String> classes(int column) {
    if (!input.classes().isEmpty()) {
      return input.classes();
    }
    TreeSet<String> names = new TreeSet<>();
    for (Csv.Row row : rows) {
      names.add(field(row, column));
    }
    return SourceList.ordered(names);
  }

  private int number(Csv.Row row, int column, List<String> classes) {
    int number = classes.indexOf(field(row, column));
    if (number < 0) {
      throw refusal(
          row,
          "the label "
              + SourceList.printable(field(row, column))
              + " is none of "
              + String.join(", ", classes),
          "correct it, or name it among the classes");
    }
    return number;
  }

  private int bit(Csv.Row row, int column) {
    return switch (field(row, column)) {
      case "0" -> 0;
      case "1" -> 1;
      default ->
          throw refusal(
              row,
              "the label "
                  + header.get(column)
                  + " is "
                  + SourceList.printable(field(row, column))
                  + ", not 0 or 1",
              "give each of several labels as 0 or 1");
    };
  }

  private int split(Csv.Row row, int column) {
    int split = SourceList.split(field(row, column));
    if (split < 0) {
      throw refusal(
          row,
          "the split " + SourceList.printable(field(row, column)) + " is not known",
          "write train, val or test");
    }
    return split;
  }

  private Path file(Csv.Row row, String name) {
    try {
      return input.path().toAbsolutePath().resolveSibling(name).normalize();
    } catch (InvalidPathException e) {
      throw refusal(row, SourceList.printable(name) + " cannot be a file name", "correct it");
    }
  }

  private void checkFiles(List<Source> sources) {
    TreeMap<Path, Integer> lines = new TreeMap<>();
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      Csv.Row row = rows.get(i);
      Integer first = lines.putIfAbsent(sources.get(i).file(), row.line());
      if (first != null) {
        throw refusal(
            row,
            SourceList.printable(sources.get(i).name()) + " stands in line " + first + " already",
            "name each image once");
      }
      if (!Files.isRegularFile(sources.get(i).file())) {
        missing.add(SourceList.printable(sources.get(i).name()) + " (line " + row.line() + ")");
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
              + String.join(", ", missing.subList(0, Math.min(SHOWN, missing.size())))
              + (missing.size() > SHOWN ? ", ..." : "")
              + "; paths start from the folder of the table");
    }
  }

  private DataException refusal(Csv.Row row, String reason, String advice) {
    return new DataException(input.path() + ": line " + row.line() + ": " + reason + "; " + advice);
  }
}
