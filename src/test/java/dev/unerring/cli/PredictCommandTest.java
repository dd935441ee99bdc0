// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.npz.NpzWriter;
import dev.unerring.suite.TestData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code unerring predict}: one line an image in the order given, from every kind of file, with
 * calibrated scores or none; a file that cannot be used ends it before the first line.
 */
class PredictCommandTest {
  private static final String HEADER =
      "file,index,label,name,score0,score1,logit0,logit1,margin,answer";

  @TempDir private static Path shared;
  private static SmallRun run;

  @TempDir private Path folder;
  private final List<Path> pictures = new ArrayList<>();

  @BeforeAll
  static void train() {
    run = SmallRun.train(shared);
  }

  @BeforeEach
  void draw() throws IOException {
    for (int i = 0; i < 10; i++) {
      pictures.add(picture("image" + i + ".png", i, 28));
    }
  }

  @Test
  void namesThatAreFormulasAreMadeSafeWhereAsked() throws IOException {
    Path formula = picture("=1+1.png", 3, 28);
    CommandRun raw = run.command("predict", formula);
    assertTrue(raw.out().contains("\n" + formula + ","), raw.out());
    CommandRun safe = run.command("predict", "--csv-safe", formula);
    assertEquals(raw.out(), safe.out(), "an absolute name is no formula");
    assertEquals(2, run.command("predict", "--csv-safe", "--format", "json", formula).code());
  }

  @Test
  void everyImageOfASplitIsALineWithScoresThatAddUpToOne() {
    CommandRun csv = run.command("predict", "--split", "test", run.data());
    assertEquals(0, csv.code(), csv.err());
    assertTrue(csv.err().contains("Not for clinical use."), csv.err());
    List<String> lines = csv.out().lines().toList();
    assertEquals(HEADER, lines.getFirst());
    assertEquals(11, lines.size());
    for (int i = 0; i < 10; i++) {
      String[] fields = lines.get(i + 1).split(",");
      assertEquals(run.data() + "," + i, fields[0] + "," + fields[1]);
      double first = Double.parseDouble(fields[4]);
      double second = Double.parseDouble(fields[5]);
      assertEquals(1.0, first + second, 1e-15);
      assertEquals(fields[2], first >= second ? "0" : "1");
      assertEquals(fields[2], fields[3], "names of an unknown set are its numbers");
      float margin = Math.abs(Float.parseFloat(fields[6]) - Float.parseFloat(fields[7]));
      assertEquals(margin, Float.parseFloat(fields[8]));
    }
  }

  @Test
  void picturesGiveWhatTheSameImagesInAnNpzGive() {
    List<String> expected =
        run.command("predict", "--split", "test", run.data()).out().lines().toList();
    CommandRun found = run.command("predict", pictures.toArray());
    assertEquals(0, found.code(), found.err());
    List<String> lines = found.out().lines().toList();
    assertEquals(11, lines.size());
    for (int i = 1; i < 11; i++) {
      assertEquals(pictures.get(i - 1) + ",0", lines.get(i).replaceAll("^([^,]*,[^,]*).*", "$1"));
      assertEquals(figures(expected.get(i)), figures(lines.get(i)));
    }
  }

  @Test
  void barePlainArraysAndLargerPicturesAndJpegsAreTaken() throws IOException {
    Path images = npz("images", "|u1", 3, 28, 28);
    Path x = npz("x", "|u1", 2, 28, 28, 1);
    Path jpeg = folder.resolve("photo.jpg");
    ImageIO.write(ImageIO.read(picture("large.png", 0, 84).toFile()), "jpg", jpeg.toFile());
    CommandRun found =
        run.command("predict", pictures.get(3), images, folder.resolve("large.png"), x, jpeg);
    assertEquals(0, found.code(), found.err());
    List<String> places =
        found.out().lines().skip(1).map(l -> l.replaceAll("^([^,]*,[^,]*).*", "$1")).toList();
    assertEquals(
        List.of(
            pictures.get(3) + ",0",
            images + ",0",
            images + ",1",
            images + ",2",
            folder.resolve("large.png") + ",0",
            x + ",0",
            x + ",1",
            jpeg + ",0"),
        places);
    String small = run.command("predict", pictures.get(0)).out().lines().toList().get(1);
    String large = found.out().lines().toList().get(5);
    assertEquals(
        figures(small), figures(large), "three times as large, resized to the same pixels");
  }

  @Test
  void jsonIsAnObjectALine() {
    List<String> csv = run.command("predict", "--split", "val", run.data()).out().lines().toList();
    CommandRun json = run.command("predict", "--split", "val", "--format", "json", run.data());
    assertEquals(0, json.code(), json.err());
    List<String> lines = json.out().lines().toList();
    assertEquals(20, lines.size());
    for (int i = 0; i < 20; i++) {
      Map<?, ?> object = (Map<?, ?>) Json.parse(lines.get(i));
      String[] fields = csv.get(i + 1).split(",");
      assertEquals((long) i, object.get("index"));
      assertEquals(fields[2], object.get("label").toString());
      assertEquals(Double.parseDouble(fields[5]), number(((List<?>) object.get("scores")).get(1)));
      float logit = (float) number(((List<?>) object.get("logits")).get(0));
      assertEquals(Float.parseFloat(fields[6]), logit);
    }
  }

  @Test
  void outIsTheSameInAFile() throws IOException {
    Path out = folder.resolve("predictions.csv");
    CommandRun file = run.command("predict", "--out", out, pictures.get(1), pictures.get(2));
    assertEquals(0, file.code(), file.err());
    assertEquals("", file.out());
    CommandRun stdout = run.command("predict", pictures.get(1), pictures.get(2));
    assertEquals(stdout.out(), Files.readString(out));
  }

  @Test
  void withoutTheDataOfTheRunThereAreLogitsAndNoScores() {
    SmallRun alone = run.copy(folder.resolve("alone")).withRecordedData(folder.resolve("gone"));
    Path calibration = alone.folder().resolve("calibration.json");
    assertTrue(!Files.exists(calibration) || calibration.toFile().delete());
    CommandRun csv = alone.command("predict", pictures.get(0));
    assertEquals(0, csv.code(), csv.err());
    assertTrue(csv.err().contains("note: no calibration, so logits without scores"), csv.err());
    assertTrue(
        csv.out().startsWith("file,index,label,name,logit0,logit1,margin,answer\n"), csv.out());
    CommandRun json = alone.command("predict", "--format", "json", pictures.get(0));
    assertTrue(json.out().contains("\"scores\":null"), json.out());
    CommandRun named = alone.command("predict", "--data", run.data(), pictures.get(0));
    assertTrue(named.out().startsWith(HEADER), named.out());
    assertTrue(Files.exists(calibration));
    assertTrue(alone.command("predict", pictures.get(0)).out().startsWith(HEADER), "it was kept");
  }

  @Test
  void otherDataDoNotCalibrate() {
    SmallRun alone = run.copy(folder.resolve("alone"));
    alone.folder().resolve("calibration.json").toFile().delete();
    Path other = TestData.write(folder.resolve("other.npz"), 44, 2);
    refused(
        alone.command("predict", "--data", other, pictures.get(0)),
        5,
        other + " is not the data of this run");
  }

  @Test
  void otherDataAreRefusedWhetherOrNotACalibrationIsStored() {
    SmallRun alone = run.copy(folder.resolve("alone"));
    assertEquals(0, alone.command("predict", pictures.get(0)).code());
    assertTrue(Files.exists(alone.folder().resolve("calibration.json")));
    Path other = TestData.write(folder.resolve("other.npz"), 44, 2);
    refused(
        alone.command("predict", "--data", other, pictures.get(0)),
        5,
        other + " is not the data of this run");
    assertEquals(0, alone.command("predict", "--data", run.data(), pictures.get(0)).code());
    String help = CommandRun.of("predict", "--help").out();
    assertTrue(help.contains("others are refused"), help);
  }

  @Test
  void noInputIsOverwritten() throws IOException {
    byte[] before = Files.readAllBytes(pictures.get(2));
    refused(
        run.command("predict", "--out", pictures.get(2), pictures.get(0)),
        2,
        "image2.png: give it a name that ends in .csv or .json or .jsonl");
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), pictures.get(2));
    refused(run.command("predict", "--out", link, pictures.get(2)), 2, "would overwrite the input");
    assertArrayEquals(before, Files.readAllBytes(pictures.get(2)));
    Path result = run.folder().resolve("result.json");
    refused(
        run.command("predict", "--out", result, pictures.get(0)), 2, "would overwrite the input");
    assertTrue(run.json("result.json").containsKey("trainErrors"));
  }

  @Test
  void anOutputThatCannotBeWrittenIsRefusedBeforeTheWork() {
    Path out = folder.resolve("absent/x.csv");
    CommandRun found = run.command("predict", "--out", out, folder.resolve("absent.png"));
    refused(found, 5, out + ": not saved: its folder is not there");
  }

  @Test
  void brokenFilesAreAllNamedBeforeAnythingIsPrinted() throws IOException {
    Path text = Files.writeString(folder.resolve("text.png"), "no picture");
    Path half = folder.resolve("half.png");
    byte[] whole = Files.readAllBytes(pictures.get(0));
    Files.write(half, Arrays.copyOf(whole, whole.length / 2));
    Path absent = folder.resolve("absent.jpg");
    Path out = folder.resolve("predictions.csv");
    CommandRun all = run.command("predict", "--out", out, pictures.get(0), text, half, absent);
    refused(all, 5, "3 of 4 files cannot be used (--skip-broken leaves them out)");
    for (Path file : List.of(text, half, absent)) {
      assertTrue(all.err().contains(file + ": "), all.err());
    }
    assertFalse(Files.exists(out));
    refused(run.command("predict", half), 5, half + ": ");
    CommandRun rest = run.command("predict", "--skip-broken", pictures.get(0), text, half, absent);
    assertEquals(0, rest.code(), rest.err());
    assertEquals(2, rest.out().lines().count());
    assertTrue(rest.err().contains("left out: " + half), rest.err());
    CommandRun none = run.command("predict", "--skip-broken", text, half);
    refused(none, 5, "none of the 2 files can be used");
  }

  @Test
  void arraysThatDoNotFitEndWithFive() {
    refused(predict(npz("images", "|u1", 2, 28, 28, 28)), 5, "its images are 28x28x28x1");
    refused(predict(npz("images", "|u1", 2, 28, 28, 3)), 5, "the model takes 28x28x1");
    refused(predict(npz("images", "|u1", 2, 64, 64)), 5, "its images are 64x64x1");
    refused(predict(npz("images", "<f4", 2, 28, 28)), 5, "it is of float32, images must be uint8");
    refused(predict(npz("images", "|u1", 784)), 5, "its shape (784,) is not one of images");
    refused(predict(npz("images", "|u1", 0, 28, 28)), 5, "give at least one image");
    refused(predict(npz("pictures", "|u1", 2, 28, 28)), 5, "entry images.npy: it is missing");
    refused(predict(run.data()), 5, "of a MedMNIST file name the --split");
    refused(
        run.command("predict", "--split", "val", npz("x", "|u1", 2, 28, 28)),
        5,
        "entry val_images.npy: it is missing");
    refused(predict(folder), 5, folder.toString());
  }

  @Test
  void wrongUsageEndsWithTwo() {
    refused(run.command("predict"), 2, "Missing required parameter: 'FILE'");
    refused(run.command("predict", "--format", "xml", pictures.get(0)), 2, "not 'xml'");
    refused(run.command("predict", "--split", "all", run.data()), 2, "not 'all'");
    refused(run.command("predict", "--split", "val", pictures.get(0)), 2, "part of npz files");
    refused(CommandRun.of("predict", pictures.get(0)), 2, "--run");
  }

  private CommandRun predict(Path file) {
    return run.command("predict", file);
  }

  private static void refused(CommandRun run, int code, String reason) {
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains("unerring: "), run.err());
    assertTrue(run.err().contains(reason), run.err());
    assertEquals("", run.out());
  }

  /** What follows file and index. */
  private static String figures(String line) {
    return line.replaceAll("^[^,]*,[^,]*,", "");
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  /** A test image as a grey PNG, every pixel enlarged to fill the size. */
  private Path picture(String name, int sample, int size) throws IOException {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int at = sample * TestData.IMAGE + y * 28 / size * 28 + x * 28 / size;
        image.getRaster().setSample(x, y, 0, SmallRun.TEST.images()[at] & 0xFF);
      }
    }
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private Path npz(String array, String type, Integer... shape) {
    int items = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    byte[] bytes = new byte[items * (type.equals("<f4") ? 4 : 1)];
    String extents = String.join("x", Arrays.stream(shape).map(String::valueOf).toList());
    Path file = folder.resolve(array + extents + type.charAt(1) + ".npz");
    new NpzWriter(false).add(array, NpzWriter.npy(type, List.of(shape), bytes)).write(file);
    return file;
  }
}
