// SPDX-License-Identifier: Apache-2.0
package dev.unerring.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Philox;
import dev.unerring.suite.TestSeed;
import dev.unerring.tensor.Shape;
import org.junit.jupiter.api.Test;

/** One changed element is found with its step; two are not taken for one. */
class FingerprintTest {
  private static byte[] image(int number) {
    byte[] image = new byte[784];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) Philox.bits(TestSeed.VALUE, 203, number, i);
    }
    return image;
  }

  @Test
  void aSingleElementIsFound() {
    Fingerprint fingerprint = new Fingerprint(784);
    byte[] image = image(0);
    long own = fingerprint.of(image);
    for (int element : new int[] {0, 1, 400, 783}) {
      for (int value : new int[] {0, 17, 128, 255}) {
        byte[] other = image.clone();
        other[element] = (byte) value;
        int step = value - (image[element] & 0xFF);
        long expected = step == 0 ? 256 : element * 512L + 256 + step;
        assertEquals(expected, fingerprint.single(own, fingerprint.of(other)));
      }
    }
  }

  @Test
  void severalElementsAreNotTakenForOne() {
    Fingerprint fingerprint = new Fingerprint(784);
    byte[] image = image(0);
    byte[] two = image.clone();
    two[3] ^= 1;
    two[500] ^= 1;
    assertEquals(-1, fingerprint.single(fingerprint.of(image), fingerprint.of(two)));
    assertEquals(-1, fingerprint.single(fingerprint.of(image), fingerprint.of(image(1))));
  }

  @Test
  void distancesAreThoseOfTheDefinition() {
    float[] rows = {0, 0, 1, 2, 0, 3, 0, 4, 5, 2, 2, 7}; // 4 samples of two statistics, one feature
    Features features = new Features(rows, 2, 3);
    double[] distances = features.embedding(new float[] {0, 0, 1});
    assertEquals(0, distances[0]);
    double deviation = Math.sqrt((9 + 1 + 1 + 9) / 4.0); // of 1, 3, 5, 7
    assertEquals(2 / deviation, distances[1], 1e-12);
    // Uncorrelated and of deviation 1 after standardising: covariance (0.9 + 0.1) I.
    assertEquals(0, features.statistics(new float[] {1, 2 - 0.5f, 0}), 0.51);
    double far = features.statistics(new float[] {100, 100, 0});
    assertTrue(far > 30, far + " deviations");
  }

  @Test
  void statisticsSeeTheTextureAndTheTone() {
    Shape shape = Shape.image2d(28, 28, 1);
    ImageStatistics statistics = new ImageStatistics(shape);
    byte[] flat = new byte[784];
    byte[] stripes = new byte[784];
    for (int i = 0; i < 784; i++) {
      stripes[i] = (byte) (i % 2 == 0 ? 0 : 200);
    }
    float[] none = statistics.of(flat);
    float[] some = statistics.of(stripes);
    assertEquals(statistics.count(), none.length);
    assertEquals(0, none[0]);
    assertEquals(200, some[0], 1e-3); // neighbours in a row
    assertEquals(0, some[3], 1e-3); // neighbours in a column
    assertEquals(1, none[18]); // the darkest of 16 bins
    assertEquals(0.5, some[18], 1e-6);
    assertEquals(0.5, some[18 + 12], 1e-6);
  }
}
