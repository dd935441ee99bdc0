// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.base.FileHashes;
import dev.unerring.base.Sha256;
import dev.unerring.npz.Forge;
import dev.unerring.npz.NpzReader;
import dev.unerring.npz.NpzWriter;
import dev.unerring.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound files: what is read, under which name, and that the form of the file does not matter. */
class DatasetTest {
  @TempDir Path folder;

  private Dataset open(String name, byte[] bytes) throws IOException {
    return Dataset.open(Files.write(folder.resolve(name), bytes));
  }

  @Test
  void readsImagesAndLabels() throws IOException {
    try (Dataset data = open("mine.npz", Forge.npz(Forge.arrays(), true))) {
      assertEquals("mine", data.name());
      assertFalse(data.official());
      assertTrue(data.notice().contains("is not an official MedMNIST file"), data.notice());
      assertTrue(data.manifest().isEmpty());
      assertEquals(Task.BINARY, data.task());
      assertEquals(2, data.classes());
      assertEquals(List.of("0", "1"), data.labelNames());
      assertEquals(Shape.image2d(6, 5, 1), data.imageShape());
      assertEquals(List.of(4, 2, 2), data.splits().stream().map(Split::size).toList());
      assertEquals(30, data.train().imageBytes());
      assertEquals(120, data.train().images().byteSize());
      assertTrue(data.train().images().isReadOnly());
      assertEquals(1, data.train().label(3));
      assertEquals(0, data.train().label(2, 0));
      float[] image = new float[32];
      data.val().copyImage(1, image, 2);
      byte[] expected = Forge.arrays().get("val_images");
      for (int i = 0; i < 30; i++) {
        assertEquals(expected[expected.length - 30 + i] & 0xFF, image[2 + i]);
      }
      assertEquals(FileHashes.ofFile(data.file()), new FileHashes(data.md5(), data.sha256()));
    }
  }

  @Test
  void contentHashFollowsItsDocumentation() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Map<String, byte[]> arrays = Forge.arrays();
    for (String split : DatasetReader.SPLITS) {
      int n = split.equals("train") ? 4 : 2;
      bytes.writeBytes((split + "_images " + n + "x1x6x5x1\n").getBytes(StandardCharsets.US_ASCII));
      byte[] images = arrays.get(split + "_images");
      bytes.write(images, images.length - n * 30, n * 30);
      bytes.writeBytes((split + "_labels " + n + "x1\n").getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < n; i++) {
        bytes.writeBytes(
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(i & 1).array());
      }
    }
    try (Dataset data = open("mine.npz", Forge.npz(arrays, false))) {
      assertEquals(Sha256.hex(bytes.toByteArray()), data.contentSha256());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "|i1", "|u1", "<i1", ">u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", ">i2", ">u2", ">i4",
        ">u4", ">i8", ">u8"
      })
  void labelsOfEveryIntegerType(String type) throws IOException {
    int width = type.charAt(2) - '0';
    byte[] items = new byte[4 * width];
    for (int i = 0; i < 4; i++) {
      items[type.startsWith(">") ? (i + 1) * width - 1 : i * width] = (byte) (i * 40);
    }
    for (List<Integer> shape : List.of(List.of(4), List.of(4, 1))) {
      byte[] file = Forge.with("train_labels", NpzWriter.npy(type, shape, items));
      try (Dataset data = open("wide.npz", file)) {
        assertEquals(121, data.classes());
        assertEquals(Task.MULTI_CLASS, data.task());
        for (int i = 0; i < 4; i++) {
          assertEquals(i * 40, data.train().label(i));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void headersOfEveryVersion(int major) throws IOException {
    byte[] items = new byte[120];
    byte[] npy = Forge.npy(major, Forge.header("'|u1'", false, "(4L, 6, 5)"), items);
    try (Dataset data = open("v.npz", Forge.with("train_images", npy))) {
      assertEquals(4, data.train().size());
    }
  }

  @Test
  void fortranOrderOfAColumnIsTheSame() throws IOException {
    byte[] npy = Forge.npy(1, Forge.header("'|u1'", true, "(4, 1)"), new byte[] {1, 0, 1, 0});
    try (Dataset data = open("f.npz", Forge.with("train_labels", npy))) {
      assertEquals(1, data.train().label(2));
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 1, 4, 5, 3", "1, 1, 4, 5, 1", "7, 4, 5, 7, 1", "5, 4, 5, 5, 1"})
  void imagesOfEveryKind(int last, int d, int h, int w, int c) throws IOException {
    Map<String, byte[]> arrays = Forge.arrays();
    for (String split : DatasetReader.SPLITS) {
      int n = split.equals("train") ? 4 : 2;
      arrays.put(
          split + "_images", NpzWriter.npy("|u1", List.of(n, 4, 5, last), new byte[n * 20 * last]));
    }
    try (Dataset data = open("x.npz", Forge.npz(arrays, true))) {
      assertEquals(new Shape(1, d, h, w, c), data.imageShape());
    }
  }

  @Test
  void multiLabelSet() throws IOException {
    Map<String, byte[]> arrays = Forge.arrays();
    arrays.put(
        "train_labels",
        NpzWriter.npy("|u1", List.of(4, 3), new byte[] {0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0}));
    arrays.put("val_labels", NpzWriter.npy("<i8", List.of(2, 3), new byte[48]));
    arrays.put("test_labels", NpzWriter.npy("|u1", List.of(2, 3), new byte[6]));
    try (Dataset data = open("multi.npz", Forge.npz(arrays, false))) {
      assertEquals(Task.MULTI_LABEL, data.task());
      assertEquals(3, data.classes());
      assertEquals(3, data.train().labelCount());
      assertEquals(1, data.train().label(0, 2));
      assertEquals(0, data.train().label(1, 2));
      assertThrows(IllegalStateException.class, () -> data.train().label(0));
      assertThrows(IndexOutOfBoundsException.class, () -> data.train().label(0, 3));
    }
  }

  @Test
  void extraEntriesAreIgnoredAndNamed() throws IOException {
    Map<String, byte[]> arrays = Forge.arrays();
    arrays.put("patients\u001b", "whatever".getBytes(StandardCharsets.US_ASCII));
    try (Dataset data = open("mine.npz", Forge.npz(arrays, false))) {
      assertTrue(data.notice().endsWith("are ignored: patients?.npy."), data.notice());
    }
  }

  @Test
  void oneClassOnlyIsABinarySetWithAnEmptyClass() throws IOException {
    Map<String, byte[]> arrays = Forge.arrays();
    arrays.replaceAll((name, npy) ->
        name.equals("train_labels")
            ? Forge.labels(0, 0, 0, 0)
            : name.endsWith("labels") ? Forge.labels(0, 0) : npy);
    try (Dataset data = open("one.npz", Forge.npz(arrays, false))) {
      assertEquals(2, data.classes());
      assertEquals(Task.BINARY, data.task());
    }
  }

  @Test
  void knownNameWithOtherContentUsesTheManifestAndSaysSo() throws IOException {
    Map<String, byte[]> arrays = Forge.arrays();
    try (Dataset data = open("breastmnist.npz", Forge.npz(arrays, false))) {
      assertFalse(data.official());
      assertEquals("breastmnist", data.name());
      assertEquals(List.of("malignant", "normal, benign"), data.labelNames());
      assertTrue(data.notice().contains("by its name its labels are read as those of BreastMNIST"));
    }
    arrays.put("train_labels", Forge.labels(0, 1, 2, 3));
    try (Dataset data = open("breastmnist.npz", Forge.npz(arrays, false))) {
      assertEquals(4, data.classes());
      assertTrue(data.manifest().isEmpty());
      assertTrue(
          data.notice().contains("no BreastMNIST: its labels reach 3, classes are 0 to 1"),
          data.notice());
    }
    try (Dataset data = open("pathmnist_64.npz", Forge.npz(Forge.arrays(), false))) {
      assertTrue(data.notice().contains("no PathMNIST: its images are"), data.notice());
      assertTrue(data.manifest().isEmpty());
    }
  }

  @Test
  void aForgedOfficialFileIsRefused() throws IOException {
    DatasetManifest breast = DatasetManifest.find("breastmnist").orElseThrow();
    String md5 = breast.files().getFirst().md5();
    String sha256 = breast.files().getFirst().sha256().orElseThrow();
    Path file = Files.write(folder.resolve("b.npz"), Forge.npz(Forge.arrays(), false));
    try (NpzReader npz = NpzReader.open(file)) {
      DatasetReader.Layout content = new DatasetReader(npz).layout();
      FileHashes forged = new FileHashes(md5, "0".repeat(64));
      DataException e =
          assertThrows(
              DataException.class, () -> DatasetIdentity.official(file, forged, breast, content));
      assertTrue(e.getMessage().contains("its SHA-256 is not: this file was forged"));
      FileHashes genuine = new FileHashes(md5, sha256);
      assertTrue(DatasetIdentity.official(file, genuine, breast, content).orElseThrow().official());
    }
  }

  @Test
  void closedSetsCannotBeRead() throws IOException {
    Dataset data = open("mine.npz", Forge.npz(Forge.arrays(), false));
    data.close();
    assertThrows(IllegalStateException.class, () -> data.train().copyImage(0, new float[30], 0));
  }
}
