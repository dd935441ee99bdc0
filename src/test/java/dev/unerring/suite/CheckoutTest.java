// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.ffi.StubCuda;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clone by a user whose git writes Windows line ends can be built: scripts keep theirs. */
class CheckoutTest {
  @Test
  void noFileHasWindowsLineEnds(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of(".git")), "SKIPPED, this is no git checkout");
    Path clone = folder.resolve("clone");
    git("-c", "core.autocrlf=true", "clone", "--quiet", ".", clone.toString());
    List<String> files = git("-C", clone.toString(), "ls-files", "--eol").lines().toList();
    assertEquals(true, files.stream().anyMatch(line -> line.endsWith(".ci/find-jdk")));
    assertEquals(List.of(), files.stream().filter(line -> line.contains("w/crlf")).toList());
  }

  private static String git(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = "git";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try {
      return StubCuda.run(command);
    } catch (IOException e) {
      return Assumptions.abort("SKIPPED, no git here: " + e.getMessage());
    }
  }
}
