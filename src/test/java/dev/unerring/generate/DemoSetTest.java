// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.audit.LabelAudit;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo set: the bytes that the manifest names, and the planted conflicts and no others. */
class DemoSetTest {
  @TempDir Path folder;

  @Test
  void theDemoSetIsTheOneOfItsManifest() {
    Path file = folder.resolve("any-name.npz");
    DemoSet.write(file);
    try (Dataset data = Dataset.open(file)) {
      assertTrue(data.official(), "MD5 " + data.md5() + " SHA-256 " + data.sha256());
      assertEquals("demo", data.name());
      assertTrue(data.notice().contains("is the generated demo set"), data.notice());
      assertEquals(List.of("solid", "ring", "striped", "spotted"), data.labelNames());
      assertEquals(Shape.image2d(28, 28, 1), data.imageShape());
      assertEquals(List.of(2000, 200, 500), data.splits().stream().map(Split::size).toList());
      LabelAudit audit = new LabelAudit(data);
      assertEquals(1, audit.floor());
      assertEquals(1, audit.groups().size());
      assertEquals(2, audit.conflicts().getFirst().samples().size());
      assertTrue(audit.constantImages().isEmpty());
      assertTrue(audit.warnings().isEmpty());
      assertTrue(audit.splits().getFirst().majorityShare() < 0.27);
    }
  }

  @Test
  void sameArgumentsGiveTheSameBytes() throws IOException {
    Path first = folder.resolve("a.npz");
    Path second = folder.resolve("b.npz");
    DemoSet.write(first, 7, 40, 5, 5, 3);
    DemoSet.write(second, 7, 40, 5, 5, 3);
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    DemoSet.write(second, 7, 40, 5, 5, 3);
    assertFalse(Files.exists(AtomicFile.previous(second)), "equal bytes are not written again");
    DemoSet.write(second, 8, 40, 5, 5, 3);
    assertNotEquals(-1, Files.mismatch(first, second));
  }

  @Test
  void conflictsAreDisjointAndOthersAbsent() {
    for (int conflicts : new int[] {0, 1, 10}) {
      Path file = folder.resolve("c.npz");
      DemoSet.write(file, 3, 60, 2, 2, conflicts);
      try (Dataset data = Dataset.open(file)) {
        LabelAudit audit = new LabelAudit(data);
        assertEquals(conflicts, audit.floor());
        assertEquals(conflicts, audit.groups().size());
        assertFalse(data.official());
      }
    }
  }

  @Test
  void aNamedSetHoldsItsNames() {
    Path file = folder.resolve("n.npz");
    DemoSet.writeNamed(file, 3, 60, 2, 2, 1, WorkMonitor.SILENT);
    try (Dataset data = Dataset.open(file)) {
      assertEquals(List.of("solid", "ring", "striped", "spotted"), data.labelNames());
    }
    DemoSet.writeNamed(
        file, DemoSet.SEED, DemoSet.TRAIN, DemoSet.VAL, DemoSet.TEST, 1, WorkMonitor.SILENT);
    try (Dataset data = Dataset.open(file)) {
      assertTrue(data.official(), "the published set keeps its bytes");
    }
  }

  @Test
  void impossibleArguments() {
    Path file = folder.resolve("d.npz");
    IllegalArgumentException many =
        assertThrows(
            IllegalArgumentException.class, () -> DemoSet.write(file, 0, 5_000_000, 9, 9, 0));
    assertEquals("a split has at most 4194304 images, not 5000000", many.getMessage());
    assertThrows(IllegalArgumentException.class, () -> DemoSet.write(file, 1, 1, 1, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> DemoSet.write(file, 1, 10, 1, 1, 3));
    assertThrows(IllegalArgumentException.class, () -> DemoSet.write(file, 1, 10, 0, 1, 0));
    assertFalse(Files.exists(file));
  }
}
