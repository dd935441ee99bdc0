package dev.unerring.images;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where the images of a data set and their labels come from. */
public sealed interface PackInput {
  /** The folder or table. */
  Path path();

  /**
   * A folder with one sub-folder for each class, or with folders train, val and test of such.
   *
   * @param path the folder
   * @param group its first group, found in the path of an image within {@code path}, is what may
   *     not be divided between splits
   * @param classes their names in the order of the class numbers; empty for all, sorted
   */
  record Folder(Path path, Optional<Pattern> group, List<String> classes) implements PackInput {
    /** Takes a copy of the names. */
    public Folder {
      classes = List.copyOf(classes);
    }
  }

  /**
   * A CSV table with a header; a column {@code split} is the input's own split.
   *
   * @param path the table; relative paths in it start from its folder
   * @param pathColumn name of the column of image files
   * @param labelColumns one column of class names, or several of 0 and 1
   * @param groupColumn what may not be divided between splits
   * @param classes their names in the order of the class numbers; empty for all, sorted (as numbers
   *     where all are numbers)
   */
  record Table(
      Path path,
      String pathColumn,
      List<String> labelColumns,
      Optional<String> groupColumn,
      List<String> classes)
      implements PackInput {
    /** Takes copies of the names. */
    public Table {
      labelColumns = List.copyOf(labelColumns);
      classes = List.copyOf(classes);
    }
  }
}
