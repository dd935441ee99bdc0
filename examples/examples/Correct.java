package examples;

import dev.unerring.Run;
import dev.unerring.Unerring;
import java.nio.file.Path;
import java.util.Optional;

/** Takes newly found samples into a finished run. Arguments: its folder, a new folder. */
public final class Correct {
  private Correct() {}

  public static void main(String[] arguments) {
    Optional<Run> next =
        Unerring.correct(Path.of(arguments[0]), Stripes.found())
            .out(Path.of(arguments[1]))
            .run();
    Run version = next.orElseThrow();
    System.out.println(
        "version "
            + version.version()
            + ": "
            + version.train().errors()
            + " of "
            + version.train().samples()
            + " training samples are wrong");
    if (!version.goalReached() || version.train().samples() != 66) {
      throw new IllegalStateException("the correction did not reach the floor");
    }
  }
}
