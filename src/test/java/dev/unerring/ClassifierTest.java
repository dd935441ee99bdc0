package dev.unerring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.DataException;
import dev.unerring.base.StoppedException;
import dev.unerring.base.UnerringException;
import dev.unerring.base.UsageException;
import dev.unerring.suite.ChildJvm;
import dev.unerring.suite.NativeMemory;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One classifier and many threads: right answers, fair ends, nothing left behind. */
class ClassifierTest {
  private static final int CALLERS = 8;

  @TempDir private static Path shared;
  private static Path folder;
  private static List<Image> images;
  private static List<Prediction> expected;

  @BeforeAll
  static void train() {
    folder = shared.resolve("run");
    // A network of a few microseconds, so that the threads meet often.
    Plan plan = Plan.standard().network("deng-4").epochs(20).corrector(Corrector.NONE);
    Toy.training(Toy.data(), folder).plan(plan).run();
    images = IntStream.range(0, 40).mapToObj(n -> Toy.image(Toy.TRAIN, n)).toList();
    try (Classifier one = Unerring.load(folder, 1)) {
      expected = images.stream().map(one::predict).toList();
    }
    assertNotEquals(expected.get(0).logits(), expected.get(2).logits());
  }

  @Test
  void whatItSaysOfItself() {
    try (Classifier classifier = Unerring.load(folder, 3)) {
      assertEquals(List.of("upper", "lower"), classifier.labels());
      assertEquals(Toy.SHAPE, classifier.shape());
      assertEquals(3, classifier.workers());
      assertTrue(classifier.calibrated());
      assertFalse(classifier.multiLabel());
      assertTrue(classifier.notes().contains(new Note("Not for clinical use.")));
    }
    Prediction first = expected.getFirst();
    assertEquals(classifierName(first.label()), first.name());
    assertEquals(first.scores().get(first.label()), first.score().getAsDouble());
    assertEquals(1.0, first.scores().get(0) + first.scores().get(1), 1e-15);
  }

  private static String classifierName(int label) {
    return label == 0 ? "upper" : "lower";
  }

  @Test
  void eightThreadsWithTenThousandPredictionsEachAreAllRight() throws Exception {
    try (Classifier classifier = Unerring.load(folder, 4)) {
      together(caller -> {
        for (int i = 0; i < 10_000; i++) {
          int n = (i * 7 + caller) % images.size();
          assertEquals(expected.get(n), classifier.predict(images.get(n)));
        }
      });
    }
  }

  @Test
  void theModelFileAloneGivesTheSame() throws IOException {
    Path alone = Files.copy(folder.resolve("model.safetensors"), shared.resolve("alone.st"));
    try (Classifier classifier = Unerring.load(alone, 2)) {
      assertEquals(expected, classifier.predict(images));
      assertEquals(List.of("upper", "lower"), classifier.labels());
    }
  }

  @Test
  void listsAreSharedOutAndKeepTheirOrder() throws Exception {
    try (Classifier classifier = Unerring.load(folder, 4)) {
      together(caller -> {
        for (int size : new int[] {0, 1, 2, 7, 8, 9, 33, 40}) {
          assertEquals(expected.subList(0, size), classifier.predict(images.subList(0, size)));
        }
      });
    }
  }

  private interface Caller {
    void call(int number) throws Exception;
  }

  private static void together(Caller caller) throws Exception {
    List<Callable<Void>> calls = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      int number = i;
      calls.add(() -> {
        caller.call(number);
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
      for (Future<Void> each : threads.invokeAll(calls)) {
        each.get();
      }
    }
  }

  @Test
  void picturesInAFileAndInMemoryAreTheSamePixels() throws IOException {
    try (Classifier classifier = Unerring.load(folder, 1)) {
      for (int type :
          new int[] {
            BufferedImage.TYPE_BYTE_GRAY,
            BufferedImage.TYPE_INT_RGB,
            BufferedImage.TYPE_3BYTE_BGR,
            BufferedImage.TYPE_4BYTE_ABGR,
            BufferedImage.TYPE_BYTE_INDEXED,
            BufferedImage.TYPE_BYTE_BINARY,
            BufferedImage.TYPE_USHORT_GRAY
          }) {
        BufferedImage picture = new BufferedImage(40, 30, type);
        for (int i = 0; i < 40 * 30; i++) {
          picture.setRGB(i % 40, i / 40, 0xFF << 24 | i * 0x010307);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(picture, "png", png));
        Image decoded = classifier.decode(png.toByteArray());
        assertEquals(classifier.predict(decoded), classifier.predict(png.toByteArray()));
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(png.toByteArray()));
        assertEquals(classifier.predict(decoded), classifier.predict(read), "type " + type);
        assertEquals(classifier.predict(decoded), classifier.predict(picture), "type " + type);
      }
      BufferedImage packed = new BufferedImage(28, 28, BufferedImage.TYPE_USHORT_565_RGB);
      assertThrows(DataException.class, () -> classifier.predict(packed));
      byte[] text = {'n', 'o'};
      DataException refused = assertThrows(DataException.class, () -> classifier.decode(text));
      assertTrue(refused.getMessage().startsWith("the image: "), refused.getMessage());
      Image other = Image.of(ImageShape.of(2, 2, 1), new byte[4]);
      assertThrows(UsageException.class, () -> classifier.predict(other));
    }
  }

  @Test
  void imagesAreCopiedInAndOut() {
    byte[] pixels = images.getFirst().pixels();
    Image image = Image.of(Toy.SHAPE, pixels);
    Arrays.fill(pixels, (byte) 3);
    Arrays.fill(image.pixels(), (byte) 3);
    assertEquals(images.getFirst(), image);
    assertThrows(UnsupportedOperationException.class, () -> expected.getFirst().labels().add(1));
  }

  @Test
  void twoHundredOpensAndClosesLeaveNothingBehind() throws Exception {
    long none = NativeMemory.bytes();
    try (Arena arena = Arena.ofConfined()) {
      arena.allocate(2L << 20);
      assertTrue(NativeMemory.bytes() - none > 1L << 20, "the JVM does not count arenas");
    }
    int threads = 0;
    long early = 0;
    for (int i = 0; i < 200; i++) {
      try (Classifier classifier = Unerring.load(folder, 3)) {
        assertEquals(expected, classifier.predict(images));
      }
      if (i == 40) {
        early = NativeMemory.bytes();
        threads = Thread.activeCount();
      }
    }
    long grown = NativeMemory.bytes() - early;
    assertTrue(grown < 64 << 10, grown + " bytes more after 200 classifiers than after 40");
    assertTrue(Thread.activeCount() <= threads, "threads are left");
  }

  @Test
  void afterCloseEveryCallIsRefused() {
    Classifier classifier = Unerring.load(folder, 2);
    classifier.close();
    classifier.close();
    UsageException closed =
        assertThrows(UsageException.class, () -> classifier.predict(images.getFirst()));
    assertTrue(closed.getMessage().contains("is closed"), closed.getMessage());
    assertThrows(UsageException.class, () -> classifier.predict(images));
    assertThrows(UsageException.class, () -> classifier.predict(List.of()));
    assertEquals(2, classifier.labels().size());
  }

  @Test
  void anInterruptedThreadIsRefusedAndStaysInterrupted() {
    try (Classifier classifier = Unerring.load(folder, 2)) {
      for (List<Image> some : List.of(images.subList(0, 1), images)) {
        Thread.currentThread().interrupt();
        assertThrows(StoppedException.class, () -> classifier.predict(some));
        assertTrue(Thread.interrupted());
        assertEquals(expected.subList(0, some.size()), classifier.predict(some));
      }
    }
  }

  /** Callers that are interrupted and cancelled at any time, and a close in the middle of it. */
  @Test
  void interruptsCancelsAndACloseInTheMiddleOfCalls() throws Exception {
    for (int round = 0; round < 30; round++) {
      Classifier classifier = Unerring.load(folder, 1 + round % 3);
      AtomicInteger answered = new AtomicInteger();
      AtomicInteger ended = new AtomicInteger();
      AtomicBoolean closed = new AtomicBoolean();
      List<Throwable> wrong = new CopyOnWriteArrayList<>();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        boolean list = i % 2 == 0;
        callers.add(
            Thread.ofPlatform()
                .start(() -> {
                  while (true) {
                    try {
                      List<Image> some = list ? images : images.subList(3, 4);
                      List<Prediction> found = classifier.predict(some);
                      assertEquals(list ? expected : expected.subList(3, 4), found);
                      answered.incrementAndGet();
                    } catch (StoppedException e) {
                      if (!Thread.interrupted()) {
                        wrong.add(e);
                      }
                    } catch (UsageException e) {
                      if (!closed.get()) {
                        wrong.add(e);
                      }
                      ended.incrementAndGet();
                      return;
                    } catch (RuntimeException | Error e) {
                      wrong.add(e);
                      return;
                    }
                  }
                }));
      }
      for (int i = 0; i < 200; i++) {
        callers.get(i % CALLERS).interrupt();
        Thread.sleep(0, 50_000);
      }
      closed.set(true);
      classifier.close();
      for (Thread caller : callers) {
        caller.join(10_000);
        assertFalse(caller.isAlive(), "a caller hangs");
      }
      assertEquals(List.of(), wrong);
      assertEquals(CALLERS, ended.get());
      assertTrue(answered.get() > 0);
    }
  }

  @Test
  void cancelledFuturesAndVirtualThreadsLeaveItUsable() throws Exception {
    try (Classifier classifier = Unerring.load(folder, 2);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Prediction>>> calls = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        calls.add(threads.submit(() -> classifier.predict(images)));
        if (i % 3 == 0) {
          calls.get(i).cancel(true);
        }
      }
      for (int i = 0; i < 400; i++) {
        if (i % 3 != 0) {
          assertEquals(expected, calls.get(i).get());
        }
      }
      assertEquals(expected, classifier.predict(images));
    }
  }

  @Test
  void withoutTheModuleOfPicturesOnlyJpegsAreRefused() throws Exception {
    List<String> options = List.of("--limit-modules", "java.base,java.net.http,jdk.management");
    List<String> arguments = new ArrayList<>(List.of(folder.toString()));
    BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    for (String kind : List.of("png", "jpg")) {
      Path file = shared.resolve("picture." + kind);
      assertTrue(ImageIO.write(picture, kind, file.toFile()));
      arguments.add(file.toString());
    }
    List<String> lines = ChildJvm.lines(options, WithoutDesktop.class, arguments);
    assertEquals(List.of("2 predictions", "1 label"), lines.subList(0, 2));
    assertEquals(4, lines.size(), lines.toString());
    assertTrue(lines.get(2).contains("lacks the module java.desktop"), lines.toString());
    assertEquals(lines.get(2), lines.get(3));
  }

  @Test
  void onlyFinishedRunsAndSensibleNumbersOfWorkersAreTaken() {
    assertThrows(DataException.class, () -> Unerring.load(shared.resolve("none")));
    assertThrows(UsageException.class, () -> Unerring.load(folder, 0));
    assertThrows(UnerringException.class, () -> Unerring.load(folder, 1025));
  }
}
