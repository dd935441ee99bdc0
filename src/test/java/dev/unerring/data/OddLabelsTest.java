// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.audit.Finding;
import dev.unerring.audit.LabelAudit;
import dev.unerring.npz.Forge;
import dev.unerring.npz.NpzWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels as other programs write them are named in one line that says what to do. */
class OddLabelsTest {
  @TempDir private Path folder;

  private List<Finding> findings(int columns, int... train) throws IOException {
    Map<String, byte[]> arrays = Forge.arrays();
    for (String split : DatasetReader.SPLITS) {
      int[] labels = split.equals("train") ? train : Arrays.copyOf(train, 2 * columns);
      byte[] items = new byte[labels.length];
      for (int i = 0; i < items.length; i++) {
        items[i] = (byte) labels[i];
      }
      arrays.put(
          split + "_labels", NpzWriter.npy("|u1", List.of(items.length / columns, columns), items));
    }
    Path file = Files.write(folder.resolve("odd.npz"), Forge.npz(arrays, false));
    try (Dataset data = Dataset.open(file)) {
      LabelAudit audit = new LabelAudit(data);
      assertTrue(audit.toText().lines().count() < 100, audit.toText());
      return audit.findings().stream()
          .filter(each -> each.code().matches("class-without-samples|one-hot-labels"))
          .toList();
    }
  }

  @Test
  void gapsAreOneLine() throws IOException {
    List<Finding> found = findings(1, 0, 255, 0, 255);
    assertEquals(1, found.size(), found.toString());
    assertEquals(
        "train, val, test: no sample of 254 of 256 classes, the first is 1 (1); there are samples of"
            + " 0, 255 only: the highest label makes 256 classes; if it is no class number, number"
            + " the classes 0 to 1",
        found.getFirst().message());
    assertTrue(found.getFirst().preventsTraining());
  }

  @Test
  void labelsFromOne() throws IOException {
    List<Finding> found = findings(1, 1, 2, 1, 2);
    assertEquals(1, found.size(), found.toString());
    assertEquals(
        "the lowest label is 1, but classes are numbered from 0: with numpy, labels - 1",
        found.getFirst().message());
    assertTrue(found.getFirst().preventsTraining());
    assertEquals(2, findings(1, 0, 2, 0, 2).size() - 1, "single gaps are named one by one");
  }

  @Test
  void oneHotRowsAreNamed() throws IOException {
    List<Finding> found = findings(3, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0);
    assertEquals("one-hot-labels", found.getFirst().code());
    assertTrue(found.getFirst().message().contains("argmax(1) if k.endswith('_labels')"));
    assertFalse(found.getFirst().preventsTraining());
    for (int[] rows : new int[][] {{1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0}, new int[12]}) {
      assertTrue(findings(3, rows).stream().noneMatch(f -> f.code().equals("one-hot-labels")));
    }
  }

  @Test
  void negativeAndFractionalLabelsAreRefused() throws IOException {
    Map<String, byte[]> arrays = Forge.arrays();
    arrays.put("train_labels", NpzWriter.npy("|i1", List.of(4), new byte[] {0, -1, 0, 1}));
    refused("the label of sample 1 is -1, out of range; number the classes from 0", arrays);
    arrays.put("train_labels", NpzWriter.npy("<f4", List.of(4), new byte[16]));
    refused("it is of float32, labels must be integers", arrays);
  }

  private void refused(String part, Map<String, byte[]> arrays) throws IOException {
    Path file = Files.write(folder.resolve("bad.npz"), Forge.npz(arrays, false));
    DataException e = assertThrows(DataException.class, () -> Dataset.open(file).close());
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
