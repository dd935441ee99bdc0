// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Philox;
import dev.unerring.npz.NpzWriter;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of bad input ends {@code unerring train} with exit code 5 (2 where the data are right
 * but not for this program) and one line that names file and reason; nothing is written, and there
 * is no stack trace.
 */
class BadInputTest {
  private static final int SAMPLES = 8;

  @TempDir private Path folder;
  private Path data;
  private Path out;

  @BeforeEach
  void name() {
    data = folder.resolve("set.npz");
    out = folder.resolve("runs/one");
  }

  @TestFactory
  Stream<DynamicTest> files() {
    return Stream.of(
        file("empty", good -> new byte[0], ""),
        file("text", good -> "not a zip".getBytes(StandardCharsets.US_ASCII), ""),
        file("cut off", good -> Arrays.copyOf(good, good.length / 2), ""),
        file("last byte lost", good -> Arrays.copyOf(good, good.length - 1), ""),
        file("checksum", BadInputTest::withOneBitFlipped, "CRC"),
        file("twice", good -> renamed(good, "val_labels.npy", "val_images.npy"), "twice"),
        file("slash", good -> renamed(good, "val_labels.npy", "val/labels.npy"), "slash"));
  }

  @TestFactory
  Stream<DynamicTest> arrays() {
    byte[] pickle = {(byte) 0x80, 4, 'N', '.'};
    byte[] npy = NpzWriter.npy("|u1", List.of(SAMPLES, 28, 28), new byte[SAMPLES * 784]);
    return Stream.of(
        arrays("missing", a -> a.remove("test_labels"), "test_labels.npy: it is missing"),
        arrays("no npy", a -> a.put("val_images", pickle), "val_images.npy"),
        arrays("object", a -> a.put("val_images", of("|O", pickle, 4)), "object"),
        arrays("structured", a -> a.put("val_images", of("V4", pickle, 1)), "val_images.npy"),
        arrays(
            "unicode", a -> a.put("train_labels", of("<U1", new byte[32], 8)), "train_labels.npy"),
        arrays("float labels", a -> a.put("train_labels", of("<f4", new byte[32], 8)), "integers"),
        arrays("float images", a -> a.put("val_images", images("<f4", 4)), "must be uint8"),
        arrays(
            "label 1000", a -> a.put("train_labels", labels(0, 1, 1000)), "is 1000, out of range"),
        arrays("label -1", a -> a.put("train_labels", labels(0, 1, -1)), "is -1, out of range"),
        arrays("rows", a -> a.put("val_labels", labels(0)), "1 rows for 8 images"),
        arrays("empty split", a -> a.put("val_images", of("|u1", new byte[0], 0, 28, 28)), "empty"),
        arrays("no pixels", a -> a.put("val_images", of("|u1", new byte[0], 8, 28, 0)), "no pixel"),
        arrays(
            "other size",
            a -> a.put("val_images", of("|u1", new byte[8 * 784], 8, 14, 56)),
            "differ"),
        arrays(
            "flat",
            a -> a.put("val_images", of("|u1", new byte[8 * 784], 8, 784)),
            "not one of images"),
        arrays(
            "too short",
            a -> a.put("val_images", Arrays.copyOf(npy, npy.length - 1)),
            "val_images.npy"),
        arrays(
            "too long",
            a -> a.put("val_images", Arrays.copyOf(npy, npy.length + 1)),
            "val_images.npy"),
        arrays(
            "overflowing",
            a -> a.put("val_images", of("|u1", new byte[8], 2147483647, 2147483647, 2147483647)),
            "val_images.npy"));
  }

  @TestFactory
  Stream<DynamicTest> dataForAnotherNetwork() {
    byte[] solid = of("|u1", varied(SAMPLES * 512), SAMPLES, 8, 8, 8);
    byte[] large = of("|u1", varied(SAMPLES * 4096), SAMPLES, 64, 64);
    return Stream.of(
        test(2, "3D", () -> set(a -> all(a, "_images", solid)), "8x8x8"),
        test(2, "64x64", () -> set(a -> all(a, "_images", large)), "64x64"));
  }

  @TestFactory
  Stream<DynamicTest> dataThatCannotBeLearned() {
    byte[] same = of("|u1", new byte[SAMPLES * TestData.IMAGE], SAMPLES, 28, 28);
    int[] one = new int[SAMPLES];
    int[] gap = new int[SAMPLES];
    Arrays.setAll(gap, n -> n % 2 * 2);
    return Stream.of(
        test(5, "identical", () -> set(a -> all(a, "_images", same)), "images are identical"),
        test(5, "one class", () -> set(a -> all(a, "_labels", labels(one))), "not trainable"),
        test(5, "gap", () -> set(a -> all(a, "_labels", labels(gap))), "no sample of class 1"));
  }

  private static byte[] varied(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) Philox.bits(5, 1_600, 0, i);
    }
    return bytes;
  }

  @Test
  void aFileThatIsNotThere() throws Throwable {
    refused(5, () -> {}, "there is no such file");
  }

  @Test
  void aKnownFlagThatIsNotThere() {
    CommandRun run =
        CommandRun.of("train", "--data", "pathmnist_224", "--root", folder, "--out", out);
    assertEquals(5, run.code(), run.err());
    assertTrue(run.err().contains(folder.resolve("pathmnist_224.npz").toString()), run.err());
    assertFalse(Files.exists(out.getParent()));
  }

  @Test
  void aFolderThatCannotBeMade() throws IOException {
    set(arrays -> {});
    Files.writeString(folder.resolve("runs"), "a file");
    CommandRun run = CommandRun.of("train", "--data", data, "--out", out, "--epochs", 1);
    assertEquals(5, run.code(), run.err());
    assertTrue(run.err().contains(out.toString()), run.err());
    assertFalse(run.err().contains("Exception"), run.err());
    assertEquals("a file", Files.readString(folder.resolve("runs")));
  }

  private interface Damage {
    byte[] of(byte[] good);
  }

  private DynamicTest file(String name, Damage damage, String reason) {
    return test(
        5,
        name,
        () -> {
          set(arrays -> {});
          Files.write(data, damage.of(Files.readAllBytes(data)));
        },
        reason);
  }

  private DynamicTest arrays(String name, Consumer<Map<String, byte[]>> damage, String reason) {
    return test(5, name, () -> set(damage), reason);
  }

  private DynamicTest test(int code, String name, Executable prepare, String reason) {
    return DynamicTest.dynamicTest(name, () -> refused(code, prepare, reason));
  }

  private void refused(int code, Executable prepare, String reason) throws Throwable {
    prepare.execute();
    CommandRun run = CommandRun.of("train", "--data", data, "--out", out, "--arch", "small");
    assertEquals(code, run.code(), run.err());
    String last = run.err().lines().toList().getLast();
    assertTrue(last.startsWith("unerring: "), run.err());
    assertTrue(last.contains(reason), last);
    assertTrue(code == 2 || last.contains(data.toString()), last);
    assertEquals("", run.out());
    assertFalse(Files.exists(out.getParent()), "something was written");
  }

  /** Writes a sound set after {@code damage} to its arrays. */
  private void set(Consumer<Map<String, byte[]>> damage) {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    for (String split : List.of("train", "val", "test")) {
      TestData samples = TestData.generated(SAMPLES, 2, 0);
      arrays.put(split + "_images", of("|u1", samples.images(), SAMPLES, 28, 28));
      arrays.put(split + "_labels", labels(samples.labels()));
    }
    damage.accept(arrays);
    NpzWriter writer = new NpzWriter(false);
    arrays.forEach(writer::add);
    writer.write(data);
  }

  private static void all(Map<String, byte[]> arrays, String suffix, byte[] npy) {
    arrays.replaceAll((name, content) -> name.endsWith(suffix) ? npy : content);
  }

  private static byte[] of(String type, byte[] items, Integer... shape) {
    return NpzWriter.npy(type, List.of(shape), items);
  }

  private static byte[] images(String type, int itemBytes) {
    return of(type, new byte[SAMPLES * 784 * itemBytes], SAMPLES, 28, 28);
  }

  /** int64 labels, the last repeated so that there are as many as images; one alone stays one. */
  private static byte[] labels(int... labels) {
    int count = labels.length == 1 ? 1 : SAMPLES;
    ByteBuffer items = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      items.putLong(labels[Math.min(i, labels.length - 1)]);
    }
    return of("<i8", items.array(), count);
  }

  /** One bit of the images of the first entry. */
  private static byte[] withOneBitFlipped(byte[] good) {
    good[1000] ^= 1;
    return good;
  }

  /** Renames an entry in both directories of the zip; the names are of one length. */
  private static byte[] renamed(byte[] good, String from, String to) {
    byte[] wanted = from.getBytes(StandardCharsets.US_ASCII);
    byte[] name = to.getBytes(StandardCharsets.US_ASCII);
    List<Integer> places = new ArrayList<>();
    for (int at = 0; at + wanted.length <= good.length; at++) {
      if (Arrays.equals(good, at, at + wanted.length, wanted, 0, wanted.length)) {
        places.add(at);
      }
    }
    assertEquals(2, places.size());
    places.forEach(at -> System.arraycopy(name, 0, good, at, name.length));
    return good;
  }
}
