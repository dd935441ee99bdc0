// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.backend.Chunks;
import dev.unerring.backend.OperandChecks;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;

/** Scaling and batch norm of {@link CudaBackend}. */
final class CudaNormalization {
  /** Threads that are wanted for operations whose threads keep their channel. */
  private final Kernels kernels;

  private final CudaSums sums;

  CudaNormalization(Kernels kernels, CudaSums sums) {
    this.kernels = kernels;
    this.sums = sums;
  }

  void scaleForward(Tensor x, Buffer scale, Buffer shift, Tensor y) {
    OperandChecks.channels(x, y, scale, shift);
    kernels.of("scale_forward").at(x).at(scale).at(shift).at(y);
    launch(x.shape());
  }

  void batchNormStatistics(Tensor x, Buffer mean, Buffer variance) {
    OperandChecks.channels(x, x, mean, variance);
    Chunks chunks = Chunks.ofPositions(x.shape());
    float count = count(x.shape());
    sums.channelSums(x, chunks, x.shape().c(), mean, CudaSums.Then.DIVIDED, count);
    sums.channelSquares(x, chunks, mean, variance, count);
  }

  void batchNormForward(
      Tensor x, Buffer mean, Buffer variance, Buffer gamma, Buffer beta, Tensor y) {
    OperandChecks.channels(x, y, mean, variance, gamma, beta);
    kernels.of("batch_norm_forward").at(x).at(mean).at(variance).at(gamma).at(beta).at(y);
    launch(x.shape());
  }

  void batchNormBackward(
      Tensor x,
      Tensor gradY,
      Buffer mean,
      Buffer variance,
      Buffer gamma,
      boolean frozen,
      Buffer gradGamma,
      Buffer gradBeta,
      Tensor gradX) {
    OperandChecks.channels(x, gradY, mean, variance, gamma, gradGamma, gradBeta);
    OperandChecks.channels(x, gradX);
    Chunks chunks = Chunks.ofPositions(x.shape());
    sums.batchNormSums(x, gradY, mean, variance, chunks, gradGamma, gradBeta);
    if (frozen) {
      kernels.of("batch_norm_backward_frozen").at(gradY).at(variance).at(gamma).at(gradX);
    } else {
      kernels
          .of("batch_norm_backward")
          .at(x)
          .at(gradY)
          .at(mean)
          .at(variance)
          .at(gamma)
          .at(gradGamma)
          .at(gradBeta)
          .real(count(x.shape()))
          .at(gradX);
    }
    launch(x.shape());
  }

  void batchNormUpdate(
      Buffer mean,
      Buffer variance,
      long count,
      float momentum,
      Buffer runningMean,
      Buffer runningVariance) {
    OperandChecks.update(mean, variance, count, runningMean, runningVariance);
    int channels = Math.toIntExact(runningMean.length());
    kernels
        .of("batch_norm_update")
        .at(mean)
        .at(variance)
        .real((float) ((double) count / (double) (count - 1)))
        .real(momentum)
        .at(runningMean)
        .at(runningVariance)
        .number(channels)
        .launch(channels);
  }

  private static float count(Shape s) {
    return (float) ((long) s.n() * s.positions());
  }

  /** The last three arguments, and a grid whose threads are a multiple of the channels apart. */
  private void launch(Shape s) {
    kernels.launchByChannel(s);
  }
}
