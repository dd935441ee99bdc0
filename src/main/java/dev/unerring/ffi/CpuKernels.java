// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.unerring.DeviceException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The C functions of {@code native/cpu} for one kernel set, one Java method a function. Shapes,
 * orders and geometry words stand beside the C source. Every range [begin, end) is cut by the
 * caller; memory must be native. The functions hold no state and may run on any number of threads.
 */
public final class CpuKernels {
  /** Interface version; a library with another one is refused. */
  static final long VERSION = 6;

  /** Bit of the sets: the integer products of AVX-512 with VNNI. */
  private static final long VNNI = 16;

  private static final MemoryLayout P = ADDRESS;
  private static final MemoryLayout L = JAVA_LONG;
  private static final MemoryLayout F = JAVA_FLOAT;

  private final KernelSet set;
  private final NativeLibrary library;
  private final MethodHandle packWeights;
  private final MethodHandle tapBoxes;
  private final MethodHandle weightUnits;
  private final MethodHandle reduceTree;
  private final MethodHandle channelSums;
  private final MethodHandle channelSquares;
  private final MethodHandle batchNormSums;
  private final MethodHandle batchNormForward;
  private final MethodHandle batchNormBackward;
  private final MethodHandle batchNormUpdate;
  private final MethodHandle inverseDeviation;
  private final MethodHandle divide;
  private final MethodHandle multiply;
  private final MethodHandle scaleForward;
  private final MethodHandle reluForward;
  private final MethodHandle reluBackward;
  private final MethodHandle add;
  private final MethodHandle addRelu;
  private final MethodHandle maxPoolForward;
  private final MethodHandle maxPoolBackward;
  private final MethodHandle averagePoolForward;
  private final MethodHandle averagePoolBackward;
  private final MethodHandle softmaxCrossEntropy;
  private final MethodHandle weightSamples;
  private final MethodHandle sigmoidCrossEntropy;
  private final MethodHandle sgdStep;
  private final MethodHandle adamStep;
  private final MethodHandle expArray;
  private final MethodHandle logArray;
  private final MethodHandle countNonFinite;
  private final MethodHandle integerLargest;
  private final MethodHandle integerQuantize;
  private final MethodHandle integerPack;
  private final MethodHandle integerPackWinograd;
  private final MethodHandle integerNorms;
  private final MethodHandle integerDirect;
  private final MethodHandle integerWinograd;
  private final MethodHandle integerPanels;
  private final MethodHandle integerSums;
  private final MethodHandle integerFinish;

  /**
   * Binds the functions of one set.
   *
   * @throws DeviceException where this processor cannot run it
   */
  public CpuKernels(NativeLibrary library, KernelSet set) {
    if (!set.in(supported(library))) {
      throw new DeviceException(
          "this processor or this build has no '" + set.label() + "' kernels; use --kernels auto");
    }
    this.library = library;
    this.set = set;
    packWeights = bind("pack_weights", FunctionDescriptor.ofVoid(P, P, P, L, L));
    tapBoxes = bind("tap_boxes", FunctionDescriptor.ofVoid(P, P, P, P, P, P, L, L));
    weightUnits = bind("weight_units", FunctionDescriptor.ofVoid(P, P, P, P, P, P, L, L));
    reduceTree = bind("reduce_tree", FunctionDescriptor.ofVoid(P, P, L, L, L, L));
    channelSums = bind("channel_sums", FunctionDescriptor.ofVoid(P, P, P, L, L));
    channelSquares = bind("channel_squares", FunctionDescriptor.ofVoid(P, P, P, P, L, L));
    batchNormSums =
        bind("batch_norm_sums", FunctionDescriptor.ofVoid(P, P, P, P, P, P, P, P, L, L));
    batchNormForward =
        bind("batch_norm_forward", FunctionDescriptor.ofVoid(P, P, P, P, P, P, L, L, L, L));
    batchNormBackward =
        bind("batch_norm_backward", FunctionDescriptor.ofVoid(P, P, P, P, P, P, P, P, L, L, L));
    batchNormUpdate = bind("batch_norm_update", FunctionDescriptor.ofVoid(P, P, F, F, P, P, L, L));
    inverseDeviation = bind("inverse_deviation", FunctionDescriptor.ofVoid(P, P, L, L));
    divide = bind("divide", FunctionDescriptor.ofVoid(P, P, F, L, L));
    multiply = bind("multiply", FunctionDescriptor.ofVoid(P, P, F, L, L));
    scaleForward = bind("scale_forward", FunctionDescriptor.ofVoid(P, P, P, P, L, L, L));
    reluForward = bind("relu_forward", FunctionDescriptor.ofVoid(P, P, L, L));
    reluBackward = bind("relu_backward", FunctionDescriptor.ofVoid(P, P, P, L, L));
    add = bind("add", FunctionDescriptor.ofVoid(P, P, P, L, L));
    addRelu = bind("add_relu", FunctionDescriptor.ofVoid(P, P, P, L, L));
    maxPoolForward = bind("max_pool_forward", FunctionDescriptor.ofVoid(P, P, P, L, L));
    maxPoolBackward = bind("max_pool_backward", FunctionDescriptor.ofVoid(P, P, P, P, L, L));
    averagePoolForward = bind("average_pool_forward", FunctionDescriptor.ofVoid(P, P, L, L, L, L));
    averagePoolBackward =
        bind("average_pool_backward", FunctionDescriptor.ofVoid(P, P, L, L, L, L));
    softmaxCrossEntropy =
        bind("softmax_cross_entropy", FunctionDescriptor.ofVoid(P, P, P, P, L, F, L, L));
    weightSamples = bind("weight_samples", FunctionDescriptor.ofVoid(P, P, P, L, L, L));
    sigmoidCrossEntropy =
        bind("sigmoid_cross_entropy", FunctionDescriptor.ofVoid(P, P, P, P, L, F, L, L));
    sgdStep = bind("sgd_step", FunctionDescriptor.ofVoid(P, P, P, F, F, F, L, L));
    adamStep = bind("adam_step", FunctionDescriptor.ofVoid(P, P, P, P, P, L, L));
    expArray = bind("exp_array", FunctionDescriptor.ofVoid(P, P, L, L));
    logArray = bind("log_array", FunctionDescriptor.ofVoid(P, P, L, L));
    countNonFinite = bind("count_non_finite", FunctionDescriptor.of(L, P, L, L));
    integerLargest = integer("integer_largest", FunctionDescriptor.ofVoid(P, P, L, L, L));
    integerQuantize = integer("integer_quantize", FunctionDescriptor.ofVoid(P, P, L, L, L));
    integerPack = integer("integer_pack", FunctionDescriptor.ofVoid(P, P, P, L, L));
    integerPackWinograd =
        integer("integer_pack_winograd", FunctionDescriptor.ofVoid(P, P, P, L, L));
    integerNorms = integer("integer_norms", FunctionDescriptor.ofVoid(P, P, P, L, L));
    integerDirect = integer("integer_direct", FunctionDescriptor.ofVoid(P, P, P, P, P, P, L, L, L));
    integerWinograd =
        integer("integer_winograd", FunctionDescriptor.ofVoid(P, P, P, P, P, P, P, L, L, L));
    integerPanels =
        integer("integer_panels", FunctionDescriptor.ofVoid(P, P, P, P, P, P, P, P, L, L, L, L, L));
    integerSums = integer("integer_sums", FunctionDescriptor.ofVoid(P, P, P, P, P, P, L, L, L, L));
    integerFinish = integer("integer_finish", FunctionDescriptor.ofVoid(P, L, P, L, L, L, L, L));
  }

  /** The widest set that this processor runs. */
  public static KernelSet best(NativeLibrary library) {
    long mask = supported(library);
    for (KernelSet set : new KernelSet[] {KernelSet.AVX512, KernelSet.AVX2, KernelSet.NEON}) {
      if (set.in(mask)) {
        return set;
      }
    }
    return KernelSet.PORTABLE;
  }

  /** Mask of the sets that this processor runs; see {@link KernelSet#in}. */
  public static long supported(NativeLibrary library) {
    long version = call(library, "unerring_kernel_version");
    if (version != VERSION) {
      throw new DeviceException(
          library.path() + " has kernel version " + version + ", not " + VERSION + "; rebuild it");
    }
    Layouts.require(layouts(library), library.path());
    return call(library, "unerring_kernel_sets");
  }

  /** The bound set. */
  public KernelSet set() {
    return set;
  }

  /** The library behind it. */
  public NativeLibrary library() {
    return library;
  }

  /** C: pack_weights. */
  public void packWeights(
      MemorySegment weight, MemorySegment packed, MemorySegment geometry, long begin, long end) {
    try {
      packWeights.invokeExact(weight, packed, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("pack_weights", e);
    }
  }

  /** C: tap_boxes. */
  public void tapBoxes(
      MemorySegment x,
      MemorySegment packed,
      MemorySegment bias,
      MemorySegment y,
      MemorySegment scratch,
      MemorySegment geometry,
      long begin,
      long end) {
    try {
      tapBoxes.invokeExact(x, packed, bias, y, scratch, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("tap_boxes", e);
    }
  }

  /** C: weight_units. */
  public void weightUnits(
      MemorySegment x,
      MemorySegment gradY,
      MemorySegment sums,
      MemorySegment biasSums,
      MemorySegment scratch,
      MemorySegment geometry,
      long begin,
      long end) {
    try {
      weightUnits.invokeExact(x, gradY, sums, biasSums, scratch, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("weight_units", e);
    }
  }

  /** C: reduce_tree. */
  public void reduceTree(
      MemorySegment partial, MemorySegment out, long chunks, long elements, long begin, long end) {
    try {
      reduceTree.invokeExact(partial, out, chunks, elements, begin, end);
    } catch (Throwable e) {
      throw failed("reduce_tree", e);
    }
  }

  /** C: channel_sums. */
  public void channelSums(
      MemorySegment x, MemorySegment partial, MemorySegment geometry, long begin, long end) {
    try {
      channelSums.invokeExact(x, partial, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("channel_sums", e);
    }
  }

  /** C: channel_squares. */
  public void channelSquares(
      MemorySegment x,
      MemorySegment mean,
      MemorySegment partial,
      MemorySegment geometry,
      long begin,
      long end) {
    try {
      channelSquares.invokeExact(x, mean, partial, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("channel_squares", e);
    }
  }

  /** C: batch_norm_sums; beta {@link MemorySegment#NULL} without ReLU. */
  public void batchNormSums(
      MemorySegment x,
      MemorySegment gradY,
      MemorySegment mean,
      MemorySegment inverseDeviation,
      MemorySegment gamma,
      MemorySegment beta,
      MemorySegment partial,
      MemorySegment geometry,
      long begin,
      long end) {
    try {
      batchNormSums.invokeExact(
          x, gradY, mean, inverseDeviation, gamma, beta, partial, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("batch_norm_sums", e);
    }
  }

  /** C: batch_norm_forward; relu 1 or 0. */
  public void batchNormForward(
      MemorySegment x,
      MemorySegment mean,
      MemorySegment inverseDeviation,
      MemorySegment gamma,
      MemorySegment beta,
      MemorySegment y,
      long channels,
      long relu,
      long begin,
      long end) {
    try {
      batchNormForward.invokeExact(
          x, mean, inverseDeviation, gamma, beta, y, channels, relu, begin, end);
    } catch (Throwable e) {
      throw failed("batch_norm_forward", e);
    }
  }

  /**
   * C: batch_norm_backward; beta {@link MemorySegment#NULL} without ReLU, means with frozen
   * statistics.
   */
  public void batchNormBackward(
      MemorySegment x,
      MemorySegment gradY,
      MemorySegment mean,
      MemorySegment inverseDeviation,
      MemorySegment gamma,
      MemorySegment beta,
      MemorySegment means,
      MemorySegment gradX,
      long channels,
      long begin,
      long end) {
    try {
      batchNormBackward.invokeExact(
          x, gradY, mean, inverseDeviation, gamma, beta, means, gradX, channels, begin, end);
    } catch (Throwable e) {
      throw failed("batch_norm_backward", e);
    }
  }

  /** C: batch_norm_update. */
  public void batchNormUpdate(
      MemorySegment mean,
      MemorySegment variance,
      float unbiased,
      float momentum,
      MemorySegment runningMean,
      MemorySegment runningVariance,
      long begin,
      long end) {
    try {
      batchNormUpdate.invokeExact(
          mean, variance, unbiased, momentum, runningMean, runningVariance, begin, end);
    } catch (Throwable e) {
      throw failed("batch_norm_update", e);
    }
  }

  /** C: inverse_deviation. */
  public void inverseDeviation(MemorySegment variance, MemorySegment y, long begin, long end) {
    try {
      inverseDeviation.invokeExact(variance, y, begin, end);
    } catch (Throwable e) {
      throw failed("inverse_deviation", e);
    }
  }

  /** C: divide. */
  public void divide(MemorySegment x, MemorySegment y, float divisor, long begin, long end) {
    try {
      divide.invokeExact(x, y, divisor, begin, end);
    } catch (Throwable e) {
      throw failed("divide", e);
    }
  }

  /** C: multiply. */
  public void multiply(MemorySegment x, MemorySegment y, float factor, long begin, long end) {
    try {
      multiply.invokeExact(x, y, factor, begin, end);
    } catch (Throwable e) {
      throw failed("multiply", e);
    }
  }

  /** C: scale_forward. */
  public void scaleForward(
      MemorySegment x,
      MemorySegment scale,
      MemorySegment shift,
      MemorySegment y,
      long channels,
      long begin,
      long end) {
    try {
      scaleForward.invokeExact(x, scale, shift, y, channels, begin, end);
    } catch (Throwable e) {
      throw failed("scale_forward", e);
    }
  }

  /** C: relu_forward. */
  public void reluForward(MemorySegment x, MemorySegment y, long begin, long end) {
    try {
      reluForward.invokeExact(x, y, begin, end);
    } catch (Throwable e) {
      throw failed("relu_forward", e);
    }
  }

  /** C: relu_backward. */
  public void reluBackward(
      MemorySegment y, MemorySegment gradY, MemorySegment gradX, long begin, long end) {
    try {
      reluBackward.invokeExact(y, gradY, gradX, begin, end);
    } catch (Throwable e) {
      throw failed("relu_backward", e);
    }
  }

  /** C: add. */
  public void add(MemorySegment a, MemorySegment b, MemorySegment y, long begin, long end) {
    try {
      add.invokeExact(a, b, y, begin, end);
    } catch (Throwable e) {
      throw failed("add", e);
    }
  }

  /** C: add_relu. */
  public void addRelu(MemorySegment a, MemorySegment b, MemorySegment y, long begin, long end) {
    try {
      addRelu.invokeExact(a, b, y, begin, end);
    } catch (Throwable e) {
      throw failed("add_relu", e);
    }
  }

  /** C: max_pool_forward. */
  public void maxPoolForward(
      MemorySegment x, MemorySegment y, MemorySegment geometry, long begin, long end) {
    try {
      maxPoolForward.invokeExact(x, y, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("max_pool_forward", e);
    }
  }

  /** C: max_pool_backward. */
  public void maxPoolBackward(
      MemorySegment x,
      MemorySegment gradY,
      MemorySegment gradX,
      MemorySegment geometry,
      long begin,
      long end) {
    try {
      maxPoolBackward.invokeExact(x, gradY, gradX, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("max_pool_backward", e);
    }
  }

  /** C: average_pool_forward. */
  public void averagePoolForward(
      MemorySegment x, MemorySegment y, long positions, long channels, long begin, long end) {
    try {
      averagePoolForward.invokeExact(x, y, positions, channels, begin, end);
    } catch (Throwable e) {
      throw failed("average_pool_forward", e);
    }
  }

  /** C: average_pool_backward. */
  public void averagePoolBackward(
      MemorySegment gradY,
      MemorySegment gradX,
      long positions,
      long channels,
      long begin,
      long end) {
    try {
      averagePoolBackward.invokeExact(gradY, gradX, positions, channels, begin, end);
    } catch (Throwable e) {
      throw failed("average_pool_backward", e);
    }
  }

  /** C: softmax_cross_entropy. */
  public void softmaxCrossEntropy(
      MemorySegment logits,
      MemorySegment labels,
      MemorySegment loss,
      MemorySegment gradient,
      long classes,
      float inverseCount,
      long begin,
      long end) {
    try {
      softmaxCrossEntropy.invokeExact(
          logits, labels, loss, gradient, classes, inverseCount, begin, end);
    } catch (Throwable e) {
      throw failed("softmax_cross_entropy", e);
    }
  }

  /** C: weight_samples. */
  public void weightSamples(
      MemorySegment weights,
      MemorySegment loss,
      MemorySegment gradient,
      long classes,
      long begin,
      long end) {
    try {
      weightSamples.invokeExact(weights, loss, gradient, classes, begin, end);
    } catch (Throwable e) {
      throw failed("weight_samples", e);
    }
  }

  /** C: sigmoid_cross_entropy. */
  public void sigmoidCrossEntropy(
      MemorySegment logits,
      MemorySegment labels,
      MemorySegment loss,
      MemorySegment gradient,
      long columns,
      float inverseCount,
      long begin,
      long end) {
    try {
      sigmoidCrossEntropy.invokeExact(
          logits, labels, loss, gradient, columns, inverseCount, begin, end);
    } catch (Throwable e) {
      throw failed("sigmoid_cross_entropy", e);
    }
  }

  /** C: sgd_step. */
  public void sgdStep(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment velocity,
      float rate,
      float momentum,
      float decay,
      long begin,
      long end) {
    try {
      sgdStep.invokeExact(parameter, gradient, velocity, rate, momentum, decay, begin, end);
    } catch (Throwable e) {
      throw failed("sgd_step", e);
    }
  }

  /** C: adam_step. */
  public void adamStep(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment first,
      MemorySegment second,
      MemorySegment constants,
      long begin,
      long end) {
    try {
      adamStep.invokeExact(parameter, gradient, first, second, constants, begin, end);
    } catch (Throwable e) {
      throw failed("adam_step", e);
    }
  }

  /** C: exp_array. */
  public void expArray(MemorySegment x, MemorySegment y, long begin, long end) {
    try {
      expArray.invokeExact(x, y, begin, end);
    } catch (Throwable e) {
      throw failed("exp_array", e);
    }
  }

  /** C: log_array. */
  public void logArray(MemorySegment x, MemorySegment y, long begin, long end) {
    try {
      logArray.invokeExact(x, y, begin, end);
    } catch (Throwable e) {
      throw failed("log_array", e);
    }
  }

  /** C: count_non_finite. */
  public long countNonFinite(MemorySegment x, long begin, long end) {
    try {
      return (long) countNonFinite.invokeExact(x, begin, end);
    } catch (Throwable e) {
      throw failed("count_non_finite", e);
    }
  }

  /** C: integer_largest. */
  public void integerLargest(
      MemorySegment x, MemorySegment largest, long count, long begin, long end) {
    try {
      integerLargest.invokeExact(x, largest, count, begin, end);
    } catch (Throwable e) {
      throw failed("integer_largest", e);
    }
  }

  /** C: integer_quantize. */
  public void integerQuantize(
      MemorySegment x, MemorySegment q, long largest, long begin, long end) {
    try {
      integerQuantize.invokeExact(x, q, largest, begin, end);
    } catch (Throwable e) {
      throw failed("integer_quantize", e);
    }
  }

  /** C: integer_pack. */
  public void integerPack(
      MemorySegment q, MemorySegment packed, MemorySegment geometry, long begin, long end) {
    try {
      integerPack.invokeExact(q, packed, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("integer_pack", e);
    }
  }

  /** C: integer_pack_winograd. */
  public void integerPackWinograd(
      MemorySegment q, MemorySegment packed, MemorySegment geometry, long begin, long end) {
    try {
      integerPackWinograd.invokeExact(q, packed, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("integer_pack_winograd", e);
    }
  }

  /** C: integer_norms. */
  public void integerNorms(
      MemorySegment q, MemorySegment norms, MemorySegment geometry, long begin, long end) {
    try {
      integerNorms.invokeExact(q, norms, geometry, begin, end);
    } catch (Throwable e) {
      throw failed("integer_norms", e);
    }
  }

  /** C: integer_direct; bias {@link MemorySegment#NULL} adds nothing. */
  public void integerDirect(
      MemorySegment x,
      MemorySegment packed,
      MemorySegment bias,
      MemorySegment y,
      MemorySegment scratch,
      MemorySegment geometry,
      long weightLargest,
      long begin,
      long end) {
    try {
      integerDirect.invokeExact(x, packed, bias, y, scratch, geometry, weightLargest, begin, end);
    } catch (Throwable e) {
      throw failed("integer_direct", e);
    }
  }

  /** C: integer_winograd; bias {@link MemorySegment#NULL} adds nothing. */
  public void integerWinograd(
      MemorySegment x,
      MemorySegment packed,
      MemorySegment norms,
      MemorySegment bias,
      MemorySegment y,
      MemorySegment scratch,
      MemorySegment geometry,
      long weightLargest,
      long begin,
      long end) {
    try {
      integerWinograd.invokeExact(
          x, packed, norms, bias, y, scratch, geometry, weightLargest, begin, end);
    } catch (Throwable e) {
      throw failed("integer_winograd", e);
    }
  }

  /** C: integer_panels. */
  public void integerPanels(
      MemorySegment x,
      MemorySegment gradY,
      MemorySegment a,
      MemorySegment b,
      MemorySegment norms,
      MemorySegment biasSums,
      MemorySegment scratch,
      MemorySegment geometry,
      long xLargest,
      long gradLargest,
      long slab,
      long begin,
      long end) {
    try {
      integerPanels.invokeExact(
          x,
          gradY,
          a,
          b,
          norms,
          biasSums,
          scratch,
          geometry,
          xLargest,
          gradLargest,
          slab,
          begin,
          end);
    } catch (Throwable e) {
      throw failed("integer_panels", e);
    }
  }

  /** C: integer_sums. */
  public void integerSums(
      MemorySegment a,
      MemorySegment b,
      MemorySegment norms,
      MemorySegment sums,
      MemorySegment scratch,
      MemorySegment geometry,
      long units,
      long fresh,
      long begin,
      long end) {
    try {
      integerSums.invokeExact(a, b, norms, sums, scratch, geometry, units, fresh, begin, end);
    } catch (Throwable e) {
      throw failed("integer_sums", e);
    }
  }

  /** C: integer_finish. */
  public void integerFinish(
      MemorySegment sums,
      long parts,
      MemorySegment out,
      long count,
      long firstLargest,
      long secondLargest,
      long begin,
      long end) {
    try {
      integerFinish.invokeExact(sums, parts, out, count, firstLargest, secondLargest, begin, end);
    } catch (Throwable e) {
      throw failed("integer_finish", e);
    }
  }

  /** Integer products have code of their own where the processor multiplies pairs. */
  private MethodHandle integer(String name, FunctionDescriptor descriptor) {
    boolean vnni = set == KernelSet.AVX512 && (supported(library) & VNNI) != 0;
    return vnni ? library.function(name + "_avx512vnni", descriptor) : bind(name, descriptor);
  }

  private MethodHandle bind(String name, FunctionDescriptor descriptor) {
    return library.function(name + "_" + set.label(), descriptor);
  }

  private static long call(NativeLibrary library, String name) {
    try {
      return (long) library.function(name, FunctionDescriptor.of(JAVA_LONG)).invokeExact();
    } catch (Throwable e) {
      throw failed(name, e);
    }
  }

  private static String layouts(NativeLibrary library) {
    String name = "unerring_layouts";
    try {
      FunctionDescriptor text = FunctionDescriptor.of(ADDRESS);
      return BoundLibrary.string((MemorySegment) library.function(name, text).invokeExact());
    } catch (Throwable e) {
      throw failed(name, e);
    }
  }

  private static RuntimeException failed(String function, Throwable cause) {
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new DeviceException("the call of " + function + " failed", cause);
  }
}
