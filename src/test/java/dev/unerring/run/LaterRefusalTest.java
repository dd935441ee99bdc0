package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.DataException;
import dev.unerring.base.UsageException;
import dev.unerring.base.VerificationException;
import dev.unerring.dataset.Dataset;
import dev.unerring.dataset.LabelAudit;
import dev.unerring.dataset.NewSamples;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Labels;
import dev.unerring.suite.TestData;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    assertEquals(43L, result.json().get("trainSamples"));
    assertEquals(0, result.floor());
    assertTrue(notes.stream().anyMatch(note -> note.startsWith("left out: ")), notes.toString());
    assertTrue(Files.readString(out.resolve("added.csv")).contains("1,contradicts,,train[0],1,"));
  }

  @Test
  void whatCannotBeCorrectedIsRefusedAndNothingIsWritten() throws IOException {
    add = null;
    requireRefusal(UsageException.class, "is at its floor: there is nothing to correct");
    add = added("new", TestData.generated(10, 2, 7));
    correction = CorrectionPlan.standard().with(Method.NONE);
    requireRefusal(UsageException.class, "--corrector none corrects nothing");
    correction = CorrectionPlan.standard().with(Method.DENG_2023);
    requireRefusal(UsageException.class, "first is none: name focus, tunneling, patch or auto");
    correction = null;
    software = "0.0.9";
    requireRefusal(DataException.class, "was made by unerring test, this is 0.0.9");
    software = "test";
    add = added("three", TestData.generated(9, 3, 7));
    requireRefusal(DataException.class, "the label of sample 2 is 2");
    add = added("new", TestData.generated(10, 2, 7));
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("mine"), "");
    out = other;
    UsageException taken = assertThrows(UsageException.class, () -> correct(first));
    assertTrue(taken.getMessage().contains("is not empty"), taken.getMessage());
    for (Path inside : List.of(first, first.resolve("inner"))) {
      out = inside;
      UsageException within = assertThrows(UsageException.class, () -> correct(first));
      assertTrue(within.getMessage().contains("lies in the folder of the run"));
    }
    assertFalse(Files.exists(first.resolve("inner")));
    assertThrows(UsageException.class, () -> new CorrectionPlan(Method.FOCUS, 0, 4, 1, 1, 1, 1, 1));
  }

  @Test
  void anEarlierOrDamagedRunIsRefused() throws IOException {
    Path copy = copyOfFirst();
    Path history = copy.resolve("regression.jsonl");
    Files.delete(history);
    DataException none = assertThrows(DataException.class, () -> correct(copy));
    assertTrue(none.getMessage().startsWith("cannot read " + history), none.getMessage());
    for (String text : List.of("{}", "{\"sampleIndex\":1,\"wrong\":[]}\n", "{")) {
      Files.writeString(history, text);
      VerificationException other =
          assertThrows(VerificationException.class, () -> correct(copy), text);
      assertTrue(other.getMessage().startsWith(history + " is not the file that this run wrote"));
    }
    Files.copy(first.resolve("regression.jsonl"), history, StandardCopyOption.REPLACE_EXISTING);
    byte[] model = Files.readAllBytes(copy.resolve("model.safetensors"));
    model[model.length - 1] ^= 1;
    Files.write(copy.resolve("model.safetensors"), model);
    assertThrows(VerificationException.class, () -> correct(copy));

    edit(copy, "\"files\"", "\"flies\"");
    DataException earlier = assertThrows(DataException.class, () -> correct(copy));
    assertTrue(earlier.getMessage().contains("made by an earlier version of unerring"));
    Files.writeString(copy.resolve("result.json"), "{\"data\": \"se");
    DataException cut = assertThrows(DataException.class, () -> correct(copy));
    assertTrue(cut.getMessage().contains("result.json is not what a run writes"));
    assertTrue(cut.getMessage().endsWith("; put the right file back, or train again"));
    requireNothing();
  }

  /** What result.json says of errors is counted again, whether samples join or not. */
  @Test
  void aResultThatItsModelContradictsIsRefused() throws IOException {
    Path copy = copyOfFirst();
    edit(copy, "\"trainErrors\": 0,", "\"trainErrors\": 3,");
    for (Path file : new Path[] {null, add}) {
      add = file;
      VerificationException refusal =
          assertThrows(VerificationException.class, () -> correct(copy));
      assertTrue(
          refusal
              .getMessage()
              .contains("has 3 training errors by its result.json, but its model" + " makes 0"),
          refusal.getMessage());
    }
    requireNothing();
  }

  private static void edit(Path run, String what, String by) throws IOException {
    Path file = run.resolve("result.json");
    String text = Files.readString(file);
    assertTrue(text.contains(what), what);
    Files.writeString(file, text.replaceFirst(what, by));
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
            + " 1 is in the closed world already, and right, and 1 is left out, as they contradict;"
            + " there is nothing to do",
        notes.getLast());
  }

  /** Of two identical images with different labels one is wrong, which the note says. */
  @Test
  void aKnownSampleThatHasToBeWrongIsNotCalledRight() {
    TestData torn = TestData.generated(OLD, 2, 0).copyImage(4, 5); // labels 0 and 1, the goal is 0
    TestData few = TestData.generated(4, 2, 1);
    Path set = TestData.write(folder.resolve("torn.npz"), torn, few, few);
    TestData same = TestData.generated(1, 2, 0);
    System.arraycopy(torn.images(), 4 * TestData.IMAGE, same.images(), 0, TestData.IMAGE);
    try (Dataset world = Dataset.open(set);
        NewSamples known = NewSamples.open(added("known", same))) {
      NewSampleAudit audit = NewSampleAudit.of(world, new LabelAudit(world), known, false, monitor);
      String end = "; there is nothing to do";
      for (int answer = 0; answer < 2; answer++) {
        float[] logits = new float[2 * OLD];
        for (int n = 0; n < OLD; n++) {
          logits[2 * n + (n / 2 == 2 ? answer : n % 2)] = 1; // 4 and 5 are one image
        }
        audit.nothingToDo(ErrorList.of(Labels.given(world.task(), world.train()), logits));
        String state = answer == 0 ? "right" : "wrong where its labels contradict";
        String note = " 1 is in the closed world already, and " + state + end;
        assertTrue(notes.getLast().endsWith(note), notes.getLast());
      }
    }
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
          public Optional<String> stop() {
            return Optional.of("time");
          }
        };
    RunResult result = correct(first).orElseThrow();
    assertFalse(result.goalReached());
    assertEquals("time", result.endedBy());
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
