// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UnerringException;
import dev.unerring.base.IoReason;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a failure prints and which exit code it has. An {@link UnerringException}, wherever it
 * stands among the causes: one line, and the code that it carries. Memory, a file that shrinks, a
 * file name that the locale cannot say: one line each. Anything else is a fault of the program: the
 * stack trace, and 1.
 */
final class Failures {
  static final int SOFTWARE = 1;
  static final int USAGE = 2;
  private static final int DATA = 5;
  private static final int MACHINE = 6;
  private static final int SHOWN_FRAMES = 12;
  private static final String STACKTRACE_PROPERTY = "unerring.stacktrace";

  /** Ready before there is need, since building a message takes memory. */
  private static final byte[] LAST_WORDS =
      "unerring: failed, without memory to say why; raise the heap: JAVA_TOOL_OPTIONS=-Xmx4g\n"
          .getBytes(StandardCharsets.US_ASCII);

  private Failures() {}

  /** A failure that has a line and a code of its own. */
  private record Known(int code, String line) {}

  /**
   * Prints a failure of any kind.
   *
   * @param stacktrace whether the stack trace of an expected failure is wanted
   * @return the exit code
   */
  static int on(Throwable failure, PrintWriter err, boolean stacktrace) {
    if (failure instanceof StandardStream.Closed closed) {
      return closed.exitCode();
    }
    try {
      return explain(failure, err, stacktrace);
    } catch (RuntimeException | Error e) {
      return lastWords();
    }
  }

  private static int explain(Throwable failure, PrintWriter err, boolean stacktrace) {
    Optional<Known> known = Optional.empty();
    for (Throwable t = failure; t != null && known.isEmpty(); t = t.getCause()) {
      known = known(t);
    }
    err.println(
        known
            .map(each -> "unerring: " + each.line())
            .orElse("unerring: a fault of the program; please report it with these lines"));
    if (known.isEmpty() || stacktrace || Boolean.getBoolean(STACKTRACE_PROPERTY)) {
      err.print(trace(failure));
    }
    err.flush();
    return known.map(Known::code).orElse(SOFTWARE);
  }

  private static Optional<Known> known(Throwable failure) {
    return Optional.ofNullable(
        switch (failure) {
          case UnerringException e -> new Known(e.exitCode(), e.getMessage());
          case OutOfMemoryError e -> new Known(MACHINE, memory(String.valueOf(e.getMessage())));
          case InternalError e when String.valueOf(e.getMessage()).contains("memory access") ->
              new Known(
                  DATA,
                  "a file became shorter, or its disk failed, while it was being read; leave the"
                      + " data as they are during the work, and run again");
          case InvalidPathException e -> new Known(DATA, fileName(e));
          case UncheckedIOException e -> new Known(DATA, IoReason.of(e.getCause()));
          default -> null;
        });
  }

  /** Why a name is not one of a file, which mostly goes back to the locale. */
  static String fileName(InvalidPathException e) {
    return "'"
        + e.getInput()
        + "' cannot be a file name here ("
        + e.getReason()
        + "); Java takes names as "
        + System.getProperty("sun.jnu.encoding")
        + ": start it with LC_ALL=C.UTF-8, or through bin/unerring";
  }

  /** What was short, and how to get more of it. */
  private static String memory(String reason) {
    long heap = Math.ceilDiv(Runtime.getRuntime().maxMemory(), 1L << 20);
    if (reason.contains("heap space") || reason.contains("GC overhead")) {
      return "out of memory: the Java heap of "
          + heap
          + " MiB is full; raise it, e.g. JAVA_TOOL_OPTIONS=-Xmx"
          + 2 * heap
          + "m, on a machine or in a container that has as much";
    }
    if (reason.contains("thread")) {
      return "no further thread can be started ("
          + reason
          + "); take fewer with --threads, or raise the limit of processes (ulimit -u, --pids-limit)";
    }
    if (reason.contains("array size")) {
      return "out of memory: one array would be larger than Java allows (" + reason + ")";
    }
    return "out of memory beside the Java heap ("
        + reason
        + "); take a machine or a container with more, or a smaller set or --batch-size";
  }

  /** The stack trace; of a stack that overflowed its beginning. */
  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return failure instanceof StackOverflowError
        ? text.toString().lines().limit(SHOWN_FRAMES).collect(Collectors.joining("\n", "", "\n"))
        : text.toString();
  }

  private static int lastWords() {
    try (OutputStream err = new FileOutputStream(FileDescriptor.err)) {
      err.write(LAST_WORDS);
    } catch (IOException | RuntimeException | Error e) {
      return MACHINE; // stderr is gone
    }
    return MACHINE;
  }
}
