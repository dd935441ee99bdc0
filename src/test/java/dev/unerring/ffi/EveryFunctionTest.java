// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every bound function has a method of its name that passes its arguments as the signature says,
 * and that throws when the function fails. The look-alike is called, so the arguments mean nothing.
 */
class EveryFunctionTest {
  /** Functions behind the texts of an error: their methods are those of {@link BoundLibrary}. */
  private static final String TEXTS = "\\w+(Error|Status)(Name|String)";

  @Test
  void everyFunctionCanBeCalledAndIsChecked(@TempDir Path folder) throws Exception {
    StubCuda stub = StubCuda.build(folder);
    CudaLibraries libraries = stub.load();
    Set<String> called = new TreeSet<>();
    for (BoundLibrary library :
        List.of(
            libraries.runtime().orElseThrow(),
            libraries.driver().orElseThrow(),
            libraries.cublasLt().orElseThrow(),
            libraries.cublas().orElseThrow(),
            libraries.cudnn().orElseThrow(),
            libraries.nvrtc().orElseThrow())) {
      for (Method method : library.getClass().getDeclaredMethods()) {
        if (Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())) {
          called.add(method.getName());
          stub.reset();
          call(library, method);
          if (stub.calls() > 0) { // those without a status cannot fail
            stub.fail(stub.calls() + 1, StubCuda.Kind.OUT_OF_MEMORY);
            NativeCallException failure = (NativeCallException) call(library, method);
            assertEquals(method.getName(), failure.function());
            assertEquals(6, failure.exitCode());
            assertTrue(failure.getMessage().contains(failure.remedy()), failure.getMessage());
          }
        }
      }
    }
    Set<String> expected = new TreeSet<>(BoundSignatures.functions().keySet());
    expected.removeIf(name -> name.matches(TEXTS));
    called.remove("cudnnGetLastErrorString");
    expected.remove("cudnnGetLastErrorString");
    assertEquals(expected, called);
  }

  /** What the method throws; null where it throws nothing. */
  private static Throwable call(BoundLibrary library, Method method) throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      Object[] arguments = new Object[method.getParameterCount()];
      for (int i = 0; i < arguments.length; i++) {
        Class<?> type = method.getParameterTypes()[i];
        arguments[i] =
            type == MemorySegment.class
                ? arena.allocate(256)
                : type == int.class
                    ? (Object) 0
                    : type == long.class ? (Object) 8L : type == double.class ? (Object) 0.5 : null;
      }
      method.invoke(library, arguments);
      return null;
    } catch (InvocationTargetException e) {
      return e.getCause();
    }
  }
}
