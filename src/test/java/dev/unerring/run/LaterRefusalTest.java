// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.UnerringException;
import dev.unerring.UsageException;
import dev.unerring.VerificationException;
import dev.unerring.suite.TestData;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a later correction refuses, names or leaves out; nothing is written then. */
class LaterRefusalTest extends LaterCorrectionCase {
  @Test
  void contradictionsAreNamedAndNotLearned() throws IOException {
    TestData samples = TestData.generated(4, 2, 7);
    System.arraycopy(
        TestData.generated(1, 2, 0).images(), 0, samples.images(), TestData.IMAGE, TestData.IMAGE);
    add = added("bad", samples); // new[1] has label 1, train[0] has 0
    DataException refusal = assertThrows(DataException.class, () -> correct(first));
    assertTrue(
        refusal.getMessage().contains("new[1] (label 1) is identical to train[0] (label 0)"),
        refusal.getMessage());
    assertTrue(refusal.getMessage().contains(add.toString()), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(data.toString()), refusal.getMessage());
    requireNothing();
    skip = true;
    RunResult result = correct(first).orElseThrow();
    assertEquals(43L, result.report().toJson().get("trainSamples"));
    assertEquals(0, result.report().train().floor());
    assertTrue(notes.stream().anyMatch(note -> note.startsWith("left out: ")), notes.toString());
    assertTrue(Files.readString(out.resolve("added.csv")).contains("1,contradicts,,train[0],1,"));
  }

  @Test
  void whatCannotBeCorrectedIsRefusedAndNothingIsWritten() throws IOException {
    add = null;
    requireRefusal(UsageException.class, "is at its floor: there is nothing to correct");
    add = added("new", TestData.generated(10, 2, 7));
    correction = CorrectionPlan.standard().with(Method.NONE);
    requireRefusal(UsageException.class, "the corrector none corrects nothing");
    correction = CorrectionPlan.standard().with(Method.DENG_2023);
    requireRefusal(UsageException.class, "first is none: name focus, tunneling, patch or auto");
    correction = null;
    add = added("three", TestData.generated(9, 3, 7));
    requireRefusal(DataException.class, "the label of sample 2 is 2");
    add = folder.resolve("typing-error"); // no picture without a label
    requireRefusal(DataException.class, "typing-error: there is no such file or folder");
    add = added("new", TestData.generated(10, 2, 7));
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("mine"), "");
    out = other;
    UsageException taken = assertThrows(UsageException.class, () -> correct(first));
    assertTrue(taken.getMessage().contains("is not empty"), taken.getMessage());
    Path link = Files.createSymbolicLink(folder.resolve("link"), first);
    for (Path inside : List.of(first, first.resolve("inner"), link, link.resolve("inner"))) {
      out = inside;
      UsageException within = assertThrows(UsageException.class, () -> correct(first));
      assertTrue(within.getMessage().contains("lies in the folder of the run"));
    }
    assertFalse(Files.exists(first.resolve("inner")));
    Files.delete(link);
    out = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nowhere"));
    UsageException dangling = assertThrows(UsageException.class, () -> correct(first));
    assertTrue(dangling.getMessage().contains("is a link"), dangling.getMessage());
    assertFalse(Files.exists(folder.resolve("nowhere")));
    assertThrows(UsageException.class, () -> new CorrectionPlan(Method.FOCUS, 0, 4, 1, 1, 1, 1, 1));
  }

  @Test
  void everyRecordIsTheOneThatTheRunWrote() throws IOException {
    Path copy = copyOfFirst();
    List<String> records = List.copyOf(RunFolder.open(copy).sealed().keySet());
    assertEquals(
        List.of(
            "audit.json",
            "corrections.csv",
            "errors.csv",
            "metrics.csv",
            "plan.json",
            "regression.jsonl"),
        records);
    for (String name : records) {
      Path file = copy.resolve(name);
      for (byte[] bytes : new byte[][] {{}, {'{', '}'}, {'\n', (byte) 0xff, (byte) 0xfe}}) {
        byte[] whole = Files.readAllBytes(first.resolve(name));
        if (!Arrays.equals(whole, bytes)) { // nothing was ever wrong
          Files.write(file, bytes);
          String reason = requireRefusal(VerificationException.class, copy);
          assertTrue(reason.startsWith(file + " is not the one that this run wrote"), reason);
        }
      }
      Files.delete(file);
      String absent = requireRefusal(DataException.class, copy);
      assertTrue(absent.startsWith("cannot read " + file + ": "), absent);
      Files.copy(first.resolve(name), file);
    }
    byte[] model = Files.readAllBytes(copy.resolve("model.safetensors"));
    model[model.length - 1] ^= 1;
    Files.write(copy.resolve("model.safetensors"), model);
    String other = requireRefusal(VerificationException.class, copy);
    assertTrue(other.startsWith(copy.resolve("model.safetensors") + " is not the model of this"));
  }

  @Test
  void aResultThatWasChangedIsRefused() throws IOException {
    Path copy = copyOfFirst();
    Path result = copy.resolve("result.json");
    String whole = Files.readString(result);
    for (String change : List.of("\"versions\"->\"version\"", "0->9")) {
      String[] words = change.split("->");
      Files.writeString(result, whole.replaceFirst(words[0], words[1]));
      assertThrows(UnerringException.class, () -> correct(copy), change);
    }
    Files.writeString(result, whole.replace("\"floor\": 0", "\"floor\": 1"));
    String changed = requireRefusal(VerificationException.class, copy);
    assertTrue(changed.startsWith(result + " is not the one that this run wrote"), changed);
    Files.writeString(result, whole);
    Files.write(copy.resolve("environment.json"), new byte[] {'{', (byte) 0xff});
    String binary = requireRefusal(DataException.class, copy);
    assertTrue(binary.startsWith(copy.resolve("environment.json") + " is not UTF-8"), binary);
    Files.writeString(result, "{}");
    String earlier = requireRefusal(DataException.class, copy);
    assertTrue(earlier.contains("damaged, or was made by an earlier version of unerring"), earlier);
    Files.writeString(result, whole.substring(0, whole.length() / 2));
    String cut = requireRefusal(DataException.class, copy);
    assertTrue(cut.startsWith(result + " is not what a run writes: "), cut);
    assertTrue(cut.endsWith("; put the right file back, or train again"), cut);
  }

  /** What result.json says of errors is counted again, whether samples join or not. */
  @Test
  void aResultThatItsModelContradictsIsRefused() throws IOException {
    Path copy = copyOfFirst();
    RunFolder edited = RunFolder.open(copy);
    Map<String, Object> json = new LinkedHashMap<>();
    edited.object("result.json").forEach((key, value) -> json.put((String) key, value));
    json.put("trainErrors", 3L);
    edited.writeSealed("result.json", json);
    for (Path file : new Path[] {null, add}) {
      add = file;
      String reason = requireRefusal(VerificationException.class, copy);
      assertTrue(
          reason.startsWith(
              copy + " has 3 training errors by its result.json, but its model makes 0;"),
          reason);
    }
  }

  private <E extends UnerringException> String requireRefusal(Class<E> type, Path run)
      throws IOException {
    String reason = assertThrows(type, () -> correct(run)).getMessage();
    requireNothing();
    return reason;
  }

  /** Two files: one that holds nothing new, and one whose only sample contradicts. */
  @Test
  void whatIsLeftToDoIsSaidOfEveryNewSample() {
    TestData one = TestData.generated(2, 2, 0); // train[0] has label 0, train[1] has 1
    one.copyImage(0, 1);
    add = added("both", one);
    skip = true;
    assertTrue(correct(first).isEmpty());
    assertEquals(
        "of the new samples of "
            + add
            + " 1 is in the closed world already, and right, and 1 is left out for contradiction;"
            + " there is nothing to do",
        notes.getLast());
  }

  @Test
  void imagesOfValidationAndTestAreNamed() {
    add = added("seen", TestData.generated(3, 2, 1));
    correct(first).orElseThrow();
    assertTrue(
        notes.contains(
            "note: 3 images of val are among the samples that join: the figures of val are not of"
                + " unseen images any more"),
        notes.toString());
  }

  @Test
  void aStopLeavesNothingButTheOldRun() throws IOException {
    final Map<String, String> before = hashes(first);
    monitor =
        new Monitor() {
          @Override
          public Optional<EndedBy> stop() {
            return Optional.of(EndedBy.TIME);
          }
        };
    StoppedException stop = assertThrows(StoppedException.class, () -> correct(first));
    assertTrue(
        stop.getMessage().endsWith("; nothing is written and first is as it was"),
        stop.getMessage());
    assertEquals(3, stop.exitCode());
    requireNothing();
    monitor =
        new Monitor() {
          @Override
          public void row(String text) {
            throw new IllegalStateException("the power fails");
          }
        };
    assertThrows(IllegalStateException.class, () -> correct(first));
    requireNothing();
    assertEquals(before, hashes(first));
  }
}
