package dev.unerring.cli;

import dev.unerring.base.DataException;
import dev.unerring.base.UnerringException;
import dev.unerring.ffi.Posix;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Standard output or standard error as every verb writes it: UTF-8, and control characters and
 * invisible ones as {@code \}{@code u001b} where they could steer a terminal. A {@link PrintWriter}
 * hides an {@link IOException}, so stdout throws its own.
 */
final class StandardStream extends Writer {
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final Path STDOUT_LINK = Path.of("/proc/self/fd/1");

  private final Writer bytes;
  private final int descriptor;
  private final Path link;
  private boolean broken;

  private StandardStream(FileDescriptor file, int descriptor, Path link) {
    this.bytes = new OutputStreamWriter(new FileOutputStream(file), StandardCharsets.UTF_8);
    this.descriptor = descriptor;
    this.link = link;
  }

  /** The reader of stdout has gone: the work ends without a word, as SIGPIPE would end it. */
  static final class Closed extends UnerringException {
    private static final long serialVersionUID = 1L;
    private static final int LIKE_SIGPIPE = 141;

    private Closed(IOException cause) {
      super("standard output is closed", cause);
    }

    @Override
    public int exitCode() {
      return LIKE_SIGPIPE;
    }
  }

  /**
   * Results. Raw unless a terminal shows them; a write that fails throws {@link Closed} where the
   * reader has gone, else {@link DataException}, once.
   */
  static PrintWriter out() {
    return out(FileDescriptor.out, STDOUT_LINK);
  }

  /**
   * The same to another file.
   *
   * @param link where the system says what kind of file it is
   */
  static PrintWriter out(FileDescriptor file, Path link) {
    return new PrintWriter(new StandardStream(file, STDOUT, link));
  }

  /** Messages. Always escaped, sent line by line; lost where they cannot be written. */
  static PrintWriter err() {
    return new PrintWriter(new StandardStream(FileDescriptor.err, STDERR, null), true);
  }

  /** Whether stderr is a terminal that understands a redrawn line. */
  static boolean drawsOnStderr() {
    String kind = System.getenv("TERM");
    return kind != null && !kind.equals("dumb") && isTerminal(STDERR);
  }

  /** Columns of the terminal of stderr: its own answer, else COLUMNS, else 80. */
  static int columns() {
    int columns = Posix.columns(STDERR);
    String said = System.getenv("COLUMNS");
    if (columns == 0 && said != null && said.matches("[1-9][0-9]{0,3}")) {
      return Integer.parseInt(said);
    }
    return columns == 0 ? 80 : columns;
  }

  /** As the launcher says, else as the system says. */
  private static boolean isTerminal(int descriptor) {
    String said =
        System.getProperty(
            "unerring." + (descriptor == STDOUT ? "stdout" : "stderr") + ".terminal");
    return said != null ? said.equals("true") : Posix.isTerminal(descriptor);
  }

  /**
   * Takes characters. A write of nothing but {@link StatusLine#CLEAR} is the program's own and goes
   * through as it is.
   */
  @Override
  public void write(char[] characters, int offset, int length) {
    String text = new String(characters, offset, length);
    String shown = text.equals(StatusLine.CLEAR) ? text : Printable.text(text);
    boolean raw = shown.equals(text) || descriptor == STDOUT && !isTerminal(STDOUT);
    attempt(() -> bytes.write(raw ? text : shown));
  }

  @Override
  public void flush() {
    attempt(bytes::flush);
  }

  @Override
  public void close() {
    flush();
  }

  private interface Step {
    void run() throws IOException;
  }

  private void attempt(Step step) {
    if (broken) {
      return;
    }
    try {
      step.run();
    } catch (IOException e) {
      broken = true;
      if (descriptor == STDOUT) {
        throw failure(e);
      }
    }
  }

  private UnerringException failure(IOException e) {
    return isPipe() || String.valueOf(e.getMessage()).contains("Broken pipe")
        ? new Closed(e)
        : new DataException("standard output cannot be written: " + e.getMessage(), e);
  }

  /** The system's message may be in another language. */
  private boolean isPipe() {
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
