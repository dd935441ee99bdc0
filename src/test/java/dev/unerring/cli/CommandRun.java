// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * One command that was run in this JVM.
 *
 * @param code exit code
 * @param out what it printed on stdout
 * @param err what it printed on stderr
 */
record CommandRun(int code, String out, String err) {
  static CommandRun of(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    int code =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(words);
    return new CommandRun(code, out.toString(), err.toString());
  }

  /** What it printed on stderr besides the progress that a busy machine shows after ten seconds. */
  String notes() {
    return err.replaceAll("(?m)^.*: \\d+ %(, \\d+ (s|min|h) to go)?\\R", "");
  }
}
