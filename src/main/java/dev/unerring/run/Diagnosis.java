// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DeviceException;
import dev.unerring.UnerringException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.cuda.CudaBackend;
import dev.unerring.base.Fma;
import dev.unerring.base.FreeMemory;
import dev.unerring.base.Philox;
import dev.unerring.errors.Labels;
import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.CudaStatus;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a machine offers.
 *
 * @param lines the findings for a reader, the verdicts last
 * @param json the same as values
 * @param usable whether this machine can compute exactly: by its kernels, or by the definition
 *     where the program has none for it
 */
public record Diagnosis(List<String> lines, Map<String, Object> json, boolean usable) {
  private static final int IMAGES = 2;
  private static final int CLASSES = 3;
  private static final long MEBI = 1L << 20;
  private static final String WRONG = "WRONG BITS";

  /**
   * Looks at this machine: every kernel set that can run is compared with the definition, and a
   * GPU, where there is one, computes a trial. That there is none is no fault.
   */
  public static Diagnosis make() {
    List<String> lines = new ArrayList<>();
    Map<String, Object> json = new LinkedHashMap<>();
    machine(lines, json);
    CpuKernelFindings kernels = kernels(lines, json);
    CudaStatus status = CudaStatus.ofThisMachine();
    GpuFindings gpu = new GpuFindings(status, compareGpu(status));
    lines.addAll(gpu.lines());
    json.put("gpu", gpu.toJson());
    lines.add("verdict    " + kernels.verdict());
    json.put("verdict", kernels.verdict());
    json.put("usable", kernels.exact());
    return new Diagnosis(lines, json, kernels.exact());
  }

  private record CpuKernelFindings(boolean exact, String verdict) {}

  private static void machine(List<String> lines, Map<String, Object> json) {
    String java = System.getProperty("java.vm.name") + " " + Runtime.version();
    String system =
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + NativeLibrary.platform();
    Processor processor = Processor.ofThisMachine();
    int processors = Runtime.getRuntime().availableProcessors();
    long heap = Runtime.getRuntime().maxMemory();
    lines.add("java       " + java);
    lines.add("system     " + system);
    lines.add("processors " + processors + ", " + processor.name());
    lines.add("sets       " + String.join(" ", processor.instructionSets()));
    lines.add(
        "memory     "
            + FreeMemory.ofMachine() / MEBI
            + " MiB, of it "
            + heap / MEBI
            + " MiB of heap at most");
    json.put("java", java);
    json.put("system", system);
    json.put("processors", processors);
    json.put("processor", processor.name());
    json.put("instructionSets", processor.instructionSets());
    json.put("memoryBytes", FreeMemory.ofMachine());
    json.put("heapBytes", heap);
  }

  private static CpuKernelFindings kernels(List<String> lines, Map<String, Object> json) {
    NativeLibrary.Search search = NativeLibrary.search("cpu");
    search.tried().forEach(place -> lines.add("searched   " + place));
    Map<String, Object> values = new LinkedHashMap<>();
    json.put("kernels", values);
    values.put("path", search.library() == null ? null : search.library().path().toString());
    values.put("tried", search.tried());
    if (search.library() == null) {
      return new CpuKernelFindings(
          !search.carried(), // then auto computes by the definition
          search.carried()
              ? "BAD: the CPU kernels cannot be loaded; only --device reference (slow) can be used"
              : "no CPU kernels for this platform; the definition computes instead (slow)");
    }
    lines.add("library    " + search.library().path());
    try {
      Map<String, Object> sets = compareSets(search.library());
      sets.forEach((set, finding) -> lines.add("kernels    " + set + ": " + finding));
      values.put("sets", sets);
      Optional<String> slow =
          Processor.ofThisMachine().slowness(CpuKernels.best(search.library()), Fma.emulated());
      slow.ifPresent(reason -> lines.add("slow       " + reason));
      json.put("slow", slow.orElse(null));
      boolean exact = sets.values().stream().noneMatch(WRONG::equals);
      return new CpuKernelFindings(
          exact,
          exact
              ? "good: every kernel set that runs here gives the bits of the definition"
              : "BAD: a kernel set is not exact here; use --device reference and report it");
    } catch (DeviceException e) {
      return new CpuKernelFindings(false, "BAD: " + e.getMessage());
    }
  }

  private static Map<String, Object> compareSets(NativeLibrary library) {
    long mask = CpuKernels.supported(library);
    int[] expected;
    int[] integer;
    try (Backend reference = new ReferenceBackend()) {
      expected = trainingStep(reference, Arithmetic.ORDERED);
      integer = trainingStep(reference, Arithmetic.INTEGER);
    }
    Map<String, Object> sets = new LinkedHashMap<>();
    for (KernelSet set : KernelSet.values()) {
      if (!set.in(mask)) {
        sets.put(set.label(), "not on this processor or not in this build");
        continue;
      }
      try (Backend cpu = CpuBackend.open(set.label(), 2)) {
        String chosen = set == CpuKernels.best(library) ? ", the one used by default" : "";
        boolean same =
            Arrays.equals(expected, trainingStep(cpu, Arithmetic.ORDERED))
                && Arrays.equals(integer, trainingStep(cpu, Arithmetic.INTEGER));
        sets.put(set.label(), same ? "exact" + chosen : WRONG);
      }
    }
    return sets;
  }

  /** Whether the GPU's kernels give the bits of the definition. */
  private static String compareGpu(CudaStatus status) {
    if (!status.usable()) {
      return "not tried";
    }
    try (Backend reference = new ReferenceBackend();
        CudaBackend gpu = CudaBackend.open(status)) {
      boolean same =
          Arrays.equals(
              trainingStep(reference, Arithmetic.ORDERED), trainingStep(gpu, Arithmetic.ORDERED));
      return (same ? "exact" : WRONG) + ", " + gpu.kernels();
    } catch (UnerringException e) {
      return "cannot be used: " + e.getMessage();
    }
  }

  /** Bits of the logits and gradients of one training step of the small network. */
  private static int[] trainingStep(Backend backend, Arithmetic arithmetic) {
    Shape image = Shape.image2d(28, 28, 1);
    Network network = new Network("small", image, CLASSES, backend, IMAGES, arithmetic);
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
