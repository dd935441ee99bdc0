// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import dev.unerring.suite.CertifiedCase;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code model.sig} and {@code provenance.json}, decoded here by the words of OpenSSF model signing
 * v1.0, DSSE, in-toto and SLSA, with nothing of the code that writes them.
 */
class ModelSignatureTest {
  @TempDir private Path folder;

  @Test
  void theBundleIsWhatTheSpecificationAsksFor() throws Exception {
    CertifiedCase made = CertifiedCase.make(folder, CertifiedCase.TINY);
    Map<?, ?> bundle = object(Files.readString(made.folder().resolve("model.sig")));
    assertEquals("application/vnd.dev.sigstore.bundle.v0.3+json", bundle.get("mediaType"));
    Map<?, ?> material = (Map<?, ?>) bundle.get("verificationMaterial");
    assertEquals(List.of(), material.get("tlogEntries"));
    String pem = Files.readString(made.folder().resolve("key.pub.pem"));
    String hint = Sha256.hex(pem.getBytes(StandardCharsets.US_ASCII));
    assertEquals(Map.of("hint", hint), material.get("publicKey"));

    Map<?, ?> statement = opened((Map<?, ?>) bundle.get("dsseEnvelope"), pem, "");
    assertEquals("https://model_signing/signature/v1.0", statement.get("predicateType"));
    Map<?, ?> predicate = (Map<?, ?>) statement.get("predicate");
    assertEquals(
        Map.of(
            "method",
            "files",
            "hash_type",
            "sha256",
            "allow_symlinks",
            false,
            "ignore_paths",
            List.of("model.sig")),
        predicate.get("serialization"));
    ByteArrayOutputStream digests = new ByteArrayOutputStream();
    List<?> resources = (List<?>) predicate.get("resources");
    assertEquals(2, resources.size());
    List<String> names = List.of("certificate.json", "model.safetensors");
    for (int i = 0; i < names.size(); i++) {
      Map<?, ?> resource = (Map<?, ?>) resources.get(i);
      String sum = Sha256.hex(Files.readAllBytes(made.folder().resolve(names.get(i))));
      assertEquals(Map.of("name", names.get(i), "algorithm", "sha256", "digest", sum), resource);
      digests.writeBytes(HexFormat.of().parseHex(sum));
    }
    Map<?, ?> subject = Map.of("sha256", Sha256.hex(digests.toByteArray()));
    assertEquals(List.of(Map.of("name", "tiny", "digest", subject)), statement.get("subject"));
  }

  @Test
  void theProvenanceIsSlsaAndNamesTheInputs() throws Exception {
    CertifiedCase made = CertifiedCase.make(folder, CertifiedCase.TINY);
    String pem = Files.readString(made.folder().resolve("key.pub.pem"));
    String hint = Sha256.hex(pem.getBytes(StandardCharsets.US_ASCII));
    Map<?, ?> envelope = object(Files.readString(made.folder().resolve("provenance.json")));
    Map<?, ?> statement = opened(envelope, pem, hint);
    assertEquals("https://slsa.dev/provenance/v1", statement.get("predicateType"));
    String model = Sha256.hex(Files.readAllBytes(made.model()));
    assertEquals(
        List.of(Map.of("name", "model.safetensors", "digest", Map.of("sha256", model))),
        statement.get("subject"));
    Map<?, ?> predicate = (Map<?, ?>) statement.get("predicate");
    Map<?, ?> definition = (Map<?, ?>) predicate.get("buildDefinition");
    assertEquals(Map.of("plan", Map.of("seed", 3L)), definition.get("externalParameters"));
    Map<?, ?> data = (Map<?, ?>) ((List<?>) definition.get("resolvedDependencies")).getFirst();
    String sum = Sha256.hex(Files.readAllBytes(made.data()));
    assertEquals(sum, ((Map<?, ?>) data.get("digest")).get("sha256"));
    assertTrue(String.valueOf(predicate.get("runDetails")).contains("https://unerring.dev/"));
  }

  @Test
  void theScopeIsTheFirstFieldOfThePredicate() throws Exception {
    CertifiedCase made = CertifiedCase.make(folder, CertifiedCase.TINY);
    Map<?, ?> envelope = object(Files.readString(made.certificate()));
    String text = text((String) envelope.get("payload"));
    assertTrue(text.contains("\"predicate\":{\"scope\":{\"arithmetic\":"), text);
    assertTrue(text.contains("\"notice\":\"Not for clinical use.\""), text);
  }

  private static Map<?, ?> opened(Map<?, ?> envelope, String pem, String keyid) throws Exception {
    assertEquals("application/vnd.in-toto+json", envelope.get("payloadType"));
    String payload = text((String) envelope.get("payload"));
    Map<?, ?> signature = (Map<?, ?>) ((List<?>) envelope.get("signatures")).getFirst();
    assertEquals(keyid, signature.get("keyid"));
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
    Signature check = Signature.getInstance("SHA256withECDSA");
    check.initVerify(key);
    int length = payload.getBytes(StandardCharsets.UTF_8).length;
    String signed = "DSSEv1 28 application/vnd.in-toto+json " + length + " " + payload;
    check.update(signed.getBytes(StandardCharsets.UTF_8));
    assertTrue(check.verify(Base64.getDecoder().decode((String) signature.get("sig"))));
    Map<?, ?> statement = object(payload);
    assertEquals("https://in-toto.io/Statement/v1", statement.get("_type"));
    return statement;
  }

  private static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static Map<?, ?> object(String json) {
    return (Map<?, ?>) Json.parse(json);
  }
}
