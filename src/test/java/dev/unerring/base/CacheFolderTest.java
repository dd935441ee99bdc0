// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where derived files go, for users with and without a home. */
class CacheFolderTest {
  @TempDir private Path folder;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Map<String, String> properties = new LinkedHashMap<>();

  private CacheFolder folders() throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    properties.putIfAbsent("java.io.tmpdir", temporary.toString());
    return new CacheFolder(variables::get, properties::get);
  }

  private Path privateFolder() throws IOException {
    return folder.resolve("tmp/unerring-" + Files.getAttribute(folder, "unix:uid"));
  }

  @Test
  void whatIsNamedIsTaken() throws IOException {
    properties.put("user.home", folder.toString());
    assertEquals(folder.resolve(".cache/unerring"), folders().cache());
    variables.put("XDG_CACHE_HOME", "relative");
    assertEquals(folder.resolve(".cache/unerring"), folders().cache());
    variables.put("XDG_CACHE_HOME", folder + "/xdg");
    assertEquals(folder.resolve("xdg/unerring"), folders().cache());
    variables.put("UNERRING_CACHE", "named");
    assertEquals(Path.of("named"), folders().cache());
    properties.put("unerring.cache", "/by/property");
    assertEquals(Path.of("/by/property"), folders().cache());
    assertEquals(folder, folders().userHome());
  }

  @Test
  void aUserWithoutAnEntryHasTheHomeOfTheEnvironment() throws IOException {
    properties.put("user.home", "?");
    variables.put("HOME", folder.toString());
    assertEquals(folder, folders().userHome());
    assertEquals(folder.resolve(".cache/unerring"), folders().cache());
  }

  @Test
  void aUserWithoutAnyHomeHasAPrivateTemporaryFolder() throws IOException {
    for (String unknown : new String[] {"?", "", "relative"}) {
      properties.put("user.home", unknown);
      assertEquals(privateFolder(), folders().userHome());
      assertEquals(privateFolder(), folders().cache());
    }
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(privateFolder())));
    assertEquals(1, folder.resolve("tmp").toFile().list().length);
  }

  @Test
  void aHomeThatCannotBeWrittenIsNotUsedForTheCache() throws IOException {
    properties.put("user.home", Files.writeString(folder.resolve("home"), "a file").toString());
    assertEquals(privateFolder(), folders().cache());
    properties.put("user.home", "/proc/self");
    assertEquals(privateFolder(), folders().cache());
    properties.put("java.io.tmpdir", folder.resolve("gone").toString());
    assertEquals(Path.of("/proc/self/.cache/unerring"), folders().cache(), "who writes says why");
  }

  @Test
  void aPreparedTemporaryFolderIsNotUsed() throws IOException {
    properties.put("user.home", "?");
    folders().cache();
    Files.setPosixFilePermissions(privateFolder(), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertRefused("UNERRING_CACHE", () -> folders().cache());
    assertRefused("HOME", () -> folders().userHome());
    Files.delete(privateFolder());
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(privateFolder(), elsewhere);
    assertRefused("UNERRING_CACHE", () -> folders().cache());
    Files.delete(privateFolder());
    Files.createDirectory(
        privateFolder(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    boolean given = chown(privateFolder());
    if (given) {
      assertRefused("UNERRING_CACHE", () -> folders().cache());
    } else {
      System.err.println("CacheFolderTest: SKIPPED, a folder of another user: not root");
    }
  }

  @Test
  void withoutATemporaryFolderTheVariableIsNamed() throws IOException {
    properties.put("user.home", "?");
    properties.put("java.io.tmpdir", folder.resolve("gone").toString());
    assertRefused("UNERRING_CACHE", () -> folders().cache());
    assertRefused("HOME", () -> folders().userHome());
    assertFalse(Files.exists(folder.resolve("gone")));
  }

  private static boolean chown(Path file) {
    try {
      Files.setAttribute(file, "unix:uid", 12_345);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private interface Asked {
    void run() throws IOException;
  }

  private static void assertRefused(String variable, Asked asked) {
    DataException e = assertThrows(DataException.class, asked::run);
    assertTrue(e.getMessage().endsWith("by the environment variable " + variable), e.getMessage());
  }
}
