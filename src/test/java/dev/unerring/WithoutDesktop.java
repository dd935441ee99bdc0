package dev.unerring;

import dev.unerring.base.DeviceException;
import dev.unerring.suite.TestData;
import java.nio.file.Path;
import java.util.List;

/** A program for a Java runtime without the module java.desktop; its argument is a run. */
public final class WithoutDesktop {
  private WithoutDesktop() {}

  /** Prints what works and what is refused. */
  public static void main(String[] arguments) {
    try (Classifier classifier = Unerring.load(Path.of(arguments[0]), 1)) {
      TestData set = TestData.generated(2, 2, 2);
      List<Image> images = List.of(Toy.image(set, 0), Toy.image(set, 1));
      System.out.println(classifier.predict(images).size() + " predictions");
      byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0};
      for (Runnable call :
          List.<Runnable>of(() -> classifier.decode(png), () -> classifier.predict(png))) {
        try {
          call.run();
        } catch (DeviceException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }
}
