// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** {@code model.sig}: a Sigstore bundle of OpenSSF model signing v1.0, signed with a plain key. */
final class ModelSignature {
  static final String FILE = "model.sig";
  private static final String PREDICATE = "https://model_signing/signature/v1.0";
  private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  private ModelSignature() {}

  /**
   * The text of the file.
   *
   * @param model name of the folder
   * @param files SHA-256 of each signed file by its name
   */
  static String text(String model, SortedMap<String, String> files, SigningKey key) {
    Map<String, Object> hint = new LinkedHashMap<>();
    hint.put("hint", key.verifying().hint());
    Map<String, Object> material = new LinkedHashMap<>();
    material.put("publicKey", hint);
    material.put("tlogEntries", List.of());
    Map<String, Object> bundle = new LinkedHashMap<>();
    bundle.put("mediaType", BUNDLE);
    bundle.put("verificationMaterial", material);
    bundle.put("dsseEnvelope", envelope(payload(model, files), key));
    return Json.pretty(bundle);
  }

  /** The name of the key stands in the hint, so keyid is empty. */
  private static Map<String, Object> envelope(String payload, SigningKey key) {
    byte[] signed = key.sign(Envelope.signedBytes(payload));
    Map<String, Object> signature = new LinkedHashMap<>();
    signature.put("sig", Base64.getEncoder().encodeToString(signed));
    signature.put("keyid", "");
    Map<String, Object> envelope = new Envelope(payload, Optional.empty()).toJson();
    envelope.put("signatures", List.of(signature));
    return envelope;
  }

  private static String payload(String model, SortedMap<String, String> files) {
    MessageDigest all = Sha256.digest();
    List<Map<String, Object>> resources = new ArrayList<>();
    files.forEach((name, sha256) -> {
      all.update(HexFormat.of().parseHex(sha256));
      Map<String, Object> resource = new LinkedHashMap<>();
      resource.put("name", name);
      resource.put("algorithm", "sha256");
      resource.put("digest", sha256);
      resources.add(resource);
    });
    Map<String, Object> serialization = new LinkedHashMap<>();
    serialization.put("method", "files");
    serialization.put("hash_type", "sha256");
    serialization.put("allow_symlinks", false);
    serialization.put("ignore_paths", List.of(FILE));
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("serialization", serialization);
    predicate.put("resources", resources);
    Map<String, String> digest = new LinkedHashMap<>();
    digest.put("sha256", Sha256.hex(all));
    return Statement.text(List.of(Statement.subject(model, digest)), PREDICATE, predicate);
  }
}
