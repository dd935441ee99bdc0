// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Names that were mistyped find those that were meant, and nothing else. */
class NearestNamesTest {
  private static final List<String> KNOWN =
      List.of("breastmnist", "bloodmnist", "organamnist", "organcmnist", "organmnist3d", "demo");

  @Test
  void oneLetterMoreLessOtherOrExchanged() {
    for (String typed :
        List.of("breasttmnist", "brestmnist", "breastmnost", "braestmnist", "BreastMNIST")) {
      assertEquals("breastmnist", NearestNames.of(typed, KNOWN).getFirst(), typed);
    }
    assertEquals(List.of("demo"), NearestNames.of("dmeo", KNOWN));
  }

  @Test
  void theNearestComesFirstAndEqualOnesInTheirOrder() {
    assertEquals(
        List.of("organamnist", "organcmnist"), NearestNames.of("organmnist", KNOWN).subList(0, 2));
    assertEquals("organmnist3d", NearestNames.of("organ3dmnist3d", KNOWN).getFirst());
    assertEquals(3, NearestNames.of("organbmnist", KNOWN).size());
  }

  @Test
  void nothingIsNearNonsense() {
    for (String typed : List.of("", "x", "zzzzzzzz", "imagenet", "d".repeat(1000))) {
      assertEquals(List.of(), NearestNames.of(typed, KNOWN), typed);
      assertEquals("", NearestNames.question(typed, KNOWN));
    }
    assertEquals("; did you mean demo?", NearestNames.question("demos", KNOWN));
  }
}
