// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.backend.OperandChecks;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;

/** ReLU, addition and pooling of {@link CudaBackend}. */
final class CudaPointwise {
  /** Threads of a block of average pooling, whose threads have long chains. */
  private static final int CHAINS = 64;

  private final Kernels kernels;

  CudaPointwise(Kernels kernels) {
    this.kernels = kernels;
  }

  void reluForward(Tensor x, Tensor y) {
    OperandChecks.channels(x, y);
    long elements = x.shape().elements();
    kernels.of("relu_forward").at(x).at(y).count(elements).launch(elements);
  }

  void reluBackward(Tensor y, Tensor gradY, Tensor gradX) {
    OperandChecks.channels(y, gradY);
    OperandChecks.channels(y, gradX);
    long elements = y.shape().elements();
    kernels.of("relu_backward").at(y).at(gradY).at(gradX).count(elements).launch(elements);
  }

  void add(Tensor a, Tensor b, Tensor y) {
    OperandChecks.channels(a, b);
    OperandChecks.channels(a, y);
    long elements = a.shape().elements();
    kernels.of("add").at(a).at(b).at(y).count(elements).launch(elements);
  }

  void maxPoolForward(Tensor x, Window window, Tensor y) {
    OperandChecks.pool(x, window, y);
    long elements = y.shape().elements();
    pool(kernels.of("max_pool_forward").at(x).at(y), x.shape(), y.shape(), window)
        .count(elements)
        .launch(elements);
  }

  void maxPoolBackward(Tensor x, Tensor gradY, Window window, Tensor gradX) {
    OperandChecks.pool(x, window, gradY);
    OperandChecks.channels(x, gradX);
    long elements = x.shape().elements();
    Kernels begun = kernels.of("max_pool_backward").at(x).at(gradY).at(gradX);
    pool(begun, x.shape(), gradY.shape(), window).count(elements).launch(elements);
  }

  private static Kernels pool(Kernels kernels, Shape in, Shape out, Window w) {
    return kernels.words(
        in.d(),
        in.h(),
        in.w(),
        in.c(),
        out.d(),
        out.h(),
        out.w(),
        w.kd(),
        w.kh(),
        w.kw(),
        w.stride());
  }

  void averagePoolForward(Tensor x, Tensor y) {
    OperandChecks.averagePool(x, y);
    Shape s = x.shape();
    long elements = y.shape().elements();
    kernels.of("average_pool_forward").at(x).at(y).number(s.positions()).number(s.c());
    kernels.count(elements).launch(Math.ceilDiv(elements, CHAINS), 1, 1, CHAINS, 1);
  }

  void averagePoolBackward(Tensor gradY, Tensor gradX) {
    OperandChecks.averagePool(gradX, gradY);
    Shape s = gradX.shape();
    kernels.of("average_pool_backward").at(gradY).at(gradX).number(s.positions()).number(s.c());
    kernels.count(s.elements()).launch(s.elements());
  }
}
