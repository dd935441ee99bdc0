// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.images.ImageFolder;
import dev.unerring.suite.TestData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code datasets montage}: the chosen samples stand in the picture, the rest is refused. */
class DatasetsMontageTest {
  @TempDir private Path folder;

  private CommandRun montage(Object... arguments) {
    List<Object> words = new ArrayList<>(List.of("datasets", "montage"));
    words.addAll(List.of(arguments));
    return CommandRun.of(words.toArray());
  }

  @Test
  void theSamplesThatWereNamedStandInTheirOrder() throws IOException {
    TestData train = TestData.generated(40, 2, 0);
    Path data =
        TestData.write(
            folder.resolve("set.npz"),
            train,
            TestData.generated(6, 2, 1),
            TestData.generated(6, 2, 2));
    Path png = folder.resolve("m.png");
    CommandRun run = montage(data, "--out", png, "--samples", "7,3", "--scale", 3, "--columns", 1);
    assertEquals(0, run.code(), run.err());
    assertEquals("written: " + png + " (2 samples)" + System.lineSeparator(), run.out());
    BufferedImage image = ImageIO.read(png.toFile());
    int cell = 28 * 3 + 4 + 2 + 9 + 4;
    for (int tile = 0; tile < 2; tile++) {
      for (int i = 0; i < TestData.IMAGE; i++) {
        int value = train.images()[(tile == 0 ? 7 : 3) * TestData.IMAGE + i] & 0xFF;
        int y = 6 + tile * cell + i / 28 * 3;
        assertEquals(value * 0x010101, image.getRGB(6 + i % 28 * 3, y) & 0xFFFFFF);
      }
    }
  }

  @Test
  void aChoiceByTheSeedIsTheSameAgain() throws IOException {
    Path data = TestData.write(folder.resolve("set.npz"), 400, 4);
    Path a = folder.resolve("a.png");
    Path b = folder.resolve("b.png");
    Path c = folder.resolve("c.png");
    assertTrue(montage(data, "--out", a, "--seed", 1).out().contains("(80 samples)"));
    montage(data, "--out", b, "--seed", 1);
    montage(data, "--out", c, "--seed", 2);
    assertEquals(-1, Files.mismatch(a, b));
    assertTrue(Files.mismatch(a, c) >= 0);
    CommandRun one = montage(data, "--out", c, "--class", 3, "--split", "test", "--rows", 1);
    assertTrue(one.out().contains("(10 samples)"), one.out());
  }

  @Test
  void aClassIsNamedByItsNumberOrItsName() throws IOException {
    for (int i = 0; i < 40; i++) {
      String name = (i % 2 == 0 ? "benign/" : "malignant/") + i + ".png";
      ImageFolder.write(folder.resolve("images"), name, 28, 28, 3 * i);
    }
    Path data = folder.resolve("packed.npz");
    Path images = folder.resolve("images");
    assertEquals(0, CommandRun.of("datasets", "pack", "--images", images, "--out", data).code());
    Path number = folder.resolve("number.png");
    Path name = folder.resolve("name.png");
    assertEquals(0, montage(data, "--out", number, "--class", 1).code());
    CommandRun run = montage(data, "--out", name, "--class", "malignant");
    assertEquals(0, run.code(), run.err());
    assertEquals(-1, Files.mismatch(number, name));
    refused(2, "or a name: benign, malignant", data, "--out", name, "--class", "malign");
  }

  @Test
  void noInputIsOverwritten() throws IOException {
    Path data = TestData.write(folder.resolve("set.npz"), 40, 2);
    byte[] before = Files.readAllBytes(data);
    refused(2, "give it a name that ends in .png", data, "--out", data);
    Path link = Files.createSymbolicLink(folder.resolve("link.png"), data);
    refused(2, "would overwrite the input", data, "--out", link);
    assertArrayEquals(before, Files.readAllBytes(data));
  }

  @Test
  void whatCannotBeShownEndsWithItsCode() {
    Path data = TestData.write(folder.resolve("set.npz"), 40, 2);
    Path png = folder.resolve("m.png");
    refused(2, "train has the samples 0 to 39, not 40", data, "--out", png, "--samples", "1,40");
    refused(2, "--class is 0 to 1 in this set, not 2", data, "--out", png, "--class", 2);
    refused(2, "--split is train, val or test", data, "--out", png, "--split", "all");
    refused(2, "two ways to choose", data, "--out", png, "--samples", 1, "--class", 1);
    refused(2, "at least 1", data, "--out", png, "--rows", 0);
    refused(2, "a scale of 1 to 64", data, "--out", png, "--scale", 65);
    refused(2, "neither a file nor a known flag", "brestmnist", "--out", png);
    refused(5, "not saved", data, "--out", folder.resolve("absent/m.png"));
    assertFalse(Files.exists(png));
  }

  private void refused(int code, String part, Object... arguments) {
    CommandRun run = montage(arguments);
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains(part), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }

  @Test
  void volumesAreShown() throws IOException {
    Path png = folder.resolve("m.png");
    Path data = TestData.real("adrenalmnist3d.npz");
    CommandRun run = montage(data, "--out", png, "--samples", "0", "--scale", 2);
    assertEquals(0, run.code(), run.err());
    assertEquals(4 + 3 * 28 * 2 + 4 + 4, ImageIO.read(png.toFile()).getWidth());
  }
}
