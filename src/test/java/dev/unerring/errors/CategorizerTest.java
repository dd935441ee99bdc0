// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.audit.LabelAudit;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.suite.TestData;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of error is recognised where it is planted, the first kind that applies first. */
class CategorizerTest {
  private static final int SAMPLES = 40;
  private static final int CLASSES = 4;

  @TempDir private Path folder;
  private final TestData train = TestData.generated(SAMPLES, CLASSES, 3);

  @Test
  void anIdenticalImageWithAnotherLabel() {
    train.copyImage(5, 10); // labels 1 and 2
    CategorizedError found = categorize(10, 1, -7);
    assertEquals(ErrorCategory.IDENTICAL_IMAGE, found.category());
    assertEquals(5, found.other());
    assertEquals(1.0, found.correlation());
    assertEquals("identical-image", found.category().label());
  }

  @Test
  void everyIdenticalPairIsFoundWhateverItsPixels() {
    for (int i = 0; i < SAMPLES; i += 2) {
      train.copyImage(i, i + 1);
    }
    for (int i = 0; i < SAMPLES; i += 2) {
      CategorizedError found = categorize(i, train.labels()[i + 1], -7);
      assertEquals(ErrorCategory.IDENTICAL_IMAGE, found.category(), "sample " + i);
      assertEquals(i + 1, found.other());
    }
  }

  @Test
  void anIdenticalImageWithTheSameLabelIsNoReason() {
    train.copyImage(6, 10); // both of class 2
    assertEquals(ErrorCategory.OTHER, categorize(10, 1, -7).category());
  }

  @Test
  void aConstantImage() {
    fill(10, 77);
    assertEquals(ErrorCategory.DEGENERATE_IMAGE, categorize(10, 1, -7).category());
    assertEquals(ErrorCategory.DEGENERATE_IMAGE, categorize(10, 1, 0).category(), "before thin");
    fill(5, 77);
    assertEquals(ErrorCategory.IDENTICAL_IMAGE, categorize(10, 1, -7).category(), "before all");
    fill(5, 78);
    assertEquals(ErrorCategory.DEGENERATE_IMAGE, categorize(10, 1, -7).category(), "not the same");
  }

  @Test
  void aThinMargin() {
    assertEquals(ErrorCategory.THIN_MARGIN, categorize(10, 1, -Categorizer.THIN).category());
    float wider = Math.nextUp(Categorizer.THIN);
    assertEquals(ErrorCategory.OTHER, categorize(10, 1, -wider).category());
    assertEquals(ErrorCategory.OTHER, categorize(10, 1, Float.NaN).category());
  }

  @Test
  void nearAnImageOfThePredictedClass() {
    train.copyImage(5, 10);
    train.images()[10 * TestData.IMAGE] ^= 1;
    CategorizedError found = categorize(10, 1, -7);
    assertEquals(ErrorCategory.NEAR_PREDICTED_CLASS, found.category());
    assertEquals(5, found.other());
    assertTrue(found.correlation() >= Categorizer.NEAR && found.correlation() <= 1.0);
    assertEquals(ErrorCategory.OTHER, categorize(10, 3, -7).category(), "another was predicted");
    assertEquals(ErrorCategory.THIN_MARGIN, categorize(10, 1, 0).category(), "thin is first");
  }

  @Test
  void noneOfThese() {
    CategorizedError found = categorize(10, 1, -7);
    assertEquals(ErrorCategory.OTHER, found.category());
    assertEquals(-1, found.other());
    assertTrue(Double.isNaN(found.correlation()));
  }

  private void fill(int sample, int value) {
    int from = sample * TestData.IMAGE;
    Arrays.fill(train.images(), from, from + TestData.IMAGE, (byte) value);
  }

  private CategorizedError categorize(int sample, int predicted, float margin) {
    TestData other = TestData.generated(CLASSES, CLASSES, 4);
    Path file = TestData.write(folder.resolve("set.npz"), train, other, other);
    try (Dataset data = Dataset.open(file)) {
      int given = train.labels()[sample];
      Misclassification error =
          new Misclassification(sample, 0, given, predicted, new float[CLASSES], margin, false);
      ErrorList errors = new ErrorList(SAMPLES, 1, List.of(error));
      return new Categorizer(data, new LabelAudit(data))
          .categorize(errors, WorkMonitor.SILENT)
          .getFirst();
    }
  }
}
