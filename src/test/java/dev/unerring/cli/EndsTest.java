// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.suite.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every end of the program, in a process of its own: errors, signals, closed and full streams. */
class EndsTest {
  private static final List<String> JVM = List.of("--enable-native-access=ALL-UNNAMED", "-Xmx64m");
  private static final String STOPPING = "unerring: stopping at the next step";

  /** A pipe whose reader ends at once; the code of the writer goes past it. */
  private static final String SCRIPT = "exec 3>&1; { \"$@\"; echo code $? >&3; } | true";

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> anyFailureEndsInOneMessageAndACode() {
    return Stream.of(
        failure("heap", 6, "out of memory: the Java heap of "),
        failure("worker", 6, "out of memory: the Java heap of "),
        failure("shrink", 5, "a file became shorter"),
        failure("path", 5, "cannot be a file name here (Nul character not allowed)"),
        failure("link", 1, "a fault of the program; please report it with these lines"),
        failure("fault", 1, "a fault of the program; please report it with these lines"),
        failure("stack", 1, "a fault of the program; please report it with these lines"),
        failure("nameless", 6, "failed, without memory to say why"),
        failure("hook", 0, ""));
  }

  private DynamicTest failure(String kind, int code, String reason) {
    return DynamicTest.dynamicTest(
        kind,
        () -> {
          Child child = fail(kind, "");
          assertEquals(code, child.code(), child.err());
          String err = child.err();
          assertTrue(err.contains(reason), err);
          assertTrue(code == 0 ? err.isEmpty() : err.startsWith("unerring: "), err);
          long lines = err.lines().count();
          assertTrue(code == 1 ? lines <= 60 : lines <= (kind.equals("nameless") ? 2 : 1), err);
        });
  }

  @Test
  void aRealVerbWithTooLittleMemorySaysSo() throws Exception {
    Object[] words = {"doctor"};
    List<String> heap = List.of("-XX:+UseSerialGC", "-Xmx4m");
    Child child = Child.start(folder, Map.of(), "", heap, Main.class, words);
    assertEquals(6, child.code(), child.err());
    assertTrue(child.err().startsWith("unerring: out of memory: the Java heap of"), child.err());
  }

  @Test
  void aNameThatTheLocaleCannotSayIsNamed() throws Exception {
    Map<String, String> ascii = Map.of("LC_ALL", "C");
    String name = "\"$(printf 'm\\303\\251lanome.npz')\""; // the shell makes it in any locale
    Child child = Child.start(folder, ascii, name, JVM, Main.class, "datasets", "verify");
    assertTrue(child.code() == 2 || child.code() == 5, child.err());
    assertEquals(1, child.err().lines().filter(line -> line.startsWith("unerring: ")).count());
    assertTrue(child.err().contains("LC_ALL=C.UTF-8"), child.err());
    assertFalse(child.err().contains("Exception"), child.err());
  }

  @TestFactory
  Stream<DynamicTest> oneSignalStopsAtAStepAndSaves() {
    return Stream.of("INT", "TERM", "HUP")
        .map(name ->
            DynamicTest.dynamicTest(
                name,
                () -> {
                  Child child = fail("polite", "").awaitOut("ready").signal(name);
                  assertEquals(130, child.code(), child.err());
                  assertEquals("ready\nsaved\n", child.out());
                  assertEquals(
                      STOPPING
                          + "; Ctrl-C again ends at once\nunerring: interrupted while working\n",
                      child.err());
                }));
  }

  @TestFactory
  Stream<DynamicTest> aSecondSignalEndsAtOnce() {
    return Stream.of(Map.entry("INT", 130), Map.entry("TERM", 143))
        .map(each ->
            DynamicTest.dynamicTest(
                each.getKey(),
                () -> {
                  Child child = fail("deaf", "").awaitOut("ready").signal(each.getKey());
                  child.awaitErr("Ctrl-C again").signal(each.getKey());
                  assertEquals(each.getValue(), child.code(), child.err());
                  assertEquals("ready\n", child.out());
                }));
  }

  @Test
  void aSignalThatComesTwiceInARowIsOne() throws Exception {
    Child child = fail("polite", "").awaitOut("ready").signal("TERM").signal("TERM");
    assertEquals(130, child.code(), child.err());
    assertEquals("ready\nsaved\n", child.out());
  }

  @Test
  void aSecondHangUpDoesNotEndTheSaving() throws Exception {
    Child child = fail("polite", "").awaitOut("ready").signal("HUP").awaitErr(STOPPING);
    assertEquals(130, child.signal("HUP").code(), child.err());
    assertEquals("ready\nsaved\n", child.out());
  }

  @Test
  void withoutNativeAccessASignalStillSaves() throws Exception {
    List<String> denied = List.of("--illegal-native-access=deny");
    Child child =
        Child.start(folder, Map.of(), "", denied, FailingProgram.class, "fail", "polite")
            .awaitOut("ready")
            .signal("INT");
    assertEquals(130, child.code(), child.err());
    assertEquals("ready\nsaved\n", child.out());
    assertEquals(STOPPING + "\nunerring: interrupted while working\n", child.err());
  }

  @Test
  void aFullStdoutIsAnError() throws Exception {
    Child child = list(">/dev/full");
    assertEquals(5, child.code());
    assertTrue(child.err().startsWith("unerring: standard output cannot be written: "));
    assertEquals(1, child.err().lines().count(), child.err());
  }

  @Test
  void aReaderThatHasGoneEndsTheWorkWithoutAWord() throws Exception {
    List<String> words = new ArrayList<>(List.of("sh", "-c", SCRIPT, "sh"));
    words.addAll(ChildJvm.command(JVM, Main.class));
    words.addAll(List.of("completion", "bash"));
    Process shell = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("code 141\n", said);
  }

  @Test
  void aClosedOrFullStderrHarmsNothing() throws Exception {
    for (String redirection : List.of("2>&-", "2>/dev/full")) {
      Child child = list(redirection);
      assertEquals(0, child.code());
      assertTrue(child.out().contains("breastmnist"), child.out());
      Child wrong =
          Child.start(folder, Map.of(), redirection, JVM, Main.class, "datasets", "info", "no");
      assertEquals(2, wrong.code());
      assertFalse(wrong.out().contains("known"), wrong.out());
    }
  }

  private Child list(String redirection) throws Exception {
    return Child.start(folder, Map.of(), redirection, JVM, Main.class, "datasets", "list");
  }

  private Child fail(String kind, String redirection) throws Exception {
    return Child.start(folder, Map.of(), redirection, JVM, FailingProgram.class, "fail", kind);
  }
}
