package examples;

import dev.unerring.Classifier;
import dev.unerring.Prediction;
import dev.unerring.Unerring;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Eight threads predict with one classifier. Argument: the folder of a run. */
public final class Serve {
  private static final int THREADS = 8;
  private static final int EACH = 200;

  private Serve() {}

  public static void main(String[] arguments) throws Exception {
    try (Classifier classifier = Unerring.load(Path.of(arguments[0]));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int first = 2000 + i * EACH;
        calls.add(() -> right(classifier, first));
      }
      int right = 0;
      for (Future<Integer> each : threads.invokeAll(calls)) {
        right += each.get();
      }
      System.out.println(right + " of " + THREADS * EACH + " predictions are right");
      Prediction picture = classifier.predict(picture());
      System.out.println("a picture in memory: " + picture.name() + ", score " + picture.score());
      if (right < THREADS * EACH / 2 || !picture.name().equals("vertical")) {
        throw new IllegalStateException("the answers are not those of a trained model");
      }
    }
  }

  private static int right(Classifier classifier, int first) {
    int right = 0;
    for (int number = first; number < first + EACH; number++) {
      Prediction prediction = classifier.predict(Stripes.image(number));
      right += prediction.label() == Stripes.label(number) ? 1 : 0;
    }
    return right;
  }

  /** A vertical stripe. */
  private static BufferedImage picture() {
    BufferedImage picture = new BufferedImage(56, 56, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 56; y++) {
      for (int x = 0; x < 56; x++) {
        picture.getRaster().setSample(x, y, 0, x / 8 == 3 ? 180 : 30);
      }
    }
    return picture;
  }
}
