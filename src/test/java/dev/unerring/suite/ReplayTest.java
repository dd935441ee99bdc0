// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.backend.RecordedBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.ffi.CallRecorder;
import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.NativeLibrary;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kernel call of a share of the cases of {@link BackendEqualityTest} is carried out once more
 * by a small C program, with each kernel set of this machine and, cross-compiled and under qemu,
 * with NEON and the portable set of AArch64. All results have the hashes that the definition has.
 */
final class ReplayTest {
  private static final Values[] FAMILIES = {Values.TINY, Values.SPECIAL};
  private static final String CROSS = "aarch64-linux-gnu-gcc";
  private static final String EMULATOR = "qemu-aarch64";

  /** {@code make replay} takes all cases. */
  private static final int ONE_OF = Integer.getInteger("replay.one.of", 3);

  private static final long LONGEST_SECONDS = 300;

  /** Written once for both tests. */
  @TempDir private static Path folder;

  private static Path recorded;

  @Test
  void everySetOfThisMachine() throws Exception {
    KernelSets sets = KernelSets.find();
    Path program = compile("cc", folder.resolve("replay-here"));
    Path calls = record();
    for (CpuKernels kernels : sets.supported()) {
      Path library = kernels.library().path();
      replay(List.of(program, library, kernels.set().label(), calls));
    }
  }

  @Test
  void aarch64() throws Exception {
    KernelSets.find();
    for (String tool : List.of(CROSS, EMULATOR, "make")) {
      boolean there =
          Stream.of(System.getenv("PATH").split(File.pathSeparator))
              .anyMatch(each -> Files.isExecutable(Path.of(each, tool)));
      if (!there) {
        String reason =
            "SKIPPED, NEON under emulation: no "
                + tool
                + " (Debian: qemu-user, gcc-aarch64-linux-gnu, libc6-dev-arm64-cross)";
        System.err.println(reason);
        Assumptions.abort(reason);
      }
    }
    Path program = compile(CROSS, folder.resolve("replay-aarch64"));
    run(
        "make",
        "-s",
        "native",
        "MACHINE=aarch64",
        "SYSTEM=linux",
        "CC=" + CROSS,
        "OBJECTS=target/cross/objects",
        "NATIVE=target/cross/linux-aarch64");
    Path library = Path.of("target/cross/linux-aarch64/libunerring_cpu.so").toAbsolutePath();
    Path calls = record();
    for (String set : List.of("neon", "portable")) {
      replay(List.of(EMULATOR, "-L", "/usr/aarch64-linux-gnu", program, library, set, calls));
    }
  }

  private Path compile(String compiler, Path program) throws Exception {
    run(
        compiler,
        "-O1",
        "-Wall",
        "-Wextra",
        "-Werror",
        "src/test/native/replay.c",
        "-ldl",
        "-o",
        program.toString());
    return program;
  }

  private static void replay(List<Object> words) throws Exception {
    System.out.print(
        "ReplayTest: " + run(words.stream().map(Object::toString).toArray(String[]::new)));
  }

  private static String run(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), "does not end: " + words[0]);
    assertEquals(0, process.exitValue(), String.join(" ", words) + "\n" + said);
    return said;
  }

  /** All cases on the portable kernels, each result compared with the definition's. */
  private static Path record() throws IOException {
    if (recorded != null) {
      return recorded;
    }
    Path calls = folder.resolve("calls");
    List<EqualityCase> cases = new ArrayList<>(ConvolutionCases.all());
    cases.addAll(ConvolutionCases.integer());
    cases.addAll(PointwiseCases.all());
    cases.removeIf(each -> Math.floorMod(each.name().hashCode(), ONE_OF) != 0);
    assertTrue(cases.size() >= 300 / ONE_OF, cases.size() + " cases");
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(calls)))) {
      CallRecorder recorder = new CallRecorder(NativeLibrary.search("cpu").require("cpu"), out);
      for (EqualityCase each : cases) {
        for (Values values : FAMILIES) {
          List<Long> recorded = new ArrayList<>();
          List<Long> defined = new ArrayList<>();
          try (Backend backend =
              watched(
                  RecordedBackend.open(recorder),
                  result -> {
                    recorder.check(result);
                    recorded.add(CallRecorder.hash(result));
                  })) {
            each.computation().run(backend, new Operands(backend, values, each.name().hashCode()));
            recorder.endCase();
          }
          try (Backend backend =
              watched(new ReferenceBackend(), result -> defined.add(CallRecorder.hash(result)))) {
            each.computation().run(backend, new Operands(backend, values, each.name().hashCode()));
          }
          assertEquals(defined, recorded, each.name() + ", " + values + "; " + TestSeed.replay());
        }
      }
    }
    recorded = calls;
    return calls;
  }

  private interface Watcher {
    void result(MemorySegment words);
  }

  /** Hands all tensors and vectors of an operation on, after it. */
  private static Backend watched(Backend real, Watcher watcher) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              Object result;
              try {
                result = method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              boolean operation =
                  arguments != null
                      && Arrays.stream(arguments).noneMatch(a -> a instanceof MemorySegment);
              if (operation && !method.getName().equals("allocate")) {
                for (Object argument : arguments) {
                  if (argument instanceof Tensor tensor) {
                    watcher.result(tensor.data().memory());
                  } else if (argument instanceof Buffer buffer) {
                    watcher.result(buffer.memory());
                  }
                }
              }
              return result;
            });
  }
}
