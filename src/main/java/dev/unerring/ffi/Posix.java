// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * What the command line asks of the C library: signals and terminals. Where native access is not
 * granted, or a function is missing, every method says "no" or "unknown"; none throws or warns.
 */
public final class Posix {
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;
  private static final MemorySegment SIG_DFL = MemorySegment.NULL;
  private static final MemorySegment SIG_ERR = MemorySegment.ofAddress(-1);
  private static final long TIOCGWINSZ =
      System.getProperty("os.name").startsWith("Mac") ? 0x40087468L : 0x5413L;

  /** {@code struct winsize} is four shorts: rows, columns, and both in pixels. */
  private static final long WINSIZE_BYTES = 8;

  private Posix() {}

  /** Linked at the first call, and then kept: a bar asks ten times a second. */
  private static final class Ioctl {
    static final Optional<MethodHandle> FUNCTION =
        function(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            Linker.Option.firstVariadicArg(2));
  }

  /**
   * Gives SIGINT and SIGTERM their default action, which is to end the process at once.
   *
   * @return whether both have it now
   */
  public static boolean resetSignals() {
    return function("signal", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS))
        .map(signal -> {
          try {
            MemorySegment first = (MemorySegment) signal.invokeExact(SIGINT, SIG_DFL);
            MemorySegment second = (MemorySegment) signal.invokeExact(SIGTERM, SIG_DFL);
            return !first.equals(SIG_ERR) && !second.equals(SIG_ERR);
          } catch (Throwable e) {
            return false;
          }
        })
        .orElse(false);
  }

  /** Whether a file descriptor is a terminal. */
  public static boolean isTerminal(int descriptor) {
    return function("isatty", FunctionDescriptor.of(JAVA_INT, JAVA_INT))
        .map(isatty -> {
          try {
            return (int) isatty.invokeExact(descriptor) == 1;
          } catch (Throwable e) {
            return false;
          }
        })
        .orElse(false);
  }

  /** Columns of the terminal behind a file descriptor; 0 where they are not known. */
  public static int columns(int descriptor) {
    if (Ioctl.FUNCTION.isEmpty()) {
      return 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(WINSIZE_BYTES, 2);
      int status = (int) Ioctl.FUNCTION.get().invokeExact(descriptor, TIOCGWINSZ, size);
      return status == 0 ? Short.toUnsignedInt(size.getAtIndex(JAVA_SHORT, 1)) : 0;
    } catch (Throwable e) {
      return 0;
    }
  }

  @SuppressWarnings("restricted")
  private static Optional<MethodHandle> function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    if (!Posix.class.getModule().isNativeAccessEnabled()) {
      return Optional.empty();
    }
    try {
      Linker linker = Linker.nativeLinker();
      return linker
          .defaultLookup()
          .find(name)
          .map(address -> linker.downcallHandle(address, descriptor, options));
    } catch (IllegalCallerException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }
}
