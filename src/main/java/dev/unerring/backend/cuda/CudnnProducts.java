// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Window;
import dev.unerring.backend.cuda.CudnnConvolution.Algorithms;
import dev.unerring.ffi.Cudnn;
import dev.unerring.ffi.NativeCallException;
import dev.unerring.ffi.NativeHandle;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Convolutions by cuDNN, by algorithms whose order of operations is fixed, on working memory of our
 * own. Tensors stay float32 in memory: for bfloat16 they are rounded on their way in and widened on
 * their way out. A pass answers false where cuDNN has no such algorithm for the shapes; then the
 * ordered kernels carry it out.
 */
final class CudnnProducts {
  /** Statuses of arguments and shapes that an algorithm does not take, in cuDNN's enum. */
  private static final int BAD_PARAM = 2000;

  private static final int LAST_OF_SHAPES = 3004;

  /** And these, of padding, shared memory and launches; those between are of the installation. */
  private static final int FIRST_OF_LAUNCHES = 3010;

  private static final int LAST_OF_LAUNCHES = 3014;

  private record Key(Shape in, Shape out, Window window) {}

  private record Pass(String name, Key key) {}

  private final Gpu gpu;
  private final Kernels kernels;
  private final Arithmetic arithmetic;
  private final Algorithms algorithms;
  private final Cudnn cudnn;
  private final MemorySegment handle;
  private final MemorySegment one;
  private final MemorySegment zero;
  private final Scratch workspace;
  private final Scratch first;
  private final Scratch second;
  private final Scratch third;
  private final Map<Key, CudnnConvolution> known = new LinkedHashMap<>();
  private final Map<Pass, Long> workspaces = new LinkedHashMap<>();
  private final Map<Pass, String> refused = new LinkedHashMap<>();

  CudnnProducts(Gpu gpu, Kernels kernels, Arithmetic arithmetic, Algorithms algorithms) {
    this.gpu = gpu;
    this.kernels = kernels;
    this.arithmetic = arithmetic;
    this.algorithms = algorithms;
    cudnn = gpu.libraries().cudnn().orElseThrow();
    Arena arena = Arena.ofAuto();
    one = arena.allocateFrom(JAVA_FLOAT, 1);
    zero = arena.allocateFrom(JAVA_FLOAT, 0);
    handle = gpu.own(new NativeHandle(cudnn.cudnnCreate(), cudnn::cudnnDestroy)).address();
    cudnn.cudnnSetStream(handle, gpu.stream());
    workspace = new Scratch(gpu);
    first = new Scratch(gpu);
    second = new Scratch(gpu);
    third = new Scratch(gpu);
  }

  /** Version and algorithms, and the convolutions of which a pass is carried out in order. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("cudnn", cudnn.version());
    facts.put("cudnnForward", (long) algorithms.forward());
    facts.put("cudnnBackwardData", (long) algorithms.backwardInput());
    facts.put("cudnnBackwardFilter", (long) algorithms.backwardWeight());
    Map<String, Object> reasons = new LinkedHashMap<>();
    refused.forEach((pass, reason) -> reasons.put(pass.toString(), reason));
    facts.put("cudnnRefused", reasons);
    return facts;
  }

  boolean forward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    Key key = new Key(x.shape(), y.shape(), window);
    CudnnConvolution c = of(key);
    int algorithm = algorithms.forward();
    return carriedOut(
        new Pass("forward", key),
        () ->
            cudnn.cudnnGetConvolutionForwardWorkspaceSize(
                handle, c.x(), c.filter(), c.convolution(), c.y(), algorithm),
        bytes -> {
          MemorySegment from = packed(x, c.channels(), first);
          MemorySegment filter = packed(weight, key, c.channels());
          MemorySegment to = room(y, y.shape().c(), third);
          cudnn.cudnnConvolutionForward(
              handle,
              one,
              c.x(),
              from,
              c.filter(),
              filter,
              c.convolution(),
              algorithm,
              workspace.words(words(bytes)),
              bytes,
              zero,
              c.y(),
              to);
          unpack(to, bias.memory(), y, y.shape().c());
        });
  }

  boolean backwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    Key key = new Key(gradX.shape(), gradY.shape(), window);
    CudnnConvolution c = of(key);
    int algorithm = algorithms.backwardInput();
    return carriedOut(
        new Pass("backward-data", key),
        () ->
            cudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                handle, c.filter(), c.y(), c.convolution(), c.x(), algorithm),
        bytes -> {
          MemorySegment from = packed(gradY, gradY.shape().c(), first);
          MemorySegment filter = packed(weight, key, c.channels());
          MemorySegment to = room(gradX, c.channels(), third);
          cudnn.cudnnConvolutionBackwardData(
              handle,
              one,
              c.filter(),
              filter,
              c.y(),
              from,
              c.convolution(),
              algorithm,
              workspace.words(words(bytes)),
              bytes,
              zero,
              c.x(),
              to);
          if (copied(gradX, c.channels())) {
            unpack(to, MemorySegment.NULL, gradX, c.channels());
          }
        });
  }

  boolean backwardWeight(Tensor x, Tensor gradY, Window window, Buffer gradWeight) {
    Key key = new Key(x.shape(), gradY.shape(), window);
    CudnnConvolution c = of(key);
    int algorithm = algorithms.backwardWeight();
    return carriedOut(
        new Pass("backward-filter", key),
        () ->
            cudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                handle, c.x(), c.y(), c.convolution(), c.filter(), algorithm),
        bytes -> {
          MemorySegment from = packed(x, c.channels(), first);
          MemorySegment gradient = packed(gradY, gradY.shape().c(), third);
          MemorySegment to = second.words(filterWords(key, c.channels()));
          cudnn.cudnnConvolutionBackwardFilter(
              handle,
              one,
              c.x(),
              from,
              c.y(),
              gradient,
              c.convolution(),
              algorithm,
              workspace.words(words(bytes)),
              bytes,
              zero,
              c.filter(),
              to);
          filter("unpack_filter", to, gradWeight.memory(), key, c.channels());
        });
  }

  private CudnnConvolution of(Key key) {
    return known.computeIfAbsent(
        key, k -> CudnnConvolution.of(gpu, cudnn, k.in(), k.out(), k.window(), arithmetic));
  }

  /**
   * Carries a pass out, unless cuDNN refuses its shapes: then never again, and the reason stays.
   */
  private boolean carriedOut(Pass pass, LongSupplier workspaceSize, LongConsumer call) {
    if (refused.containsKey(pass)) {
      return false;
    }
    try {
      gpu.enter();
      Long bytes = workspaces.get(pass);
      if (bytes == null) {
        bytes = workspaceSize.getAsLong();
        workspaces.put(pass, bytes);
      }
      call.accept(bytes);
      return true;
    } catch (NativeCallException e) {
      if (gpu.recording() || !refusal(e.status())) {
        throw e; // in a recording it says nothing about the shapes: the call before it was taken
      }
      refused.put(pass, e.getMessage());
      return false;
    }
  }

  private static boolean refusal(int status) {
    return status >= BAD_PARAM && status <= LAST_OF_SHAPES
        || status >= FIRST_OF_LAUNCHES && status <= LAST_OF_LAUNCHES;
  }

  // ---- layout and number format ----

  private boolean halves() {
    return arithmetic == Arithmetic.CUDNN_BF16;
  }

  private String suffix() {
    return halves() ? "_bfloat" : "_float";
  }

  /** As cuDNN takes it: the tensor itself, or a copy with other channels or numbers. */
  private MemorySegment packed(Tensor x, int channels, Scratch scratch) {
    if (!copied(x, channels)) {
      return x.data().memory();
    }
    int c = x.shape().c();
    long elements = x.shape().elements() / c * channels;
    MemorySegment to = scratch.words(elements);
    kernels.of("pack" + suffix()).at(x).at(to).number(c).number(channels).count(elements);
    kernels.launch(elements);
    return to;
  }

  private MemorySegment packed(Buffer weight, Key key, int channels) {
    MemorySegment to = second.words(filterWords(key, channels));
    filter("pack_filter", weight.memory(), to, key, channels);
    return to;
  }

  /** Where cuDNN writes what becomes the tensor: its own memory where no copy is needed. */
  private MemorySegment room(Tensor y, int channels, Scratch scratch) {
    return copied(y, channels)
        ? scratch.words(y.shape().elements() / y.shape().c() * channels)
        : y.data().memory();
  }

  private boolean copied(Tensor x, int channels) {
    return x.shape().c() != channels || halves();
  }

  /**
   * y = what lies there, as float32 with its own channels, and the bias added unless it is null.
   */
  private void unpack(MemorySegment from, MemorySegment bias, Tensor y, int channels) {
    kernels.of("unpack" + suffix()).at(from).at(bias).at(y).number(channels);
    kernels.launchByChannel(y.shape());
  }

  private void filter(String kernel, MemorySegment from, MemorySegment to, Key key, int channels) {
    int taps = key.window().taps();
    int oc = key.out().c();
    kernels.of(kernel + suffix()).at(from).at(to);
    kernels.number(taps).number(key.in().c()).number(oc).number(channels);
    long tiles = (long) Math.ceilDiv(channels, 32) * Math.ceilDiv(oc, 32);
    kernels.launch(tiles, taps, 1, Kernels.THREADS, 1);
  }

  private static long filterWords(Key key, int channels) {
    return (long) key.window().taps() * channels * key.out().c();
  }

  private static long words(long bytes) {
    return Math.ceilDiv(bytes, (long) Float.BYTES);
  }
}
