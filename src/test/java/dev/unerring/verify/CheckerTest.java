// SPDX-License-Identifier: Apache-2.0
package dev.unerring.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.UnerringException;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.suite.CertifiedCase;
import dev.unerring.suite.Tampering;
import dev.unerring.suite.TestBackends;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The second checker, a C program that shares no code, accepts what {@link Verifier} accepts and
 * refuses what it refuses: every kind of network, honest and tampered with.
 */
class CheckerTest {
  private static final int EACH = Integer.getInteger("tampering.each", 1);
  private static final int MANY = 40;
  private static final int SOME = 8; // of so many changes make check tries one on both checkers

  @TempDir private static Path folder;
  private static Path checker;

  /** What a program printed, and its exit code. */
  private record Ended(int code, String text) {}

  @BeforeAll
  static void build() throws IOException {
    checker = folder.resolve("unerring-check");
    Path source = Path.of(System.getProperty("basedir", ""), "native/checker/checker.c");
    Ended built =
        run(
            "cc -O3 -march=native -std=c11 -ffp-contract=off -fno-math-errno -Wall -Wextra -Werror "
                + source.toAbsolutePath()
                + " -lz -lm -o "
                + checker);
    if (built.text.contains("zlib.h") || built.code == 127) {
      System.err.println("SKIPPED: no C compiler with zlib: " + built.text.lines().findFirst());
      Assumptions.abort("no C compiler with zlib");
    }
    assertEquals("", built.text);
  }

  @Test
  void everyKindOfNetworkIsCountedAlike() {
    List<CertifiedCase.Kind> kinds = CertifiedCase.CHECKED;
    for (int k = 0; k < kinds.size(); k += EACH < MANY ? 2 : 1) { // make tampering takes all
      CertifiedCase.Kind kind = kinds.get(k);
      CertifiedCase made = CertifiedCase.make(folder, kind);
      assertEquals(Optional.empty(), refusal(made.folder()), kind.name());
      Ended checked = check(made.folder());
      assertEquals(0, checked.code, kind + ": " + checked.text);
      assertTrue(checked.text.contains("Merkle root as certified"), checked.text);
      assertTrue(checked.text.contains("signature  not checked"), checked.text);
    }
  }

  @Test
  void bothRefuseTheSameChanges() throws IOException {
    CertifiedCase.Kind kind = CertifiedCase.SOLID;
    CertifiedCase made = CertifiedCase.make(folder.resolve("tampered"), kind);
    Path changed = Files.createDirectories(folder.resolve("changed"));
    List<String> wrong = new ArrayList<>();
    int refused = 0;
    List<Tampering.Change> changes = new Tampering(made, kind, EACH).changes();
    for (int i = 0; i < changes.size(); i += EACH < MANY ? SOME : 1) {
      Tampering.Change change = changes.get(i);
      if (change.name().startsWith("signatures")) {
        continue; // what signs is beyond the second checker
      }
      Tampering.lay(made, change, changed);
      Ended checked = check(changed);
      // What the signer states is beyond the second checker, and without the key beyond the first.
      Optional<String> said = refusal(changed);
      boolean first = said.isPresent();
      boolean second = checked.code == 4 || checked.code == 5;
      if (first != second) {
        wrong.add(change.name() + ": " + said + " but " + checked);
      }
      boolean file = !change.files().containsKey("certificate.json");
      if (file && second && !checked.text.contains(change.names())) {
        wrong.add(change.name() + " should name " + change.names() + ": " + checked);
      }
      refused += second ? 1 : 0;
    }
    assertEquals(List.of(), wrong);
    assertTrue(refused >= (EACH < MANY ? 10 : 500), refused + " changes were refused");
  }

  @Test
  void whatItDoesNotKnowIsRefusedByName() throws IOException {
    CertifiedCase tiny = CertifiedCase.make(folder.resolve("other"), CertifiedCase.TINY);
    Ended refused = check(tiny.folder());
    assertEquals(5, refused.code);
    assertTrue(refused.text.contains("the network 'deng-6' is not known"), refused.text);
    CertifiedCase solid = CertifiedCase.make(folder.resolve("integer"), CertifiedCase.SOLID);
    byte[] model = Files.readAllBytes(solid.model());
    String text = new String(model, StandardCharsets.ISO_8859_1);
    text = text.replaceFirst("\"ordered\"", "\"integer\"");
    Files.write(solid.model(), text.getBytes(StandardCharsets.ISO_8859_1));
    refused = check(solid.folder());
    assertEquals(5, refused.code);
    assertTrue(refused.text.contains("the arithmetic 'integer' is not known"), refused.text);
    assertEquals(2, run(checker.toString()).code);
    assertEquals(5, run(checker + " none.json none.npz none.safetensors").code);
  }

  private static Ended check(Path where) {
    return run(
        checker
            + " "
            + where.resolve("certificate.json")
            + " "
            + where.resolve("set.npz")
            + " "
            + where.resolve("model.safetensors"));
  }

  private static Ended run(String command) {
    try {
      Process process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
      byte[] text = process.getInputStream().readAllBytes();
      return new Ended(process.waitFor(), new String(text, StandardCharsets.UTF_8));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<String> refusal(Path where) {
    try {
      Path certificate = where.resolve("certificate.json");
      new Verifier(certificate, Optional.empty(), WorkMonitor.SILENT)
          .verify(
              where.resolve("set.npz"),
              where.resolve("model.safetensors"),
              () -> TestBackends.kernels() ? TestBackends.open() : new ReferenceBackend());
      return Optional.empty();
    } catch (UnerringException e) {
      return Optional.of(e.getMessage());
    }
  }
}
