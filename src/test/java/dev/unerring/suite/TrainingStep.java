// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.AdamStep;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Two Adam steps of a small network of real sizes, written out operation by operation; every tensor
 * that it makes goes into one SHA-256.
 */
final class TrainingStep {
  private static final Window CONV = Window.square(3, 1, 0);
  private static final Window HALF = Window.square(2, 2, 0);

  private final Backend backend;
  private final int batch;
  private final Host host;
  private final List<Buffer> results = new ArrayList<>();
  private final List<Trained> trained = new ArrayList<>();
  private int stream;

  /** A trained vector with its gradient and moments. */
  private record Trained(Buffer value, Buffer gradient, Buffer first, Buffer second) {}

  /** Convolution, batch norm, ReLU: parameters and what the forward pass keeps. */
  private record Block(
      Tensor x,
      Trained weight,
      Trained bias,
      Trained gamma,
      Trained beta,
      Buffer mean,
      Buffer variance,
      Tensor z,
      Tensor y) {}

  private TrainingStep(Backend backend, int batch) {
    this.backend = backend;
    this.batch = batch;
    this.host = new Host(backend);
  }

  /** Runs on a fresh backend, which it closes. */
  static String sha256(Backend fresh, int batch) {
    try (Backend backend = fresh) {
      return new TrainingStep(backend, batch).run();
    }
  }

  private Buffer result(long words) {
    results.add(backend.allocate(words));
    return results.getLast();
  }

  private Tensor result(Shape shape) {
    return new Tensor(shape, result(shape.elements()));
  }

  /** Uniform in [middle - width, middle + width). */
  private Trained drawn(int words, float middle, float width) {
    float[] values = Values.PLAIN.floats(stream++, words);
    for (int i = 0; i < words; i++) {
      values[i] = middle + width * values[i];
    }
    Buffer value = host.buffer(values);
    results.add(value);
    trained.add(new Trained(value, result(words), result(words), result(words)));
    return trained.getLast();
  }

  private Block block(Tensor x, int channels) {
    Shape out = CONV.outputOf(x.shape(), channels);
    return new Block(
        x,
        drawn(9 * x.shape().c() * channels, 0, 0.2f),
        drawn(channels, 0, 0.1f),
        drawn(channels, 1, 0.2f),
        drawn(channels, 0, 0.1f),
        result(channels),
        result(channels),
        result(out),
        result(out));
  }

  private String run() {
    Shape in = new Shape(batch, 1, 28, 28, 1);
    Block a = block(host.tensor(in, Values.PLAIN.floats(1_000, (int) in.elements())), 16);
    Tensor pooled = result(HALF.outputOf(a.y.shape(), 16));
    Block b = block(pooled, 16);
    Block c = block(b.y, 24);
    Shape hiddenShape = Shape.vectors(batch, 40);
    Tensor averaged = result(Shape.vectors(batch, 24));
    Trained w1 = drawn(b.y.shape().imageElements() * 40, 0, 0.02f);
    Trained b1 = drawn(40, 0, 0.1f);
    Trained w2 = drawn(40 * 5, 0, 0.3f);
    Trained b2 = drawn(5, 0, 0.1f);
    Tensor hidden = result(hiddenShape);
    Tensor active = result(hiddenShape);
    Tensor logits = result(Shape.vectors(batch, 5));
    Tensor gradLogits = result(logits.shape());
    Buffer loss = result(1);
    int[] labels = new int[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = i * 7 % 5;
    }
    Buffer given = host.buffer(labels);
    double power1 = 1;
    double power2 = 1;
    for (int step = 0; step < 2; step++) {
      forward(a);
      backend.maxPoolForward(a.y, HALF, pooled);
      forward(b);
      forward(c);
      backend.averagePoolForward(c.y, averaged);
      backend.linearForward(b.y, w1.value, b1.value, hidden);
      backend.reluForward(hidden, active);
      backend.linearForward(active, w2.value, b2.value, logits);
      backend.softmaxCrossEntropy(logits, given, loss, gradLogits);

      Tensor gradActive = result(hiddenShape);
      backend.linearBackwardWeight(active, gradLogits, w2.gradient, b2.gradient);
      backend.linearBackwardInput(gradLogits, w2.value, gradActive);
      backend.reluBackward(active, gradActive, gradActive);
      backend.linearBackwardWeight(b.y, gradActive, w1.gradient, b1.gradient);
      Tensor gradB = result(b.y.shape());
      backend.linearBackwardInput(gradActive, w1.value, gradB);
      Tensor gradC = result(c.y.shape());
      backend.averagePoolBackward(averaged, gradC);
      Tensor gradFromC = backward(c, gradC, true);
      backend.add(gradB, gradFromC, gradB);
      Tensor gradPooled = backward(b, gradB, false);
      Tensor gradA = result(a.y.shape());
      backend.maxPoolBackward(a.y, gradPooled, HALF, gradA);
      backward(a, gradA, false);

      power1 *= 0.9;
      power2 *= 0.999;
      AdamStep adam = AdamStep.at(1e-2, 0.9, 0.999, 1e-8, 1e-4, power1, power2);
      for (Trained t : trained) {
        backend.adamStep(t.value, t.gradient, t.first, t.second, adam);
      }
    }
    return hash();
  }

  private void forward(Block b) {
    backend.convForward(b.x, b.weight.value, b.bias.value, CONV, b.z);
    backend.batchNormStatistics(b.z, b.mean, b.variance);
    backend.batchNormForward(b.z, b.mean, b.variance, b.gamma.value, b.beta.value, b.y);
    backend.reluForward(b.y, b.y);
  }

  private Tensor backward(Block b, Tensor gradY, boolean frozen) {
    Tensor gradZ = result(b.z.shape());
    Tensor gradX = result(b.x.shape());
    backend.reluBackward(b.y, gradY, gradY);
    backend.batchNormBackward(
        b.z,
        gradY,
        b.mean,
        b.variance,
        b.gamma.value,
        frozen,
        b.gamma.gradient,
        b.beta.gradient,
        gradZ);
    backend.convBackwardWeight(b.x, gradZ, CONV, b.weight.gradient, b.bias.gradient);
    backend.convBackwardInput(gradZ, b.weight.value, CONV, gradX);
    return gradX;
  }

  private String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Buffer buffer : results) {
        byte[] bytes = new byte[Math.toIntExact(buffer.memory().byteSize())];
        backend.download(buffer, MemorySegment.ofArray(bytes));
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
