// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The manifests of the 18 published sets and of the demo set. */
class DatasetManifestTest {
  @Test
  void allSetsAreThere() {
    List<String> flags = DatasetManifest.flags();
    assertEquals(18, flags.size());
    TreeSet<String> hashes = new TreeSet<>();
    int files = 0;
    for (String flag : flags) {
      DatasetManifest manifest = DatasetManifest.find(flag).orElseThrow();
      assertEquals(flag, manifest.flag());
      boolean volumes = flag.endsWith("3d");
      assertEquals(volumes ? 3 : 2, manifest.dimensions());
      assertEquals(volumes ? 2 : 4, manifest.files().size());
      assertTrue(manifest.classes() >= 2 && manifest.train() > manifest.val());
      assertEquals(manifest.task() == Task.BINARY, manifest.classes() == 2);
      for (DatasetManifest.PublishedFile file : manifest.files()) {
        assertTrue(file.md5().matches("[0-9a-f]{32}"), file.name());
        assertTrue(file.sha256().orElse("0".repeat(64)).matches("[0-9a-f]{64}"), file.name());
        assertTrue(file.url().contains("/" + file.name() + "?"), file.url());
        hashes.add(file.md5());
        files++;
      }
    }
    assertEquals(files, hashes.size());
    assertEquals(12 * 4 + 6 * 2, files);
  }

  @Test
  void aManifestInFull() {
    DatasetManifest retina = DatasetManifest.find("retinamnist").orElseThrow();
    assertEquals("RetinaMNIST", retina.title());
    assertEquals(Task.ORDINAL, retina.task());
    assertEquals(3, retina.channels());
    assertEquals(List.of("0", "1", "2", "3", "4"), retina.labelNames());
    assertEquals(List.of(1080, 120, 400), List.of(retina.train(), retina.val(), retina.test()));
    assertEquals("CC BY 4.0", retina.licence());
    assertEquals("bd4c0672f1bba3e3a89f0e4e876791e4", retina.files().getFirst().md5());
    assertEquals(retina, DatasetManifest.find("retinamnist_64").orElseThrow());
    assertEquals("CC BY-NC 4.0", DatasetManifest.find("dermamnist").orElseThrow().licence());
    assertEquals(Task.MULTI_LABEL, DatasetManifest.find("chestmnist").orElseThrow().task());
    assertTrue(DatasetManifest.find("demo").orElseThrow().generated());
  }

  @Test
  void unknownFlagsAndTasks() {
    assertTrue(DatasetManifest.find("mnist").isEmpty());
    assertTrue(DatasetManifest.find("index").isEmpty());
    assertTrue(DatasetManifest.find("../index").isEmpty());
    assertTrue(DatasetManifest.find("").isEmpty());
    DataException e = assertThrows(DataException.class, () -> Task.fromManifest("regression"));
    assertEquals("\"regression\" is not a task of MedMNIST", e.getMessage());
    for (Task task : Task.values()) {
      assertEquals(task, Task.fromManifest(task.manifestName()));
    }
  }
}
