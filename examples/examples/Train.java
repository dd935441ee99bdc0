package examples;

import dev.unerring.Epoch;
import dev.unerring.Listener;
import dev.unerring.Run;
import dev.unerring.Unerring;
import java.nio.file.Path;

/** Trains on images in memory. Argument: a new folder for the run. */
public final class Train {
  private Train() {}

  public static void main(String[] arguments) {
    Listener listener =
        new Listener() {
          @Override
          public void epoch(Epoch epoch) {
            System.out.println("epoch " + epoch.number() + ": " + epoch.trainErrors() + " errors");
          }
        };
    Run run =
        Unerring.train(Stripes.data()).out(Path.of(arguments[0])).listener(listener).run();
    System.out.println(
        run.train().errors() + " of " + run.train().samples() + " training samples are wrong");
    if (!run.goalReached()) {
      throw new IllegalStateException("the training errors are not at the floor");
    }
  }
}
