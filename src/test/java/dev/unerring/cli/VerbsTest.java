// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.data.Dataset;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The verbs besides train: what they print where, and the exit code they end with. */
class VerbsTest {
  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> help() {
    return Stream.of(
            "train",
            "audit",
            "errors",
            "correct",
            "evaluate",
            "predict",
            "report",
            "certify",
            "verify",
            "keygen",
            "export",
            "completion",
            "doctor",
            "datasets",
            "datasets list",
            "datasets info",
            "datasets verify",
            "datasets fetch",
            "datasets pack",
            "datasets montage",
            "datasets synthesize",
            "datasets demo")
        .map(verb ->
            DynamicTest.dynamicTest(
                verb,
                () -> {
                  CommandRun run = CommandRun.of((Object[]) (verb + " --help").split(" "));
                  assertEquals(0, run.code());
                  assertTrue(run.out().startsWith("Usage: unerring " + verb), run.out());
                  assertEquals("", run.err());
                }));
  }

  @Test
  void trainsHelpNamesEveryOption() {
    String help = CommandRun.of("train", "--help").out();
    for (String option :
        "--data --root --out --arch --seed --epochs --batch-size --lr --threads --device --max-time --config --no-progress"
            .split(" ")) {
      assertTrue(help.contains(option), option);
    }
  }

  @Test
  void auditNamesTheConflictAndTheFloor() {
    CommandRun run = CommandRun.of("audit", "--data", conflicting());
    assertEquals(0, run.code(), run.err());
    assertTrue(
        run.out().contains("train[4] (label 0), train[7] (label 1) are identical"), run.out());
    assertTrue(run.out().contains("Floor of training errors: 1"), run.out());
    assertTrue(run.err().contains("is not an official MedMNIST file"), run.err());
  }

  @Test
  void auditAsJsonIsJsonAlone() {
    CommandRun run = CommandRun.of("audit", "--json", "--data", conflicting());
    assertEquals(0, run.code(), run.err());
    assertEquals(1L, ((Map<?, ?>) Json.parse(run.out())).get("floor"));
  }

  @Test
  void auditOfBreastmnistSaysWhatFollowsForTheTestImage() {
    CommandRun run = CommandRun.of("audit", "--data", TestData.real("breastmnist.npz"));
    assertEquals(0, run.code(), run.err());
    assertTrue(
        run.out().contains("train[115] (label 0), test[76] (label 1) are identical"), run.out());
    assertTrue(
        run.out().contains("with zero training errors test[76] is wrong by necessity"), run.out());
    assertEquals("", run.notes());
  }

  @Test
  void errorsListsBothMomentsOfARun() throws IOException {
    Path out = folder.resolve("run");
    CommandRun.of(
        "train",
        "--data",
        conflicting(),
        "--out",
        out,
        "--prime-to",
        0.3,
        "--device",
        TestBackends.kernels() ? "cpu" : "reference");
    Map<?, ?> result = (Map<?, ?>) Json.parse(Files.readString(out.resolve("result.json")));
    CommandRun run = CommandRun.of("errors", "--run", out);
    assertEquals(0, run.code(), run.err());
    Object first = result.get("trainErrorsAfterTraining");
    assertTrue(run.out().startsWith(first + "/40 training errors after training"), run.out());
    assertTrue(run.out().contains("\n1/40 training errors at the end"), run.out());
    assertTrue(run.out().contains("1 identical-image"), run.out());
    String last = run.out().substring(run.out().indexOf("at the end"));
    assertTrue(
        last.lines().anyMatch(l -> l.matches(" +7 +0 +1 +0 +0 .*identical-image +4 +1.0")), last);
    assertEquals("", run.err());
  }

  @Test
  void errorsOfAFolderThatIsNoRunEndsWithFive() throws IOException {
    CommandRun run = CommandRun.of("errors", "--run", folder);
    assertEquals(5, run.code());
    assertTrue(run.err().contains("no result.json there"), run.err());
    Files.writeString(folder.resolve("result.json"), "{");
    CommandRun broken = CommandRun.of("errors", "--run", folder);
    assertEquals(5, broken.code());
    assertTrue(broken.err().contains(folder.resolve("result.json").toString()), broken.err());
  }

  @Test
  void doctorComparesEveryKernelSetWithTheDefinition() {
    CommandRun run = CommandRun.of("doctor");
    assertTrue(run.out().startsWith("unerring "), run.out());
    assertEquals("", run.err());
    if (TestBackends.kernels()) {
      assertEquals(0, run.code(), run.out());
      assertTrue(run.out().contains("kernels    portable: exact"), run.out());
      assertTrue(run.out().contains("verdict    good"), run.out());
      assertFalse(run.out().contains("WRONG"), run.out());
    } else {
      assertEquals(6, run.code(), run.out());
      assertTrue(run.out().contains("no CPU kernels here"), run.out());
    }
  }

  @Test
  void demoSetsOfAnySizeAreTheSameAgain() throws IOException {
    Path first = folder.resolve("a.npz");
    Path second = folder.resolve("b.npz");
    for (Path file : List.of(first, second)) {
      CommandRun run =
          CommandRun.of(
              "datasets",
              "demo",
              "--out",
              file,
              "--train",
              30,
              "--val",
              5,
              "--test",
              6,
              "--conflicts",
              2,
              "--seed",
              9);
      assertEquals(0, run.code(), run.err());
      assertEquals("written: " + file + System.lineSeparator(), run.out());
    }
    assertEquals(-1, Files.mismatch(first, second));
    try (Dataset data = Dataset.open(first)) {
      assertEquals(30, data.train().size());
      assertEquals(6, data.test().size());
    }
  }

  @Test
  void aDemoSetOverwritesNothing() throws IOException {
    Path file = Files.writeString(folder.resolve("mine.npz"), "mine");
    CommandRun run = CommandRun.of("datasets", "demo", "--out", file);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains("mine.npz is there already"), run.err());
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void demoSetsThatCannotBeEndWithTwo() {
    Path file = folder.resolve("a.npz");
    for (String option : List.of("--train", "--val", "--conflicts")) {
      int value = option.equals("--conflicts") ? 1_000_000 : 0;
      CommandRun run = CommandRun.of("datasets", "demo", "--out", file, option, value);
      assertEquals(2, run.code(), run.err());
      assertTrue(run.err().startsWith("unerring: no demo set of"), run.err());
      assertFalse(Files.exists(file));
    }
  }

  private Path conflicting() {
    TestData train = TestData.generated(40, 2, 0).copyImage(4, 7);
    return TestData.write(
        folder.resolve("set.npz"), train, TestData.generated(6, 2, 1), TestData.generated(6, 2, 2));
  }
}
