// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.ffi.NativeLibrary;
import dev.unerring.run.Device;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Backends for tests whose contract does not depend on which one carries it out. */
public final class TestBackends {
  private TestBackends() {}

  /** Whether the CPU kernels were built. */
  public static boolean kernels() {
    return NativeLibrary.search("cpu").library() != null;
  }

  /** Where a test run computes: the CPU kernels, or the definition where they are missing. */
  public static Device device() {
    if (!kernels()) {
      System.err.println("no CPU kernels (make native): the slow definition is used instead");
    }
    return new Device(kernels() ? "cpu" : "reference", "auto", 2);
  }

  /** A backend of {@link #device}; the bits are the same either way. */
  public static Backend open() {
    return kernels() ? CpuBackend.open("auto", 2) : new ReferenceBackend();
  }

  /** Stands between a caller and a backend. */
  @FunctionalInterface
  public interface Meddler {
    /**
     * The answer to one call.
     *
     * @param method name of the operation
     * @param real what the backend answers; its outputs are written when it is asked
     */
    Object answer(String method, Object[] arguments, Call real) throws Throwable;
  }

  /** A call that has not been made yet. */
  @FunctionalInterface
  public interface Call {
    /** Makes it. */
    Object make() throws Throwable;
  }

  /** The definition with a meddler in front of every operation. */
  public static Backend meddled(Meddler meddler) {
    Backend real = new ReferenceBackend();
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) ->
                meddler.answer(
                    method.getName(),
                    arguments,
                    () -> {
                      try {
                        return method.invoke(real, arguments);
                      } catch (InvocationTargetException e) {
                        throw e.getCause();
                      }
                    }));
  }
}
