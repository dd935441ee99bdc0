// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.CpuBackend;
import dev.unerring.base.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernels of the jar load without a trusted folder, and leave nothing behind. */
class EmbeddedLibraryTest {
  private static final String FILE = System.mapLibraryName("unerring_cpu");
  private final List<String> tried = new ArrayList<>();
  @TempDir private Path folder;
  private byte[] bytes;

  @BeforeEach
  void read() throws IOException {
    String resource = "native/" + NativeLibrary.platform() + "/" + FILE;
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
      Assumptions.assumeTrue(in != null, "SKIPPED, this build has no kernels");
      bytes = in.readAllBytes();
    }
  }

  @Test
  void nothingOnTheDiskIsTrustedOrLeft() throws IOException {
    String before = System.getProperty("unerring.cache");
    System.setProperty("unerring.cache", folder.resolve("cache").toString());
    try {
      assertTrue(found(new EmbeddedLibrary(bytes, FILE, tried).load()), tried.toString());
    } finally {
      if (before == null) {
        System.clearProperty("unerring.cache");
      } else {
        System.setProperty("unerring.cache", before);
      }
    }
    if (NativeLibrary.platform().startsWith("linux")) {
      assertEquals(List.of(), tried, "from memory at once");
    }
    assertEquals(0, folder.toFile().list().length);
  }

  @Test
  void oneCopyServesTheWholeProcess() throws IOException {
    NativeLibrary first = NativeLibrary.search("cpu").require("cpu");
    assertSame(first, NativeLibrary.search("cpu").library());
    long open = descriptors();
    for (int i = 0; i < 100; i++) {
      CpuBackend.open("auto", 1).close();
    }
    assertTrue(descriptors() < open + 20, open + " descriptors before, " + descriptors() + " now");
    assertEquals(Sha256.hex(bytes), first.sha256());
  }

  private static long descriptors() throws IOException {
    Path all = Path.of("/proc/self/fd");
    Assumptions.assumeTrue(Files.exists(all), "SKIPPED, descriptors are counted on Linux only");
    try (var files = Files.list(all)) {
      return files.count();
    }
  }

  @Test
  void withoutMemoryANewPrivateFolderServesAndIsRemoved() throws IOException {
    Path planted = Files.createDirectories(folder.resolve("cache/native"));
    Files.writeString(planted.resolve(FILE), "not ours");
    assertTrue(found(fromFolders(folder.resolve("cache"))), tried.toString());
    assertEquals(List.of("native"), List.of(folder.resolve("cache").toFile().list()));
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("cache"));
    assertTrue(found(fromFolders(link)), tried.toString());
    assertEquals(List.of(), tried);
  }

  @Test
  void aFolderThatOthersCanWriteToIsNotUsed() throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    Path good = folder.resolve("good");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertTrue(found(fromFolders(open, good)), tried.toString());
    assertTrue(
        tried.getFirst().startsWith("a copy in " + open + ": other users can write to it; name"),
        tried.toString());
    assertEquals(0, open.toFile().list().length);
    assertTrue(Files.notExists(good), "made for this, empty, removed");
    Files.setAttribute(open, "unix:mode", 01777);
    assertTrue(found(fromFolders(open)), "as /tmp is");
  }

  @Test
  void aFolderOfAnotherUserIsNotUsed() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    try {
      Files.setAttribute(other, "unix:uid", 12_345);
    } catch (IOException e) {
      Assumptions.abort("SKIPPED, only root can give a folder to another user");
    }
    assertTrue(fromFolders(other).isEmpty());
    assertTrue(tried.getFirst().contains("another user owns it"), tried.toString());
    assertEquals(0, other.toFile().list().length);
  }

  @Test
  void aNoexecOrFullFileSystemIsNamedAndLeftEmpty() throws Exception {
    for (String options : List.of("noexec", "size=8k", "ro")) {
      tried.clear();
      Path mounted = Files.createDirectories(folder.resolve(options));
      boolean mount = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", mounted.toString());
      Assumptions.assumeTrue(mount, "SKIPPED, no file system can be mounted here (not root)");
      try {
        assertTrue(fromFolders(mounted).isEmpty(), options);
        assertTrue(tried.getFirst().startsWith("a copy in " + mounted + ": "), tried.toString());
        assertTrue(tried.getFirst().endsWith("by UNERRING_CACHE"), tried.toString());
        assertEquals(0, mounted.toFile().list().length, options);
      } finally {
        assertTrue(run("umount", "-l", mounted.toString())); // the loader may keep a map
      }
    }
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  private Optional<SymbolLookup> fromFolders(Path... parents) {
    return new EmbeddedLibrary(bytes, FILE, tried).fromFolders(parents);
  }

  private static boolean found(Optional<SymbolLookup> symbols) {
    return symbols.flatMap(each -> each.find("unerring_kernel_version")).isPresent();
  }
}
