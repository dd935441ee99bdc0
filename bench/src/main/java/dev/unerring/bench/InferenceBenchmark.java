package dev.unerring.bench;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.network.Initializer;
import dev.unerring.network.Network;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Logits of a batch, or of one image, in evaluation mode; those of two images are compared with the definition. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class InferenceBenchmark {
  private static final int CUT = 2;

  @Param("small")
  public String net;

  @Param("2")
  public int threads;

  @Param("batch")
  public String images;

  private CpuBackend backend;
  private Network network;
  private MemorySegment pixels;
  private int count;

  /** A benchmark; JMH makes it. */
  public InferenceBenchmark() {}

  @Setup
  public void setUp() {
    Nets nets = Nets.named(net);
    count = images(net, images);
    pixels = MemorySegment.ofArray(nets.pixels(count));
    backend = CpuBackend.open("auto", threads);
    network = network(nets, backend, count);
    int compared = Math.min(CUT, count);
    Buffer measured = run().firstImages(compared).data().slice(0, (long) compared * nets.classes());
    try (Backend definition = new ReferenceBackend()) {
      Tensor wanted = forward(network(nets, definition, compared), compared);
      Memory.requireSameBits(wanted.data(), measured, "logits of " + net);
    }
  }

  /** Number of images of a call, which is 1 or the batch of the network. */
  static int images(String net, String images) {
    return images.equals("batch") ? Nets.named(net).batch() : Integer.parseInt(images);
  }

  private static Network network(Nets nets, Backend backend, int batch) {
    Network made = new Network(nets.name(), nets.image(), nets.classes(), backend, batch);
    Initializer.initialize(made, 0);
    return made;
  }

  private Tensor forward(Network with, int count) {
    return with.forward(pixels, count, dev.unerring.network.Mode.RUNNING_STATISTICS);
  }

  @Benchmark
  public Tensor run() {
    return forward(network, count);
  }

  @TearDown
  public void tearDown() {
    backend.close();
  }
}
