// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.VerificationException;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Exactness;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.Sha256;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The verdict comes from the files alone: it is that of the saved bits, whatever is in memory, and
 * a backend that is not the definition's is found out or refused.
 */
class ClosedWorldValidatorTest {
  private static final int SAMPLES = 24;
  private static final int CLASSES = 3;

  @TempDir private Path folder;
  private Path model;
  private Path data;

  @BeforeEach
  void write() {
    model = folder.resolve("model.safetensors");
    data = TestData.write(folder.resolve("set.npz"), SAMPLES, CLASSES);
    try (Backend backend = new ReferenceBackend()) {
      ModelFile.write(model, initial(backend, 4));
    }
  }

  private static Network initial(Backend backend, long seed) {
    Network network = new Network("small", Shape.image2d(28, 28, 1), CLASSES, backend, 8);
    Initializer.initialize(network, seed);
    return network;
  }

  private Recheck recheck() {
    try (Backend backend = TestBackends.open()) {
      return ClosedWorldValidator.recheck(model, data, backend);
    }
  }

  @Test
  void itCountsWhatTheSavedModelDoes() throws IOException {
    Recheck recheck = recheck();
    ByteBuffer all = ByteBuffer.allocate(4 * CLASSES * 36).order(ByteOrder.LITTLE_ENDIAN);
    try (Backend backend = new ReferenceBackend();
        Dataset set = Dataset.open(data)) {
      Network network = initial(backend, 4);
      for (Split split : set.splits()) {
        float[] logits = Evaluator.logits(network, split);
        ErrorList errors = ErrorList.of(Labels.single(Evaluator.labels(split)), logits);
        Recheck.SplitVerdict verdict =
            switch (split.name()) {
              case "train" -> recheck.train();
              case "val" -> recheck.val();
              default -> recheck.test();
            };
        assertEquals(errors.count(), verdict.errors().count(), split.name());
        assertEquals(split.size(), verdict.errors().samples());
        for (float logit : logits) {
          all.putInt(Float.floatToIntBits(logit));
        }
      }
      assertEquals(StoredTensors.of(network).weightsSha256(), recheck.weightsSha256());
    }
    assertEquals(0, all.remaining());
    assertEquals(Sha256.hex(all.array()), recheck.logitsSha256());
    assertEquals(Sha256.hex(Files.readAllBytes(data)), recheck.dataSha256());
    assertTrue(recheck.referenceSamples() >= 8, "smallest margins and a random share");
  }

  @Test
  void aNetworkInMemoryIsOfNoAccount() {
    Recheck before = recheck();
    try (Backend backend = TestBackends.open()) {
      initial(backend, 5); // in the memory of the judging backend
      Recheck after = ClosedWorldValidator.recheck(model, data, backend);
      assertEquals(before.weightsSha256(), after.weightsSha256());
      assertEquals(before.logitsSha256(), after.logitsSha256());
    }
  }

  @Test
  void aFlippedWeightBitIsSeen() throws IOException {
    Recheck before = recheck();
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 4 * CLASSES] ^= 1; // lowest bit of 22.bias[0]
    Files.write(model, bytes);
    Recheck lowest = recheck();
    assertNotEquals(before.weightsSha256(), lowest.weightsSha256());
    assertEquals(before.dataSha256(), lowest.dataSha256());
    bytes[bytes.length - 4 * CLASSES + 3] ^= 0x40; // an exponent
    Files.write(model, bytes);
    assertNotEquals(before.logitsSha256(), recheck().logitsSha256());
  }

  @Test
  void aChangedPixelIsSeen() {
    Recheck before = recheck();
    TestData other = TestData.generated(SAMPLES, CLASSES, 0);
    other.images()[100] ^= 1;
    TestData quarter = TestData.generated(6, CLASSES, 1);
    TestData test = TestData.generated(6, CLASSES, 2);
    data = TestData.write(folder.resolve("changed.npz"), other, quarter, test);
    Recheck after = recheck();
    assertNotEquals(before.dataSha256(), after.dataSha256());
    assertNotEquals(before.logitsSha256(), after.logitsSha256());
    assertEquals(before.weightsSha256(), after.weightsSha256());
  }

  @Test
  void aBackendWithToleranceIsRefused() {
    Backend loose =
        TestBackends.meddled((method, arguments, real) ->
            method.equals("exactness") ? Exactness.TOLERANCE : real.make());
    VerificationException refusal =
        assertThrows(
            VerificationException.class, () -> ClosedWorldValidator.recheck(model, data, loose));
    assertTrue(refusal.getMessage().contains("'reference' is not bit-exact"), refusal.getMessage());
    assertEquals(4, refusal.exitCode());
  }

  @Test
  void wrongBitsOfABackendAreFoundAndNamed() {
    Backend wrong =
        TestBackends.meddled((method, arguments, real) -> {
          Object answer = real.make();
          if (method.equals("linearForward")) {
            flipTheLastLogit((Tensor) arguments[3]);
          }
          return answer;
        });
    VerificationException failure =
        assertThrows(
            VerificationException.class, () -> ClosedWorldValidator.recheck(model, data, wrong));
    String message = failure.getMessage();
    assertTrue(message.matches("training sample \\d+, logit 2: 0x[0-9a-f]+ where .*"), message);
    assertEquals(4, failure.exitCode());
  }

  /** Lowest bit of the last logit of every sample. */
  private static void flipTheLastLogit(Tensor y) {
    if (y.shape().c() == CLASSES) {
      for (long i = CLASSES - 1; i < y.shape().elements(); i += CLASSES) {
        int bits = y.data().memory().getAtIndex(ValueLayout.JAVA_INT, i);
        y.data().memory().setAtIndex(ValueLayout.JAVA_INT, i, bits ^ 1);
      }
    }
  }

  @Test
  void aModelForOtherDataIsRefused() {
    data = TestData.write(folder.resolve("two.npz"), SAMPLES, 2);
    DataException refusal = assertThrows(DataException.class, this::recheck);
    assertTrue(refusal.getMessage().contains("is for 3 classes"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(model.toString()), refusal.getMessage());
  }
}
