// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.suite.TestData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit in depth from the command line: text, JSON, CSV and picture. */
class AuditCommandTest {
  @TempDir private Path folder;

  /**
   * train[4] = train[7] with another label, test[2] a copy of train[1] that is a little lighter.
   */
  private Path file() {
    TestData train = TestData.generated(40, 2, 0).copyImage(4, 7);
    TestData test = TestData.generated(6, 2, 2);
    for (int i = 0; i < TestData.IMAGE; i++) {
      test.images()[2 * TestData.IMAGE + i] = (byte) (train.images()[TestData.IMAGE + i] + 5);
      int row = i / 28;
      test.images()[3 * TestData.IMAGE + row * 28 + i % 28] =
          train.images()[5 * TestData.IMAGE + (27 - row) * 28 + i % 28];
    }
    return TestData.write(folder.resolve("set.npz"), train, TestData.generated(6, 2, 1), test);
  }

  @Test
  void csvListsEveryPairWithLabelsAndTransform() throws IOException {
    Path csv = folder.resolve("pairs.csv");
    CommandRun run = CommandRun.of("audit", "--data", file(), "--csv", csv);
    assertEquals(0, run.code(), run.err());
    List<String> lines = Files.readAllLines(csv);
    assertEquals(
        "kind,firstSplit,firstIndex,firstLabel,secondSplit,secondIndex,secondLabel,label,"
            + "correlation,transform",
        lines.getFirst());
    assertTrue(lines.contains("identical,train,4,0,train,7,1,other,,identity"), lines.toString());
    assertTrue(
        lines.contains("flipped,train,5,1,test,3,1,same,,flip top to bottom"), lines.toString());
    assertTrue(lines.contains("near,train,1,1,test,2,0,other,1.0,"), lines.toString());
    assertEquals(4, lines.size(), lines.toString());
    assertTrue(run.err().contains("written: " + csv), run.err());
    assertTrue(run.out().contains("6 test in train"), run.out());
    assertTrue(run.out().contains("train[1] (label 1) ~ test[2] (label 0): 1.0000, labels differ"));
  }

  @Test
  void outputsThatMustNotBeWrittenAreRefusedBeforeTheWork() throws IOException {
    Path data = file();
    byte[] before = Files.readAllBytes(data);
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), data);
    Path absent = folder.resolve("absent/x.csv");
    Path picture = folder.resolve("x.jpg");
    refused(2, "give it a name that ends in .csv", data, "--csv", data);
    refused(2, "give it a name that ends in .png", data, "--montage", picture);
    refused(2, "would overwrite the input", data, "--csv", link);
    refused(5, absent + ": not saved: its folder is not there", data, "--csv", absent);
    Path damaged = Files.write(folder.resolve("damaged.npz"), new byte[9]);
    refused(5, "absent/x.csv: not saved", damaged, "--csv", absent);
    assertArrayEquals(before, Files.readAllBytes(data));
  }

  private static void refused(int code, String part, Path data, Object option, Path out) {
    CommandRun run = CommandRun.of("audit", "--data", data, option, out);
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains(part), run.err());
    assertEquals("", run.out());
  }

  @Test
  void montageShowsThePairsAndFramesOtherLabelsRed() throws IOException {
    Path png = folder.resolve("pairs.png");
    CommandRun run = CommandRun.of("audit", "--data", file(), "--montage", png);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("written: " + png + " (3 of 3 pairs)"), run.err());
    BufferedImage picture = ImageIO.read(png.toFile());
    int red = 0;
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        red += (picture.getRGB(x, y) & 0xFFFFFF) == 0xE02020 ? 1 : 0;
      }
    }
    assertTrue(red > 4 * 112, "red pixels: " + red);
  }

  @Test
  void jsonHoldsTheTwinsUnlessTheyAreNotWanted() {
    Map<?, ?> deep =
        (Map<?, ?>) Json.parse(CommandRun.of("audit", "--json", "--data", file()).out());
    Map<?, ?> twins = (Map<?, ?>) deep.get("twins");
    assertEquals(6, ((List<?>) twins.get("counts")).size());
    assertEquals(1, ((List<?>) twins.get("nearPairs")).size());
    assertEquals(0L, twins.get("nearPairsNotListed"));
    CommandRun plain = CommandRun.of("audit", "--json", "--no-deep", "--data", file());
    assertFalse(((Map<?, ?>) Json.parse(plain.out())).containsKey("twins"));
    CommandRun text = CommandRun.of("audit", "--no-deep", "--data", file());
    assertTrue(text.out().contains("were not searched: --deep does that"), text.out());
  }

  @Test
  void listsWithoutASearchAreRefused() {
    Path csv = folder.resolve("pairs.csv");
    CommandRun run = CommandRun.of("audit", "--data", file(), "--no-deep", "--csv", csv);
    assertEquals(2, run.code());
    assertTrue(run.err().contains("leave out --no-deep"), run.err());
    assertFalse(Files.exists(csv));
  }

  @Test
  void aCsvThatCannotBeWrittenEndsWithFive() {
    CommandRun run =
        CommandRun.of("audit", "--data", file(), "--csv", folder.resolve("no/such/x.csv"));
    assertEquals(5, run.code());
    assertTrue(run.err().contains("x.csv: not saved"), run.err());
  }
}
