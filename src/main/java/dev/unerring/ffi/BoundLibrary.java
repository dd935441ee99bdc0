// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.unerring.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The functions of one library whose calls return a status: each is looked up when the binding is
 * made, each call is checked, and an out-parameter becomes the value that is returned.
 */
abstract class BoundLibrary {
  /** A pointer or an opaque handle. */
  static final MemoryLayout P = ADDRESS;

  /** {@code int}, {@code unsigned int} or an enum. */
  static final MemoryLayout I = JAVA_INT;

  /** {@code size_t}, {@code long long} or a device address. */
  static final MemoryLayout L = JAVA_LONG;

  /** {@code size_t f(void)}. */
  static final FunctionDescriptor SIZE = FunctionDescriptor.of(JAVA_LONG);

  /** {@code const char *f(int)}. */
  static final FunctionDescriptor TEXT = FunctionDescriptor.of(ADDRESS, JAVA_INT);

  private static final long LONGEST_TEXT = 1 << 16;

  private final NativeLibrary library;
  private final String version;
  private final List<Function> functions = new ArrayList<>();

  /** A C function that was found. */
  record Function(String name, FunctionDescriptor descriptor, MethodHandle handle) {}

  /** A call that returns a status. */
  interface Call {
    int on(MethodHandle function) throws Throwable;
  }

  /** A call that returns a status and writes one value to {@code out}. */
  interface OutCall {
    int on(MethodHandle function, MemorySegment out) throws Throwable;
  }

  /** Takes a library whose major version lies in the range. */
  BoundLibrary(NativeLibrary library, String version, int least, int most) {
    int major = major(version);
    if (major < least || major > most) {
      String needed =
          least == most ? least + "" : least + (most > 99 ? " or later" : " or " + most);
      throw new DeviceException(
          library.path() + " is version " + version + ", and version " + needed + " is needed");
    }
    this.library = library;
    this.version = version;
  }

  /** The library behind it. */
  public final NativeLibrary library() {
    return library;
  }

  /** Its version as the library itself says it, e.g. {@code 9.24.0}. */
  public final String version() {
    return version;
  }

  /** All functions, in the order of the source. */
  final List<Function> functions() {
    return Collections.unmodifiableList(functions);
  }

  /** The C name of a status, from the library. */
  abstract String statusName(int status);

  /** What a status means, from the library. */
  abstract String statusText(int status);

  /** What to do about a status. */
  abstract Remedy remedy(int status);

  /** A function that returns a status. */
  final Function bind(String name, MemoryLayout... arguments) {
    return function(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  /**
   * A function of any form.
   *
   * @throws DeviceException where the library lacks it
   */
  final Function function(String name, FunctionDescriptor descriptor) {
    MethodHandle handle =
        library
            .find(name, descriptor)
            .orElseThrow(() ->
                new DeviceException(
                    library.path()
                        + ", version "
                        + version
                        + ", has no function '"
                        + name
                        + "'; install a version that has it"));
    Function function = new Function(name, descriptor, handle);
    functions.add(function);
    return function;
  }

  /**
   * Calls.
   *
   * @throws NativeCallException for any status but 0
   */
  final void call(Function function, Call call) {
    int status;
    try {
      status = call.on(function.handle());
    } catch (Throwable e) {
      throw unexpected(function.name(), e);
    } finally {
      FloatingPointState.restore(library.path().toString()); // it may have loaded others
    }
    if (status != 0) {
      throw new NativeCallException(
          function.name(), status, statusName(status), statusText(status), remedy(status));
    }
  }

  /** Calls; the {@code int} that was written. */
  final int intFrom(Function function, OutCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      call(function, f -> call.on(f, out));
      return out.get(JAVA_INT, 0);
    }
  }

  /** Calls; the {@code size_t} that was written. */
  final long longFrom(Function function, OutCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      call(function, f -> call.on(f, out));
      return out.get(JAVA_LONG, 0);
    }
  }

  /** Calls; the pointer or handle that was written. */
  final MemorySegment pointerFrom(Function function, OutCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      call(function, f -> call.on(f, out));
      return out.get(ADDRESS, 0);
    }
  }

  /** Calls; the text that was written to a buffer of this many bytes. */
  final String textFrom(Function function, int bytes, OutCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(bytes);
      call(function, f -> call.on(f, out));
      return out.getString(0);
    }
  }

  /** Calls {@code size_t f(void)}. */
  static long size(Function function) {
    try {
      return (long) function.handle().invokeExact();
    } catch (Throwable e) {
      throw unexpected(function.name(), e);
    }
  }

  /** Calls {@code const char *f(int)}. */
  static String textOf(Function function, int status) {
    try {
      return string((MemorySegment) function.handle().invokeExact(status));
    } catch (Throwable e) {
      throw unexpected(function.name(), e);
    }
  }

  /** A C string of the library; "unknown" for a null pointer. */
  @SuppressWarnings("restricted")
  static String string(MemorySegment text) {
    return text.address() == 0 ? "unknown" : text.reinterpret(LONGEST_TEXT).getString(0);
  }

  /** What {@code int f(int *)} writes. */
  static int intOf(NativeLibrary library, String name) {
    MethodHandle handle = library.function(name, FunctionDescriptor.of(JAVA_INT, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      requireVersion(library, (int) handle.invokeExact(out));
      return out.get(JAVA_INT, 0);
    } catch (Throwable e) {
      throw unexpected(name, e);
    }
  }

  /** What {@code size_t f(void)} returns. */
  static long sizeOf(NativeLibrary library, String name) {
    try {
      return (long) library.function(name, SIZE).invokeExact();
    } catch (Throwable e) {
      throw unexpected(name, e);
    }
  }

  static void requireVersion(NativeLibrary library, int status) {
    if (status != 0) {
      throw new DeviceException(
          library.path() + " does not say its version: status " + status + "; reinstall it");
    }
  }

  /** 13 of {@code 13.0}. */
  static int major(String version) {
    return Integer.parseInt(version.substring(0, version.indexOf('.')));
  }

  /** 13000 as {@code 13.0}. */
  static String cudaVersion(long number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  /** 92400 as {@code 9.24.0}, and 8907, from before cuDNN 9, as {@code 8.9.7}. */
  static String dotted(long number) {
    if (number < 10_000) {
      return number / 1000 + "." + number % 1000 / 100 + "." + number % 100;
    }
    return number / 10_000 + "." + number % 10_000 / 100 + "." + number % 100;
  }

  /** What a call handle throws: our own errors as they are. */
  static RuntimeException unexpected(String function, Throwable cause) {
    if (cause instanceof RuntimeException unchecked) {
      return unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new DeviceException("the call of " + function + " failed", cause);
  }
}
