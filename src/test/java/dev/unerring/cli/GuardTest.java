// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.Answer;
import dev.unerring.Classifier;
import dev.unerring.Image;
import dev.unerring.Prediction;
import dev.unerring.Unerring;
import dev.unerring.base.Json;
import dev.unerring.base.Philox;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.npz.NpzWriter;
import dev.unerring.suite.TestData;
import dev.unerring.suite.TestSeed;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guard: what it knows, what it hands over, and that nothing is claimed without one. */
class GuardTest {
  @TempDir private static Path shared;
  private static SmallRun guarded;
  private static CommandRun made;

  @TempDir private Path folder;
  private SmallRun run;

  @BeforeAll
  static void make() {
    guarded = MaskRun.train(shared);
    CommandRun enumerated = guarded.command("validate", "--enumerate", "--share", "0.15");
    assertEquals(0, enumerated.code(), enumerated.err());
    made = guarded.command("validate", "--guard");
    assertEquals(0, made.code(), made.err());
  }

  @BeforeEach
  void copy() {
    run = guarded.copy(folder.resolve("run"));
  }

  @Test
  void trainingImagesAreKnownAndEnumeratedNeighboursAreFound() throws IOException {
    assertTrue(made.err().contains("20 validation samples, fewer than 50"), made.err());
    String csv = Files.readString(run.folder().resolve("validation-enumerate-train.csv"));
    List<String[]> rows = csv.lines().skip(1).map(line -> line.split(",")).toList();
    List<Integer> kept =
        rows.stream()
            .filter(row -> row[4].equals("0"))
            .map(row -> Integer.parseInt(row[0]))
            .toList();
    assertFalse(kept.isEmpty(), csv);
    assertTrue(made.out().contains(kept.size() + " of them enumerated"), made.out());
    for (String answer : answers(run.command("predict", run.data(), "--split", "train"))) {
      assertEquals("known", answer);
    }
    byte[] image = image(kept.getFirst());
    byte[] inside = image.clone();
    inside[300] = (byte) ((image[300] & 0xFF) == 60 ? 200 : 60);
    byte[] strange = image.clone();
    strange[300] = 7; // no value of the set, so it was not evaluated
    byte[] two = inside.clone();
    two[301] = (byte) ((image[301] & 0xFF) == 60 ? 200 : 60);
    List<String> found = answers(run.command("predict", npz(inside, strange, two)));
    assertEquals("enumerated", found.getFirst());
    assertFalse(found.get(1).equals("enumerated"), found.toString());
    assertFalse(found.get(2).equals("enumerated"), found.toString());
  }

  private byte[] image(int sample) {
    try (Dataset data = Dataset.open(run.data())) {
      Split train = data.train();
      byte[] image = new byte[784];
      MemorySegment.copy(
          train.images(), ValueLayout.JAVA_BYTE, (long) sample * 784, image, 0, image.length);
      return image;
    }
  }

  private Path npz(byte[]... images) {
    byte[] all = new byte[images.length * 784];
    for (int n = 0; n < images.length; n++) {
      System.arraycopy(images[n], 0, all, n * 784, 784);
    }
    Path file = folder.resolve("images.npz");
    byte[] npy = NpzWriter.npy("|u1", List.of(images.length, 28, 28), all);
    new NpzWriter(false).add("images", npy).write(file);
    return file;
  }

  private static byte[] noise(int number) {
    byte[] noise = new byte[784];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (byte) Philox.bits(TestSeed.VALUE, 204, number, i);
    }
    return noise;
  }

  /** The column answer. */
  private static List<String> answers(CommandRun predicted) {
    assertTrue(predicted.code() == 0 || predicted.code() == 7, predicted.err());
    List<String> header = List.of(predicted.out().lines().findFirst().orElse("").split(","));
    int at = header.indexOf("answer");
    assertTrue(at > 0, predicted.out());
    return predicted.out().lines().skip(1).map(line -> line.split(",")[at]).toList();
  }

  @Test
  void strangeImagesGoToAHumanAndIntoTheQueue() throws IOException {
    Path strange = npz(noise(0), noise(1), new byte[784]);
    Path queue = folder.resolve("queue.csv");
    CommandRun over = run.command("predict", strange, "--abstain-exit", "--queue", queue);
    assertEquals(7, over.code(), over.err());
    assertEquals(List.of("hand-over", "hand-over", "hand-over"), answers(over));
    List<String> lines = Files.readAllLines(queue);
    assertEquals("path,label,index,predicted", lines.getFirst());
    assertEquals(4, lines.size(), lines.toString());
    String filled = lines.get(1).replaceFirst(",,", ",1,");
    Files.write(queue, List.of(lines.get(0), filled, lines.get(2)));
    assertEquals(0, run.command("predict", strange, "--queue", queue).code());
    List<String> again = Files.readAllLines(queue);
    assertEquals(4, again.size(), again.toString());
    assertEquals(filled, again.get(1), "a given answer stays");
    CommandRun known = run.command("predict", run.data(), "--split", "train", "--abstain-exit");
    assertEquals(0, known.code(), known.err());
    Files.writeString(queue, "something else\n");
    CommandRun refused = run.command("predict", strange, "--queue", queue);
    assertEquals(5, refused.code());
    assertTrue(refused.err().contains("not a queue of predict"), refused.err());
  }

  @Test
  void jsonAndTheClassifierSayTheSame() throws IOException {
    byte[] own = image(2);
    Path file = npz(own, noise(3));
    CommandRun json = run.command("predict", file, "--format", "json");
    List<Map<?, ?>> rows =
        json.out().lines().<Map<?, ?>>map(line -> (Map<?, ?>) Json.parse(line)).toList();
    assertEquals("known", rows.get(0).get("answer"));
    assertEquals("hand-over", rows.get(1).get("answer"));
    Map<?, ?> nearest = (Map<?, ?>) ((List<?>) rows.get(0).get("nearest")).getFirst();
    assertEquals(2L, nearest.get("sampleIndex"));
    assertEquals(0L, ((Number) nearest.get("distance")).longValue());
    try (Classifier classifier = Unerring.load(run.folder())) {
      Prediction known = classifier.predict(Image.of(classifier.shape(), own));
      assertEquals(Answer.KNOWN, known.answer());
      assertEquals(2, known.nearest().getFirst().sampleIndex());
      assertEquals(0, known.nearest().getFirst().distance());
      assertEquals(3, known.nearest().size());
      Prediction strange = classifier.predict(Image.of(classifier.shape(), noise(3)));
      assertEquals(Answer.HAND_OVER, strange.answer());
      Object distance =
          ((Map<?, ?>) ((List<?>) rows.get(1).get("nearest")).getFirst()).get("distance");
      assertEquals(distance, strange.nearest().getFirst().distance());
    }
    Files.delete(run.folder().resolve("guard.npz"));
    try (Classifier classifier = Unerring.load(run.folder())) {
      Prediction without = classifier.predict(Image.of(classifier.shape(), own));
      assertEquals(Answer.NO_GUARD, without.answer());
      assertEquals(List.of(), without.nearest());
    }
  }

  @Test
  void coverageAndErrorsOfASplitAndItsCorruptions() {
    CommandRun json = run.command("evaluate", "--guard", "--json");
    assertEquals(0, json.code(), json.err());
    Map<?, ?> figures = (Map<?, ?>) ((Map<?, ?>) Json.parse(json.out())).get("guard");
    Map<?, ?> test = (Map<?, ?>) figures.get("test");
    assertEquals(10L, test.get("samples"));
    long counted = 0;
    for (String kind : List.of("known", "enumerated", "inside", "hand-over")) {
      counted += (Long) test.get(kind);
    }
    assertEquals(10L, counted);
    assertEquals(16, ((Map<?, ?>) figures.get("corrupted")).size());
    CommandRun table = run.command("evaluate", "--guard");
    assertTrue(table.out().contains("gaussian noise 5"), table.out());
  }

  @Test
  void withoutAGuardNothingIsClaimed() throws IOException {
    Files.delete(run.folder().resolve("guard.npz"));
    assertEquals("no-guard", answers(run.command("predict", npz(noise(0)))).getFirst());
    for (Object[] asked :
        new Object[][] {
          {"predict", npz(noise(0)), "--abstain-exit"},
          {"predict", npz(noise(0)), "--queue", folder.resolve("q.csv")},
          {"evaluate", "--guard"}
        }) {
      Object[] rest = new Object[asked.length - 1];
      System.arraycopy(asked, 1, rest, 0, rest.length);
      CommandRun refused = run.command((String) asked[0], rest);
      assertEquals(2, refused.code(), refused.err());
      assertTrue(refused.err().contains("no guard beside"), refused.err());
      assertEquals("", refused.out());
    }
  }

  @Test
  void aWrongGuardIsRefused() throws IOException {
    Path guard = run.folder().resolve("guard.npz");
    byte[] bytes = Files.readAllBytes(guard);
    String weights = (String) run.json("result.json").get("weightsSha256");
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String other = weights.substring(1) + weights.charAt(0);
    Files.write(guard, text.replace(weights, other).getBytes(StandardCharsets.ISO_8859_1));
    CommandRun foreign = run.command("predict", npz(noise(0)));
    assertEquals(5, foreign.code(), foreign.err());
    assertTrue(foreign.err().contains("the guard of another model"), foreign.err());
    Files.write(guard, Arrays.copyOf(bytes, bytes.length / 2));
    assertEquals(5, run.command("predict", npz(noise(0))).code());
    new NpzWriter(false).comment("{}").add("x", new byte[0]).write(guard);
    CommandRun empty = run.command("predict", npz(noise(0)));
    assertEquals(5, empty.code(), empty.err());
    Path data = TestData.write(folder.resolve("other.npz"), 12, 2);
    CommandRun strangers = run.command("validate", "--guard", "--data", data);
    assertEquals(5, strangers.code());
    assertTrue(strangers.err().contains("its own training samples"), strangers.err());
  }
}
