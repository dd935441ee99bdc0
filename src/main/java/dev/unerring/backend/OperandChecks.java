// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Sizes of operands, checked at the entry of every backend's operation. */
public final class OperandChecks {
  private OperandChecks() {}

  /** x and y are the two sides of a convolution; the bias may be null. */
  public static void conv(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    if (!window.gives(x.shape(), y.shape())) {
      Shape expected = window.outputOf(x.shape(), y.shape().c());
      throw wrong("a convolution of", x.shape(), expected, y.shape());
    }
    between(x, y, weight, (long) window.taps() * x.shape().c() * y.shape().c(), "weight");
    if (bias != null) {
      between(x, y, bias, y.shape().c(), "bias");
    }
  }

  /** x and y are the two sides of a linear layer; the bias may be null. */
  public static void linear(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    if (x.shape().n() != y.shape().n()) {
      throw new IllegalArgumentException(
          "a linear layer keeps the number of samples: " + x.shape() + " to " + y.shape());
    }
    between(x, y, weight, (long) x.shape().imageElements() * y.shape().imageElements(), "weight");
    if (bias != null) {
      between(x, y, bias, y.shape().imageElements(), "bias");
    }
  }

  /** x and y have one shape. */
  public static void channels(Tensor x, Tensor y) {
    equal(x, y);
  }

  /**
   * x and y have one shape; every vector has a word a channel. Plain parameters allocate nothing.
   */
  public static void channels(Tensor x, Tensor y, Buffer vector) {
    equal(x, y);
    between(x, y, vector, x.shape().c(), "channel vector");
  }

  /** The same with two vectors. */
  public static void channels(Tensor x, Tensor y, Buffer first, Buffer second) {
    channels(x, y, first);
    channels(x, y, second);
  }

  /** The same with four. */
  public static void channels(Tensor x, Tensor y, Buffer a, Buffer b, Buffer c, Buffer d) {
    channels(x, y, a, b);
    channels(x, y, c, d);
  }

  /** The same with five. */
  public static void channels(
      Tensor x, Tensor y, Buffer a, Buffer b, Buffer c, Buffer d, Buffer e) {
    channels(x, y, a, b, c, d);
    channels(x, y, e);
  }

  /** y is what the window, without a border, makes of x. */
  public static void pool(Tensor x, Window window, Tensor y) {
    boolean keeps = window.pad() == 0 && x.shape().c() == y.shape().c();
    if (!window.gives(x.shape(), y.shape()) || !keeps) {
      Shape expected = window.outputOf(x.shape(), x.shape().c());
      throw wrong("pooling (without padding) of", x.shape(), expected, y.shape());
    }
  }

  /** Logits and gradient of one shape, a label a sample, one word of loss. */
  public static void loss(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    equal(logits, gradLogits);
    words(loss, 1, "loss");
    if (labels.length() < logits.shape().n()) {
      throw new IllegalArgumentException(
          labels.length() + " labels for the samples of the logits " + logits.shape());
    }
  }

  /** Shapes as for the softmax loss, a word a logit for the labels, each 0 or 1. */
  public static void sigmoidLoss(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    loss(logits, labels, loss, gradLogits);
    long wanted = logits.shape().elements();
    if (labels.length() < wanted) {
      throw new IllegalArgumentException(
          labels.length() + " labels for the " + wanted + " logits " + logits.shape());
    }
    for (long i = 0; i < wanted; i++) {
      int label = labels.memory().getAtIndex(ValueLayout.JAVA_INT, i);
      if (label != 0 && label != 1) {
        throw new IllegalArgumentException("label " + label + " of logit " + i + " is not 0 or 1");
      }
    }
  }

  /** A weight a sample. */
  public static void weights(Buffer weights, Shape logits) {
    if (weights.length() < logits.n()) {
      throw new IllegalArgumentException(
          weights.length() + " weights for " + logits.n() + " samples");
    }
  }

  /** Every label of the batch is a class; the labels lie in host memory. */
  public static void labels(Buffer labels, Shape logits) {
    for (int n = 0; n < logits.n(); n++) {
      int label = labels.memory().getAtIndex(ValueLayout.JAVA_INT, n);
      if (label < 0 || label >= logits.imageElements()) {
        throw new IllegalArgumentException(
            "label "
                + label
                + " of sample "
                + n
                + " is not one of "
                + logits.imageElements()
                + " classes");
      }
    }
  }

  /** Batch statistics and running ones have one length, and the variance can be made unbiased. */
  public static void update(
      Buffer mean, Buffer variance, long count, Buffer runningMean, Buffer runningVariance) {
    sameLength(runningMean, runningVariance, mean, variance);
    if (count < 2) {
      throw new IllegalArgumentException(
          "running statistics need at least 2 positions, not " + count);
    }
  }

  /** The host memory of a copy is not larger than the buffer. */
  public static void copy(MemorySegment host, Buffer buffer) {
    if (host.byteSize() > buffer.memory().byteSize()) {
      throw new IllegalArgumentException(
          "a copy of "
              + host.byteSize()
              + " bytes does not fit a buffer of "
              + buffer.memory().byteSize());
    }
  }

  /** y has the images and channels of x and a single position. */
  public static void averagePool(Tensor x, Tensor y) {
    Shape given = y.shape();
    boolean fits =
        given.n() == x.shape().n() && given.c() == x.shape().c() && given.positions() == 1;
    if (!fits) {
      Shape expected = Shape.vectors(x.shape().n(), x.shape().c());
      throw wrong("pooling of", x.shape(), expected, given);
    }
  }

  /** All buffers have one length. */
  public static void sameLength(Buffer first, Buffer second, Buffer third) {
    words(second, first.length(), "optimiser's buffer");
    words(third, first.length(), "optimiser's buffer");
  }

  /** The same of four. */
  public static void sameLength(Buffer first, Buffer second, Buffer third, Buffer fourth) {
    sameLength(first, second, third);
    words(fourth, first.length(), "optimiser's buffer");
  }

  private static void equal(Tensor x, Tensor y) {
    if (!x.shape().equals(y.shape())) {
      throw new IllegalArgumentException(
          "equal shapes wanted, not " + x.shape() + " and " + y.shape());
    }
  }

  private static void between(Tensor x, Tensor y, Buffer buffer, long wanted, String what) {
    if (buffer.length() != wanted) {
      throw new IllegalArgumentException(
          "from "
              + x.shape()
              + " to "
              + y.shape()
              + " the "
              + what
              + " needs "
              + wanted
              + " words, not "
              + buffer.length());
    }
  }

  private static void words(Buffer buffer, long wanted, String what) {
    if (buffer.length() != wanted) {
      throw new IllegalArgumentException(
          "the " + what + " needs " + wanted + " words, not " + buffer.length());
    }
  }

  private static IllegalArgumentException wrong(String what, Shape x, Shape expected, Shape y) {
    return new IllegalArgumentException(what + " " + x + " gives " + expected + ", not " + y);
  }
}
