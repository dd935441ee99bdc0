// SPDX-License-Identifier: Apache-2.0
package dev.unerring.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.UnerringException;
import dev.unerring.VerificationException;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.certificate.VerifyingKey;
import dev.unerring.suite.CertifiedCase;
import dev.unerring.suite.Tampering;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every generated change of a certificate and of its files is refused, and the message names the
 * tensor, image or field. {@code -Dtampering.each=} makes more of each kind (make tampering).
 */
class TamperingTest {
  private static final int EACH = Integer.getInteger("tampering.each", 1);
  private static final int MANY = 40;

  @TempDir private Path folder;

  @Test
  void theHonestCaseIsVerified() throws IOException {
    CertifiedCase made = CertifiedCase.make(folder, CertifiedCase.TINY);
    VerifyingKey key = made.key().verifying();
    assertEquals(Optional.empty(), refusal(made.folder(), Optional.of(key)));
    assertEquals(Optional.empty(), refusal(made.folder(), Optional.empty()));
    Files.delete(made.verdicts());
    assertEquals(Optional.empty(), refusal(made.folder(), Optional.of(key)));
  }

  @Test
  void everyChangeIsRefusedByName() {
    CertifiedCase made = CertifiedCase.make(folder, CertifiedCase.TINY);
    List<Tampering.Change> changes = new Tampering(made, CertifiedCase.TINY, EACH).changes();
    List<String> wrong = new ArrayList<>();
    Path changed = folder.resolve("changed");
    assertTrue(changed.toFile().mkdir());
    for (Tampering.Change change : changes) {
      Tampering.lay(made, change, changed);
      // Without the key, so that the claim itself is refused and not only the signature.
      Optional<VerifyingKey> key =
          change.signed() ? Optional.of(made.key().verifying()) : Optional.empty();
      Optional<UnerringException> refusal = refusal(changed, key);
      boolean named =
          refusal.isPresent()
              && (refusal.get() instanceof VerificationException
                  || refusal.get() instanceof DataException)
              && refusal.get().getMessage().contains(change.names());
      if (!named) {
        String said = refusal.map(UnerringException::getMessage).orElse("accepted");
        wrong.add(change.name() + " should name " + change.names() + ": " + said);
      }
      boolean certificate = change.files().containsKey("certificate.json");
      if (certificate && refusal(changed, Optional.of(made.key().verifying())).isEmpty()) {
        wrong.add(change.name() + ": accepted with the key");
      }
    }
    assertTrue(changes.size() > (EACH < MANY ? 120 : 1000), changes.size() + " changes");
    assertEquals(List.of(), wrong);
  }

  private static Optional<UnerringException> refusal(Path folder, Optional<VerifyingKey> key) {
    try {
      Verifier verifier = new Verifier(folder.resolve("certificate.json"), key, WorkMonitor.SILENT);
      verifier.verify(
          folder.resolve("set.npz"), folder.resolve("model.safetensors"), ReferenceBackend::new);
      return Optional.empty();
    } catch (UnerringException e) {
      return Optional.of(e);
    }
  }
}
