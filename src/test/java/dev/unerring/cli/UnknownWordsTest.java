// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A wrong command line: its cause is named, not what follows from it. */
class UnknownWordsTest {
  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> theWordAndTheNearestOneAreNamed() {
    return Stream.of(
        wrong("train --dat x", "Unknown option: '--dat'; did you mean --data?"),
        wrong("train --dat=x", "Unknown option: '--dat'; did you mean --data?"),
        wrong("train -data x", "Unknown option: '-data'; did you mean --data?"),
        wrong("train --data x --sed 3", "Unknown option: '--sed'; did you mean --seed?"),
        wrong("train --DATA x", "Unknown option: '--DATA'; did you mean --data?"),
        wrong("audit --data demo --jsn", "Unknown option: '--jsn'; did you mean --json"),
        wrong("predict --rum R a.png", "Unknown option: '--rum'; did you mean --run?"),
        wrong("predict --run R -x.png", "Unknown option: '-x.png' (a file of this name goes after"),
        wrong(
            "datasets pack --image d --out x", "Unknown option: '--image'; did you mean --images"),
        wrong("datasets lst", "Unknown command: 'lst'; did you mean list?"),
        wrong("trian --data x", "Unknown command: 'trian'; did you mean train?"),
        wrong("errors --run R more", "Unexpected argument: 'more'"),
        wrong("train --seed abc", "Invalid value for option '--seed': 'abc' is not a whole"),
        wrong("train --lr nan", "Invalid value for option '--lr': 'nan' is not a number such as"),
        wrong("train --lr 0,001", "Invalid value for option '--lr': '0,001' is not a number such"),
        wrong("train --lr Infinity", "Invalid value for option '--lr': 'Infinity' is not a n"),
        wrong(
            "train --epochs 9999999999", "Invalid value for option '--epochs': '9999999999' is o"),
        wrong(
            "datasets demo --seed x --out y",
            "Invalid value for option '--seed': 'x' is not a whole "),
        wrong(
            "datasets montage demo --samples 1,x",
            "Invalid value for option '--samples' (I,J,...): 'x' is"),
        wrong(
            "evaluate --run R --twins NaN",
            "Invalid value for option '--twins': 'NaN' is not a num"),
        wrong(
            "predict --model m.safetensors a.png",
            "Unknown option: '--model'; did you mean --run?"),
        wrong("train --dataset x", "Unknown option: '--dataset'; did you mean --data?"),
        wrong("train --data x --output y", "Unknown option: '--output'; did you mean --out?"),
        wrong("train --data x --gpu", "Unknown option: '--gpu'; did you mean --device?"),
        wrong("train --data x --epochs 1.5", "Invalid value for option '--epochs': '1.5'"),
        wrong("train", "Missing required option: '--data=X'"),
        wrong("train --data=", "--data: an empty value; give it one"),
        wrong("train --data demo --out=", "--out: an empty value; give it one"),
        wrong("train --data demo --seed=", "--seed: an empty value; give it one"),
        wrong("train --data demo --costs=", "--costs: an empty value; give it one"),
        wrong("predict --run= a.png", "--run: an empty value; give it one"),
        wrong("datasets pack --csv a --out b --classes a,,b", "--classes: an empty value"),
        wrong("datasets montage demo --out x.png --samples=", "--samples: an empty value"));
  }

  @Test
  void emptyWordsAreNamedToo() {
    assertRefused(CommandRun.of("train", "--data", ""), "--data: an empty value");
    assertRefused(CommandRun.of("predict", "--run", "R", ""), "FILE: an empty value");
    assertRefused(CommandRun.of("datasets", "info", ""), "FLAG: an empty value");
  }

  @Test
  void aWordThatBeginsWithAtIsAFile() {
    CommandRun run = CommandRun.of("datasets", "verify", folder.resolve("@1.npz"));
    assertTrue(run.err().contains("@1.npz: "), run.err());
    CommandRun bare = CommandRun.of("datasets", "verify", "@1.npz");
    assertEquals(5, bare.code(), bare.err());
    assertTrue(bare.err().startsWith("unerring: @1.npz: "), bare.err());
    CommandRun data = CommandRun.of("audit", "--data", "@x");
    assertEquals(2, data.code());
    assertTrue(
        data.err().startsWith("unerring: @x is neither a file nor a known flag"), data.err());
  }

  @Test
  void afterTwoDashesEveryWordIsAFile() {
    for (String name : List.of("-x.npz", "--out.npz", "@a.npz")) {
      CommandRun run = CommandRun.of("datasets", "verify", "--", name);
      assertEquals(5, run.code(), run.err());
      assertTrue(run.err().startsWith("unerring: " + name + ": "), run.err());
    }
  }

  @TestFactory
  Stream<DynamicTest> numbersOutOfRangeAreRefused() {
    String demo = "datasets demo --out " + folder.resolve("x.npz");
    String like = "datasets synthesize breastmnist --out " + folder.resolve("x.npz");
    String montage = "datasets montage demo --out " + folder.resolve("x.png");
    String pack = "datasets pack --images " + folder + " --out " + folder.resolve("x.npz");
    return Stream.of(
            each("train --data no.npz --batch-size", "0", "1", "-1", "65537"),
            each("train --data no.npz --epochs", "-1"),
            each("train --data no.npz --lr", "0", "-1", "NaN", "Infinity"),
            each("train --data no.npz --prime-to", "-0.1", "1.1", "NaN"),
            each("train --data no.npz --patience", "-1"),
            each("train --data no.npz --max-time", "-1", "NaN", "x"),
            each("train --data no.npz --threads", "0", "-1", "2000"),
            each(demo + " --train", "0", "-1"),
            each(demo + " --val", "0", "-1"),
            each(demo + " --test", "0", "-1"),
            each(demo + " --conflicts", "-1"),
            each(like + " --size", "0", "-28", "29"),
            each(like + " --scale", "0", "-1", "NaN", "2"),
            each(like + " --train", "0", "-1"),
            each(like + " --conflicts", "-1"),
            each(like + " --twins", "-1"),
            each(like + " --copies", "-1"),
            each(montage + " --rows", "0", "-1"),
            each(montage + " --columns", "0", "-1"),
            each(montage + " --scale", "0", "-1", "65"),
            each(pack + " --threads", "0", "-1"),
            each(pack + " --size", "0", "7", "-1", "1025"),
            each("datasets fetch breastmnist --size", "0", "-1", "29"))
        .flatMap(commands -> commands)
        .map(command ->
            DynamicTest.dynamicTest(
                command.replace(folder.toString(), ""),
                () -> {
                  CommandRun run = CommandRun.of((Object[]) command.split(" "));
                  assertEquals(2, run.code(), run.err());
                  assertFalse(run.err().contains("no.npz"), run.err());
                }));
  }

  private static Stream<String> each(String command, String... values) {
    return Stream.of(values).map(value -> command + "=" + value);
  }

  private static DynamicTest wrong(String command, String reason) {
    return DynamicTest.dynamicTest(
        command, () -> assertRefused(CommandRun.of((Object[]) command.split(" ")), reason));
  }

  private static void assertRefused(CommandRun run, String reason) {
    assertEquals(2, run.code(), run.err());
    List<String> lines = run.err().lines().toList();
    assertTrue(lines.getFirst().startsWith("unerring: " + reason), run.err());
    assertTrue(lines.getLast().startsWith("Try 'unerring"), run.err());
    assertEquals(2, lines.size(), run.err());
    assertEquals("", run.out());
  }
}
