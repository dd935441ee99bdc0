// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Turn;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Logits of variants of one image in which one element has another value. Of each layer only the
 * outputs that this element reaches are computed, from the values of the unchanged image around
 * them: the same operations on the same operands as in a pass over the whole image, so the same
 * bits. From the first layer that looks at the whole image on, the pass is the ordinary one.
 */
public final class LocalPass {
  /** Variants of a pass that fit into a second-level cache together: a third of all values. */
  public static final int BATCH = 85;

  private static final Shape POINT = new Shape(1, 1, 1, 1, 1);
  private static final int[] ORIGIN = {0, 0, 0};

  private final Network network;
  private final Backend backend;
  private final int batch;
  private final List<Layer> layers;
  private final Tensor[] base; // input of each layer for the image; last the logits
  private final int local; // layers before the first that looks at everything
  private final Reach[] axes = new Reach[3];
  private final Buffer[] crops;
  private final Buffer[] parts = new Buffer[2];
  private final Buffer[] whole;
  private final int[][] held; // element whose surroundings a slot of a crop holds
  private final Shape[] cropShape;
  private final MemorySegment raw;
  private final float[] image;
  private final float[] baseLogits;
  private float[] patched = new float[0];

  /**
   * A pass that shares the values of a network.
   *
   * @param network one that {@link #serves}; it must outlive this
   * @param batch most variants of a pass
   */
  public LocalPass(Network network, int batch) {
    this.network = network;
    this.batch = batch;
    backend = network.backend();
    if (!serves(network)) {
      throw new IllegalArgumentException(
          "no passes over parts of images on " + backend.name() + ", " + network.arithmetic());
    }
    Shape shape = network.image();
    layers = Architectures.layers(network.architecture(), shape, network.classes());
    base = new Tensor[layers.size() + 1];
    whole = new Buffer[layers.size() + 1];
    crops = new Buffer[layers.size()];
    cropShape = new Shape[layers.size()];
    held = new int[layers.size()][batch];
    int first = 0;
    while (layers.get(first).reach().isPresent()) {
      first++;
    }
    local = first;
    bind(shape);
    for (int axis = 0; axis < 3; axis++) {
      axes[axis] = new Reach(layers.subList(0, local), extents(axis), axis);
    }
    allocate();
    raw = parts[0].memory();
    image = new float[shape.imageElements()];
    baseLogits = new float[network.classes()];
  }

  /**
   * Whether a network has passes over parts of images: its memory must be the host's, and an output
   * may depend on nothing but its window. The scales of the arithmetic integer depend on the whole
   * image.
   */
  public static boolean serves(Network network) {
    return network.backend().hostMemory() && network.arithmetic() == Arithmetic.ORDERED;
  }

  private void bind(Shape image) {
    List<Parameter> all = network.parameters();
    Shape shape = image.withN(batch);
    long words = shape.elements();
    for (Layer layer : layers) {
      words = Math.max(words, layer.largest(shape));
      shape = layer.outputShape(shape);
    }
    Scratch scratch = new Scratch(backend, words, network.arithmetic().ofModel());
    shape = image;
    int next = 0;
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      int count = layer.parameters(shape).size();
      layer.bind(backend, shape.withN(batch), all.subList(next, next + count), scratch);
      next += count;
      base[i] = new Tensor(shape, backend.allocate(shape.elements()));
      shape = layer.outputShape(shape);
    }
    base[layers.size()] = new Tensor(shape, backend.allocate(shape.elements()));
  }

  /** Extent of the input of each local layer, and of what follows them. */
  private int[] extents(int axis) {
    int[] extents = new int[local + 1];
    for (int i = 0; i <= local; i++) {
      Shape shape = base[i].shape();
      extents[i] = axis == 0 ? shape.d() : axis == 1 ? shape.h() : shape.w();
    }
    return extents;
  }

  private void allocate() {
    long largest = base[0].shape().c();
    for (int i = 0; i < local; i++) {
      long out = base[i + 1].shape().c();
      long in = base[i].shape().c();
      for (Reach axis : axes) {
        out *= axis.most(i + 1);
        in *= axis.mostRead(i);
      }
      largest = Math.max(largest, out);
      if (windowed(i)) {
        crops[i] = backend.allocate(batch * in);
      }
    }
    parts[0] = backend.allocate(batch * largest);
    parts[1] = backend.allocate(batch * largest);
    for (int i = local; i <= layers.size(); i++) {
      boolean inPlace = i > local && layers.get(i - 1).inPlace();
      long words = (long) batch * base[i].shape().imageElements();
      whole[i] = inPlace ? whole[i - 1] : backend.allocate(words);
    }
  }

  private boolean windowed(int layer) {
    Window window = layers.get(layer).reach().orElseThrow();
    return window.taps() > 1 || window.stride() > 1 || window.pad() > 0;
  }

  /** Most variants of a pass. */
  public int batch() {
    return batch;
  }

  /**
   * Takes the image that variants are of.
   *
   * @param pixels uint8, NHWC
   * @return its logits; the caller may keep them
   */
  public float[] base(byte[] pixels) {
    try (Turn _ = backend.turn().take()) {
      for (int i = 0; i < image.length; i++) {
        image[i] = pixels[i] & 0xFF;
      }
      MemorySegment.copy(
          image, 0, base[0].data().memory(), ValueLayout.JAVA_FLOAT, 0, image.length);
      for (int i = 0; i < layers.size(); i++) {
        Layer layer = layers.get(i);
        Tensor x = base[i];
        if (layer.inPlace()) {
          copy(x, base[i + 1]);
          x = base[i + 1];
        }
        layer.forward(backend, x, base[i + 1], Mode.RUNNING_STATISTICS);
      }
      for (int[] slots : held) {
        Arrays.fill(slots, -1);
      }
      Tensor logits = base[layers.size()];
      if (!network.patches().isEmpty()) {
        network.patches().apply(backend, MemorySegment.ofArray(image), logits);
      }
      backend.download(logits.data(), MemorySegment.ofArray(baseLogits));
      return baseLogits.clone();
    }
  }

  private static void copy(Tensor from, Tensor to) {
    MemorySegment.copy(
        from.data().memory(), 0, to.data().memory(), 0, from.shape().elements() * Float.BYTES);
  }

  /**
   * A number for what an element reaches: variants of elements with the same number may share a
   * pass.
   */
  public long group(int element) {
    int[] at = place(element);
    long group = 0;
    for (int axis = 0; axis < 3; axis++) {
      group = group * axes[axis].groups() + axes[axis].group(at[axis]);
    }
    return group;
  }

  private int[] place(int element) {
    Shape shape = base[0].shape();
    int position = element / shape.c();
    int w = position % shape.w();
    int h = position / shape.w() % shape.h();
    return new int[] {position / shape.w() / shape.h(), h, w};
  }

  /**
   * Logits of variants of the image of {@link #base}.
   *
   * @param elements of one {@link #group}, the number of the changed one in NHWC order
   * @param values their new values, 0..255
   * @param count number of variants, at most {@link #batch}
   * @param logits takes [count][classes]
   */
  public void logits(int[] elements, int[] values, int count, float[] logits) {
    int classes = network.classes();
    try (Turn _ = backend.turn().take()) {
      int[][] at = new int[count][];
      for (int v = 0; v < count; v++) {
        at[v] = v > 0 && elements[v] == elements[v - 1] ? at[v - 1] : place(elements[v]);
      }
      Tensor y = pass(at, elements, values, count);
      if (y == null) {
        for (int v = 0; v < count; v++) {
          System.arraycopy(baseLogits, 0, logits, v * classes, classes);
        }
        return;
      }
      if (!network.patches().isEmpty()) {
        network.patches().apply(backend, variants(elements, values, count), y);
      }
      MemorySegment result = MemorySegment.ofArray(logits);
      backend.download(y.data(), result.asSlice(0, (long) count * classes * Float.BYTES));
    }
  }

  /** The layers; null where the element reaches no logit. */
  private Tensor pass(int[][] at, int[] elements, int[] values, int count) {
    Tensor part = changed(elements, values, count);
    int from = 0;
    for (int i = 0; i < local; i++) {
      Layer layer = layers.get(i);
      Shape out = part(i, at[0], count);
      if (out == null) {
        return null;
      }
      Tensor x = windowed(i) ? surrounded(i, part, at, elements, count) : part;
      if (layer.inPlace()) {
        layer.forwardInside(backend, x, part);
        continue;
      }
      from = 1 - from;
      part = new Tensor(out, parts[from]);
      layer.forwardInside(backend, x, part);
    }
    Tensor x = complete(part, at, count);
    for (int i = local; i < layers.size(); i++) {
      Tensor y = new Tensor(base[i + 1].shape().withN(count), whole[i + 1]);
      layers.get(i).forward(backend, x, y, Mode.RUNNING_STATISTICS);
      x = y;
    }
    return x;
  }

  /** The changed position of each variant with all its channels. */
  private Tensor changed(int[] elements, int[] values, int count) {
    int channels = base[0].shape().c();
    for (int v = 0; v < count; v++) {
      int first = elements[v] - elements[v] % channels;
      for (int c = 0; c < channels; c++) {
        float value = first + c == elements[v] ? values[v] : image[first + c];
        raw.setAtIndex(ValueLayout.JAVA_FLOAT, (long) v * channels + c, value);
      }
    }
    return new Tensor(POINT.withN(count).withC(channels), parts[0]);
  }

  /** Shape of the outputs of a layer that the element reaches; null for none. */
  private Shape part(int layer, int[] at, int count) {
    int[] size = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      size[axis] = axes[axis].size(layer + 1, at[axis]);
      if (size[axis] == 0) {
        return null;
      }
    }
    return new Shape(count, size[0], size[1], size[2], base[layer + 1].shape().c());
  }

  /** What a layer with a window reads: the image around the changed part. */
  private Tensor surrounded(int layer, Tensor part, int[][] at, int[] elements, int count) {
    int[] size = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      size[axis] = axes[axis].sizeRead(layer, at[0][axis]);
    }
    Shape one = new Shape(1, size[0], size[1], size[2], base[layer].shape().c());
    if (!one.equals(cropShape[layer])) {
      Arrays.fill(held[layer], -1);
      cropShape[layer] = one;
    }
    Tensor crop = new Tensor(one.withN(count), crops[layer]);
    int[] first = new int[3];
    int[] inside = new int[3];
    for (int v = 0; v < count; v++) {
      for (int axis = 0; axis < 3; axis++) {
        first[axis] = axes[axis].firstRead(layer, at[v][axis]);
        inside[axis] = axes[axis].first(layer, at[v][axis]) - first[axis];
      }
      int position = elements[v] / base[0].shape().c();
      if (held[layer][v] != position) {
        Boxes.cut(base[layer], first, crop, v);
        held[layer][v] = position;
      }
      Boxes.paste(part, crop, v, inside);
    }
    return crop;
  }

  /** The whole input of the first layer that looks at everything. */
  private Tensor complete(Tensor part, int[][] at, int count) {
    Tensor all = base[local];
    if (part.shape().equals(all.shape().withN(count))) {
      return part;
    }
    Tensor y = new Tensor(all.shape().withN(count), whole[local]);
    int[] inside = new int[3];
    for (int v = 0; v < count; v++) {
      for (int axis = 0; axis < 3; axis++) {
        inside[axis] = axes[axis].first(local, at[v][axis]);
      }
      Boxes.cut(all, ORIGIN, y, v);
      Boxes.paste(part, y, v, inside);
    }
    return y;
  }

  private MemorySegment variants(int[] elements, int[] values, int count) {
    if (patched.length < count * image.length) {
      patched = new float[batch * image.length];
    }
    for (int v = 0; v < count; v++) {
      System.arraycopy(image, 0, patched, v * image.length, image.length);
      patched[v * image.length + elements[v]] = values[v];
    }
    return MemorySegment.ofArray(patched);
  }
}
