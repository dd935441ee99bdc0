// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.data.Dataset;
import dev.unerring.npz.NpzWriter;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certify, verify and keygen as people call them: what they print, write and end with. */
class CertifyCommandTest {
  @TempDir private static Path folder;
  private static SmallRun run;
  private static Path key;

  @BeforeAll
  static void certify() {
    run = SmallRun.train(folder);
    key = folder.resolve("key.pem");
    CommandRun made = CommandRun.of("keygen", "--out", key);
    assertEquals(0, made.code(), made.err());
    CommandRun certified = run.command("certify", "--key", key);
    assertEquals(0, certified.code(), certified.err());
    assertTrue(certified.out().contains("/40 training errors, floor "), certified.out());
    assertTrue(certified.out().contains("for holders of the data only"), certified.out());
    assertTrue(certified.out().contains("check: unerring verify "), certified.out());
    assertTrue(certified.out().contains("Not for clinical use."), certified.out());
  }

  private static CommandRun verify(Path certificate, Object... more) {
    List<Object> words = new ArrayList<>(List.of("verify", certificate));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray());
  }

  private static Path certificate() {
    return run.folder().resolve("certificate.json");
  }

  private static Path model() {
    return run.folder().resolve("model.safetensors");
  }

  private static void ends(int code, String text, CommandRun ended) {
    assertEquals(code, ended.code(), ended.err() + ended.out());
    assertTrue((ended.err() + ended.out()).contains(text), ended.err() + ended.out());
  }

  @Test
  void anHonestCertificateIsVerifiedWithAndWithoutTheKey() {
    Path other = folder.resolve("key.pub.pem");
    CommandRun keyed =
        verify(certificate(), "--data", run.data(), "--model", model(), "--public-key", other);
    ends(0, "every claim that can be recomputed is true", keyed);
    assertTrue(keyed.out().contains("signature  good, by the key "), keyed.out());
    assertTrue(keyed.out().contains("70 records, Merkle root as certified"), keyed.out());
    assertTrue(keyed.out().contains("Only stated by the signer: "), keyed.out());
    ends(
        0,
        "signature  not checked",
        verify(certificate(), "--data", run.data(), "--model", model()));
  }

  @Test
  void eachBadInputHasItsOwnMessageAndCode() throws IOException {
    Path other =
        TestData.write(folder.resolve("other.npz"), 44, 2); // another set of the same shape
    Object[] files = {"--data", run.data(), "--model", model()};
    ends(4, "not the certified data", verify(certificate(), "--data", other, "--model", model()));
    ends(
        2,
        "nothing can be counted: name them with --data",
        verify(certificate(), "--model", model()));
    ends(2, "name its file with --model", verify(certificate(), "--data", run.data()));
    ends(5, "cannot read", verify(folder.resolve("none.json"), files));
    ends(2, "verify what?", CommandRun.of("verify"));

    CommandRun.of("keygen", "--out", folder.resolve("second.pem"));
    Path wrong = folder.resolve("second.pub.pem");
    Object[] keyed = {"--data", run.data(), "--model", model(), "--public-key", wrong};
    ends(4, "the key is another one", verify(certificate(), keyed));
    keyed[5] = key;
    ends(5, "not a PUBLIC KEY", verify(certificate(), keyed));

    Path changed = folder.resolve("changed.json");
    byte[] text = Files.readAllBytes(certificate());
    Files.write(changed, Arrays.copyOf(text, text.length / 2));
    ends(5, "it is cut off or was changed", verify(changed, files));
    Files.writeString(
        changed, replaced("unerring.dev/certificate/v1", "unerring.dev/certificate/v2"));
    ends(5, "has the format v2, this program reads v1", verify(changed, files));
    ends(5, "is no certificate", verify(run.folder().resolve("provenance.json"), files));
    ends(5, "not a DSSE envelope", verify(run.folder().resolve("result.json"), files));
    ends(2, "encrypted", CommandRun.of("certify", "--run", run.folder(), "--key", encrypted()));
    ends(2, "certify what?", CommandRun.of("certify"));
    ends(2, "is there already", CommandRun.of("keygen", "--out", key));
  }

  private static Path encrypted() throws IOException {
    String pem =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    return Files.writeString(folder.resolve("encrypted.pem"), pem);
  }

  private static String replaced(String what, String by) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    ((Map<?, ?>) Json.parse(Files.readString(certificate())))
        .forEach((name, value) -> json.put((String) name, value));
    byte[] payload = Base64.getDecoder().decode((String) json.get("payload"));
    String text = new String(payload, StandardCharsets.UTF_8).replace(what, by);
    json.put("payload", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    return Json.pretty(json);
  }

  @Test
  void anUnsignedCertificateSaysSoAndIsRefusedWithAKey() {
    Path out = folder.resolve("handover");
    ends(0, "not signed: anyone could have written it", run.command("certify", "--out", out));
    assertFalse(Files.exists(out.resolve("model.sig")));
    Path unsigned = out.resolve("certificate.json");
    Path copy = out.resolve("model.safetensors");
    ends(0, "signature  none", verify(unsigned, "--data", run.data(), "--model", copy));
    ends(
        4,
        "is not signed",
        verify(
            unsigned,
            "--data",
            run.data(),
            "--model",
            copy,
            "--public-key",
            folder.resolve("key.pub.pem")));
  }

  @Test
  void theCountNeverComesFromTheResult() {
    SmallRun forged = run.copy(folder.resolve("forged"));
    forged.put("result.json", "trainErrors", 3L);
    ends(4, "has 3 training errors by its result.json", forged.command("certify"));
    assertTrue(Files.exists(forged.folder().resolve("certificate.json")), "the copied one stays");
  }

  @Test
  void aProofNeedsTheImageAlone() throws IOException {
    ends(0, "proof-val-3.json", run.command("certify", "--prove", 3, "--split", "val"));
    Path proof = run.folder().resolve("proof-val-3.json");
    Path image = folder.resolve("one.npz");
    Path other = folder.resolve("two.npz");
    try (Dataset data = Dataset.open(run.data())) {
      for (int i = 3; i < 5; i++) {
        byte[] pixels = new byte[TestData.IMAGE];
        MemorySegment.copy(
            data.val().images(),
            ValueLayout.JAVA_BYTE,
            (long) i * pixels.length,
            pixels,
            0,
            pixels.length);
        NpzWriter npz = new NpzWriter(false);
        npz.add("images", NpzWriter.npy("|u1", List.of(1, 28, 28), pixels));
        npz.write(i == 3 ? image : other);
      }
    }
    Path published = folder.resolve("key.pub.pem");
    CommandRun good =
        CommandRun.of("verify", "--proof", proof, "--image", image, "--public-key", published);
    ends(0, "val[3]: given label ", good);
    assertTrue(good.out().contains("signature good"), good.out());
    ends(
        4,
        "is not the image of val[3]",
        CommandRun.of("verify", "--proof", proof, "--image", other));
    for (String part : List.of("\"position\": 43", "\"record\": \"01", "\"salt\": \"")) {
      String text = Files.readString(proof);
      assertTrue(text.contains(part), part);
      String by = part.startsWith("\"position") ? "\"position\": 42" : part + "ab";
      Path changed = Files.writeString(folder.resolve("proof.json"), text.replace(part, by));
      CommandRun refused = CommandRun.of("verify", "--proof", changed, "--image", image);
      assertEquals(4, refused.code(), part + refused.err());
    }
    ends(2, "go together", CommandRun.of("verify", "--proof", proof));
    ends(
        2,
        "is a certificate, not a proof",
        CommandRun.of("verify", "--proof", certificate(), "--image", image));
    ends(2, "--prove is 0 to 39 in train, not 40", run.command("certify", "--prove", 40));
  }

  @Test
  void aDataSetAloneIsCertified() {
    Path file = folder.resolve("set.certificate.json");
    ends(
        0,
        "floor of training errors",
        CommandRun.of("certify", "--data", run.data(), "--out", file));
    ends(0, "every claim that can be recomputed is true", verify(file, "--data", run.data()));
    ends(
        2,
        "is of a data set alone: leave out --model",
        verify(file, "--data", run.data(), "--model", model()));
    Path other = TestData.write(folder.resolve("less.npz"), 40, 2);
    ends(4, "data: " + other, verify(file, "--data", other));
  }
}
