// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.base.Names;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Where the images of a data set and their labels come from. */
public sealed interface PackInput {
  /** The folder or table. */
  Path path();

  /**
   * The class names in the order of the class numbers, in normal form; a class may have no image
   * then. Empty for all that the input has, sorted (as numbers where all are numbers).
   */
  List<String> classes();

  /** The same input with these classes. */
  PackInput withClasses(List<String> names);

  /**
   * A folder with one sub-folder for each class, or with folders train, val and test of such.
   *
   * @param path the folder
   * @param group its first group, found in the path of an image within {@code path}, is what may
   *     not be divided between splits
   * @param classes see {@link PackInput#classes}
   */
  record Folder(Path path, Optional<Pattern> group, List<String> classes) implements PackInput {
    /** Takes a copy of the names, in normal form. */
    public Folder {
      classes = classes.stream().map(Names::normal).toList();
    }

    @Override
    public Folder withClasses(List<String> names) {
      return new Folder(path, group, names);
    }
  }

  /**
   * Some pictures of one class.
   *
   * @param files at least one
   * @param label one of the classes
   * @param classes see {@link PackInput#classes}
   */
  record Pictures(List<Path> files, String label, List<String> classes) implements PackInput {
    /** Takes copies; names in normal form. */
    public Pictures {
      files = List.copyOf(files);
      label = Names.normal(label);
      classes = classes.stream().map(Names::normal).toList();
    }

    @Override
    public Path path() {
      return files.getFirst();
    }

    @Override
    public Pictures withClasses(List<String> names) {
      return new Pictures(files, label, names);
    }
  }

  /**
   * A CSV table with a header. Columns that are not named are found by their usual names.
   *
   * @param path the table; relative paths in it start from its folder
   * @param pathColumn name of the column of image files
   * @param labelColumns one column of class names, or several of 0 and 1; empty for the usual one
   * @param groupColumn what may not be divided between splits
   * @param splitColumn name of the column of the input's own split
   * @param classes see {@link PackInput#classes}; empty where there are several label columns
   * @param options how the user names a column: the option for a usual name, path, label, split or
   *     group; empty where a column can only be renamed in the table
   */
  record Table(
      Path path,
      Optional<String> pathColumn,
      List<String> labelColumns,
      Optional<String> groupColumn,
      Optional<String> splitColumn,
      List<String> classes,
      Optional<UnaryOperator<String>> options)
      implements PackInput {
    /** Takes copies of the names; those of classes in normal form. */
    public Table {
      labelColumns = List.copyOf(labelColumns);
      classes = classes.stream().map(Names::normal).toList();
    }

    /** A table of the usual columns. */
    public static Table of(Path path) {
      return new Table(
          path,
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty());
    }

    /** The same table with several columns of labels. */
    public Table withLabels(List<String> columns) {
      return new Table(path, pathColumn, columns, groupColumn, splitColumn, List.of(), options);
    }

    @Override
    public Table withClasses(List<String> names) {
      return new Table(path, pathColumn, labelColumns, groupColumn, splitColumn, names, options);
    }
  }
}
