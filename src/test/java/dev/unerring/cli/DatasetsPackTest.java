// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.images.ImageFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** {@code datasets pack}: what it writes, and each kind of bad input with its message and code. */
class DatasetsPackTest {
  @TempDir private Path root;
  private int cases;
  private Path folder;
  private Path images;
  private Path csv;
  private Path out;

  @BeforeEach
  void name() {
    name(root);
  }

  private void name(Path base) {
    folder = base;
    images = folder.resolve("images");
    csv = folder.resolve("table.csv");
    out = folder.resolve("set.npz");
  }

  /** Two classes of 20 images each. */
  private void twoClasses() {
    for (int i = 0; i < 40; i++) {
      ImageFolder.write(images, (i % 2 == 0 ? "benign/" : "malignant/") + i + ".png", 9, 11, 3 * i);
    }
  }

  /** A table of the same files: path,label,patient. */
  private List<String> table() {
    twoClasses();
    List<String> lines = new ArrayList<>(List.of("path,label,patient"));
    for (int i = 0; i < 40; i++) {
      String name = i % 2 == 0 ? "benign" : "malignant";
      lines.add("images/" + name + "/" + i + ".png," + name + ",p" + i / 3);
    }
    return lines;
  }

  private CommandRun pack(Object... arguments) {
    List<Object> words = new ArrayList<>(List.of("datasets", "pack", "--out", out));
    words.addAll(List.of(arguments));
    return CommandRun.of(words.toArray());
  }

  @Test
  void aFolderBecomesASetThatIsAuditedWithItsNames() throws IOException {
    twoClasses();
    CommandRun run = pack("--images", images);
    assertEquals(0, run.code(), run.err());
    assertTrue(
        run.out().contains("40 images of 28 x 28 x 1, 2 classes; split: seed 0\n"), run.out());
    assertTrue(run.out().matches("(?s).*\\n0 benign +14 +3 +3\\n.*"), run.out());
    assertEquals(
        "40 of 40 images are smaller than the images of the set and were enlarged; first:"
            + " benign/0.png\n",
        run.err());
    CommandRun audit = CommandRun.of("audit", "--data", out);
    assertEquals(0, audit.code(), audit.err());
    assertTrue(audit.out().contains("class 1 malignant"), audit.out());
    assertTrue(audit.err().contains("it holds the names of its 2 classes"), audit.err());
  }

  @Test
  void aTableWithPatientsBecomesASet() throws IOException {
    Files.write(csv, table());
    CommandRun run =
        pack(
            "--csv",
            csv,
            "--group",
            "patient",
            "--size",
            "16x20",
            "--fit",
            "pad",
            "--split",
            "60/20/20");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("14 groups, none of them in two splits\n"), run.out());
    assertTrue(run.out().contains("40 images of 16 x 20 x 1"), run.out());
  }

  @Test
  void foldersNamedByNumbersAreClassesInTheOrderOfTheNumbers() throws IOException {
    for (int i = 0; i < 60; i++) {
      ImageFolder.write(images, List.of("2", "10", "1").get(i % 3) + "/" + i + ".png", 9, 9, 3 * i);
    }
    CommandRun run = pack("--images", images);
    assertEquals(0, run.code(), run.err());
    String json = Files.readString(folder.resolve("set.pack.json"));
    assertTrue(json.contains("\"labels\": [\"1\", \"2\", \"10\"]"), json);
  }

  @TestFactory
  Stream<DynamicTest> folders() {
    return Stream.of(
        bad(5, "no such folder", () -> {}, "there is no such folder", "--images", "absent"),
        folder("empty folder", () -> Files.createDirectories(images), "the folder is empty"),
        folder(
            "class without samples",
            () -> Files.createDirectories(images.resolve("empty")),
            "the class empty has no image"),
        folder(
            "loose file",
            () -> ImageFolder.write(images, "loose.png", 9, 9, 0),
            "stands in no folder of a class"),
        folder(
            "text",
            () -> ImageFolder.write(images, "benign/notes.txt", "hello".getBytes("US-ASCII")),
            "notes.txt: this is neither a PNG nor a JPEG"),
        folder(
            "two damaged",
            () -> {
              Path file = images.resolve("benign/0.png");
              Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 99));
              Files.write(images.resolve("malignant/1.png"), new byte[0]);
            },
            "2 of 40 images cannot be used:\n"),
        folder(
            "loop of links",
            () -> Files.createSymbolicLink(images.resolve("benign/again"), images),
            "leads back to a folder above it (a loop of symbolic links)"),
        folder(
            "splits half",
            () -> ImageFolder.write(images, "test/benign/1.png", 9, 9, 0),
            "stands beside folders named like splits"),
        bad(
            5,
            "mixed sizes",
            () -> {
              twoClasses();
              ImageFolder.write(images, "benign/9.png", 20, 25, 0);
            },
            "9.png: it has 20 x 25 pixels, but ",
            "--images",
            "images",
            "--fit",
            "none"),
        bad(
            5,
            "unlisted class",
            this::twoClasses,
            "the folder malignant is none of the classes benign, other",
            "--images",
            "images",
            "--classes",
            "benign,other"),
        bad(
            5,
            "pattern without a match",
            this::twoClasses,
            "finds no group in",
            "--images",
            "images",
            "--group-pattern",
            "patient([0-9])"),
        bad(
            5,
            "no folder for the output",
            this::twoClasses,
            "its folder is not there",
            "--images",
            "images",
            "--out",
            "absent/x.npz"));
  }

  @TestFactory
  Stream<DynamicTest> tables() {
    return Stream.of(
        table("no row", lines -> lines.subList(1, 41).clear(), "it has no row"),
        table(
            "no column", lines -> lines.set(0, "scan,label,patient"), "the column path is missing"),
        table("short row", lines -> lines.set(3, "images/benign/2.png"), "line 4: it has 1 fields"),
        table(
            "no label",
            lines -> {
              lines.set(3, "images/benign/2.png,,p");
              lines.set(5, "images/benign/4.png,NaN,p");
              lines.set(7, "images/benign/6.png,null,p");
            },
            "3 of 40 rows have no label: line 4: the field label is empty, line 6: the field label"
                + " is NaN, line 8: the field label is null;"),
        table(
            "missing files",
            lines -> lines.addAll(List.of("a.png,benign,x", "b.png,benign,y")),
            "2 of 42 files are not there: a.png (line 42), b.png (line 43)"),
        table(
            "duplicate path",
            lines -> lines.add("images/../images/benign/2.png,benign,x"),
            "line 42: images/../images/benign/2.png stands in line 4 already"),
        table(
            "open quote", lines -> lines.set(3, "\"images"), "line 4: a quoted field does not end"),
        table(
            "unknown split",
            lines -> {
              lines.replaceAll(line -> line + ",train");
              lines.set(0, "path,label,patient,split");
              lines.set(3, lines.get(3).replace(",train", ",holdout"));
            },
            "line 4: the split holdout is not known"),
        table(
            "empty split",
            lines -> {
              lines.replaceAll(line -> line + ",train");
              lines.set(0, "path,label,patient,split");
              lines.set(40, lines.get(40).replace(",train", ",test"));
            },
            "the split val would be empty"),
        table(
            "group in two splits",
            lines -> {
              for (int i = 1; i <= 40; i++) {
                lines.set(i, lines.get(i) + (i <= 32 ? ",train" : i <= 35 ? ",val" : ",test"));
              }
              lines.set(0, "path,label,patient,split");
            },
            "p10 (train: images/benign/30.png, val: images/benign/32.png)"));
  }

  @TestFactory
  Stream<DynamicTest> options() {
    return Stream.of(
        usage("no input", "give either --images DIR or --csv FILE"),
        usage("both inputs", "give either", "--images", "images", "--csv", "table.csv"),
        usage("split of 99", "add up to 100", "--images", "images", "--split", "70/15/14"),
        usage("split of two", "three percents", "--images", "images", "--split", "70/30"),
        usage("split with 0", "at least 1", "--images", "images", "--split", "80/20/0"),
        usage("size 7", "8 to 1024 pixels a side", "--images", "images", "--size", "7"),
        usage("size 9999", "8 to 1024 pixels a side", "--images", "images", "--size", "9999"),
        usage("size text", "--size is a number", "--images", "images", "--size", "big"),
        usage(
            "size and none",
            "leave out --size",
            "--images",
            "images",
            "--size",
            "28",
            "--fit",
            "none"),
        usage("fit", "--fit is crop, pad", "--images", "images", "--fit", "zoom"),
        usage("channels", "--channels is 1, 3 or auto", "--images", "images", "--channels", "4"),
        usage("group of folders", "goes with --csv only", "--images", "images", "--group", "p"),
        usage("pattern", "has no parentheses", "--images", "images", "--group-pattern", "p"),
        usage("bad pattern", "--group-pattern: ", "--images", "images", "--group-pattern", "(p"),
        usage("one of labels", "two columns or more", "--csv", "table.csv", "--labels", "a"),
        usage("twice", "named twice", "--csv", "table.csv", "--labels", "a,a"),
        usage("threads", "--threads is at least 1", "--images", "images", "--threads", "0"),
        usage("no npz", "name the output X.npz", "--images", "images", "--out", "set.zip"));
  }

  @Test
  void whatExistsIsNotOverwritten() throws IOException {
    twoClasses();
    for (String name : List.of("set.npz", "set.pack.json", "set.sources.csv")) {
      Path there = Files.writeString(folder.resolve(name), "mine");
      CommandRun run = pack("--images", images);
      assertEquals(5, run.code());
      assertTrue(run.err().contains(there + ": this file exists already"), run.err());
      assertEquals("mine", Files.readString(there));
      Files.delete(there);
    }
  }

  @Test
  void aSplitOfItsOwnAndSplitDoNotGoTogether() throws IOException {
    List<String> lines = table();
    lines.replaceAll(line -> line + ",train");
    lines.set(0, "path,label,patient,split");
    Files.write(csv, lines);
    CommandRun run = pack("--csv", csv, "--split", "70/15/15");
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains("has a split of its own"), run.err());
  }

  private DynamicTest folder(String name, Executable change, String part) {
    Executable prepare =
        () -> {
          if (!name.equals("empty folder")) {
            twoClasses();
          }
          change.execute();
        };
    return bad(5, name, prepare, part, "--images", "images");
  }

  private DynamicTest table(String name, Consumer<List<String>> change, String part) {
    Executable prepare =
        () -> {
          List<String> lines = table();
          change.accept(lines);
          Files.write(csv, lines);
        };
    return bad(5, name, prepare, part, "--csv", "table.csv", "--group", "patient");
  }

  private DynamicTest usage(String name, String part, String... arguments) {
    return bad(2, name, this::twoClasses, part, arguments);
  }

  private DynamicTest bad(int code, String name, Executable prepare, String part, String... words) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          name(Files.createDirectory(root.resolve("case" + cases++)));
          prepare.execute();
          List<Object> all = new ArrayList<>();
          for (String word : words) {
            boolean path = List.of("images", "table.csv", "absent", "absent/x.npz").contains(word);
            all.add(path ? folder.resolve(word) : word);
          }
          List<Object> command = new ArrayList<>(List.of("datasets", "pack"));
          if (!all.contains("--out")) {
            command.addAll(List.of("--out", out));
          }
          command.addAll(all);
          CommandRun run = CommandRun.of(command.toArray());
          assertEquals(code, run.code(), run.err());
          assertTrue(run.err().startsWith("unerring: ") && run.err().contains(part), run.err());
          assertFalse(run.err().contains("\tat "), run.err());
          assertEquals("", run.out());
          try (Stream<Path> left = Files.list(folder)) {
            assertTrue(left.noneMatch(file -> file.toString().contains("set.")), "nothing is left");
          }
        });
  }
}
