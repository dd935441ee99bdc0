// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell script that starts the image, with a Java that only says how it was started. */
class LauncherTest {
  private static final String SAYS = "#!/bin/sh\nprintf '%s\\n' \"LC_ALL=$LC_ALL\" \"$@\"\n";

  @TempDir private Path folder;
  private Path launcher;
  private Path modules;
  private Path cache;

  @BeforeEach
  void image() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("image/bin"));
    Path lib = Files.createDirectories(folder.resolve("image/lib"));
    modules = Files.writeString(lib.resolve("modules"), "classes");
    String name = "unerring-" + Sha256.hexOfFile(modules).substring(0, 16) + ".aot";
    cache = Files.writeString(lib.resolve(name), "cache");
    String script = Files.readString(Path.of("src/main/launcher/unerring"));
    launcher = program(bin.resolve("unerring"), script.replace("@CACHE@", name));
    program(bin.resolve("java"), SAYS);
    age(modules, 10);
    age(cache, 5);
  }

  @Test
  void anAsciiLocaleBecomesUtf8AndAnyOtherStays() throws Exception {
    for (Map<String, String> ascii :
        List.of(Map.of("LC_ALL", "C"), Map.of("LC_ALL", "POSIX"), Map.<String, String>of())) {
      String said = start(ascii, "").getFirst();
      assertTrue(said.matches("LC_ALL=(C|en_US)\\.UTF-8"), ascii + ": " + said);
    }
    assertEquals("LC_ALL=C.UTF-8", start(Map.of("LC_ALL", "C.UTF-8"), "").getFirst());
    assertEquals("LC_ALL=", start(Map.of("LANG", "C.UTF-8"), "").getFirst());
  }

  @Test
  void aCacheThatIsYoungerIsUsed() throws Exception {
    assertTrue(usesCache(start(Map.of(), "")));
  }

  @Test
  void aCopyIsMendedAtItsFirstStart() throws Exception {
    age(modules, 1);
    assertTrue(usesCache(start(Map.of(), "")));
    assertTrue(Files.getLastModifiedTime(cache).compareTo(Files.getLastModifiedTime(modules)) >= 0);
  }

  @Test
  void otherClassesNeverGetTheCacheOfTheOld() throws Exception {
    Files.writeString(modules, "CLASSES");
    List<String> said = start(Map.of(), "");
    assertFalse(usesCache(said), said.toString());
    assertTrue(said.contains("-Dunerring.start.cache=stale"), said.toString());
  }

  @Test
  void withoutACacheItStarts() throws Exception {
    Files.delete(cache);
    List<String> said = start(Map.of(), "");
    assertFalse(usesCache(said), said.toString());
    assertTrue(said.contains("-Dunerring.start.cache=none"), said.toString());
  }

  @Test
  void argumentsArriveAsTheyAreAndStreamsAreNoTerminal() throws Exception {
    List<String> said = start(Map.of(), "", "a b", "*", "@x", "");
    assertEquals(List.of("a b", "*", "@x", ""), said.subList(said.size() - 4, said.size()));
    assertTrue(said.contains("-Dunerring.stdout.terminal=false"), said.toString());
    assertTrue(said.contains("-Dunerring.stderr.terminal=false"), said.toString());
  }

  @Test
  void noFileOfTheProgramBecomesAClosedStream() throws Exception {
    program(launcher.resolveSibling("java"), "#!/bin/sh\nls /proc/self/fd >&3\n");
    List<String> open = start(Map.of(), "3>&1 <&- >&- 2>&-");
    assertTrue(open.containsAll(List.of("0", "1", "2")), open.toString());
  }

  private static boolean usesCache(List<String> said) {
    return said.stream().anyMatch(word -> word.startsWith("-XX:AOTCache="));
  }

  /** The words of a start: its own LC_ALL, then what Java is given. */
  private List<String> start(Map<String, String> locale, String redirections, String... arguments)
      throws Exception {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("sh", "-c", "exec \"$@\" " + redirections, "sh", launcher.toString()));
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.matches("LC_.*|LANG|LANGUAGE"));
    builder.environment().putAll(locale);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return List.of(said.substring(0, said.length() - 1).split("\n", -1));
  }

  private static Path program(Path file, String script) throws IOException {
    Files.writeString(file, script);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void age(Path file, int minutes) throws IOException {
    Files.setLastModifiedTime(
        file, FileTime.fromMillis(System.currentTimeMillis() - minutes * 60_000L));
  }
}
