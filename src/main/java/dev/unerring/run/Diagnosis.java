package dev.unerring.run;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.DeviceException;
import dev.unerring.base.Philox;
import dev.unerring.errors.Labels;
import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.KernelSet;
import dev.unerring.ffi.NativeLibrary;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import dev.unerring.train.BatchStep;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a machine offers, in lines for a reader.
 *
 * @param lines the findings, the verdict last
 * @param usable whether the CPU kernels load and are exact
 */
public record Diagnosis(List<String> lines, boolean usable) {
  private static final int IMAGES = 2;
  private static final int CLASSES = 3;
  private static final long MEBI = 1L << 20;

  /** Looks at this machine; every kernel set that can run is compared with the definition. */
  public static Diagnosis make() {
    List<String> lines = new ArrayList<>();
    Runtime runtime = Runtime.getRuntime();
    lines.add("java       " + System.getProperty("java.vm.name") + " " + Runtime.version());
    lines.add("system     " + System.getProperty("os.name") + " " + NativeLibrary.platform());
    lines.add("processors " + runtime.availableProcessors());
    lines.add("memory     " + runtime.maxMemory() / MEBI + " MiB of heap at most");
    NativeLibrary.Search search = NativeLibrary.search("cpu");
    search.tried().forEach(place -> lines.add("searched   " + place));
    if (search.library() == null) {
      lines.add("verdict    no CPU kernels here; only --device reference (slow) can be used");
      return new Diagnosis(lines, false);
    }
    lines.add("library    " + search.library().path());
    try {
      boolean exact = compareSets(search.library(), lines);
      lines.add("gpu        not used by this version");
      lines.add(
          exact
              ? "verdict    good: every kernel set that runs here gives the bits of the definition"
              : "verdict    BAD: a kernel set is not exact here; use --device reference and report it");
      return new Diagnosis(lines, exact);
    } catch (DeviceException e) {
      lines.add("verdict    BAD: " + e.getMessage());
      return new Diagnosis(lines, false);
    }
  }

  private static boolean compareSets(NativeLibrary library, List<String> lines) {
    long mask = CpuKernels.supported(library);
    int[] expected;
    try (Backend reference = new ReferenceBackend()) {
      expected = trainingStep(reference);
    }
    boolean exact = true;
    for (KernelSet set : KernelSet.values()) {
      if (!set.in(mask)) {
        lines.add("kernels    " + set.label() + ": not on this processor or not in this build");
        continue;
      }
      try (Backend cpu = CpuBackend.open(set.label(), 2)) {
        boolean same = Arrays.equals(expected, trainingStep(cpu));
        exact &= same;
        String chosen = set == CpuKernels.best(library) ? ", the one used by default" : "";
        lines.add("kernels    " + set.label() + (same ? ": exact" : ": WRONG BITS") + chosen);
      }
    }
    return exact;
  }

  /** Bits of the logits and gradients of one training step of the small network. */
  private static int[] trainingStep(Backend backend) {
    Network network = new Network("small", Shape.image2d(28, 28, 1), CLASSES, backend, IMAGES);
    Initializer.initialize(network, 1);
    float[] pixels = new float[IMAGES * network.image().imageElements()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Philox.bits(1, Philox.REFERENCE_SHARE, 0, i) & 0xFF;
    }
    int[] samples = {0, 1};
    Labels goals = Labels.single(0, CLASSES - 1);
    new BatchStep(network).gradients(pixels, goals, samples, Mode.BATCH_STATISTICS, "doctor");
    Tensor logits = network.forward(MemorySegment.ofArray(pixels), IMAGES, Mode.RUNNING_STATISTICS);
    int gradients = Math.toIntExact(network.parameterCount());
    int[] bits = new int[gradients + IMAGES * CLASSES];
    MemorySegment all = MemorySegment.ofArray(bits);
    backend.download(network.gradients(), all.asSlice(0, 4L * gradients));
    backend.download(logits.data(), all.asSlice(4L * gradients, 4L * IMAGES * CLASSES));
    return bits;
  }
}
