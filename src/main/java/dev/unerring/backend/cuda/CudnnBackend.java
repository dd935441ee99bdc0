// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Chunks;
import dev.unerring.backend.Exactness;
import dev.unerring.backend.OperandChecks;
import dev.unerring.backend.Turn;
import dev.unerring.backend.Window;
import dev.unerring.backend.cuda.CudnnConvolution.Algorithms;
import dev.unerring.ffi.CudaStatus;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@link CudaBackend} with its products by cuDNN and cuBLAS, for training at full speed. The bits
 * are the same on the same GPU architecture, libraries and batch shapes; {@link #exact} has those
 * of the definition, over the same memory.
 */
public final class CudnnBackend extends CudaBackend {
  private final CudnnProducts convolutions;
  private final CublasProducts matrices;
  private final CudaBackend exact;

  private CudnnBackend(CudaStatus status, Arithmetic arithmetic, Algorithms algorithms) {
    super(status);
    try {
      convolutions = new CudnnProducts(gpu, kernels, arithmetic, algorithms);
      matrices = new CublasProducts(gpu, kernels, arithmetic);
      exact = new CudaBackend(this);
    } catch (RuntimeException | Error e) {
      gpu.closeAfter(e);
      throw e;
    }
  }

  /**
   * Opens the first GPU.
   *
   * @param status what was found on this machine
   * @param arithmetic one of cuDNN's
   * @throws dev.unerring.DeviceException with the doctor's sentence where no GPU can be used
   */
  @SuppressWarnings("exports") // bindings are known inside this module only
  public static CudnnBackend open(CudaStatus status, Arithmetic arithmetic) {
    return open(status, arithmetic, Algorithms.SAME_BITS);
  }

  static CudnnBackend open(CudaStatus status, Arithmetic arithmetic, Algorithms algorithms) {
    if (arithmetic == Arithmetic.ORDERED) {
      throw new IllegalArgumentException("cuDNN does not carry out ordered arithmetic");
    }
    return new CudnnBackend(status, arithmetic, algorithms);
  }

  @Override
  public Exactness exactness() {
    return Exactness.TOLERANCE;
  }

  @Override
  public Backend exact() {
    return exact;
  }

  @Override
  public Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>(super.facts());
    facts.put("cublas", matrices.version());
    facts.putAll(convolutions.facts());
    return facts;
  }

  @Override
  public void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    try (Turn _ = turn.take()) {
      OperandChecks.conv(x, weight, bias, window, y);
      if (!convolutions.forward(x, weight, bias, window, y)) {
        super.convForward(x, weight, bias, window, y);
      }
    }
  }

  @Override
  public void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    try (Turn _ = turn.take()) {
      OperandChecks.conv(gradX, weight, null, window, gradY);
      if (!convolutions.backwardInput(gradY, weight, window, gradX)) {
        super.convBackwardInput(gradY, weight, window, gradX);
      }
    }
  }

  @Override
  public void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
    try (Turn _ = turn.take()) {
      OperandChecks.conv(x, gradWeight, gradBias, window, gradY);
      if (convolutions.backwardWeight(x, gradY, window, gradWeight)) {
        channelSums(gradY, Chunks.ofPositions(gradY.shape()), gradBias);
      } else {
        super.convBackwardWeight(x, gradY, window, gradWeight, gradBias);
      }
    }
  }

  @Override
  public void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    try (Turn _ = turn.take()) {
      OperandChecks.linear(x, weight, bias, y);
      matrices.forward(x, weight, bias, y);
    }
  }

  @Override
  public void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    try (Turn _ = turn.take()) {
      OperandChecks.linear(gradX, weight, null, gradY);
      matrices.backwardInput(gradY, weight, gradX);
    }
  }

  @Override
  public void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    try (Turn _ = turn.take()) {
      OperandChecks.linear(x, gradWeight, gradBias, gradY);
      matrices.backwardWeight(x, gradY, gradWeight);
      int n = gradY.shape().n();
      Shape vectors = Shape.vectors(n, gradY.shape().imageElements());
      channelSums(new Tensor(vectors, gradY.data()), Chunks.flat(n), gradBias);
    }
  }

  private void channelSums(Tensor gradY, Chunks chunks, Buffer gradBias) {
    sums.channelSums(gradY, chunks, gradY.shape().c(), gradBias, CudaSums.Then.PLAIN, 0);
  }
}
