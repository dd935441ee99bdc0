// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unerring.ffi.Layouts.Pack;
import java.nio.LongBuffer;
import org.junit.jupiter.api.Test;

/** Each geometry word is written exactly once. */
class WordsTest {
  @Test
  void wordsStandAtTheirFields() {
    Words words = new Words(6).from(1);
    for (Pack field : Pack.values()) {
      words.set(field, 10 + field.ordinal());
    }
    words.set(0, 7);
    assertEquals(LongBuffer.wrap(new long[] {7, 10, 11, 12, 13, 14}), words.all());
    assertEquals(12, words.get(Pack.C_STEP));
  }

  @Test
  void aWordThatIsForgottenOrWrittenTwiceIsAnError() {
    Words words = new Words(2).set(Pack.C, 1);
    assertEquals(
        "word 1 is not written",
        assertThrows(IllegalStateException.class, words::all).getMessage());
    assertEquals(
        "word 0 is written twice",
        assertThrows(IllegalStateException.class, () -> words.set(Pack.C, 1)).getMessage());
  }
}
