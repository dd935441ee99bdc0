// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.AdamStep;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.Window;
import dev.unerring.backend.cuda.HostGpu;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operands whose sizes do not fit together, and labels outside the classes, raise {@link
 * IllegalArgumentException} on every backend before anything is read or written.
 */
final class OperandSizesTest {
  private static final Shape X = new Shape(2, 1, 6, 6, 3);
  private static final Window WINDOW = Window.square(3, 1, 1);
  private static final Window HALF = Window.square(2, 2, 0);
  private static final Shape Y = X.withC(4);
  private static final int WEIGHTS = 9 * 3 * 4;
  private static final int[] TWOS = {0, 1, 1, 0, 1, 2, 0, 0, 1, 1};
  private static final Pattern NUMBERS = Pattern.compile("-?[0-9]+");

  /** {@link Shape#toString}. */
  private static final Pattern SHAPES = Pattern.compile("Shape\\[n=");

  /** Mistakes in an operation that takes two tensors: the message shows the shapes of both. */
  private static final Set<String> TWO_SHAPES =
      Set.of(
          "conv y",
          "conv n",
          "conv weight",
          "conv bias",
          "conv gradX",
          "conv gradWeight",
          "linear weight",
          "linear bias",
          "linear n",
          "linear gradX",
          "linear gradBias",
          "scale",
          "batch norm",
          "batch norm gradient",
          "relu",
          "relu gradient",
          "add",
          "pool",
          "pool border",
          "pool gradX",
          "average",
          "average gradient");

  private static final AdamStep ADAM = AdamStep.at(1e-3, 0.9, 0.999, 1e-8, 0, 0.9, 0.999);

  /** Allocates on the backend under test. */
  private record On(Backend b) {
    Tensor t(Shape shape) {
      return new Tensor(shape, v(shape.elements()));
    }

    Buffer v(long words) {
      return b.allocate(words);
    }

    Buffer labels(int... values) {
      Buffer labels = v(values.length);
      b.upload(MemorySegment.ofArray(values), labels);
      return labels;
    }
  }

  @TestFactory
  Stream<DynamicTest> reference() {
    return tests("reference", ReferenceBackend::new);
  }

  @TestFactory
  Stream<DynamicTest> cpu() {
    KernelSets sets = KernelSets.find();
    return tests("cpu", () -> CpuBackend.open(sets.best().set().label(), 2));
  }

  @TestFactory
  Stream<DynamicTest> cuda(@TempDir Path folder) throws Exception {
    HostGpu gpu = HostGpu.build(folder);
    return tests("cuda", gpu::open);
  }

  private static Stream<DynamicTest> tests(String name, Supplier<Backend> backend) {
    return mistakes().entrySet().stream()
        .map(mistake ->
            DynamicTest.dynamicTest(
                name + ": " + mistake.getKey(),
                () -> {
                  try (Backend b = backend.get()) {
                    String message =
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> mistake.getValue().accept(new On(b)))
                            .getMessage();
                    assertTrue(
                        NUMBERS.matcher(message).results().count() >= 2,
                        "the message names no two shapes or sizes: " + message);
                    if (TWO_SHAPES.contains(mistake.getKey())) {
                      assertTrue(
                          SHAPES.matcher(message).results().count() >= 2,
                          "the message names no two shapes: " + message);
                    }
                  }
                }));
  }

  private static Map<String, Consumer<On>> mistakes() {
    Map<String, Consumer<On>> all = new LinkedHashMap<>();
    Shape wide = new Shape(2, 1, 6, 7, 4);
    all.put("conv y", o -> o.b.convForward(o.t(X), o.v(WEIGHTS), o.v(4), WINDOW, o.t(wide)));
    all.put("conv n", o -> o.b.convForward(o.t(X), o.v(WEIGHTS), o.v(4), WINDOW, o.t(Y.withN(3))));
    all.put("conv weight", o -> o.b.convForward(o.t(X), o.v(WEIGHTS - 1), o.v(4), WINDOW, o.t(Y)));
    all.put("conv bias", o -> o.b.convForward(o.t(X), o.v(WEIGHTS), o.v(5), WINDOW, o.t(Y)));
    all.put("conv gradX", o -> o.b.convBackwardInput(o.t(wide), o.v(WEIGHTS), WINDOW, o.t(X)));
    all.put(
        "conv gradWeight",
        o -> o.b.convBackwardWeight(o.t(X), o.t(Y), WINDOW, o.v(WEIGHTS + 1), o.v(4)));
    all.put(
        "window larger than the image",
        o ->
            o.b.convForward(
                o.t(X),
                o.v(49 * 12),
                o.v(4),
                Window.square(7, 1, 0),
                o.t(new Shape(2, 1, 1, 1, 4))));
    Shape out = Shape.vectors(2, 5);
    all.put("linear weight", o -> o.b.linearForward(o.t(X), o.v(539), o.v(5), o.t(out)));
    all.put("linear bias", o -> o.b.linearForward(o.t(X), o.v(540), o.v(4), o.t(out)));
    all.put("linear n", o -> o.b.linearForward(o.t(X), o.v(540), o.v(5), o.t(out.withN(1))));
    all.put("linear gradX", o -> o.b.linearBackwardInput(o.t(out), o.v(540), o.t(X.withN(3))));
    all.put("linear gradBias", o -> o.b.linearBackwardWeight(o.t(X), o.t(out), o.v(540), o.v(6)));
    all.put("scale", o -> o.b.scaleForward(o.t(X), o.v(2), o.v(3), o.t(X)));
    all.put("statistics", o -> o.b.batchNormStatistics(o.t(X), o.v(3), o.v(4)));
    all.put(
        "batch norm", o -> o.b.batchNormForward(o.t(X), o.v(3), o.v(3), o.v(3), o.v(3), o.t(Y)));
    all.put(
        "batch norm gradient",
        o ->
            o.b.batchNormBackward(
                o.t(X), o.t(X), o.v(3), o.v(3), o.v(3), false, o.v(3), o.v(2), o.t(X)));
    all.put("update", o -> o.b.batchNormUpdate(o.v(2), o.v(3), 9, 0.1f, o.v(3), o.v(3)));
    all.put("one position", o -> o.b.batchNormUpdate(o.v(3), o.v(3), 1, 0.1f, o.v(3), o.v(3)));
    all.put("relu", o -> o.b.reluForward(o.t(X), o.t(Y)));
    all.put("relu gradient", o -> o.b.reluBackward(o.t(X), o.t(X), o.t(Y)));
    all.put("add", o -> o.b.add(o.t(X), o.t(Y), o.t(X)));
    Shape pooled = HALF.outputOf(X, 3);
    all.put("pool", o -> o.b.maxPoolForward(o.t(X), HALF, o.t(X)));
    all.put("pool border", o -> o.b.maxPoolForward(o.t(X), WINDOW, o.t(X)));
    all.put("pool gradX", o -> o.b.maxPoolBackward(o.t(X), o.t(pooled), HALF, o.t(X.withN(1))));
    all.put("average", o -> o.b.averagePoolForward(o.t(X), o.t(Shape.vectors(2, 4))));
    all.put("average gradient", o -> o.b.averagePoolBackward(o.t(Shape.vectors(1, 3)), o.t(X)));
    all.put("few labels", o -> o.b.softmaxCrossEntropy(o.t(out), o.labels(1), o.v(1), o.t(out)));
    all.put("label K", o -> o.b.softmaxCrossEntropy(o.t(out), o.labels(0, 5), o.v(1), o.t(out)));
    all.put("label -1", o -> o.b.softmaxCrossEntropy(o.t(out), o.labels(-1, 0), o.v(1), o.t(out)));
    all.put("loss", o -> o.b.softmaxCrossEntropy(o.t(out), o.labels(0, 0), o.v(2), o.t(out)));
    all.put(
        "few weights",
        o -> o.b.weightedSoftmaxCrossEntropy(o.t(out), o.labels(0, 0), o.v(1), o.v(1), o.t(out)));
    all.put("few", o -> o.b.sigmoidCrossEntropy(o.t(out), o.labels(0, 1), o.v(1), o.t(out)));
    all.put("a label", o -> o.b.sigmoidCrossEntropy(o.t(out), o.labels(TWOS), o.v(1), o.t(out)));
    all.put("sgd", o -> o.b.sgdStep(o.v(5), o.v(6), o.v(5), 0.1f, 0, 0));
    all.put("adam", o -> o.b.adamStep(o.v(5), o.v(5), o.v(5), o.v(6), ADAM));
    all.put("upload", o -> o.b.upload(MemorySegment.ofArray(new float[6]), o.v(5)));
    all.put("download", o -> o.b.download(o.v(5), MemorySegment.ofArray(new float[6])));
    all.put("small tensor", o -> new Tensor(X, o.v(X.elements() - 1)));
    return all;
  }
}
