package dev.unerring;

import dev.unerring.base.DeviceException;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program for a Java runtime without java.desktop; its arguments: a run, a PNG, a JPEG. */
public final class WithoutDesktop {
  private WithoutDesktop() {}

  /** Prints what works and what is refused. */
  public static void main(String[] arguments) throws IOException {
    try (Classifier classifier = Unerring.load(Path.of(arguments[0]), 1)) {
      TestData set = TestData.generated(2, 2, 2);
      List<Image> images = List.of(Toy.image(set, 0), Toy.image(set, 1));
      System.out.println(classifier.predict(images).size() + " predictions");
      byte[] png = Files.readAllBytes(Path.of(arguments[1]));
      byte[] jpeg = Files.readAllBytes(Path.of(arguments[2]));
      System.out.println(classifier.predict(png).labels().size() + " label");
      for (Runnable call :
          List.<Runnable>of(() -> classifier.decode(jpeg), () -> classifier.predict(jpeg))) {
        try {
          call.run();
        } catch (DeviceException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }
}
