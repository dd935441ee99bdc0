// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.unerring.DeviceException;
import dev.unerring.base.Notices;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.function.Consumer;

/**
 * Whether the calling thread computes as docs/arithmetic.md says: subnormals kept, rounding to
 * nearest. A library that was built with {@code -ffast-math} changes that for the thread that loads
 * or calls it, and a new thread inherits it. Looked at after every call into a foreign library and
 * when a thread of a backend starts; a changed state is set right and told once a culprit.
 */
public final class FloatingPointState {
  /** glibc's FE_DFL_ENV. */
  private static final long DEFAULT_ENVIRONMENT = -1;

  // Volatile, because compilers fold an expression of constants, with the right result.
  private volatile float smallest = Float.MIN_VALUE;
  private volatile float smallestNormal = Float.MIN_NORMAL;
  private volatile float half = 0.5f;
  private volatile float one = 1.0f;
  private volatile float quarterUnit = 0x1p-25f;
  private volatile float threeQuarters = 0x1.8p-24f;

  private static final FloatingPointState PROBE = new FloatingPointState();

  private FloatingPointState() {}

  /** Receives a message for each state that was set right. */
  public static void tell(Consumer<String> listener) {
    Notices.listen(listener);
  }

  /** Whether the state of the calling thread is as it must be. */
  public static boolean sound() {
    return PROBE.keepsSubnormalsAndRoundsToNearest();
  }

  private boolean keepsSubnormalsAndRoundsToNearest() {
    boolean flushesResults = smallestNormal * half == 0;
    boolean flushesOperands = smallest / smallest != one;
    boolean nearest =
        one + quarterUnit == one
            && one + threeQuarters > one
            && -one - quarterUnit == -one
            && -one - threeQuarters < -one;
    return !flushesResults && !flushesOperands && nearest;
  }

  /**
   * Sets the state of the calling thread right where it is not.
   *
   * @param culprit what may have changed it, for the message
   * @throws DeviceException where that does not succeed
   */
  public static void restore(String culprit) {
    if (sound()) {
      return;
    }
    reset();
    if (!sound()) {
      throw new DeviceException(
          culprit
              + " changed how this thread rounds or treats subnormal numbers, and it cannot be set"
              + " back here; do without it, or use a build of it without -ffast-math");
    }
    Notices.once(
        culprit,
        culprit
            + " changed how its thread rounds or treats subnormal numbers (built with -ffast-math?);"
            + " this was set back and changes no result");
  }

  @SuppressWarnings("restricted")
  private static void reset() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup library = linker.defaultLookup();
    MemorySegment standard =
        library.find("_FE_DFL_ENV").orElse(MemorySegment.ofAddress(DEFAULT_ENVIRONMENT)); // macOS
    library
        .find("fesetenv")
        .ifPresent(address -> {
          try {
            int ignored =
                (int)
                    linker
                        .downcallHandle(address, FunctionDescriptor.of(JAVA_INT, ADDRESS))
                        .invokeExact(standard);
          } catch (Throwable e) {
            throw new DeviceException("fesetenv of the C library failed", e);
          }
        });
  }
}
