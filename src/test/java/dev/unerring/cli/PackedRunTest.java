// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.data.Fit;
import dev.unerring.images.ImageFolder;
import dev.unerring.suite.TestBackends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A model of a packed set sees a new picture as it saw those of its set, by the same rule. */
class PackedRunTest {
  @TempDir private Path folder;

  private static String ok(Object... words) {
    CommandRun run = CommandRun.of(words);
    boolean errorsLeft = words[0].equals("train") && run.code() == 3;
    assertTrue(run.code() == 0 || errorsLeft, run.err());
    return run.out();
  }

  private List<Object> on(Path run, Object... words) {
    String device = TestBackends.kernels() ? "auto" : "reference";
    List<Object> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--threads", 2, "--device", device));
    all.addAll(List.of(words[0].equals("train") ? "--out" : "--run", run));
    return all;
  }

  @TestFactory
  Stream<DynamicTest> theFileOfASampleIsPredictedAsTheSample() {
    return Stream.of(Fit.values())
        .map(fit -> DynamicTest.dynamicTest(fit.word(), () -> packTrainPredict(fit)));
  }

  /** Label names and the rule of fit stay with a later version, whose data are its own. */
  @Test
  void aLaterVersionKnowsHowItsSetWasPacked() throws IOException {
    Path[] sets = new Path[2];
    for (int s = 0; s < 2; s++) {
      Path images = folder.resolve("images" + s);
      for (int i = 0; i < 40; i++) {
        String name = (i % 2 == 0 ? "benign/" : "malignant/") + i + ".png";
        ImageFolder.write(images, name, 28, 41, 3 * i + s);
      }
      sets[s] = folder.resolve("set" + s + ".npz");
      ok("datasets", "pack", "--images", images, "--out", sets[s], "--fit", "pad");
    }
    Path run = folder.resolve("run");
    ok(on(run, "train", "--data", sets[0], "--epochs", 1, "--corrector", "none").toArray());
    Path second = folder.resolve("second");
    String corrector = "patch"; // these pictures are not there to be learned
    ok(on(run, "correct", "--add", sets[1], "--out", second, "--corrector", corrector).toArray());
    Map<?, ?> result = (Map<?, ?>) Json.parse(Files.readString(second.resolve("result.json")));
    assertEquals("pad", result.get("fit"));
    assertEquals(List.of("benign", "malignant"), result.get("labels"));
    assertEquals("set0", result.get("data"));
    assertEquals("set0.npz", result.get("closedWorldFile"));
    assertTrue(ok("errors", "--run", second, "--history").contains("1 malignant"));
  }

  private void packTrainPredict(Fit fit) throws IOException {
    Path folder = Files.createDirectory(this.folder.resolve(fit.word()));
    Path images = folder.resolve("images");
    for (int i = 0; i < 40; i++) {
      String name = (i % 2 == 0 ? "benign/" : "malignant/") + i + ".png";
      ImageFolder.write(images, name, 28, fit == Fit.NONE ? 28 : 41, 3 * i);
    }
    Path set = folder.resolve("set.npz");
    ok("datasets", "pack", "--images", images, "--out", set, "--fit", fit.word());
    Path run = folder.resolve("run");
    ok(on(run, "train", "--data", set, "--epochs", 1, "--corrector", "none").toArray());
    Map<?, ?> result = (Map<?, ?>) Json.parse(Files.readString(run.resolve("result.json")));
    assertEquals(fit.word(), result.get("fit"));

    List<Object> files = new ArrayList<>();
    for (String row : Files.readAllLines(folder.resolve("set.sources.csv"))) {
      if (row.startsWith("test,")) {
        files.add(images.resolve(row.split(",")[3]));
      }
    }
    assertEquals(6, files.size());
    List<String> rows = ok(on(run, "predict", "--split", "test", set).toArray()).lines().toList();
    List<Object> words = on(run, "predict");
    words.addAll(files);
    List<String> pictures = ok(words.toArray()).lines().toList();
    for (int i = 1; i <= 6; i++) {
      assertEquals(figures(rows.get(i)), figures(pictures.get(i)));
    }
    if (fit == Fit.NONE) {
      Path other = ImageFolder.write(folder, "other.png", 28, 29, 0);
      CommandRun refused = CommandRun.of(on(run, "predict", other).toArray());
      assertEquals(5, refused.code());
      assertTrue(refused.err().contains("it has 28 x 29 pixels, not 28 x 28"), refused.err());
    }
  }

  /** Every verb says of the same pictures what pack says. */
  @Test
  void picturesThatLostTheirWindowAreNamedByEveryVerb() {
    for (int i = 0; i < 40; i++) {
      String name = (i % 2 == 0 ? "benign/" : "malignant/") + i + ".png";
      ImageFolder.write(folder.resolve("good"), name, ImageFolder.twelveBits(28, 28, i, true));
      ImageFolder.write(folder.resolve("dark"), name, ImageFolder.twelveBits(28, 28, i, false));
    }
    Path good = folder.resolve("good.npz");
    ok("datasets", "pack", "--images", folder.resolve("good"), "--out", good);
    Path run = folder.resolve("run");
    ok(on(run, "train", "--data", good, "--epochs", 1, "--corrector", "none").toArray());

    Path dark = folder.resolve("dark.npz");
    String sixteen = "images of 16 bits use less than a sixteenth of their range";
    String black = "images are nearly black (all values below 17 of 255)";
    CommandRun packed =
        CommandRun.of("datasets", "pack", "--images", folder.resolve("dark"), "--out", dark);
    assertTrue(packed.err().contains("40 of 40 " + sixteen), packed.err());
    Path file = folder.resolve("dark/benign/0.png");
    CommandRun predicted = CommandRun.of(on(run, "predict", file).toArray());
    assertTrue(predicted.err().contains("note: 1 of 1 " + sixteen), predicted.err());
    CommandRun array = CommandRun.of(on(run, "predict", "--split", "test", dark).toArray());
    assertTrue(array.err().contains("note: 6 of 6 " + black), array.err());
    CommandRun evaluated = CommandRun.of(on(run, "evaluate", "--data", dark).toArray());
    assertTrue(evaluated.err().contains("note: 6 of 6 " + black), evaluated.err());
    assertTrue(ok("audit", "--data", dark).contains("28 of 28 " + black));

    Path seen = folder.resolve("good/benign/0.png");
    CommandRun quiet = CommandRun.of(on(run, "predict", seen).toArray());
    assertEquals(0, quiet.code());
    assertFalse(quiet.err().contains(" images "), quiet.err());
    Path colour = ImageFolder.write(folder, "colour.png", 200, 28, 2);
    CommandRun odd = CommandRun.of(on(run, "predict", colour, seen).toArray());
    assertTrue(odd.err().contains("1 of 2 images have colours, which become grey"), odd.err());
    assertTrue(odd.err().contains("lose more than half of their area"), odd.err());
  }

  /** What follows file and index. */
  private static String figures(String line) {
    return line.replaceAll("^[^,]*,[^,]*,", "");
  }
}
