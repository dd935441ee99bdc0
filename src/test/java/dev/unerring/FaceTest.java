package dev.unerring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.StoppedException;
import dev.unerring.base.UnerringException;
import dev.unerring.base.UsageException;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training and correction through the exported package: results, refusals, stops. */
class FaceTest {
  @TempDir private Path folder;

  @Test
  void arraysAndTheSameFileGiveTheSameBits() throws IOException {
    Path file = TestData.write(folder.resolve("file.npz"), Toy.TRAIN, Toy.VAL, Toy.TEST);
    Run fromFile = Toy.training(Data.file(file), folder.resolve("a")).run();
    Run fromArrays = Toy.training(Toy.data(), folder.resolve("b")).run();
    assertEquals(fromFile.weightsSha256(), fromArrays.weightsSha256());
    assertEquals(fromFile.logitsSha256(), fromArrays.logitsSha256());
    assertEquals(List.of("upper", "lower"), fromArrays.labels());
    assertTrue(fromArrays.goalReached());
    assertEquals(EndedBy.FLOOR, fromArrays.endedBy());
    assertEquals(0, fromArrays.train().errors());
    assertEquals(40, fromArrays.train().samples());
    assertEquals(10, fromArrays.test().samples());
    assertTrue(fromArrays.val().accuracy().getAsDouble() < 1);
    assertEquals(fromArrays, Run.open(folder.resolve("b")));
    assertEquals(Optional.empty(), emptied(Unerring.correct(fromArrays.folder(), added(false))));

    Path moved = Files.move(folder.resolve("b"), folder.resolve("moved"));
    Run later = Unerring.correct(moved, added(true)).device(device(), 2).run().orElseThrow();
    assertEquals(2, later.version());
    assertEquals(46, later.train().samples());
    assertTrue(later.goalReached());
    assertEquals(folder.resolve("moved-v2"), later.folder());
  }

  @Test
  void volumesAndSeveralLabelsInMemory() {
    ImageShape shape = ImageShape.volume(8, 8, 8);
    byte[] images = new byte[24 * shape.bytes()];
    int[] labels = new int[24 * 3];
    for (int n = 0; n < 24; n++) {
      for (int label = 0; label < 3; label++) {
        labels[n * 3 + label] = n >> label & 1;
        Arrays.fill(
            images,
            n * shape.bytes() + label * 128,
            n * shape.bytes() + label * 128 + 64,
            (byte) (labels[n * 3 + label] * 200 + n));
      }
    }
    Data data =
        Data.multiLabel("cubes", shape, List.of("a", "b", "c"))
            .train(images, labels)
            .val(images, labels)
            .test(images, labels);
    Plan plan = Plan.standard().network("small3d");
    Run run = Toy.training(data, folder.resolve("cubes")).plan(plan).run();
    assertTrue(run.goalReached());
    assertEquals(72, run.train().decisions());
    try (Classifier classifier = Unerring.load(run.folder(), 1)) {
      assertTrue(classifier.multiLabel());
      assertEquals(shape, classifier.shape());
      Image last = Image.of(shape, Arrays.copyOfRange(images, 5 * 512, 6 * 512));
      assertEquals(List.of("a", "c"), classifier.predict(last).names());
    }
  }

  private static Device device() {
    return dev.unerring.suite.TestBackends.kernels() ? Device.CPU : Device.REFERENCE;
  }

  private static Optional<Run> emptied(Correction correction) {
    return correction.device(device(), 2).run();
  }

  /** Samples that are new, or known. */
  private static Data added(boolean fresh) {
    TestData samples = fresh ? TestData.generated(6, 2, 9) : Toy.TRAIN;
    return Data.of("added", Toy.SHAPE, List.of("upper", "lower"))
        .train(samples.images(), samples.labels());
  }

  @Test
  void theListenerHearsEpochsProgressAndNotes() {
    List<Epoch> epochs = new ArrayList<>();
    List<Progress> steps = new ArrayList<>();
    List<Note> notes = new ArrayList<>();
    Listener listener =
        new Listener() {
          @Override
          public void epoch(Epoch epoch) {
            epochs.add(epoch);
          }

          @Override
          public void progress(Progress progress) {
            steps.add(progress);
          }

          @Override
          public void note(Note note) {
            notes.add(note);
          }
        };
    Run run = Toy.training(Toy.data(), folder.resolve("a")).listener(listener).run();
    assertEquals(0, epochs.getLast().trainErrors());
    assertEquals(epochs.size(), epochs.getLast().number());
    Progress last =
        steps.stream().filter(p -> p.work().equals("training")).reduce((a, b) -> b).orElseThrow();
    assertEquals(epochs.size(), last.done());
    assertEquals(300, last.total());
    assertTrue(notes.stream().anyMatch(note -> note.text().contains("network small")));
    assertTrue(run.goalReached());
  }

  @Test
  void anExceptionOfAListenerEndsTheRun() {
    Listener faulty =
        new Listener() {
          @Override
          public void epoch(Epoch epoch) {
            throw new IllegalStateException("mine");
          }
        };
    Training training = Toy.training(Toy.data(), folder.resolve("a")).listener(faulty);
    assertEquals("mine", assertThrows(IllegalStateException.class, training::run).getMessage());
  }

  /** Holds a run at its second epoch until the test has asked for its end. */
  private static final class Gate implements Listener {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch open = new CountDownLatch(1);

    @Override
    public void epoch(Epoch epoch) {
      if (epoch.number() == 2) {
        reached.countDown();
        await(open);
      }
    }

    static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void stopKeepsAndAbandonRemovesWhatIsThere() throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Gate gate = new Gate();
      Job<Run> stopped =
          Toy.training(Toy.hard(), folder.resolve("a")).listener(gate).start(executor);
      gate.reached.await();
      assertFalse(stopped.done());
      stopped.stop();
      gate.open.countDown();
      Run run = stopped.result();
      assertEquals(EndedBy.STOP, run.endedBy());
      assertFalse(run.goalReached());
      assertEquals(run, Run.open(run.folder()));

      Gate second = new Gate();
      Job<Run> abandoned =
          Toy.training(Toy.hard(), folder.resolve("b")).listener(second).start(executor);
      second.reached.await();
      abandoned.abandon();
      second.open.countDown();
      assertThrows(StoppedException.class, abandoned::result);
      assertTrue(abandoned.done());
      assertFalse(Files.exists(folder.resolve("b")));
    }
  }

  @Test
  void anInterruptAbandonsTheRunAndStays() {
    Listener interrupting =
        new Listener() {
          @Override
          public void epoch(Epoch epoch) {
            Thread.currentThread().interrupt();
          }
        };
    Training training = Toy.training(Toy.hard(), folder.resolve("a")).listener(interrupting);
    assertThrows(StoppedException.class, training::run);
    assertTrue(Thread.interrupted());
    assertFalse(Files.exists(folder.resolve("a")));
  }

  @Test
  void aWaitingThreadThatIsInterruptedLeavesTheRunAlone() throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Gate gate = new Gate();
      Job<Run> job = Toy.training(Toy.data(), folder.resolve("a")).listener(gate).start(executor);
      Thread.currentThread().interrupt();
      assertThrows(StoppedException.class, job::result);
      assertTrue(Thread.interrupted());
      gate.open.countDown();
      assertTrue(job.result().goalReached());
    }
  }

  @Test
  void timeThatIsUpKeepsWhatIsThere() {
    Training training = Toy.training(Toy.hard(), folder.resolve("a"));
    assertThrows(StoppedException.class, () -> training.maxTime(Duration.ofNanos(1)).run());
    assertFalse(Files.exists(folder.resolve("a")), "before there is anything to keep");
    Duration time = Duration.ofSeconds(3);
    Listener slow =
        new Listener() {
          @Override
          public void epoch(Epoch epoch) {
            try {
              Thread.sleep(time);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    Run run = training.maxTime(time).listener(slow).run();
    assertEquals(EndedBy.TIME, run.endedBy());
    assertTrue(Files.isRegularFile(run.model()));
    assertTrue(run.train().errors() > 0);
  }

  @Test
  void plansAreImmutableAndRefuseWhatIsOutOfRange() throws IOException {
    Plan plan = Plan.standard().seed(7).epochs(3).corrector(Corrector.NONE).learningRate(0.001);
    assertTrue(plan.json().contains("\"seed\":7"), plan.json());
    assertTrue(plan.json().contains("\"corrector\":\"none\""), plan.json());
    assertTrue(Plan.standard().json().contains("\"seed\":0"));
    Path file = Files.writeString(folder.resolve("plan.json"), plan.json());
    assertEquals(plan.json(), Plan.read(file).json());
    UsageException refused = assertThrows(UsageException.class, () -> Plan.standard().batchSize(1));
    assertEquals("the plan's batchSize is 2 to 65536, not 1", refused.getMessage());
    assertThrows(UsageException.class, () -> Plan.standard().network("large"));
  }

  @Test
  void whatCannotBeUsedIsRefusedAndNothingIsLeft() throws IOException {
    Data set = Toy.data();
    refused("the label of sample 0 of train is 2", () -> set.train(new byte[784], new int[] {2}));
    refused("785 bytes of images", () -> set.train(new byte[785], new int[] {0}));
    refused("breastmnist", () -> Data.of("breastmnist", Toy.SHAPE, List.of("a", "b")));
    refused("'a/b'", () -> Data.of("a/b", Toy.SHAPE, List.of("a", "b")));
    refused("label names", () -> Data.of("a", Toy.SHAPE, List.of("a", "a")));
    refused("not 1x28x28x2", () -> ImageShape.of(28, 28, 2));
    refused("not 3", () -> Image.of(Toy.SHAPE, new byte[3]));
    refused("threads", () -> Unerring.train(set).device(Device.CPU, 0));
    refused("above 0", () -> Unerring.train(set).maxTime(Duration.ZERO));
    Data part = Data.of("part", Toy.SHAPE, List.of("a", "b")).train(new byte[784], new int[1]);
    refused("samples of train, val, test", () -> Toy.training(part, folder.resolve("p")).run());
    Data one = part.val(new byte[784], new int[1]).test(new byte[784], new int[1]);
    assertThrows(UnerringException.class, () -> Toy.training(one, folder.resolve("one")).run());
    refused("no.npz", () -> Toy.training(Data.file(folder.resolve("no.npz")), folder).run());
    refused("is not the folder of a finished run", () -> Run.open(folder));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private static void refused(String what, org.junit.jupiter.api.function.Executable call) {
    String message = assertThrows(UnerringException.class, call).getMessage();
    assertTrue(message.contains(what), message);
  }

  @Test
  void theVersionIsThatOfTheBuild() throws IOException {
    String pom = Files.readString(Path.of(System.getProperty("basedir", "")).resolve("pom.xml"));
    assertTrue(pom.contains("<version>" + Unerring.version() + "</version>"), Unerring.version());
  }
}
