// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.images.ImageFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code datasets pack}: names, headers and folders as people and their machines write them. */
class PackNamesTest {
  @TempDir private Path folder;
  private int outputs;

  @BeforeEach
  void images() {
    for (int i = 0; i < 24; i++) {
      ImageFolder.write(folder, "img/" + i + ".png", 28, 28, 3 * i);
    }
  }

  /** A table of the images; {@code columns} of row i begin with a separator. */
  private Path table(String header, IntFunction<String> columns) throws IOException {
    List<String> lines = new ArrayList<>(List.of(header));
    for (int i = 0; i < 24; i++) {
      lines.add("img/" + i + ".png" + columns.apply(i));
    }
    return Files.write(folder.resolve("t.csv"), lines);
  }

  private Path out() {
    return folder.resolve("set" + outputs + ".npz");
  }

  private CommandRun pack(Object... words) {
    outputs++;
    List<Object> all = new ArrayList<>(List.of("datasets", "pack", "--out", out()));
    all.addAll(List.of(words));
    return CommandRun.of(all.toArray());
  }

  private CommandRun packed(String note, Object... words) {
    CommandRun run = pack(words);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains(note), run.err());
    return run;
  }

  private void refused(String part, Object... words) {
    CommandRun run = pack(words);
    assertEquals(5, run.code(), run.err());
    assertTrue(run.err().startsWith("unerring: ") && run.err().contains(part), run.err());
    assertFalse(Files.exists(out()));
  }

  private String packFile() throws IOException {
    return Files.readString(folder.resolve("set" + outputs + ".pack.json"));
  }

  private static String label(int i) {
    return i % 3 == 0 ? "mal" : "ben";
  }

  private static String split(int i) {
    return List.of("train", "val", "test").get(i / 8);
  }

  @Test
  void aPatientIsOnePersonHoweverTheBlanksAreWritten() throws IOException {
    String[] blanks = {"", "\u00a0", "\u3000", "\u200b", " "};
    Path csv =
        table(
            "path,label,patient",
            i -> "," + label(i) + blanks[i % 5] + ",patient" + i / 6 + blanks[i % 4]);
    CommandRun run = packed("", "--csv", csv, "--group", "Patient\u00a0");
    assertTrue(run.out().contains("4 groups, none of them in two splits"), run.out());
    assertTrue(packFile().contains("\"labels\": [\"ben\", \"mal\"]"), packFile());
    packed("; --group 'patient' takes it as the group", "--csv", csv);
  }

  @Test
  void aSplitIsNeverIgnoredWhateverItsHeader() throws IOException {
    for (String header : List.of("Split", "SPLIT ", "set", "Subset", "Aufteilung", "fold")) {
      Path csv = table("path,label," + header, i -> "," + label(i) + "," + split(i));
      CommandRun run = packed("", "--csv", csv);
      assertTrue(run.out().contains("split: the input's own"), header + run.out());
      boolean said = run.err().contains("the column " + header + " is read as the split");
      assertEquals(!header.strip().equalsIgnoreCase("split"), said, run.err());
    }
    Path words =
        table(
            "path,label,Set",
            i -> "," + label(i) + ",\u00a0" + List.of("Training", "DEV", "Testing ").get(i / 8));
    assertTrue(packed("", "--csv", words).out().contains("the input's own"));
    Path folds = table("path,label,fold", i -> "," + label(i) + "," + i % 3);
    refused(
        "the column fold looks like a split, but 0 is none of train, val and test", "--csv", folds);
    packed("so the column fold is not read as the split", "--csv", folds, "--split", "70/15/15");
    Path two = table("path,label,a,b", i -> "," + label(i) + "," + split(i) + ",train");
    refused("name one with --split-column", "--csv", two);
    CommandRun run = packed("", "--csv", two, "--split-column", "A");
    assertTrue(run.out().contains("the input's own"), run.out());
  }

  @Test
  void otherHeadersAreReadWhereOneFitsAndAskedForWhereTwoDo() throws IOException {
    Path csv = table("File Name;Diagnosis;patient_id", i -> ";" + label(i) + ";p" + i / 2);
    CommandRun run = packed("the column File Name is read as the path", "--csv", csv);
    assertTrue(run.err().contains("the column Diagnosis is read as the label"), run.err());
    assertTrue(run.err().contains("--group 'patient_id' takes it"), run.err());
    Path two = table("path,class,target", i -> "," + label(i) + "," + label(i));
    refused(
        "each of the columns class, target may be the label; name the right one with --label",
        "--csv",
        two);
    packed("", "--csv", two, "--label", "TARGET");
    Path both = table("path,label,diagnosis", i -> "," + label(i) + ",x");
    packed("the column diagnosis is not used; --label 'diagnosis' takes it", "--csv", both);
  }

  @Test
  void tablesOfOldMacsAndOfExcelAreRead() throws IOException {
    Path csv = table("path,label", i -> "," + label(i));
    String text = Files.readString(csv);
    Files.writeString(csv, text.replace('\n', '\r'));
    assertEquals(0, pack("--csv", csv).code());
    Files.write(csv, ("\ufeff" + text).getBytes(StandardCharsets.UTF_16LE));
    assertEquals(0, pack("--csv", csv).code());
    Files.writeString(csv, text.replace(',', ';'));
    assertEquals(0, pack("--csv", csv).code());
  }

  @Test
  void aMissingLabelIsNoClassUnlessItIsNamedAsOne() throws IOException {
    Path csv = table("path,label", i -> i < 2 ? ",NaN" : "," + label(i));
    refused("2 of 24 rows have no label: line 2: the field label is NaN, line 3", "--csv", csv);
    Path named = table("path,label", i -> i % 4 == 0 ? ",NA" : "," + label(i));
    packed("", "--csv", named, "--classes", "ben,mal,NA");
    assertTrue(packFile().contains("[\"ben\", \"mal\", \"NA\"]"), packFile());
  }

  /** Class folders as a Mac and a PC write them, and what desktops and drives leave beside. */
  private Path folders() {
    Path images = folder.resolve("scans");
    for (int i = 0; i < 24; i++) {
      String name = i % 2 == 0 ? "nevus" : i % 4 == 1 ? "me\u0301lanome" : "m\u00e9lanome";
      ImageFolder.write(images, name + "/" + i + ".png", 28, 28, 3 * i);
    }
    return images;
  }

  @Test
  void aClassInBothFormsOfUnicodeIsOneClass() throws IOException {
    Path images = folders();
    packed("2 folders are the class m\u00e9lanome", "--images", images);
    assertTrue(packFile().contains("\"labels\": [\"m\u00e9lanome\", \"nevus\"]"), packFile());
    ImageFolder.write(images, "Nevus/x.png", 28, 28, 3);
    ImageFolder.write(images, "Nevus/y.png", 28, 28, 6);
    ImageFolder.write(images, "Nevus/z.png", 28, 28, 9);
    packed("look alike but are not the same text: 'Nevus', 'nevus'", "--images", images);
    ImageFolder.write(images, "\u202engineb/x.png", 28, 28, 3);
    refused("'\\u202engineb' cannot be the name of a class", "--images", images);
  }

  @Test
  void whatDesktopsAndDrivesLeaveIsNotPackedAndSaidSo() {
    Path images = folders();
    for (String junk :
        List.of(
            "@eaDir",
            "$RECYCLE.BIN",
            "__MACOSX",
            ".Trash-1000",
            "lost+found",
            "#recycle",
            "System Volume Information",
            "nevus/@eaDir",
            "nevus/.thumbnails",
            "@Recycle")) {
      ImageFolder.write(images, junk + "/a/thumb.png", 28, 28, 5);
    }
    for (String junk : List.of("Thumbs.db", "nevus/._0.png", "nevus/desktop.ini", ".DS_Store")) {
      ImageFolder.write(images, junk, new byte[4]);
    }
    CommandRun run =
        packed(
            "left out, as hidden or made by a desktop or network drive: 14 entries",
            "--images",
            images);
    assertTrue(run.out().contains("24 images of 28 x 28"), run.out());
    assertTrue(run.out().contains("2 classes"), run.out());
  }

  @Test
  void aPatternThatBacktracksWithoutEndIsRefused() {
    Path images = folder.resolve("scans");
    ImageFolder.write(images, "a/" + "x".repeat(60) + ".png", 28, 28, 5);
    refused("takes too many steps", "--images", images, "--group-pattern", "((x+x+)+)\\1y");
  }

  @Test
  void imagesForARunNeedNeitherAllClassesNorASplit() throws IOException {
    Path images = folder.resolve("new");
    for (int i = 0; i < 7; i++) {
      ImageFolder.write(images, "malignant/" + i + ".png", 28, 28, 3 * i);
    }
    CommandRun run =
        packed(
            "all images are in the split train",
            "--images",
            images,
            "--classes",
            "benign,malignant,normal",
            "--split",
            "100/0/0");
    assertTrue(
        run.out().contains("1 malignant                                   7        0"), run.out());
    assertTrue(packFile().contains("[\"benign\", \"malignant\", \"normal\"]"), packFile());
    refused(
        "the folder malignant is none of the classes benign",
        "--images",
        images,
        "--classes",
        "benign");
    packed("all images are of one class, malignant", "--images", images);
    CommandRun train = CommandRun.of("train", "--data", out(), "--out", folder.resolve("run"));
    assertEquals(5, train.code(), train.err());
    assertTrue(train.err().contains("all 5 samples are of class 0 (malignant)"), train.err());
    Path csv = table("path,label,split", i -> "," + label(i) + ",train");
    run = packed("all images are in the split train", "--csv", csv);
    assertTrue(
        run.out().contains("all                                          24        0"), run.out());
    Path own = table("path,label,split", i -> "," + label(i) + "," + split(i));
    run = packed("the input's own split was not read", "--csv", own, "--split", "100/0/0");
    assertTrue(run.out().contains("split: all in train"), run.out());
  }
}
