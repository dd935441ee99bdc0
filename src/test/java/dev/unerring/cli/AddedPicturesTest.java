// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.images.ImageFolder;
import dev.unerring.npz.NpzWriter;
import dev.unerring.run.AddedFiles;
import dev.unerring.run.TrainedModel;
import dev.unerring.run.TrainedRun;
import dev.unerring.suite.TestBackends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of some classes join a run of all its classes under their names, in any form. */
class AddedPicturesTest {
  private static final int OLD = 42;
  private static final String CLASSES = "benign, malignant, normal";

  @TempDir private static Path shared;
  private static Path run;
  private static Path set;

  @TempDir private Path folder;
  private Path images;

  @BeforeAll
  static void train() throws IOException {
    set = shared.resolve("set.npz");
    for (int i = 0; i < 60; i++) {
      String name = CLASSES.split(", ")[i % 3];
      ImageFolder.write(shared.resolve("images"), name + "/" + i + ".png", 28, 41, 3 * i);
    }
    ok("datasets", "pack", "--images", shared.resolve("images"), "--out", set, "--fit", "pad");
    run = shared.resolve("run");
    ok(words("train", "--data", set, "--epochs", 1, "--corrector", "none", "--out", run));
  }

  @BeforeEach
  void pictures() throws IOException {
    images = folder.resolve("new");
    for (int i = 0; i < 20; i++) {
      String name = (i < 7 ? "malignant/" : "normal/") + i + ".png";
      ImageFolder.write(images, name, 33, 28, 1000 + 3 * i);
    }
  }

  private static Object[] words(Object... words) {
    List<Object> all = new ArrayList<>(List.of(words));
    String device = TestBackends.kernels() ? "auto" : "reference";
    all.addAll(List.of("--threads", 2, "--device", device));
    return all.toArray();
  }

  private static CommandRun ok(Object... words) {
    CommandRun run = CommandRun.of(words);
    assertTrue(run.code() == 0 || words[0].equals("train") && run.code() == 3, run.err());
    return run;
  }

  private CommandRun correct(Object... words) {
    List<Object> all = new ArrayList<>(List.of("correct", "--run", run));
    all.addAll(List.of("--corrector", "patch", "--out", folder.resolve("second")));
    all.addAll(List.of(words));
    return CommandRun.of(words(all.toArray()));
  }

  /** Labels of the samples that joined, by class. */
  private void requireJoined(int benign, int malignant, int normal) throws IOException {
    try (Dataset data = Dataset.open(folder.resolve("second/set.npz"))) {
      int[] counts = new int[3];
      for (int i = OLD; i < data.train().size(); i++) {
        counts[data.train().label(i)]++;
      }
      assertEquals(List.of(benign, malignant, normal), Arrays.stream(counts).boxed().toList());
      assertEquals(List.of(CLASSES.split(", ")), data.labelNames());
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertFalse(left.anyMatch(file -> file.getFileName().toString().startsWith(".unerring")));
    }
  }

  private void refused(int code, String part, Object... words) {
    CommandRun refused = correct(words);
    assertEquals(code, refused.code(), refused.err());
    assertTrue(refused.err().contains(part), refused.err());
    assertFalse(Files.exists(folder.resolve("second")));
  }

  @Test
  void aPackedFileOfSomeClassesJoinsByNameWithAllItsSamples() throws IOException {
    Path added = folder.resolve("new.npz");
    ok("datasets", "pack", "--images", images, "--out", added, "--fit", "pad");
    CommandRun corrected = correct("--add", added);
    assertEquals(0, corrected.code(), corrected.err());
    assertTrue(corrected.err().contains("all its 20 samples are taken"), corrected.err());
    requireJoined(0, 7, 13);
  }

  @Test
  void aFolderJoinsByTheRulesOfTheRun() throws IOException {
    CommandRun corrected = correct("--add", images);
    assertEquals(0, corrected.code(), corrected.err());
    assertTrue(corrected.err().contains("20 pictures: malignant 7, normal 13"), corrected.err());
    requireJoined(0, 7, 13);
  }

  @Test
  void aTableAndPicturesJoin() throws IOException {
    Path table = images.resolve("new.csv");
    Files.writeString(table, "path,label\nmalignant/0.png,malignant\nnormal/9.png,normal\n");
    assertEquals(0, correct("--add", table).code());
    requireJoined(0, 1, 1);
    Path one = images.resolve("normal/10.png");
    Path two = images.resolve("normal/11.png");
    deleteSecond();
    CommandRun corrected = correct("--add", one, two, "--label", "normal");
    assertEquals(0, corrected.code(), corrected.err());
    requireJoined(0, 0, 2);
  }

  /** 'correct' has no options for columns, so none is advised. */
  @Test
  void aTableIsReadByItsHeaderAlone() throws IOException {
    Path table = images.resolve("new.csv");
    Files.writeString(table, "where,label\nmalignant/0.png,malignant\n");
    refused(5, "the column path is missing; call the right one path", "--add", table);
    Files.writeString(table, "path,class,target\nmalignant/0.png,malignant,malignant\n");
    refused(5, "class, target may be the label; call the right one label", "--add", table);
    Files.writeString(table, "file,dx,fold,patient\nmalignant/0.png,malignant,1,7\n");
    CommandRun corrected = correct("--add", table);
    assertEquals(0, corrected.code(), corrected.err());
    assertTrue(corrected.err().contains("the column file is read as the path\n"), corrected.err());
    for (String option : List.of("--path", "--label", "--split", "--group", "--classes")) {
      assertFalse(corrected.err().contains(option), corrected.err());
    }
  }

  /** One thread decodes where one is asked for. */
  @Test
  void picturesAreDecodedOnAsManyThreadsAsAreAskedFor() throws InterruptedException {
    assertTrue(decoding(4) > 1, "what the other half of this test counts");
    assertEquals(1, decoding(1));
  }

  private int decoding(int threads) throws InterruptedException {
    ThreadGroup group = new ThreadGroup("decoding"); // threads are of the group of their maker
    Set<Long> seen = new TreeSet<>();
    WorkMonitor monitor =
        new WorkMonitor() {
          @Override
          public void progress(String work, long done, long total) {
            Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getThreadGroup() == group && each != Thread.currentThread())
                .forEach(each -> seen.add(each.threadId()));
          }
        };
    TrainedModel model = TrainedRun.open(run).trained(Optional.empty());
    AddedFiles added = new AddedFiles(List.of(images), Optional.empty(), threads);
    Thread caller = new Thread(group, () -> added.open(model, folder, monitor).close());
    caller.start();
    caller.join();
    return seen.size();
  }

  private void deleteSecond() throws IOException {
    Files.move(folder.resolve("second"), folder.resolve("before"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void whatPackMakesForTheRunJoinsAndIsPredicted() throws IOException {
    Path added = folder.resolve("new.npz");
    CommandRun packed = ok("datasets", "pack", "--images", images, "--for", run, "--out", added);
    assertTrue(packed.out().contains("20 images of 28 x 28 x 1, 3 classes"), packed.out());
    CommandRun both =
        CommandRun.of(
            "datasets",
            "pack",
            "--images",
            images,
            "--for",
            run,
            "--size",
            28,
            "--out",
            folder.resolve("o.npz"));
    assertEquals(2, both.code());
    assertTrue(both.err().contains("--size is the run's"), both.err());
    assertEquals(0, correct("--add", added).code());
    requireJoined(0, 7, 13);
  }

  @Test
  void whatDoesNotFitTheRunIsRefused() throws IOException {
    Path cropped = folder.resolve("crop.npz");
    ok("datasets", "pack", "--images", images, "--out", cropped);
    refused(5, "was packed with --fit crop, run with --fit pad", "--add", cropped);
    refused(2, "name it with --label, one of " + CLASSES, "--add", images.resolve("normal/9.png"));
    refused(
        5,
        "'cyst' is none of " + CLASSES,
        "--add",
        images.resolve("normal/9.png"),
        "--label",
        "cyst");
    refused(2, "--label goes with pictures", "--add", images, "--label", "normal");
    ImageFolder.write(images, "cyst/1.png", 28, 28, 9);
    refused(5, "cyst", "--add", images);
    Path other = folder.resolve("other.npz");
    ok(
        "datasets",
        "pack",
        "--images",
        images,
        "--out",
        other,
        "--fit",
        "pad",
        "--split",
        "100/0/0");
    refused(5, "has the classes cyst, malignant, normal, run has " + CLASSES, "--add", other);
  }

  @Test
  void evaluateMatchesByName() throws IOException {
    Path turned = folder.resolve("turned.npz");
    ok(
        "datasets",
        "pack",
        "--images",
        shared.resolve("images"),
        "--out",
        turned,
        "--fit",
        "pad",
        "--classes",
        "normal,benign,malignant");
    String own = ok(words("evaluate", "--run", run, "--split", "train")).out();
    CommandRun again = ok(words("evaluate", "--run", run, "--split", "train", "--data", turned));
    assertEquals(byClass(own), byClass(again.out()), again.err());
    Path bare = folder.resolve("bare.npz");
    NpzWriter npz = new NpzWriter(false);
    for (String split : List.of("train", "val", "test")) {
      npz.addSplit(split, List.of(28, 28), new byte[2 * 784], new int[] {0, 2});
    }
    npz.write(bare);
    CommandRun numbered = ok(words("evaluate", "--run", run, "--data", bare));
    assertTrue(
        numbered
            .err()
            .contains(
                "names no classes, so they are matched by number: 0 = benign, 1 = malignant,"
                    + " 2 = normal"),
        numbered.err());
  }

  /** The rows of the classes, which are not those of another order. */
  private static List<String> byClass(String text) {
    List<String> rows =
        text.lines().filter(line -> line.matches(".*(benign|malignant|normal).*")).toList();
    assertFalse(rows.size() < 3, text);
    return rows;
  }

  /** The model file alone says the same as its run, with the same scores. */
  @Test
  void aModelFileAlonePredicts() throws IOException {
    Path picture = images.resolve("normal/9.png");
    String byRun = ok(words("predict", "--run", run, picture)).out();
    Path alone = Files.copy(run.resolve("model.safetensors"), folder.resolve("m.safetensors"));
    CommandRun byFile = ok(words("predict", "--run", alone, picture));
    assertEquals(byRun, byFile.out());
    assertTrue(byRun.contains("score2"), byRun);
    Path best = run.resolve("best-validation.safetensors");
    CommandRun without = ok(words("predict", "--run", best, picture));
    assertTrue(without.err().contains("no calibration in this file"), without.err());
    Path added = folder.resolve("new.npz");
    ok("datasets", "pack", "--images", images, "--for", alone, "--out", added);
    Path cropped = folder.resolve("crop.npz");
    ok("datasets", "pack", "--images", images, "--out", cropped);
    CommandRun other = CommandRun.of(words("predict", "--run", alone, "--split", "train", cropped));
    assertEquals(5, other.code(), other.err());
    assertTrue(other.err().contains("was packed with --fit crop, " + alone), other.err());
    CommandRun both = CommandRun.of(words("predict", "--run", alone, "--data", set, picture));
    assertEquals(2, both.code(), both.err());
  }
}
