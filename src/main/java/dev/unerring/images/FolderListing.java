// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Names;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.stream.Stream;

/**
 * The images below one folder for each class, in the order of their paths by UTF-16 code units;
 * what {@link LeftOut} names is passed over, links are followed. Folders whose names have one
 * normal form are one class.
 */
final class FolderListing {
  private final PackInput.Folder input;
  private final List<Source> sources = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final LeftOut leftOut = new LeftOut();

  private FolderListing(PackInput.Folder input) {
    this.input = input;
  }

  static SourceList of(PackInput.Folder input) {
    if (!Files.isDirectory(input.path())) {
      throw new DataException(input.path() + ": there is no such folder; check the path");
    }
    SourceList list = new FolderListing(input).list();
    return list.check(input.path().toString(), !input.classes().isEmpty());
  }

  private SourceList list() {
    List<Path> folders = classFolders(input.path());
    boolean ownSplit =
        folders.stream().anyMatch(folder -> SourceList.split(name(folder)) >= 0)
            && folders.stream().noneMatch(folder -> input.classes().contains(name(folder)));
    TreeMap<Integer, List<Path>> roots = new TreeMap<>();
    if (ownSplit) {
      splitFolders(folders).forEach((split, root) -> roots.put(split, classFolders(root)));
    } else {
      roots.put(-1, folders);
    }
    TreeSet<String> found = new TreeSet<>();
    roots.values().forEach(some -> some.forEach(folder -> found.add(name(folder))));
    List<String> classes = input.classes().isEmpty() ? SourceList.ordered(found) : input.classes();
    for (String name : found) {
      if (!classes.contains(name)) {
        throw new DataException(
            input.path()
                + ": the folder "
                + Names.shown(name)
                + " is none of the classes "
                + String.join(", ", classes)
                + "; name it there, or move it away");
      }
      if (input.classes().isEmpty() && Names.isMissing(name)) {
        throw new DataException(
            input.path()
                + ": the folder "
                + Names.shown(name)
                + " stands for a missing label; move it away, or name all classes in --classes");
      }
    }
    roots.forEach((split, some) -> {
      noteMerged(some);
      some.forEach(folder -> addImages(folder, classes.indexOf(name(folder)), split));
    });
    if (!leftOut.note().isEmpty()) {
      notes.add(input.path() + ": " + leftOut.note());
    }
    return new SourceList(List.copyOf(sources), classes, false, ownSplit, notes);
  }

  private void noteMerged(List<Path> folders) {
    TreeMap<String, List<Path>> byName = new TreeMap<>();
    folders.forEach(
        folder -> byName.computeIfAbsent(name(folder), _ -> new ArrayList<>()).add(folder));
    byName.forEach((name, some) -> {
      if (some.size() > 1) {
        notes.add(
            some.getFirst().getParent()
                + ": "
                + some.size()
                + " folders are the class "
                + Names.shown(name)
                + "; their names differ in blanks or in the form of Unicode only");
      }
    });
  }

  /** The folders train, val, test, or one of them alone; nothing else may stand beside them. */
  private TreeMap<Integer, Path> splitFolders(List<Path> folders) {
    TreeMap<Integer, Path> splits = new TreeMap<>();
    for (Path folder : folders) {
      int split = SourceList.split(name(folder));
      if (split < 0 || splits.containsKey(split)) {
        throw new DataException(
            input.path()
                + ": the folder "
                + Names.shown(name(folder))
                + " stands beside folders named like splits; give either classes, or one each of"
                + " train, val and test");
      }
      splits.put(split, folder);
    }
    for (int split = 0; split < SourceList.SPLITS.size() && splits.size() > 1; split++) {
      if (!splits.containsKey(split)) {
        throw new DataException(
            input.path()
                + ": it has folders named like splits, but none for "
                + SourceList.SPLITS.get(split)
                + "; give train, val and test, or move all classes up for a seeded split");
      }
    }
    return splits;
  }

  private List<Path> classFolders(Path root) {
    List<Path> folders = new ArrayList<>();
    for (Path child : children(root)) {
      if (Files.isDirectory(child)) {
        folders.add(child);
      } else {
        throw new DataException(
            child + ": this file stands in no folder of a class; move it into one, or away");
      }
    }
    if (folders.isEmpty()) {
      throw new DataException(
          root + ": the folder is empty; give it one folder of images for each class");
    }
    return folders;
  }

  private List<Path> children(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> !leftOut.add(file))
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw new DataException(folder + ": the folder cannot be read: " + IoReason.of(e), e);
    }
  }

  private void addImages(Path folder, int label, int split) {
    List<Path> files = files(folder);
    if (files.isEmpty()) {
      throw new DataException(
          folder + ": the class " + name(folder) + " has no image; give it some, or leave it out");
    }
    files.sort(Comparator.comparing(this::path));
    for (Path file : files) {
      sources.add(new Source(path(file), file, new int[] {label}, group(path(file)), split));
    }
  }

  /** The path within the input, with slashes. */
  private String path(Path file) {
    return input.path().relativize(file).toString().replace('\\', '/');
  }

  /** All files below a folder but those that are left out, whose folders are not even opened. */
  private List<Path> files(Path root) {
    List<Path> files = new ArrayList<>();
    SimpleFileVisitor<Path> visitor =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean skipped = !folder.equals(root) && leftOut.add(folder);
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!leftOut.add(file)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException reason) {
            if (leftOut.add(file)) {
              return FileVisitResult.CONTINUE;
            }
            throw new DataException(file + ": cannot be read: " + IoReason.of(reason), reason);
          }
        };
    try {
      Files.walkFileTree(
          root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, visitor);
    } catch (IOException e) {
      throw new DataException(root + ": the folder cannot be read: " + IoReason.of(e), e);
    }
    return files;
  }

  private Optional<String> group(String name) {
    return input
        .group()
        .map(pattern -> {
          Matcher matcher = pattern.matcher(new Bounded(name));
          String reason;
          try {
            boolean found = matcher.find() && matcher.group(1) != null;
            if (found && !Names.normal(matcher.group(1)).isEmpty()) {
              return Names.normal(matcher.group(1));
            }
            reason = " finds no group in ";
          } catch (StepsExceededException | StackOverflowError e) {
            reason = " takes too many steps on ";
          }
          throw new DataException(
              input.path().resolve(name)
                  + ": the pattern "
                  + pattern
                  + reason
                  + Names.shown(name)
                  + "; change the pattern or the name");
        });
  }

  private static final class StepsExceededException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A text that ends the search of a pattern that backtracks without end. */
  private static final class Bounded implements CharSequence {
    private static final int MOST_STEPS = 10_000_000;

    private final String text;
    private int steps;

    private Bounded(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++steps > MOST_STEPS) {
        throw new StepsExceededException();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** The name of a folder in normal form; refused where the locale cannot show it. */
  private static String name(Path path) {
    String name = path.getFileName().toString();
    if (name.indexOf('\ufffd') >= 0) {
      throw new DataException(
          path
              + ": the name of this folder cannot be read; it is not UTF-8, or the locale is not: run"
              + " with LC_ALL=C.UTF-8, or rename it");
    }
    return Names.normal(name);
  }
}
