// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.CpuBackend;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A library that sets flush-to-zero when it is loaded and in every call is found out, on the thread
 * that did it; the state is set right and the library is named once.
 */
final class FloatingPointStateTest {
  private final List<String> notices = new ArrayList<>();
  @TempDir private Path folder;
  private Path library;

  @BeforeEach
  void build() throws Exception {
    String platform = NativeLibrary.platform();
    Assumptions.assumeTrue(
        platform.endsWith("x86_64") || platform.endsWith("aarch64"),
        "the fixture knows two machines");
    Path source = folder.resolve("flushing.c");
    try (InputStream in = FloatingPointStateTest.class.getResourceAsStream("flushing.c")) {
      Files.write(source, in.readAllBytes());
    }
    library = folder.resolve("flushing.so");
    int code =
        new ProcessBuilder("cc", "-shared", "-fPIC", source.toString(), "-o", library.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertEquals(0, code, "the fixture must compile");
    FloatingPointState.tell(notices::add);
    assertTrue(FloatingPointState.sound());
  }

  @AfterEach
  void leave() {
    FloatingPointState.restore("a test");
    FloatingPointState.tell(notice -> {});
  }

  @Test
  void callsOnTheCallingThread() {
    meet();
    assertEquals(1, notices.size(), "told once: " + notices);
    assertTrue(notices.getFirst().startsWith(library + " changed how"), notices.getFirst());
  }

  @Test
  void callsOnAnotherThread() throws Exception {
    onAnotherThread(() -> {
      meet();
      return null;
    });
    assertEquals(1, notices.size(), "told once: " + notices);
    assertTrue(FloatingPointState.sound());
  }

  @Test
  void threadsOfBackends() throws Exception {
    Assumptions.assumeTrue(NativeLibrary.search("cpu").library() != null, "needs the kernels");
    flush(load());
    assertFalse(FloatingPointState.sound(), "the fixture must do what it is for");
    boolean inherited = onAnotherThread(FloatingPointState::sound);
    try (CpuBackend backend = CpuBackend.open("auto", 3)) {
      assertTrue(FloatingPointState.sound(), "opening a backend sets the state right");
      assertEquals("cpu", backend.name());
    }
    System.out.println("FloatingPointStateTest: a new thread starts sound: " + inherited);
  }

  private void meet() {
    NativeLibrary loaded = load();
    assertTrue(FloatingPointState.sound(), "loading sets the state right");
    Bound bound = new Bound(loaded);
    bound.flush();
    assertTrue(FloatingPointState.sound(), "a call sets the state right");
    flush(loaded);
    assertFalse(FloatingPointState.sound(), "the fixture must do what it is for");
    FloatingPointState.restore(library.toString());
    assertTrue(FloatingPointState.sound());
  }

  private NativeLibrary load() {
    NativeLibrary loaded = NativeLibrary.first(List.of(library)).library();
    assertNotNull(loaded);
    return loaded;
  }

  /** Calls without the binding that looks after the state. */
  private static void flush(NativeLibrary library) {
    MethodHandle call =
        library.function("flushing_call", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      assertEquals(0, (int) call.invokeExact());
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T onAnotherThread(Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = Thread.ofPlatform().start(task);
    thread.join();
    return task.get();
  }

  /** The fixture as NVIDIA's libraries are bound. */
  private static final class Bound extends BoundLibrary {
    private final Function flush = bind("flushing_call");

    Bound(NativeLibrary library) {
      super(library, "1.0", 1, 1);
    }

    void flush() {
      call(flush, function -> (int) function.invokeExact());
    }

    @Override
    String statusName(int status) {
      return "" + status;
    }

    @Override
    String statusText(int status) {
      return "" + status;
    }

    @Override
    Remedy remedy(int status) {
      throw new AssertionError(status);
    }
  }
}
