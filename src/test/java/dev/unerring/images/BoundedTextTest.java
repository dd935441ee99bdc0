package dev.unerring.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.UsageException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A pattern finds its group, or is refused, in a bounded number of steps. */
class BoundedTextTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void aSoundPatternFindsItsGroup() {
    Pattern pattern = Pattern.compile("patient([0-9]+)_");
    assertEquals(Optional.of("17"), BoundedText.group(pattern, "malignant/patient17_2.png"));
    assertEquals(Optional.empty(), BoundedText.group(pattern, "malignant/17_2.png"));
    String long4096 = "a/".repeat(2000) + "patient5_.png";
    assertEquals(
        Optional.of("5"), BoundedText.group(Pattern.compile(".*patient([0-9]+)_.*"), long4096));
    assertEquals(Optional.empty(), BoundedText.group(Pattern.compile("x|(y)"), "x"));
  }

  @Test
  void aPatternThatTriesForEverIsRefusedByName() {
    String path = "benign/" + "a".repeat(4000) + ".png";
    for (String regex :
        List.of("(a+)+$x", "((a|aa)+)b", "(.*.*.*.*.*)=", "(a|b|ab)*c", "((?:.|x)*)#")) {
      UsageException refusal =
          assertTimeoutPreemptively(
              SOON,
              () ->
                  assertThrows(
                      UsageException.class,
                      () -> BoundedText.group(Pattern.compile(regex), path),
                      regex));
      assertTrue(refusal.getMessage().startsWith("--group-pattern " + regex), refusal.getMessage());
      assertTrue(refusal.getMessage().contains("benign/aaa"), refusal.getMessage());
    }
  }
}
