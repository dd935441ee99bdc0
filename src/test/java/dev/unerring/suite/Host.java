// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Backend;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Moves arrays to a backend and back.
 *
 * @param backend where the buffers live
 */
record Host(Backend backend) {
  Buffer buffer(float... values) {
    Buffer buffer = backend.allocate(values.length);
    backend.upload(MemorySegment.ofArray(values), buffer);
    return buffer;
  }

  Buffer buffer(int... words) {
    Buffer buffer = backend.allocate(words.length);
    backend.upload(MemorySegment.ofArray(words), buffer);
    return buffer;
  }

  Tensor tensor(Shape shape, float... values) {
    return new Tensor(shape, buffer(values));
  }

  Tensor zeros(Shape shape) {
    return new Tensor(shape, backend.allocate(shape.elements()));
  }

  float[] read(Buffer buffer) {
    float[] values = new float[Math.toIntExact(buffer.length())];
    backend.download(buffer, MemorySegment.ofArray(values));
    return values;
  }

  float[] read(Tensor tensor) {
    return read(tensor.data());
  }

  /** The absolute values. */
  static float[] magnitudes(float... values) {
    float[] all = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      all[i] = Math.abs(values[i]);
    }
    return all;
  }

  /** The same values in binary64. */
  static double[] widen(float... values) {
    double[] all = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      all[i] = values[i];
    }
    return all;
  }
}
