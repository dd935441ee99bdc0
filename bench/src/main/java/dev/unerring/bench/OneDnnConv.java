// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.Pointer;

/**
 * The same pass in oneDNN: activations nhwc, weights in whatever layout oneDNN likes best, put
 * there before the clock starts (ours are packed within it).
 */
final class OneDnnConv implements AutoCloseable {
  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final List<MemorySegment> kept = new ArrayList<>();
  private final dnnl_memory_desc plainWeights;
  private final dnnl_memory_desc ownWeights;
  private final String pass;
  private final MemorySegment result;
  private final dnnl_memory weights;
  private final dnnl_exec_arg_t arguments;
  private final int argumentCount;

  OneDnnConv(
      ConvCase conv, String pass, int threads, Tensor x, Tensor gradY, Buffer weight, Buffer bias) {
    this.pass = pass;
    NativeCalls.setOpenMpThreads(threads);
    check(dnnl_engine_create(engine, dnnl_cpu, 0), "engine");
    check(dnnl_stream_create(stream, engine, dnnl_stream_default_flags), "stream");
    boolean deep = conv.input().d() > 1;
    Window w = conv.window();
    dnnl_memory_desc in = activation(x.shape(), deep);
    dnnl_memory_desc out = activation(gradY.shape(), deep);
    long[] extents = spatial(deep, w.kd(), w.kh(), w.kw());
    long[] weightExtents = prepend(extents, conv.outputs(), conv.input().c());
    plainWeights = descriptor(weightExtents, deep ? dnnl_dhwio : dnnl_hwio);
    dnnl_memory_desc anyWeights = descriptor(weightExtents, dnnl_format_tag_any);
    dnnl_memory_desc biases = descriptor(new long[] {conv.outputs()}, dnnl_a);
    long[] strides = spatial(deep, w.stride(), w.stride(), w.stride());
    long[] dilations = spatial(deep, 0, 0, 0);
    long[] pads = spatial(deep, w.padDepth(), w.pad(), w.pad());

    dnnl_primitive_desc forward = new dnnl_primitive_desc();
    dnnl_primitive_attr none = null;
    check(
        dnnl_convolution_forward_primitive_desc_create(
            forward,
            engine,
            dnnl_forward_training,
            dnnl_convolution_direct,
            in,
            anyWeights,
            biases,
            out,
            strides,
            dilations,
            pads,
            pads,
            none),
        "forward");
    dnnl_primitive_desc chosen = new dnnl_primitive_desc();
    int weightQuery = dnnl_query_weights_md;
    switch (pass) {
      case "forward" -> chosen = forward;
      case "backwardInput" ->
          check(
              dnnl_convolution_backward_data_primitive_desc_create(
                  chosen,
                  engine,
                  dnnl_convolution_direct,
                  in,
                  anyWeights,
                  out,
                  strides,
                  dilations,
                  pads,
                  pads,
                  forward,
                  none),
              pass);
      default -> {
        weightQuery = dnnl_query_diff_weights_md;
        check(
            dnnl_convolution_backward_weights_primitive_desc_create(
                chosen,
                engine,
                dnnl_convolution_direct,
                in,
                anyWeights,
                biases,
                out,
                strides,
                dilations,
                pads,
                pads,
                forward,
                none),
            pass);
      }
    }
    check(dnnl_primitive_create(primitive, chosen), "primitive");
    ownWeights = dnnl_primitive_desc_query_md(chosen, weightQuery, 0);
    weights = memory(ownWeights, segment(dnnl_memory_desc_get_size(ownWeights)));
    reorder(plainWeights, memory(plainWeights, weight.memory()), ownWeights, weights);

    argumentCount = pass.equals("backwardInput") ? 3 : 4;
    arguments = new dnnl_exec_arg_t(argumentCount);
    switch (pass) {
      case "forward" -> {
        result = segment(gradY.shape().elements() * Float.BYTES);
        argument(0, DNNL_ARG_SRC, memory(in, x.data().memory()));
        argument(1, DNNL_ARG_WEIGHTS, weights);
        argument(2, DNNL_ARG_BIAS, memory(biases, bias.memory()));
        argument(3, DNNL_ARG_DST, memory(out, result));
      }
      case "backwardInput" -> {
        result = segment(x.shape().elements() * Float.BYTES);
        argument(0, DNNL_ARG_DIFF_DST, memory(out, gradY.data().memory()));
        argument(1, DNNL_ARG_WEIGHTS, weights);
        argument(2, DNNL_ARG_DIFF_SRC, memory(in, result));
      }
      default -> {
        result = segment(weight.length() * Float.BYTES);
        argument(0, DNNL_ARG_SRC, memory(in, x.data().memory()));
        argument(1, DNNL_ARG_DIFF_DST, memory(out, gradY.data().memory()));
        argument(2, DNNL_ARG_DIFF_WEIGHTS, weights);
        argument(3, DNNL_ARG_DIFF_BIAS, memory(biases, segment(bias.length() * Float.BYTES)));
      }
    }
  }

  void execute() {
    check(dnnl_primitive_execute(primitive, stream, argumentCount, arguments), pass);
    check(dnnl_stream_wait(stream), pass);
  }

  /** What the last execution wrote, in the engine's layout. */
  MemorySegment result() {
    if (pass.equals("backwardWeight")) {
      reorder(ownWeights, weights, plainWeights, memory(plainWeights, result));
    }
    return result;
  }

  @Override
  public void close() {
    dnnl_primitive_destroy(primitive);
  }

  private void reorder(
      dnnl_memory_desc from, dnnl_memory source, dnnl_memory_desc to, dnnl_memory target) {
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    dnnl_primitive_attr none = null;
    check(
        dnnl_reorder_primitive_desc_create(description, from, engine, to, engine, none), "reorder");
    dnnl_primitive copy = new dnnl_primitive();
    check(dnnl_primitive_create(copy, description), "reorder");
    dnnl_exec_arg_t both = new dnnl_exec_arg_t(2);
    both.getPointer(0).arg(DNNL_ARG_FROM).memory(source);
    both.getPointer(1).arg(DNNL_ARG_TO).memory(target);
    check(dnnl_primitive_execute(copy, stream, 2, both), "reorder");
    check(dnnl_stream_wait(stream), "reorder");
    dnnl_primitive_destroy(copy);
  }

  private void argument(int index, int kind, dnnl_memory memory) {
    arguments.getPointer(index).arg(kind).memory(memory);
  }

  private MemorySegment segment(long bytes) {
    return NativeCalls.allocate(bytes);
  }

  private dnnl_memory memory(dnnl_memory_desc descriptor, MemorySegment segment) {
    kept.add(segment);
    dnnl_memory memory = new dnnl_memory();
    Pointer address = new Address(segment.address());
    check(dnnl_memory_create(memory, descriptor, engine, address), "memory");
    return memory;
  }

  private static dnnl_memory_desc activation(Shape s, boolean deep) {
    long[] extents = prepend(spatial(deep, s.d(), s.h(), s.w()), s.n(), s.c());
    return descriptor(extents, deep ? dnnl_ndhwc : dnnl_nhwc);
  }

  private static dnnl_memory_desc descriptor(long[] extents, int tag) {
    dnnl_memory_desc descriptor = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_tag(descriptor, extents.length, extents, dnnl_f32, tag),
        "descriptor");
    return descriptor;
  }

  private static long[] spatial(boolean deep, long d, long h, long w) {
    return deep ? new long[] {d, h, w} : new long[] {h, w};
  }

  private static long[] prepend(long[] extents, long first, long second) {
    long[] all = new long[extents.length + 2];
    all[0] = first;
    all[1] = second;
    System.arraycopy(extents, 0, all, 2, extents.length);
    return all;
  }

  private static void check(int status, String what) {
    if (status != 0) {
      throw new IllegalStateException("oneDNN, " + what + ": status " + status);
    }
  }

  /** An address that Java's own memory lives at. */
  private static final class Address extends Pointer {
    Address(long value) {
      super((Pointer) null);
      address = value;
    }
  }
}
