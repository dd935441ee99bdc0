// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Turn;
import dev.unerring.base.WorkMonitor;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A chain of layers with its memory: one flat buffer of trained values, one of gradients, one of
 * fixed tensors (input scaling, running statistics), and activations for a largest batch. The
 * backend owns the memory; the network lives as long as it.
 *
 * <p>One thread at a time: passes and changes take the backend's {@link Turn}, a second thread gets
 * a {@link dev.unerring.base.ConcurrentUseException}. Threads that compute at once need a backend
 * and a network each.
 */
public final class Network {
  private final String architecture;
  private final int classes;
  private final Backend backend;
  private final Chain chain;
  private final Scratch scratch;
  private final List<Parameter> parameters = new ArrayList<>();
  private final Buffer values;
  private final Buffer gradients;
  private final Activation input;
  private final Activation logits;
  private final Activation gradLogits;
  private Activation gradInput; // where it was asked for
  private final Buffer[] moments;
  private final Commit[] commits;
  private float[] room;
  private Patches patches = Patches.NONE;
  private int images;

  /**
   * Builds the network with all values zero; see {@link Initializer} and {@link ModelFile}.
   *
   * @param architecture a name of {@link Architectures}
   * @param image shape of one image
   * @param classes number of logits
   * @param batch largest number of images a pass will take
   */
  public Network(String architecture, Shape image, int classes, Backend backend, int batch) {
    this(architecture, image, classes, backend, batch, Arithmetic.ORDERED);
  }

  /**
   * The same in an arithmetic of its own.
   *
   * @param arithmetic ordered or integer
   * @throws dev.unerring.DeviceException where the backend has no kernels for it
   */
  public Network(
      String architecture,
      Shape image,
      int classes,
      Backend backend,
      int batch,
      Arithmetic arithmetic) {
    this.architecture = architecture;
    this.classes = classes;
    this.backend = backend;
    this.chain = new Chain(Architectures.layers(architecture, image, classes));
    Shape shape = image.withN(batch);
    List<ParameterSpec> specs = chain.parameters(shape);
    long trained = trained(specs);
    values = backend.allocate(trained);
    gradients = backend.allocate(trained);
    long next = 0;
    for (ParameterSpec spec : specs) {
      if (spec.role().trained()) {
        Buffer gradient = gradients.slice(next, spec.size());
        parameters.add(new Parameter(spec, values.slice(next, spec.size()), gradient));
        next += spec.size();
      } else {
        parameters.add(new Parameter(spec, backend.allocate(spec.size()), null));
      }
    }
    input = allocate(shape);
    logits = allocate(chain.outputShape(shape));
    gradLogits = allocate(logits.whole().shape());
    moments = new Buffer[2];
    commits = new Commit[batch + 1];
    scratch = new Scratch(backend, chain.largest(shape), arithmetic.ofModel());
    scratch.products(backend); // fails early
    chain.bind(backend, shape, parameters, scratch);
  }

  /** A network with the values of another one and memory of its own for passes. */
  private Network(Network other, Backend own) {
    architecture = other.architecture;
    classes = other.classes;
    backend = own;
    Shape shape = other.input.whole().shape();
    chain = new Chain(Architectures.layers(architecture, shape.withN(1), classes));
    parameters.addAll(other.parameters);
    values = other.values;
    gradients = other.gradients;
    input = allocate(shape);
    logits = allocate(chain.outputShape(shape));
    gradLogits = logits;
    moments = new Buffer[2];
    commits = new Commit[other.commits.length];
    scratch = new Scratch(backend, chain.largest(shape), other.arithmetic());
    chain.bind(backend, shape, parameters, scratch);
    patches = other.patches;
  }

  private Network(Network other) {
    architecture = other.architecture;
    classes = other.classes;
    backend = other.backend.exact();
    chain = other.chain;
    scratch = other.scratch;
    parameters.addAll(other.parameters);
    values = other.values;
    gradients = other.gradients;
    input = other.input;
    logits = other.logits;
    gradLogits = other.gradLogits;
    moments = other.moments;
    commits = new Commit[other.commits.length];
    patches = other.patches;
  }

  private Activation allocate(Shape shape) {
    return new Activation(new Tensor(shape, backend.allocate(shape.elements())));
  }

  private static long trained(List<ParameterSpec> specs) {
    long trained = 0;
    for (ParameterSpec spec : specs) {
      trained += spec.role().trained() ? spec.size() : 0;
    }
    return trained;
  }

  /** Name of the architecture. */
  public String architecture() {
    return architecture;
  }

  /** What its products are computed in, ordered or integer. */
  public Arithmetic arithmetic() {
    return scratch.arithmetic();
  }

  /** Number of logits. */
  public int classes() {
    return classes;
  }

  /** Shape of one image. */
  public Shape image() {
    return input.whole().shape().withN(1);
  }

  /** Largest number of images of a pass. */
  public int batch() {
    return input.whole().shape().n();
  }

  /** Multiplications of a forward pass of one image in convolutions and linear layers. */
  public long multiplications() {
    return chain.multiplications(image());
  }

  /** The backend that carries out the passes. */
  public Backend backend() {
    return backend;
  }

  /** Stored tensors in declared order. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /** Number of trained values. */
  public long parameterCount() {
    return values.length();
  }

  /** All trained values, one after another in declared order, engine layout. */
  public Buffer values() {
    return values;
  }

  /** Their gradients after {@link #backward}. */
  public Buffer gradients() {
    return gradients;
  }

  /**
   * Memory of an optimiser, of any content, allocated when first asked for.
   *
   * @param which 0 or 1; an optimiser that takes them ends the use of the one before
   * @return as many words as {@link #values}
   */
  public Buffer moment(int which) {
    if (moments[which] == null) {
      moments[which] = backend.allocate(values.length());
    }
    return moments[which];
  }

  /** Memory of the host for any one tensor, for reading and writing models. */
  float[] room() {
    if (room == null) {
      room = new float[parameters.stream().mapToInt(each -> each.spec().size()).max().orElse(0)];
    }
    return room;
  }

  /** What stands on top of the layers in evaluation mode. */
  public Patches patches() {
    return patches;
  }

  /** Puts other patches on top, {@link Patches#NONE} to see the layers alone. */
  public void patch(Patches others) {
    try (Turn _ = backend.turn().take()) {
      boolean fits = others.isEmpty() || others.fits(image(), classes);
      if (!fits) {
        throw new IllegalArgumentException(
            "patches for other images or classes than " + image() + " and " + classes);
      }
      patches = others;
    }
  }

  /**
   * Logits of a batch; with {@link Mode#RUNNING_STATISTICS} the patches apply.
   *
   * @param pixels raw values 0..255 as float32, images one after another in NHWC order
   * @param images number of images, at most {@link #batch}
   */
  public Tensor forward(MemorySegment pixels, int images, Mode mode) {
    try (Turn _ = backend.turn().takeForPass()) {
      Tensor x = begin(images);
      long bytes = x.shape().elements() * Float.BYTES;
      backend.upload(pixels.byteSize() == bytes ? pixels : pixels.asSlice(0, bytes), x.data());
      Tensor y = forward(images, mode);
      if (mode == Mode.RUNNING_STATISTICS && !patches.isEmpty()) {
        patches.apply(backend, pixels, y);
        backend.turn().unread(); // the patches have read it, the caller has not
      }
      return y;
    }
  }

  /**
   * Lets a monitor stop passes between their layers, until the watch is closed. A pass that was
   * stopped has changed no value, and the next one begins anew.
   *
   * @param work what the passes are for, for the message
   */
  public Watch watchedBy(WorkMonitor monitor, String work) {
    return new Watch(monitor, work);
  }

  /** Until it is closed, a monitor watches the passes of the network. */
  public final class Watch implements AutoCloseable {
    private final WorkMonitor before = scratch.monitor();
    private final String workBefore = scratch.work();
    private final WorkMonitor monitor;
    private final String work;

    private Watch(WorkMonitor monitor, String work) {
      this.monitor = monitor;
      this.work = work;
      scratch.watch(monitor, work);
    }

    /** Reports progress; StoppedException when the monitor stops. */
    public void step(long done, long total) {
      monitor.step(work, done, total);
    }

    /** The monitor before watches again. */
    @Override
    public void close() {
      scratch.watch(before, workBefore);
    }
  }

  /**
   * Begins a batch of so many images: where its raw pixel values have to stand for {@link
   * #forward(int, Mode)}.
   */
  public Tensor begin(int count) {
    try (Turn _ = backend.turn().takeForPass()) {
      images = count;
      return input.of(count);
    }
  }

  /** Logits of the batch of {@link #begin}, of the layers alone: without patches. */
  public Tensor forward(int count, Mode mode) {
    try (Turn _ = backend.turn().take()) {
      Tensor y = logits(count);
      scratch.reclaim();
      chain.forward(backend, input.of(count), y, mode);
      return y;
    }
  }

  /** Where the logits of {@code count} images stand after a pass. */
  public Tensor logits(int count) {
    return logits.of(count);
  }

  /** Where the loss writes the gradient of the logits of {@code images} images. */
  public Tensor gradLogits(int images) {
    return gradLogits.of(images);
  }

  /**
   * Gradients of all trained values, from {@link #gradLogits}, after {@link #forward}.
   *
   * @throws IllegalStateException where there are patches: their network is not trained any more
   */
  public void backward(int images, Mode mode) {
    try (Turn _ = backend.turn().take()) {
      if (!patches.isEmpty()) {
        throw new IllegalStateException("a network with patches cannot be trained; remove them");
      }
      scratch.reclaim();
      chain.backward(
          backend, input.of(images), logits.of(images), gradLogits.of(images), null, mode);
    }
  }

  /**
   * Gradients of the raw pixels, from {@link #gradLogits}, after {@link #forward} with running
   * statistics; of the layers alone. {@link #gradients} is of no use after it.
   *
   * @throws IllegalArgumentException in d-n-K networks, whose first layer rounds
   */
  public Tensor inputGradients(int count) {
    try (Turn _ = backend.turn().take()) {
      gradInput = gradInput == null ? allocate(input.whole().shape()) : gradInput;
      scratch.reclaim();
      Tensor x = input.of(count);
      Tensor gradX = gradInput.of(count);
      Mode mode = Mode.RUNNING_STATISTICS;
      chain.backward(backend, x, logits.of(count), gradLogits.of(count), gradX, mode);
      return gradX;
    }
  }

  /** Commits the statistics of the last batch to the running ones. */
  public void commitStatistics(float momentum) {
    try (Turn _ = backend.turn().take()) {
      Commit commit = commits[images];
      if (commit == null || commit.momentum() != momentum) {
        commit = new Commit(this, images, momentum);
        commits[images] = commit;
      }
      backend.repeat(commit, commit);
    }
  }

  /** Operations that are made once for each number of images. */
  private record Commit(Network network, int images, float momentum) implements Runnable {
    @Override
    public void run() {
      network.chain.commitStatistics(network.backend, images, momentum);
    }
  }

  /**
   * The same trained values with memory of its own, for forward passes with running statistics at
   * the same time on another thread. The values live as long as this network's backend and may not
   * change meanwhile.
   *
   * @param own a backend whose memory is the processor's, as this one's is
   */
  public Network sharing(Backend own) {
    return new Network(this, own);
  }

  /**
   * The same network and memory on {@link Backend#exact}: itself where that is the same backend.
   */
  public Network exact() {
    return backend.exact() == backend ? this : new Network(this);
  }
}
