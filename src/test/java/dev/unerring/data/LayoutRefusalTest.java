// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import static dev.unerring.npz.Forge.assertRefused;

import dev.unerring.npz.Forge;
import dev.unerring.npz.NpzWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound npz files whose arrays are no data set, each refused with its own sentence. */
class LayoutRefusalTest {
  @TempDir Path folder;

  private void refuse(String array, byte[] npy, String reason) {
    assertRefused(folder, Forge.with(array, npy), array + ".npy", reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"train_images", "train_labels", "val_labels", "test_images"})
  void missingArray(String array) {
    refuse(array, null, "it is missing; the file must hold train_images, train_labels");
  }

  @Test
  void noEntryAtAll() {
    assertRefused(folder, new NpzWriter(false).toBytes(), "train_images.npy", "it is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../train_images", "/etc/passwd", "a/b", "a\\b"})
  void nameWithSlash(String name) {
    refuse(name, Forge.images(1, 0), "its name holds a slash");
  }

  @Test
  void tooManyEntries() {
    Map<String, byte[]> arrays = Forge.arrays();
    for (int i = 0; i < 59; i++) {
      arrays.put("extra" + i, Forge.labels(1));
    }
    assertRefused(folder, Forge.npz(arrays, false), "", "it holds 65 entries, allowed are 64");
  }

  @Test
  void emptySplit() {
    Map<String, byte[]> arrays = Forge.arrays();
    arrays.put("val_images", Forge.images(0, 0));
    arrays.put("val_labels", Forge.labels());
    assertRefused(folder, Forge.npz(arrays, false), "val_images.npy", "the split is empty");
  }

  @Test
  void imagesWithoutPixels() {
    refuse("train_images", NpzWriter.npy("|u1", List.of(4, 0, 5), new byte[0]), "have no pixel");
  }

  /** Channels first would be taken for volumes of that depth; the line of numpy turns them. */
  @Test
  void channelsFirst() {
    layout("looks like 3 channels first", ".transpose(0, 2, 3, 1)", 4, 3, 28, 28);
    layout("looks like 4 channels first", "[:, :3].transpose(0, 2, 3, 1)", 4, 4, 28, 28);
    layout("looks like 2 channels first", "[:, :1].transpose(0, 2, 3, 1)", 4, 2, 64, 64);
    layout("volumes of depth 3, say so", "[..., None]", 4, 3, 8, 9);
    layout("looks like 4 channels; images have 1 or 3", "[..., :3]", 4, 28, 28, 4);
    layout("volumes with several channels", "[:, 0]", 4, 3, 9, 9, 9);
    layout("volumes with several channels", "[..., 0]", 4, 9, 9, 9, 3);
  }

  private void layout(String reason, String numpy, Integer... shape) {
    int bytes = 1;
    for (int extent : shape) {
      bytes *= extent;
    }
    byte[] npy = NpzWriter.npy("|u1", List.of(shape), new byte[bytes]);
    refuse("train_images", npy, reason);
    refuse("train_images", npy, "d[k]" + numpy + " if k.endswith('images') else d[k]");
  }

  @Test
  void shapesThatAreNoImages() {
    refuse(
        "train_images",
        NpzWriter.npy("|u1", List.of(120), new byte[120]),
        "its shape (120,) is not one of images");
    refuse(
        "train_images",
        NpzWriter.npy("|u1", List.of(4, 6, 5, 1, 1, 1), new byte[120]),
        "its shape (4, 6, 5, 1, 1, 1) is not one of images");
    refuse(
        "train_images",
        NpzWriter.npy("|u1", List.of(4, 6, 5, 4), new byte[480]),
        "looks like 4 channels; images have 1 or 3");
  }

  @Test
  void hugeImage() {
    refuse(
        "train_images",
        NpzWriter.npy("|u1", List.of(1, 4097, 4096), new byte[4097 << 12]),
        "one image has 16781312 bytes, allowed are 16777216");
  }

  @Test
  void imagesOfDifferentSizes() {
    refuse(
        "val_images",
        NpzWriter.npy("|u1", List.of(2, 5, 6), new byte[60]),
        "its images of shape (2, 5, 6) differ from those of train_images");
  }

  @Test
  void labelsOfAnotherLength() {
    refuse("train_labels", Forge.labels(0, 1, 0), "it has 3 rows for 4 images");
  }

  @Test
  void labelsOfAnotherShape() {
    refuse(
        "train_labels",
        NpzWriter.npy("|u1", List.of(4, 1, 1), new byte[4]),
        "its shape (4, 1, 1) is not one of labels");
    refuse(
        "train_labels",
        NpzWriter.npy("|u1", List.of(), new byte[1]),
        "its shape () is not one of labels");
    refuse(
        "train_labels",
        NpzWriter.npy("|u1", List.of(4, 0), new byte[0]),
        "its shape (4, 0) is beyond what is read");
    refuse(
        "train_labels",
        NpzWriter.npy("|u1", List.of(4, 1001), new byte[4004]),
        "its shape (4, 1001) is beyond what is read");
    refuse(
        "test_labels",
        NpzWriter.npy("|u1", List.of(2, 2), new byte[4]),
        "it has 2 labels a sample, but train_labels has 1");
  }

  @Test
  void negativeLabel() {
    refuse(
        "train_labels",
        NpzWriter.npy("|i1", List.of(4, 1), new byte[] {0, 1, -1, 0}),
        "the label of sample 2 is -1, out of range; number the classes from 0 to at most 999");
    refuse(
        "val_labels",
        NpzWriter.npy(">i2", List.of(2), new byte[] {0, 1, -1, -2}),
        "the label of sample 1 is -2, out of range");
  }

  @Test
  void absurdLabel() {
    refuse(
        "train_labels",
        NpzWriter.npy("<i2", List.of(4), new byte[] {0, 0, -24, 3, 0, 0, 0, 0}),
        "the label of sample 1 is 1000, out of range");
    byte[] wide = new byte[32];
    wide[31] = (byte) 0x80;
    refuse(
        "train_labels",
        NpzWriter.npy("<u8", List.of(4), wide),
        "the label of sample 3 is 9223372036854775808, out of range");
  }

  @Test
  void multiLabelThatIsNeitherZeroNorOne() {
    Map<String, byte[]> arrays = Forge.arrays();
    arrays.put(
        "train_labels", NpzWriter.npy("|u1", List.of(4, 2), new byte[] {0, 1, 1, 1, 0, 2, 0, 0}));
    arrays.put("val_labels", NpzWriter.npy("|u1", List.of(2, 2), new byte[4]));
    arrays.put("test_labels", NpzWriter.npy("|u1", List.of(2, 2), new byte[4]));
    assertRefused(
        folder,
        Forge.npz(arrays, false),
        "train_labels.npy",
        "the label of sample 2 is 2, out of range; give each of several labels as 0 or 1");
  }
}
