// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DeviceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library that reads the geometry words in another order is refused when it is opened. */
class LayoutsTest {
  private static final Path SOURCES = Path.of("native", "cpu");
  private static final Path LIBRARY = Path.of("libunerring_cpu.so");

  /** Builds the kernels' entry with a change in its header, and asks which sets it has. */
  private static void open(Path folder, String what, String by) throws Exception {
    try (Stream<Path> sources = Files.list(SOURCES)) {
      for (Path source : sources.toList()) {
        String text = Files.readString(source);
        boolean header = source.endsWith("kernels.h");
        assertTrue(!header || text.contains(what), what);
        Files.writeString(
            folder.resolve(source.getFileName()), header ? text.replace(what, by) : text);
      }
    }
    Path library = folder.resolve(LIBRARY);
    String messages =
        StubCuda.run(
            "cc", "-shared", "-fPIC", folder.resolve("cpu.c").toString(), "-o", library.toString());
    Assumptions.assumeTrue(Files.exists(library), "SKIPPED, no C compiler: " + messages);
    CpuKernels.supported(NativeLibrary.first(List.of(library)).library());
  }

  @Test
  void theHeaderAsItIsIsTaken(@TempDir Path folder) {
    assertDoesNotThrow(() -> open(folder, "F(SUM, C) ", "F(SUM, C) "));
  }

  @Test
  void twoFieldsThatChangedPlacesAreNoticed(@TempDir Path folder) {
    DeviceException e =
        assertThrows(
            DeviceException.class,
            () -> open(folder, "F(TAP, D) F(TAP, H)", "F(TAP, H) F(TAP, D)"));
    assertTrue(e.getMessage().contains("'TAP N H D BOX_N "), e.getMessage());
    assertTrue(e.getMessage().contains("not 'TAP N D H BOX_N "), e.getMessage());
    assertTrue(e.getMessage().endsWith("; rebuild it"), e.getMessage());
    assertEquals(6, e.exitCode());
  }

  @Test
  void everyFieldThatIsMissingAddedOrMovedIsNoticed() {
    String own = Layouts.text();
    Layouts.require(own, LIBRARY);
    for (String line : own.lines().toList()) {
      String[] words = line.split(" ");
      for (int i = 1; i < words.length; i++) {
        String word = words[i];
        String less = line.replaceFirst(" " + word + "\\b", "");
        String more = line.replaceFirst(" " + word + "\\b", " OTHER " + word);
        for (String changed : List.of(less, more, less + " " + word)) {
          if (!changed.equals(line)) { // the last field moved to the end
            String told = own.replace(line + "\n", changed + "\n");
            assertThrows(DeviceException.class, () -> Layouts.require(told, LIBRARY), changed);
          }
        }
      }
      assertThrows(
          DeviceException.class, () -> Layouts.require(own.replace(line + "\n", ""), LIBRARY));
    }
    assertThrows(DeviceException.class, () -> Layouts.require(own + "MORE A B\n", LIBRARY));
  }
}
