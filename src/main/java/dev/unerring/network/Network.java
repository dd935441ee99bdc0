package dev.unerring.network;

import dev.unerring.backend.Backend;
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
 */
public final class Network {
  private final String architecture;
  private final int classes;
  private final Backend backend;
  private final List<Layer> layers;
  private final List<Parameter> parameters = new ArrayList<>();
  private final Buffer values;
  private final Buffer gradients;
  private final List<Tensor> activations = new ArrayList<>();
  private final Buffer[] passed = new Buffer[2];
  private final Tensor gradLogits;

  /**
   * Builds the network with all values zero; see {@link Initializer} and {@link ModelFile}.
   *
   * @param architecture a name of {@link Architectures}
   * @param image shape of one image
   * @param classes number of logits
   * @param batch largest number of images a pass will take
   */
  public Network(String architecture, Shape image, int classes, Backend backend, int batch) {
    this.architecture = architecture;
    this.classes = classes;
    this.backend = backend;
    this.layers = Architectures.layers(architecture, image, classes);
    List<Shape> inputs = new ArrayList<>();
    Shape shape = image.withN(batch);
    long trained = 0;
    long largest = 0;
    for (Layer layer : layers) {
      inputs.add(shape);
      for (ParameterSpec spec : layer.parameters(shape)) {
        trained += spec.role().trained() ? spec.size() : 0;
      }
      largest = Math.max(largest, shape.elements());
      shape = layer.outputShape(shape);
    }
    values = backend.allocate(trained);
    gradients = backend.allocate(trained);
    passed[0] = backend.allocate(largest);
    passed[1] = backend.allocate(largest);
    activations.add(new Tensor(inputs.getFirst(), backend.allocate(inputs.getFirst().elements())));
    long offset = 0;
    for (int i = 0; i < layers.size(); i++) {
      offset = bind(layers.get(i), inputs.get(i), offset);
    }
    gradLogits = new Tensor(shape, backend.allocate(shape.elements()));
  }

  private long bind(Layer layer, Shape input, long offset) {
    long next = offset;
    List<Parameter> bound = new ArrayList<>();
    for (ParameterSpec spec : layer.parameters(input)) {
      if (spec.role().trained()) {
        Buffer value = values.slice(next, spec.size());
        bound.add(new Parameter(spec, value, gradients.slice(next, spec.size())));
        next += spec.size();
      } else {
        bound.add(new Parameter(spec, backend.allocate(spec.size()), null));
      }
    }
    layer.bind(backend, input, bound);
    parameters.addAll(bound);
    Shape output = layer.outputShape(input);
    Buffer data =
        layer.inPlace() ? activations.getLast().data() : backend.allocate(output.elements());
    activations.add(new Tensor(output, data));
    return next;
  }

  /** Name of the architecture. */
  public String architecture() {
    return architecture;
  }

  /** Number of logits. */
  public int classes() {
    return classes;
  }

  /** Shape of one image. */
  public Shape image() {
    return activations.getFirst().shape().withN(1);
  }

  /** Largest number of images of a pass. */
  public int batch() {
    return activations.getFirst().shape().n();
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
   * Logits of a batch.
   *
   * @param pixels raw values 0..255 as float32, images one after another in NHWC order
   * @param images number of images, at most {@link #batch}
   */
  public Tensor forward(MemorySegment pixels, int images, Mode mode) {
    Tensor input = activations.getFirst().firstImages(images);
    backend.upload(pixels.asSlice(0, input.shape().elements() * Float.BYTES), input.data());
    for (int i = 0; i < layers.size(); i++) {
      Tensor x = activations.get(i).firstImages(images);
      layers.get(i).forward(backend, x, activations.get(i + 1).firstImages(images), mode);
    }
    return activations.getLast().firstImages(images);
  }

  /** Where the loss writes the gradient of the logits of {@code images} images. */
  public Tensor gradLogits(int images) {
    return gradLogits.firstImages(images);
  }

  /** Gradients of all trained values, from {@link #gradLogits}, after {@link #forward}. */
  public void backward(int images, Mode mode) {
    Tensor gradY = gradLogits.firstImages(images);
    int free = 0;
    for (int i = layers.size() - 1; i > 0; i--) {
      Tensor x = activations.get(i).firstImages(images);
      boolean inPlace = layers.get(i).inPlace();
      boolean needed = i > 1; // the fixed scaling has nothing to learn
      Tensor gradX = null;
      if (needed) {
        gradX = new Tensor(x.shape(), inPlace ? gradY.data() : passed[free]);
        free = inPlace ? free : 1 - free;
      }
      Tensor y = activations.get(i + 1).firstImages(images);
      layers.get(i).backward(backend, x, y, gradY, gradX, mode);
      gradY = gradX;
    }
  }

  /** Commits the statistics of the last batch to the running ones. */
  public void commitStatistics(float momentum) {
    for (Layer layer : layers) {
      layer.commitStatistics(backend, momentum);
    }
  }
}
