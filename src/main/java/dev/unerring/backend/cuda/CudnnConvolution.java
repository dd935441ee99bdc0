// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Window;
import dev.unerring.ffi.Cudnn;
import dev.unerring.ffi.NativeHandle;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * How cuDNN is told of one convolution: tensors NHWC or NDHWC, the filter [oc][taps][channels].
 *
 * @param channels input channels as cuDNN sees them: filled up with zeros
 */
record CudnnConvolution(
    int channels,
    MemorySegment x,
    MemorySegment y,
    MemorySegment filter,
    MemorySegment convolution) {
  /**
   * Which algorithm carries out each pass. Those of {@link #SAME_BITS} have one order of their
   * operations; cuDNN's documentation names the others that have none.
   */
  record Algorithms(int forward, int backwardInput, int backwardWeight) {
    static final Algorithms SAME_BITS =
        new Algorithms(
            Cudnn.CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM,
            Cudnn.CUDNN_CONVOLUTION_BWD_DATA_ALGO_1,
            Cudnn.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1);

    /** For tests: the backward passes add with atomics, in any order. */
    static final Algorithms ANY_ORDER =
        new Algorithms(
            Cudnn.CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM,
            Cudnn.CUDNN_CONVOLUTION_BWD_DATA_ALGO_0,
            Cudnn.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_0);
  }

  /** Describes a convolution; the GPU owns the descriptors. */
  static CudnnConvolution of(
      Gpu gpu, Cudnn cudnn, Shape in, Shape out, Window window, Arithmetic arithmetic) {
    boolean flat = in.d() == 1 && window.kd() == 1;
    int type =
        arithmetic == Arithmetic.CUDNN_BF16 ? Cudnn.CUDNN_DATA_BFLOAT16 : Cudnn.CUDNN_DATA_FLOAT;
    int channels = channels(in.c(), arithmetic);
    try (Arena arena = Arena.ofConfined()) {
      Described d = new Described(gpu, cudnn, arena, type, flat);
      MemorySegment convolution = d.convolution(window);
      cudnn.cudnnSetConvolutionMathType(convolution, mathType(arithmetic));
      return new CudnnConvolution(
          channels,
          d.tensor(in.withC(channels)),
          d.tensor(out),
          d.filter(out.c(), channels, window),
          convolution);
    }
  }

  /** Tensor cores take channels in runs of 16 bytes. */
  private static int channels(int c, Arithmetic arithmetic) {
    int run =
        switch (arithmetic) {
          case CUDNN_BF16 -> 8;
          case CUDNN_TF32 -> 4;
          default -> 1;
        };
    return Math.ceilDiv(c, run) * run;
  }

  private static int mathType(Arithmetic arithmetic) {
    return arithmetic == Arithmetic.CUDNN_FP32 ? Cudnn.CUDNN_FMA_MATH : Cudnn.CUDNN_TENSOR_OP_MATH;
  }

  /** Makes descriptors of two (flat) or three spatial extents. */
  private record Described(Gpu gpu, Cudnn cudnn, Arena arena, int type, boolean flat) {
    MemorySegment tensor(Shape s) {
      MemorySegment tensor =
          gpu.own(
                  new NativeHandle(
                      cudnn.cudnnCreateTensorDescriptor(), cudnn::cudnnDestroyTensorDescriptor))
              .address();
      int[] extents =
          flat
              ? new int[] {s.n(), s.c(), s.h(), s.w()}
              : new int[] {s.n(), s.c(), s.d(), s.h(), s.w()};
      cudnn.cudnnSetTensorNdDescriptorEx(
          tensor, Cudnn.CUDNN_TENSOR_NHWC, type, extents.length, words(extents));
      return tensor;
    }

    MemorySegment filter(int oc, int ic, Window w) {
      MemorySegment filter =
          gpu.own(
                  new NativeHandle(
                      cudnn.cudnnCreateFilterDescriptor(), cudnn::cudnnDestroyFilterDescriptor))
              .address();
      int[] extents =
          flat ? new int[] {oc, ic, w.kh(), w.kw()} : new int[] {oc, ic, w.kd(), w.kh(), w.kw()};
      cudnn.cudnnSetFilterNdDescriptor(
          filter, type, Cudnn.CUDNN_TENSOR_NHWC, extents.length, words(extents));
      return filter;
    }

    MemorySegment convolution(Window w) {
      MemorySegment convolution =
          gpu.own(
                  new NativeHandle(
                      cudnn.cudnnCreateConvolutionDescriptor(),
                      cudnn::cudnnDestroyConvolutionDescriptor))
              .address();
      int extents = flat ? 2 : 3;
      int s = w.stride();
      int[] pad = flat ? new int[] {w.pad(), w.pad()} : new int[] {w.padDepth(), w.pad(), w.pad()};
      int[] stride = flat ? new int[] {s, s} : new int[] {s, s, s};
      int[] dilation = flat ? new int[] {1, 1} : new int[] {1, 1, 1};
      cudnn.cudnnSetConvolutionNdDescriptor(
          convolution,
          extents,
          words(pad),
          words(stride),
          words(dilation),
          Cudnn.CUDNN_CROSS_CORRELATION,
          Cudnn.CUDNN_DATA_FLOAT);
      return convolution;
    }

    private MemorySegment words(int[] values) {
      return arena.allocateFrom(JAVA_INT, values);
    }
  }
}
