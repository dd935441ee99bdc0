// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import static dev.unerring.npz.Forge.assertRefused;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries that are no plain numeric arrays in C order, each refused with its own sentence. */
class NpyRefusalTest {
  private static final String IMAGES = "train_images.npy";
  private static final String LABELS = "train_labels.npy";

  @TempDir Path folder;

  private void refuseImages(byte[] npy, String reason) {
    assertRefused(folder, Forge.with("train_images", npy), IMAGES, reason);
  }

  private void refuseLabels(byte[] npy, String reason) {
    assertRefused(folder, Forge.with("train_labels", npy), LABELS, reason);
  }

  private static byte[] array(String type, String shape, int bytes) {
    return Forge.npy(1, Forge.header(type, false, shape), new byte[bytes]);
  }

  @Test
  void notAnArray() {
    refuseImages("this is a text and no array at all".getBytes(US_ASCII), "it is not an npy array");
    refuseImages(new byte[3], "it is too short for an npy array (3 bytes)");
    refuseImages(new byte[0], "it is too short for an npy array (0 bytes)");
  }

  @Test
  void unknownVersion() {
    refuseImages(
        Forge.npy(4, Forge.header("'|u1'", false, "(4, 6, 5)"), new byte[120]),
        "its npy version is 4.0, known are 1.0 to 3.0");
  }

  @Test
  void headerLongerThanTheEntry() {
    byte[] npy = Forge.npy(2, Forge.header("'|u1'", false, "(4, 6, 5)"), new byte[120]);
    npy[11] = 0x7f;
    refuseImages(npy, "its npy header declares 21307");
    byte[] cut = Forge.images(4, 0);
    refuseImages(Arrays.copyOf(cut, 60), "its npy header declares 118 bytes");
  }

  @Test
  void pickledObjects() {
    refuseLabels(array("'|O'", "(4, 1)", 32), "it holds Python objects (a pickle");
  }

  @Test
  void structuredType() {
    refuseLabels(array("[('a', '<i4'), ('b', '<i4')]", "(4, 1)", 32), "it is a structured array");
    refuseLabels(array("'|V8'", "(4, 1)", 32), "it is a structured array (type |V8)");
  }

  @Test
  void text() {
    refuseLabels(array("'<U7'", "(4, 1)", 112), "it holds text (type <U7)");
    refuseLabels(array("'|S3'", "(4, 1)", 12), "it holds text (type |S3)");
  }

  @ParameterizedTest
  @CsvSource({"<c8, 32", "<M8[ns], 32", "<f16, 64", "|i4, 16", "=i4, 16", "<i3, 12", "<i04, 16"})
  void otherTypes(String type, int bytes) {
    refuseLabels(
        array("'" + type + "'", "(4, 1)", bytes),
        "its type " + type + " is not one of plain numbers");
  }

  @Test
  void typeThatCannotBeRead() {
    refuseLabels(array("'\u001b[2J'", "(4, 1)", 4), "its type ?[2J is unknown");
  }

  @Test
  void floatingPointLabels() {
    refuseLabels(
        array("'<f4'", "(4, 1)", 16),
        "it is of float32, labels must be integers (NaN or fractions would have no class)");
    refuseLabels(array("'>f8'", "(4, 1)", 32), "it is of float64, labels must be integers");
  }

  @Test
  void booleanLabels() {
    refuseLabels(array("'|b1'", "(4, 1)", 4), "it is of bool, labels must be integers");
  }

  @ParameterizedTest
  @CsvSource({"|i1, int8, 1", "<f4, float32, 4", ">u2, uint16, 2"})
  void imagesOfOtherTypes(String type, String name, int width) {
    refuseImages(
        array("'" + type + "'", "(4, 6, 5)", 120 * width),
        "it is of " + name + ", images must be uint8");
  }

  @Test
  void fortranOrder() {
    refuseImages(
        Forge.npy(1, Forge.header("'|u1'", true, "(4, 6, 5)"), new byte[120]),
        "it is in Fortran order, which is not read; save numpy.ascontiguousarray(array)");
  }

  @Test
  void overflowingShape() {
    refuseImages(
        array("'|u1'", "(2147483647, 2147483647, 2147483647)", 120),
        "its shape (2147483647, 2147483647, 2147483647) overflows 64 bits");
    refuseLabels(array("'<i8'", "(2147483647, 2147483647)", 120), "overflows 64 bits");
    refuseImages(array("'|u1'", "(99999999999, 6, 5)", 120), "its shape holds the extent 9999999");
    refuseImages(array("'|u1'", "(99999999999999999999, 5)", 120), "is beyond 64 bits");
    refuseImages(array("'|u1'", "(-4, 6, 5)", 120), "its shape holds the extent -4");
    refuseImages(array("'|u1'", "(4.5, 6, 5)", 120), "its npy header is not readable");
    refuseImages(array("'|u1'", "(" + "1, ".repeat(33) + ")", 1), "its shape has 33 dimensions");
  }

  @Test
  void shapeAndBytesDisagree() {
    refuseImages(
        array("'|u1'", "(4, 6, 5)", 119),
        "its shape (4, 6, 5) of uint8 needs 120 bytes, but it holds 119");
    refuseLabels(array("'<i8'", "(4,)", 33), "its shape (4,) of int64 needs 32 bytes");
  }

  @Test
  void damagedHeader() {
    List<String> texts =
        List.of(
            "",
            "[1]",
            "{'descr': '|u1', 'descr': '|u1', 'shape': (4, 6, 5)}",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 6, 5)} x",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (4 6 5)}",
            "{'descr': '|u1', 'fortran_order': False, 'shape': ((((((((((4))))))))))}",
            "{'descr': '|u1', 'fortran_order': maybe, 'shape': (4, 6, 5)}",
            "{'descr': '|u1");
    for (String text : texts) {
      refuseImages(Forge.npy(1, text, new byte[120]), "its npy header is not readable");
    }
  }

  @Test
  void headerWithOtherKeys() {
    String wrong = "its npy header does not hold exactly descr, fortran_order and shape";
    refuseImages(Forge.npy(1, "{}", new byte[120]), wrong);
    refuseImages(Forge.npy(1, "{'descr': '|u1', 'shape': (4, 6, 5)}", new byte[120]), wrong);
    refuseImages(
        Forge.npy(
            1,
            "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 6, 5), 'more': 1}",
            new byte[120]),
        wrong);
    refuseImages(
        Forge.npy(1, "{'descr': '|u1', 'fortran_order': 0, 'shape': 120}", new byte[120]), wrong);
  }
}
