package dev.unerring.images;

import dev.unerring.base.DataException;
import dev.unerring.base.IoReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The images below one folder for each class, in the order of their paths by UTF-16 code units;
 * hidden files and what desktops leave behind are passed over, links are followed.
 */
final class FolderListing {
  private final PackInput.Folder input;
  private final List<Source> sources = new ArrayList<>();

  private FolderListing(PackInput.Folder input) {
    this.input = input;
  }

  static SourceList of(PackInput.Folder input) {
    if (!Files.isDirectory(input.path())) {
      throw new DataException(input.path() + ": there is no such folder; check the path");
    }
    return new FolderListing(input).list().check(input.path().toString());
  }

  private SourceList list() {
    List<Path> folders = classFolders(input.path());
    boolean ownSplit =
        folders.stream().anyMatch(folder -> SourceList.split(name(folder)) >= 0)
            && folders.stream().noneMatch(folder -> input.classes().contains(name(folder)));
    List<Path> roots = ownSplit ? splitFolders(folders) : List.of(input.path());
    TreeSet<String> found = new TreeSet<>();
    for (Path root : roots) {
      classFolders(root).forEach(folder -> found.add(name(folder)));
    }
    List<String> classes = input.classes().isEmpty() ? SourceList.ordered(found) : input.classes();
    for (String name : found) {
      if (!classes.contains(name)) {
        throw new DataException(
            input.path()
                + ": the folder "
                + SourceList.printable(name)
                + " is none of the classes "
                + String.join(", ", classes)
                + "; name it there, or move it away");
      }
    }
    for (int split = 0; split < roots.size(); split++) {
      for (Path folder : classFolders(roots.get(split))) {
        addImages(folder, classes.indexOf(name(folder)), ownSplit ? split : -1);
      }
    }
    return new SourceList(List.copyOf(sources), classes, false, ownSplit);
  }

  /** The folders train, val, test; refused when one is missing or another stands beside them. */
  private List<Path> splitFolders(List<Path> folders) {
    Path[] splits = new Path[3];
    for (Path folder : folders) {
      int split = SourceList.split(name(folder));
      if (split < 0 || splits[split] != null) {
        throw new DataException(
            input.path()
                + ": the folder "
                + SourceList.printable(name(folder))
                + " stands beside folders named like splits; give either classes, or one each of"
                + " train, val and test");
      }
      splits[split] = folder;
    }
    for (int split = 0; split < splits.length; split++) {
      if (splits[split] == null) {
        throw new DataException(
            input.path()
                + ": it has folders named like splits, but none for "
                + SourceList.SPLITS.get(split)
                + "; give train, val and test, or move all classes up for a seeded split");
      }
    }
    return List.of(splits);
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

  private static List<Path> children(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(FolderListing::isMeant)
          .sorted(Comparator.comparing(FolderListing::name))
          .toList();
    } catch (IOException e) {
      throw new DataException(folder + ": the folder cannot be read: " + IoReason.of(e), e);
    }
  }

  private void addImages(Path folder, int label, int split) {
    List<String> names = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      all.filter(file -> !Files.isDirectory(file))
          .filter(file -> meant(folder.relativize(file)))
          .map(file -> input.path().relativize(file).toString().replace('\\', '/'))
          .sorted()
          .forEach(names::add);
    } catch (IOException e) {
      throw new DataException(folder + ": the folder cannot be read: " + IoReason.of(e), e);
    } catch (UncheckedIOException e) {
      throw new DataException(
          folder + ": the folder cannot be read: " + IoReason.of(e.getCause()), e);
    }
    if (names.isEmpty()) {
      throw new DataException(
          folder + ": the class " + name(folder) + " has no image; give it some, or leave it out");
    }
    for (String name : names) {
      sources.add(
          new Source(name, input.path().resolve(name), new int[] {label}, group(name), split));
    }
  }

  private Optional<String> group(String name) {
    return input
        .group()
        .map(pattern ->
            BoundedText.group(pattern, name)
                .orElseThrow(() ->
                    new DataException(
                        input.path().resolve(name)
                            + ": the pattern "
                            + pattern
                            + " finds no group in "
                            + SourceList.printable(name)
                            + "; change the pattern or the name")));
  }

  private static boolean meant(Path relative) {
    for (Path part : relative) {
      if (!isMeant(part)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isMeant(Path file) {
    String name = name(file);
    return !name.startsWith(".")
        && !name.equalsIgnoreCase("Thumbs.db")
        && !name.equalsIgnoreCase("desktop.ini");
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
