// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.data.Dataset;
import dev.unerring.npz.Forge;
import dev.unerring.npz.NpzWriter;
import dev.unerring.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every defect of a set has a code and a sentence of its own. */
class AuditFindingsTest {
  private static final Shape SHAPE = Shape.image2d(8, 8, 1);

  @TempDir Path folder;

  private LabelAudit audit(byte[] train, int[] labels, byte[] elsewhere) {
    int[] others = new int[elsewhere.length / SHAPE.imageElements()];
    Arrays.setAll(others, i -> i & 1);
    NpzWriter writer = new NpzWriter(false);
    writer.addSplit("train", List.of(8, 8), train, labels);
    writer.addSplit("val", List.of(8, 8), elsewhere, others);
    writer.addSplit("test", List.of(8, 8), elsewhere, others);
    try (Dataset data = Dataset.open(Forge.write(folder, writer.toBytes()))) {
      return new LabelAudit(data);
    }
  }

  private static byte[] images(int count) {
    return Fields.smooth(6, count, SHAPE);
  }

  private static int[] alternating(int count) {
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> i & 1);
    return labels;
  }

  private static Finding only(LabelAudit audit) {
    assertEquals(1, audit.findings().size(), audit.findings().toString());
    assertTrue(audit.toText().contains(audit.findings().getFirst().message()), audit.toText());
    assertEquals(List.of(audit.findings().getFirst().message()), audit.warnings());
    return audit.findings().getFirst();
  }

  private static String assertRefused(LabelAudit audit, String reason) {
    String message =
        assertThrows(DataException.class, () -> audit.requireTrainable(Path.of("set.npz")))
            .getMessage();
    assertTrue(message.startsWith("set.npz: not trainable: "), message);
    assertTrue(message.contains(reason), message);
    return message;
  }

  @Test
  void nothingToSayAboutASoundSet() {
    LabelAudit audit = audit(images(40), alternating(40), Fields.smooth(7, 30, SHAPE));
    assertEquals(List.of(), audit.findings());
    assertDoesNotThrow(() -> audit.requireTrainable(Path.of("set.npz")));
  }

  @Test
  void oneClass() {
    LabelAudit audit = audit(images(12), new int[12], images(2));
    assertEquals(
        "[class-without-samples, one-class]",
        audit.findings().stream().map(Finding::code).toList().toString());
    assertRefused(
        audit, "train: all 12 samples are of class 0 (0): there is nothing to tell apart");
  }

  @Test
  void aClassWithoutSamples() {
    LabelAudit audit = audit(images(4), new int[] {0, 2, 0, 2}, images(2));
    assertRefused(audit, "train: there is no sample of class 1 (1): it cannot be learned");
    assertEquals("class-without-samples", audit.findings().getFirst().code());
  }

  @Test
  void allImagesIdentical() {
    byte[] image = images(1);
    byte[] same = new byte[6 * image.length];
    for (int i = 0; i < 6; i++) {
      Fields.put(image, same, i);
    }
    Finding all = only(audit(same, alternating(6), same));
    assertEquals("all-identical", all.code());
    assertTrue(all.message().startsWith("all 18 images are identical"), all.message());
    assertTrue(all.message().endsWith("the floor of training errors is 3"), all.message());
    LabelAudit train = audit(same, alternating(6), Fields.smooth(9, 2, SHAPE));
    String refusal =
        assertRefused(
            train, "all 6 training images are identical: nothing can be learned from them");
    assertTrue(refusal.contains("(check how the images came into the file)"), refusal);
    assertFalse(refusal.contains("number the classes"), refusal);
  }

  @Test
  void imbalance() {
    int[] labels = new int[40];
    labels[3] = 1;
    Finding found = only(audit(images(40), labels, Fields.smooth(7, 30, SHAPE)));
    assertEquals("imbalance", found.code());
    assertTrue(found.message().contains("39.0 times"), found.message());
  }

  @Test
  void saturatedImagesAreThoseAtTheEndsOfTheScale() {
    byte[] train = images(40);
    Arrays.fill(train, 64, 128, (byte) 255);
    Arrays.fill(train, 64, 80, (byte) 0);
    train[66] = 7;
    Arrays.fill(train, 128, 192, (byte) 255);
    for (int i = 128; i < 132; i++) {
      train[i] = 9; // 4 of 64 are above 5 %
    }
    LabelAudit audit = audit(train, alternating(40), Fields.smooth(7, 30, SHAPE));
    Finding found = only(audit);
    assertEquals("saturated-images", found.code());
    assertEquals("[train[1] (label 1)]", audit.pixels().getFirst().saturated().toString());
    assertEquals(255, audit.pixels().getFirst().highest());
  }

  @Test
  void masksAreNotSaturatedImages() {
    byte[] masks = images(40);
    for (int i = 0; i < masks.length; i++) {
      masks[i] = (byte) ((masks[i] & 0xFF) < 128 ? 0 : 255);
    }
    LabelAudit audit = audit(masks, alternating(40), masks);
    assertEquals(
        List.of(),
        audit.findings().stream().filter(f -> f.code().equals("saturated-images")).toList());
    assertTrue(audit.pixels().stream().allMatch(PixelSummary::holdsMasks));
    assertTrue(audit.toText().contains("train: values are 0 and 255 only (masks)"), audit.toText());
    assertEquals(1.0, audit.pixels().getFirst().toJson().get("shareOf0And255"));
    assertFalse(PixelSummary.masks(0, 0, 1), "black images are no masks");
  }

  @Test
  void aSplitOfAnotherRange() {
    byte[] dark = Fields.smooth(7, 30, SHAPE);
    for (int i = 0; i < dark.length; i++) {
      dark[i] = (byte) ((dark[i] & 0xFF) / 16);
    }
    LabelAudit audit = audit(images(40), alternating(40), dark);
    assertEquals(
        "[unusual-split, unusual-split, nearly-black-images, nearly-black-images]",
        audit.findings().stream().map(Finding::code).toList().toString());
    assertTrue(audit.findings().getFirst().message().startsWith("val: its values"));
    assertDoesNotThrow(() -> audit.requireTrainable(Path.of("set.npz")));
  }
}
