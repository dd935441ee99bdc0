// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.base.Names;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Finds the columns of a table. Headers are compared in normal form and without regard to case. A
 * column that is not named by an option is found by its usual names; one that looks like a split, a
 * label, a file or a patient and is not used is mentioned in a note.
 */
final class TableHeader {
  /** What a column is for; the first word is its default name, the rest are written in one word. */
  enum Role {
    PATH(
        "path file filename filepath image imagepath imagefile imagename imagefilename img imgpath"
            + " imgname picture"),
    LABEL("label labels class classname classlabel target diagnosis category dx"),
    SPLIT(
        "split splits set subset partition fold datasplit datasetsplit splitname traintest"
            + " traintestsplit traintestval trainvaltest trainvaltestsplit istrain istest"),
    GROUP(
        "group patient patientid patientnumber pid subject subjectid case caseid lesion lesionid"
            + " person personid study studyid");

    private final List<String> words;

    Role(String words) {
      this.words = List.of(words.split(" "));
    }

    private boolean fits(String header) {
      return words.contains(Names.folded(header).replaceAll("[ _.-]", ""));
    }
  }

  private final Path file;
  private final Optional<UnaryOperator<String>> options;
  private final List<String> names;
  private final List<String> notes;

  /**
   * The header of a table.
   *
   * @param fields its columns
   * @param notes where notes are added
   */
  TableHeader(PackInput.Table input, List<String> fields, List<String> notes) {
    this.file = input.path();
    this.options = input.options();
    this.names = fields.stream().map(Names::normal).toList();
    this.notes = notes;
  }

  int size() {
    return names.size();
  }

  /** The name of a column in normal form. */
  String text(int column) {
    return names.get(column);
  }

  /** The name of a column, for messages. */
  String name(int column) {
    return Names.shown(names.get(column));
  }

  /**
   * The column of the name that an option gives.
   *
   * @throws DataException where there is none, or more than one
   */
  int named(String name) {
    List<Integer> exact = columns(each -> Names.same(each, name));
    List<Integer> found =
        exact.size() == 1 ? exact : columns(each -> Names.folded(each).equals(Names.folded(name)));
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw refusal(
        found.isEmpty()
            ? "the column " + Names.shown(name) + " is missing"
            : "more than one column " + Names.shown(name));
  }

  /** The column that an option names, else the one that is found by the usual names. */
  int required(Role role, String name) {
    String usual = role.words.getFirst();
    if (name != null) {
      return named(name);
    }
    List<Integer> own = columns(each -> Names.folded(each).equals(usual));
    List<Integer> alike = columns(role::fits);
    if (own.size() > 1) {
      throw refusal("more than one column " + usual);
    }
    if (own.isEmpty() && alike.size() > 1) {
      throw refusal("each of the columns " + list(alike) + " may be the " + usual + advice(usual));
    }
    if (own.isEmpty() && alike.isEmpty()) {
      throw refusal("the column " + usual + " is missing" + advice(usual));
    }
    int column = own.isEmpty() ? alike.getFirst() : own.getFirst();
    if (own.isEmpty()) {
      notes.add(
          file
              + ": the column "
              + name(column)
              + " is read as the "
              + usual
              + options.map(option -> " (" + option.apply(usual) + " names another)").orElse(""));
    }
    mention(role, alike.stream().filter(each -> each != column).toList());
    return column;
  }

  private String advice(String usual) {
    return options
        .map(option -> "; name the right one with " + option.apply(usual))
        .orElse("; call the right one " + usual);
  }

  /** Notes columns that look like a role but are not used, where an option can name them. */
  void mention(Role role, List<Integer> unused) {
    if (options.isEmpty()) {
      return;
    }
    String usual = role.words.getFirst();
    for (int column : unused) {
      notes.add(
          file
              + ": the column "
              + name(column)
              + " is not used; "
              + options.get().apply(usual)
              + " '"
              + name(column)
              + "' takes it as the "
              + usual
              + (role == Role.GROUP ? ", so that no patient stands in two splits" : ""));
    }
  }

  /** Columns whose name is usual for a role. */
  List<Integer> alike(Role role) {
    return columns(role::fits);
  }

  /** The column of exactly the default name of a role (in any case). */
  Optional<Integer> own(Role role) {
    return columns(each -> Names.folded(each).equals(role.words.getFirst())).stream().findFirst();
  }

  String list(List<Integer> columns) {
    return String.join(", ", columns.stream().map(this::name).toList());
  }

  private List<Integer> columns(Predicate<String> wanted) {
    return IntStream.range(0, names.size())
        .filter(column -> wanted.test(names.get(column)))
        .boxed()
        .toList();
  }

  private DataException refusal(String reason) {
    List<String> all = new ArrayList<>();
    names.forEach(name -> all.add(Names.shown(name)));
    return new DataException(file + ": " + reason + "; the header is " + String.join(",", all));
  }
}
