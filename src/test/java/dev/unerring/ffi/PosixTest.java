// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Test;

/** A pseudo terminal is one, and its width is followed; a file that is none has no columns. */
@SuppressWarnings("restricted") // it makes the terminal
class PosixTest {
  private static final int READ_WRITE_NOT_OURS = 0x102; // O_RDWR | O_NOCTTY on Linux
  private static final long TIOCSWINSZ = 0x5414L;

  @Test
  void aTerminalSaysItsColumnsAsTheyAreNow() throws Throwable {
    int terminal = (int) function("posix_openpt", JAVA_INT).invokeExact(READ_WRITE_NOT_OURS);
    assertTrue(terminal >= 0);
    try {
      assertTrue(Posix.isTerminal(terminal));
      for (int columns : new int[] {80, 20, 300, 0, 65_535}) {
        resize(terminal, columns);
        assertEquals(columns, Posix.columns(terminal));
      }
    } finally {
      int ignored = (int) function("close", JAVA_INT).invokeExact(terminal);
    }
  }

  @Test
  void whatIsNoTerminalHasNoColumns() {
    assertFalse(Posix.isTerminal(-1));
    assertEquals(0, Posix.columns(-1));
  }

  private static void resize(int terminal, int columns) throws Throwable {
    MethodHandle ioctl =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                Linker.Option.firstVariadicArg(2));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_SHORT, 4);
      size.setAtIndex(JAVA_SHORT, 0, (short) 24);
      size.setAtIndex(JAVA_SHORT, 1, (short) columns);
      assertEquals(0, (int) ioctl.invokeExact(terminal, TIOCSWINSZ, size));
    }
  }

  private static MethodHandle function(String name, MemoryLayout argument) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, argument));
  }
}
