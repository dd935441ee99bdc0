// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.data.Split;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Samples of a split as arrays and answers. */
final class Images {
  private Images() {}

  /** A copy of the image of a sample: uint8, NHWC. */
  static byte[] of(Split split, int sample) {
    byte[] image = new byte[split.imageBytes()];
    long start = (long) sample * image.length;
    MemorySegment.copy(split.images(), ValueLayout.JAVA_BYTE, start, image, 0, image.length);
    return image;
  }

  /** The labels of a sample as an answer, see {@link dev.unerring.robustness.Answer}. */
  static long truth(Split split, int sample) {
    if (split.labelCount() == 1) {
      return split.label(sample);
    }
    long answer = 0;
    for (int column = 0; column < split.labelCount(); column++) {
      answer |= (long) split.label(sample, column) << column;
    }
    return answer;
  }
}
