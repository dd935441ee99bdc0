// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Chunks;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * With batch norm frozen, gradients do not depend on how a batch is cut into parts: the operands of
 * an unfinished chunk are carried over to the next part, each finished chunk is summed by itself,
 * and the tree joins them. The bits are those of the whole batch.
 */
final class SplitBatchTest {
  private static final int CLASSES = 3;

  @Test
  void smallNetwork() {
    check("small", Shape.image2d(28, 28, 1), CpuBackend.open("auto", 2), 7, 1, 3, 6);
  }

  @Test
  void network3d() {
    check("small3d", new Shape(1, 8, 8, 8, 1), CpuBackend.open("auto", 2), 30, 1, 12, 13, 29);
  }

  @Test
  void residualNetwork() {
    check("resnet18", Shape.image2d(14, 14, 1), CpuBackend.open("auto", 2), 5, 2);
  }

  @Test
  void theDefinition() {
    check("small3d", new Shape(1, 8, 8, 8, 1), new ReferenceBackend(), 5, 2, 3);
  }

  /** Gradients of a batch as a whole, and cut at these samples. */
  private static void check(
      String architecture, Shape image, Backend fresh, int batch, int... cuts) {
    try (Backend real = fresh) {
      Parts parts = new Parts(real);
      Network network = new Network(architecture, image, CLASSES, parts.backend(), batch);
      Initializer.initialize(network, 5);
      float[] pixels = TrainedHash.pixels(50, batch * image.imageElements());
      int[] labels = new int[batch];
      for (int i = 0; i < batch; i++) {
        labels[i] = i * 7 % CLASSES;
      }
      Host host = new Host(real);
      Buffer given = host.buffer(labels);
      Buffer loss = real.allocate(1);

      Tensor logits = network.forward(MemorySegment.ofArray(pixels), batch, FROZEN);
      Tensor gradLogits = network.gradLogits(batch);
      real.softmaxCrossEntropy(logits, given, loss, gradLogits);
      float[] gradient = host.read(gradLogits);
      float[] wholeLogits = host.read(logits);
      network.backward(batch, FROZEN);
      float[] whole = host.read(network.gradients());

      real.fill(network.gradients(), Float.NaN);
      parts.begin();
      int[] ends = Arrays.copyOf(cuts, cuts.length + 1);
      ends[cuts.length] = batch;
      int from = 0;
      for (int end : ends) {
        int size = image.imageElements();
        float[] part = Arrays.copyOfRange(pixels, from * size, end * size);
        Tensor y = network.forward(MemorySegment.ofArray(part), end - from, FROZEN);
        float[] expected = Arrays.copyOfRange(wholeLogits, from * CLASSES, end * CLASSES);
        assertArrayEquals(bits(expected), bits(host.read(y.data().slice(0, expected.length))));
        float[] own = Arrays.copyOfRange(gradient, from * CLASSES, end * CLASSES);
        real.upload(MemorySegment.ofArray(own), network.gradLogits(end - from).data());
        network.backward(end - from, FROZEN);
        from = end;
      }
      parts.end();
      assertArrayEquals(
          bits(whole),
          bits(host.read(network.gradients())),
          architecture + " cut at " + Arrays.toString(cuts) + "; " + TestSeed.replay());
    }
  }

  private static final Mode FROZEN = Mode.RUNNING_STATISTICS;

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  /** Sums of parameters' gradients over the parts of a batch. */
  private static final class Parts {
    private final Backend real;
    private final Map<Object, Sum> sums = new IdentityHashMap<>();
    private boolean splitting;

    Parts(Backend real) {
      this.real = real;
    }

    Backend backend() {
      return (Backend)
          Proxy.newProxyInstance(
              Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, this::call);
    }

    void begin() {
      splitting = true;
    }

    void end() {
      sums.values().forEach(Sum::end);
    }

    private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
      if (method.isDefault()) {
        return InvocationHandler.invokeDefault(proxy, method, arguments); // into plain operations
      }
      try {
        List<Buffer> gradients = new ArrayList<>();
        if (splitting) {
          switch (method.getName()) {
            case "convBackwardWeight" -> gradients.addAll(buffers(arguments, 3, 4));
            case "linearBackwardWeight" -> gradients.addAll(buffers(arguments, 2, 3));
            case "batchNormBackward" -> gradients.addAll(buffers(arguments, 6, 7));
            default -> {}
          }
        }
        if (gradients.isEmpty()) {
          return method.invoke(real, arguments);
        }
        boolean linear = method.getName().startsWith("linear");
        sums.computeIfAbsent(
                gradients.getFirst(), key -> new Sum(method, arguments, gradients, linear))
            .add((Tensor) arguments[0], (Tensor) arguments[1]);
        boolean normalization = arguments[arguments.length - 1] instanceof Tensor;
        return normalization ? method.invoke(real, arguments) : null; // gradient of the input
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    private static List<Buffer> buffers(Object[] arguments, int... places) {
      return Arrays.stream(places).mapToObj(i -> (Buffer) arguments[i]).toList();
    }

    /** One operation's sums: the tree so far, as a binary counter, and an unfinished chunk. */
    private final class Sum {
      private final Method method;
      private final Object[] arguments;
      private final List<Buffer> gradients;
      private final int chunkImages;
      private final List<float[]> waitingX = new ArrayList<>();
      private final List<float[]> waitingY = new ArrayList<>();
      private final List<float[][]> nodes = new ArrayList<>();
      private final Shape x;
      private final Shape y;
      private int chunks;

      Sum(Method method, Object[] arguments, List<Buffer> gradients, boolean linear) {
        this.method = method;
        this.arguments = arguments.clone();
        this.gradients = gradients;
        x = ((Tensor) arguments[0]).shape();
        y = ((Tensor) arguments[1]).shape();
        if (y.positions() > Chunks.POSITIONS) {
          throw new IllegalArgumentException("an image of several chunks cannot be cut here: " + y);
        }
        chunkImages = linear ? Chunks.FLAT : Math.ceilDiv(Chunks.POSITIONS, y.positions());
      }

      void add(Tensor nextX, Tensor nextY) throws Exception {
        float[] allX = new Host(real).read(nextX);
        float[] allY = new Host(real).read(nextY);
        for (int n = 0; n < nextX.shape().n(); n++) {
          waitingX.add(image(allX, n, x));
          waitingY.add(image(allY, n, y));
          if (waitingX.size() == chunkImages) {
            chunk();
          }
        }
      }

      private static float[] image(float[] all, int n, Shape shape) {
        int size = shape.imageElements();
        return Arrays.copyOfRange(all, n * size, (n + 1) * size);
      }

      /** Sums one chunk and merges equal subtrees. */
      private void chunk() throws Exception {
        Host host = new Host(real);
        int images = waitingX.size();
        Object[] own = arguments.clone();
        own[0] = host.tensor(x.withN(images), joined(waitingX));
        own[1] = host.tensor(y.withN(images), joined(waitingY));
        if (own[own.length - 1] instanceof Tensor) {
          own[own.length - 1] = host.zeros(x.withN(images));
        }
        method.invoke(real, own);
        nodes.add(gradients.stream().map(host::read).toArray(float[][]::new));
        waitingX.clear();
        waitingY.clear();
        chunks++;
        for (int below = chunks; below % 2 == 0; below /= 2) {
          merge();
        }
      }

      private void merge() {
        float[][] right = nodes.removeLast();
        float[][] left = nodes.removeLast();
        for (int i = 0; i < left.length; i++) {
          for (int j = 0; j < left[i].length; j++) {
            left[i][j] = left[i][j] + right[i][j];
          }
        }
        nodes.add(left);
      }

      void end() {
        try {
          if (!waitingX.isEmpty()) {
            chunk();
          }
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
        while (nodes.size() > 1) {
          merge();
        }
        for (int i = 0; i < gradients.size(); i++) {
          real.upload(MemorySegment.ofArray(nodes.getFirst()[i]), gradients.get(i));
        }
      }

      private static float[] joined(List<float[]> images) {
        int size = images.getFirst().length;
        float[] all = new float[images.size() * size];
        for (int i = 0; i < images.size(); i++) {
          System.arraycopy(images.get(i), 0, all, i * size, size);
        }
        return all;
      }
    }
  }
}
