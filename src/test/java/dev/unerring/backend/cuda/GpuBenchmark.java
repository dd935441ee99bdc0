// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.DeviceException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.backend.cuda.CudnnConvolution.Algorithms;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.Json;
import dev.unerring.base.Philox;
import dev.unerring.ffi.CudaStatus;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Timings on a real GPU, as JSON. Arguments: what (steps, convolutions or algorithms), the file,
 * and the largest clock of the GPU's multiprocessors in MHz, 0 if unknown.
 */
public final class GpuBenchmark {
  private static final double NANOS = 1e9;
  private static final int WARM = 8;

  /** Least time of a timing: of a whole step, and of one of many convolutions. */
  private static final double LONG = 1.5;

  private static final double SHORT = 0.25;

  private final CudaStatus status;
  private final String name;
  private final Path file;
  private final double clockMhz;
  private final List<Object> rows = new ArrayList<>();

  private GpuBenchmark(CudaStatus status, double clockMhz, String[] arguments) {
    this.status = status;
    this.name = arguments[0];
    this.file = Path.of(arguments[1]);
    this.clockMhz = clockMhz;
  }

  /** Measures and writes. */
  public static void main(String[] arguments) {
    CudaStatus status = CudaStatus.ofThisMachine();
    status.require();
    GpuBenchmark benchmark = new GpuBenchmark(status, Double.parseDouble(arguments[2]), arguments);
    switch (arguments[0]) {
      case "steps" -> benchmark.steps();
      case "convolutions" -> benchmark.convolutions();
      case "algorithms" -> benchmark.algorithms();
      default -> throw new IllegalArgumentException("no benchmark '" + arguments[0] + "'");
    }
  }

  private Backend open(Arithmetic arithmetic) {
    return arithmetic == Arithmetic.ORDERED
        ? CudaBackend.open(status)
        : CudnnBackend.open(status, arithmetic);
  }

  /**
   * What cuDNN refused, so that ordered kernels stood in: printed, because it is no timing of it.
   */
  private static Map<?, ?> refused(Backend backend) {
    Map<?, ?> refused =
        backend instanceof CudnnBackend cudnn
            ? (Map<?, ?>) cudnn.facts().get("cudnnRefused")
            : Map.of();
    refused.forEach((pass, reason) -> System.out.println("REFUSED " + pass + ": " + reason));
    return refused;
  }

  private static String label(Arithmetic arithmetic) {
    return arithmetic.label() + " " + arithmetic.precision();
  }

  /** Written after each row: a limit of time may end the process. */
  private void row(Map<String, Object> row) {
    rows.add(row);
    System.out.println(row);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("benchmark", name);
    json.put("gpu", status.devices().getFirst().text());
    json.put("verdict", status.sentence());
    json.put("clockMhz", clockMhz);
    json.put("rows", rows);
    AtomicFile.write(file, Json.pretty(json).getBytes(StandardCharsets.UTF_8));
  }

  // ---- training steps ----

  private void steps() {
    for (Arithmetic arithmetic : Arithmetic.values()) {
      step("small", Shape.image2d(28, 28, 1), 2, 128, arithmetic);
      for (int batch : new int[] {128, 512, 1024}) {
        step("resnet18", Shape.image2d(28, 28, 3), 5, batch, arithmetic);
      }
      step("small3d", new Shape(1, 28, 28, 28, 1), 2, 32, arithmetic);
    }
  }

  private void step(String net, Shape image, int classes, int batch, Arithmetic arithmetic) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("net", net);
    row.put("batch", (long) batch);
    row.put("arithmetic", label(arithmetic));
    try (Arena arena = Arena.ofConfined();
        Backend backend = open(arithmetic)) {
      GpuStep step = new GpuStep(backend, arena, net, image, classes, batch, 4 * batch);
      double seconds = seconds(step::run, () -> {}, LONG);
      row.put("milliseconds", rounded(1e3 * seconds));
      row.put("imagesPerSecond", rounded(batch / seconds));
      row.put("graphs", ((CudaBackend) backend).recorded());
      row.put("refused", refused(backend));
    } catch (DeviceException e) {
      row.put("failed", e.getMessage());
    }
    row(row);
  }

  /**
   * Seconds of one call, after some to warm up; each call may leave work that {@code end} awaits.
   */
  private static double seconds(Runnable call, Runnable end, double least) {
    for (int i = 0; i < WARM; i++) {
      call.run();
    }
    end.run();
    int calls = 0;
    long start = System.nanoTime();
    double taken = 0;
    while (taken < least) {
      for (int i = 0; i < 10; i++) {
        call.run();
      }
      end.run();
      calls += 10;
      taken = (System.nanoTime() - start) / NANOS;
    }
    return taken / calls;
  }

  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4g", value));
  }

  // ---- convolutions ----

  private record Case(Shape in, int oc, Window window, int times) {
    static Case of(int batch, int side, int ic, int oc, int kernel, int stride, int times) {
      Window window = Window.square(kernel, stride, kernel / 2);
      return new Case(new Shape(batch, 1, side, side, ic), oc, window, times);
    }

    double flop() {
      Shape out = window.outputOf(in, oc);
      return 2.0 * out.elements() * window.taps() * in.c();
    }
  }

  private void convolutions() {
    double peak = status.devices().getFirst().multiprocessors() * 128 * 2.0 * clockMhz * 1e6;
    for (int batch : new int[] {128, 512}) {
      for (Case each :
          List.of(
              Case.of(batch, 28, 64, 64, 3, 1, 1),
              Case.of(batch, 14, 128, 128, 3, 1, 1),
              Case.of(batch, 7, 256, 256, 3, 1, 1))) {
        for (Arithmetic arithmetic : List.of(Arithmetic.ORDERED, Arithmetic.CUDNN_FP32)) {
          try (Backend backend = open(arithmetic)) {
            double[] seconds = passes(backend, each);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("case", each.in() + " to " + each.oc());
            row.put("arithmetic", label(arithmetic));
            row.put("refused", refused(backend));
            for (int i = 0; i < PASSES.length; i++) {
              row.put(PASSES[i] + "Tflops", rounded(each.flop() / seconds[i] / 1e12));
              row.put(
                  PASSES[i] + "OfPeak",
                  peak == 0 ? null : (Object) rounded(each.flop() / seconds[i] / peak));
            }
            row(row);
          }
        }
      }
    }
  }

  private static final String[] PASSES = {"forward", "backwardData", "backwardFilter"};

  /** Seconds of the three passes. */
  private static double[] passes(Backend backend, Case c) {
    Shape out = c.window().outputOf(c.in(), c.oc());
    Tensor x = new Tensor(c.in(), noise(backend, c.in().elements(), 1));
    Tensor gradY = new Tensor(out, noise(backend, out.elements(), 2));
    Buffer weight = noise(backend, (long) c.window().taps() * c.in().c() * c.oc(), 3);
    Buffer bias = backend.allocate(c.oc());
    Tensor y = new Tensor(out, backend.allocate(out.elements()));
    Tensor gradX = new Tensor(c.in(), backend.allocate(c.in().elements()));
    Buffer gradWeight = backend.allocate(weight.length());
    MemorySegment word = MemorySegment.ofArray(new int[1]);
    Runnable end = () -> backend.download(bias, word);
    return new double[] {
      seconds(() -> backend.convForward(x, weight, bias, c.window(), y), end, SHORT),
      seconds(() -> backend.convBackwardInput(gradY, weight, c.window(), gradX), end, SHORT),
      seconds(() -> backend.convBackwardWeight(x, gradY, c.window(), gradWeight, bias), end, SHORT)
    };
  }

  private static Buffer noise(Backend backend, long words, int stream) {
    float[] values = new float[Math.toIntExact(words)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (Philox.bits(9, 1_501, stream, i) >> 8) * 0x1p-23f;
    }
    Buffer buffer = backend.allocate(words);
    backend.upload(MemorySegment.ofArray(values), buffer);
    return buffer;
  }

  // ---- what fixed algorithms cost ----

  /** The convolutions of ResNet-18 on 28x28, batch 128, and how often each occurs. */
  private void algorithms() {
    List<Case> net =
        List.of(
            Case.of(128, 28, 64, 64, 3, 1, 4),
            Case.of(128, 28, 64, 128, 3, 2, 1),
            Case.of(128, 14, 128, 128, 3, 1, 3),
            Case.of(128, 14, 128, 256, 3, 2, 1),
            Case.of(128, 7, 256, 256, 3, 1, 3),
            Case.of(128, 7, 256, 512, 3, 2, 1),
            Case.of(128, 4, 512, 512, 3, 1, 3));
    for (Arithmetic arithmetic : List.of(Arithmetic.CUDNN_FP32, Arithmetic.CUDNN_TF32)) {
      double allowed = 0;
      double fastest = 0;
      for (Case each : net) {
        double[] fixed = new double[PASSES.length];
        double[] best = new double[PASSES.length];
        String[] names = new String[PASSES.length];
        for (int id = 0; id < 8; id++) {
          double[] seconds = attempt(arithmetic, each, id);
          for (int i = 0; i < PASSES.length; i++) {
            if (id == 1) {
              fixed[i] = seconds[i];
            }
            if (best[i] == 0 || seconds[i] < best[i]) {
              best[i] = seconds[i];
              names[i] = String.valueOf(id);
            }
          }
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("case", each.in() + " to " + each.oc() + ", stride " + each.window().stride());
        row.put("arithmetic", label(arithmetic));
        for (int i = 0; i < PASSES.length; i++) {
          allowed += each.times() * fixed[i];
          fastest += each.times() * best[i];
          row.put(PASSES[i] + "Microseconds", rounded(1e6 * fixed[i]));
          row.put(PASSES[i] + "Fastest", names[i] + ": " + rounded(1e6 * best[i]));
        }
        row(row);
      }
      Map<String, Object> sum = new LinkedHashMap<>();
      sum.put("arithmetic", label(arithmetic));
      sum.put("allowedMilliseconds", rounded(1e3 * allowed));
      sum.put("fastestMilliseconds", rounded(1e3 * fastest));
      sum.put("taxPercent", rounded(100 * (allowed / fastest - 1)));
      row(sum);
    }
  }

  /** Seconds of the passes by algorithms of one number; infinite where cuDNN has none. */
  private double[] attempt(Arithmetic arithmetic, Case each, int id) {
    double[] none = new double[PASSES.length];
    java.util.Arrays.fill(none, Double.POSITIVE_INFINITY);
    try (CudnnBackend backend = CudnnBackend.open(status, arithmetic, new Algorithms(id, id, id))) {
      double[] seconds = passes(backend, each);
      String refused = backend.facts().get("cudnnRefused").toString();
      String[] names = {"forward", "backward-data", "backward-filter"};
      for (int i = 0; i < seconds.length; i++) {
        none[i] = refused.contains("name=" + names[i] + ",") ? none[i] : seconds[i];
      }
      return none;
    } catch (dev.unerring.UnerringException e) {
      System.out.println(each + ", algorithm " + id + ": " + e.getMessage());
      return none;
    }
  }
}
