// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.DataException;
import dev.unerring.VerificationException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A DSSE envelope around an in-toto Statement, with one signature or none.
 *
 * @param payload the signed text, RFC 8785 JSON
 * @param signed what signed it; empty where nothing did
 */
public record Envelope(String payload, Optional<Signed> signed) {
  static final String TYPE = "application/vnd.in-toto+json";
  private static final int LARGEST = 1 << 28;
  private static final String AGAIN = "; ask the signer for the file again";

  /**
   * One signature.
   *
   * @param key what the signer calls the key: its hint, or nothing
   * @param signature DER
   */
  record Signed(String key, byte[] signature) {}

  /** Signs a text where there is a key. */
  static Envelope of(String payload, Optional<SigningKey> key) {
    return new Envelope(
        payload,
        key.map(each -> new Signed(each.verifying().hint(), each.sign(signedBytes(payload)))));
  }

  /** The bytes that are signed: DSSE's pre-authentication encoding. */
  static byte[] signedBytes(String payload) {
    byte[] text = payload.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String head = "DSSEv1 " + TYPE.length() + " " + TYPE + " " + text.length + " ";
    bytes.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(text);
    return bytes.toByteArray();
  }

  /** The envelope as JSON. */
  Map<String, Object> toJson() {
    Base64.Encoder base64 = Base64.getEncoder();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("payload", base64.encodeToString(payload.getBytes(StandardCharsets.UTF_8)));
    json.put("payloadType", TYPE);
    json.put(
        "signatures",
        signed.stream()
            .map(each -> {
              Map<String, Object> signature = new LinkedHashMap<>();
              signature.put("keyid", each.key);
              signature.put("sig", base64.encodeToString(each.signature));
              return signature;
            })
            .toList());
    return json;
  }

  /**
   * Reads the file of an envelope.
   *
   * @throws DataException where it cannot be read or is none
   */
  public static Envelope read(Path file) {
    return of(json(file), file.toString());
  }

  /** Reads a JSON file; DataException that names it. */
  static Object json(Path file) {
    byte[] bytes;
    try {
      if (Files.size(file) > LARGEST) {
        throw new DataException(file + " is too large for a certificate or a proof");
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new DataException("cannot read " + file + ": " + IoReason.of(e), e);
    }
    try {
      return Json.parse(utf8(bytes));
    } catch (DataException | CharacterCodingException e) {
      throw damaged(file.toString(), "it is cut off or was changed (" + reason(e) + ")");
    }
  }

  private static String reason(Exception e) {
    return e instanceof CharacterCodingException ? "not UTF-8" : e.getMessage();
  }

  private static String utf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /**
   * An envelope from its JSON.
   *
   * @param source what to call it in messages
   * @throws DataException where it is none
   */
  static Envelope of(Object json, String source) {
    if (!(json instanceof Map<?, ?> map)
        || !map.keySet().equals(new TreeSet<>(List.of("payload", "payloadType", "signatures")))
        || !(map.get("signatures") instanceof List<?> signatures)) {
      throw damaged(
          source, "it is not a DSSE envelope of payload, payloadType and signatures alone");
    }
    if (!TYPE.equals(map.get("payloadType"))) {
      throw damaged(source, "its payloadType is not " + TYPE);
    }
    if (signatures.size() > 1) {
      throw damaged(source, "signatures: it has " + signatures.size() + ", at most one is written");
    }
    try {
      String payload = utf8(base64(map.get("payload"), source, "payload"));
      return new Envelope(
          payload, signatures.stream().findFirst().map(each -> signed(each, source)));
    } catch (CharacterCodingException e) {
      throw damaged(source, "payload: it is not UTF-8");
    }
  }

  private static Signed signed(Object json, String source) {
    if (json instanceof Map<?, ?> map
        && map.keySet().equals(new TreeSet<>(List.of("keyid", "sig")))
        && map.get("keyid") instanceof String key) {
      return new Signed(key, base64(map.get("sig"), source, "signatures[0].sig"));
    }
    throw damaged(source, "signatures[0]: it is not keyid and sig alone");
  }

  /** Bytes have one text only, so that no second text of a signature passes. */
  private static byte[] base64(Object text, String source, String field) {
    if (text instanceof String word) {
      try {
        byte[] bytes = Base64.getDecoder().decode(word);
        if (Base64.getEncoder().encodeToString(bytes).equals(word)) {
          return bytes;
        }
      } catch (IllegalArgumentException e) {
        throw damaged(source, field + ": it is not base64");
      }
    }
    throw damaged(source, field + ": it is not base64");
  }

  private static DataException damaged(String source, String reason) {
    return new DataException(source + " is damaged: " + reason + AGAIN);
  }

  /**
   * Checks who signed.
   *
   * @param source what to call the file in messages
   * @throws VerificationException where nobody or another key did
   */
  public void requireSignedBy(VerifyingKey key, String source) {
    if (signed.isEmpty()) {
      throw new VerificationException(
          "signature: " + source + " is not signed, so its signer cannot be checked");
    }
    Signed found = signed.get();
    if (!found.key.equals(key.hint())) {
      throw new VerificationException(
          "signature: "
              + source
              + " says that it was signed by the key "
              + found.key
              + ", --public-key is "
              + key.hint()
              + "; the key is another one, or the certificate was changed");
    }
    if (!key.accepts(signedBytes(payload), found.signature)) {
      throw new VerificationException(
          "signature: it is not that of this text by the key "
              + key.hint()
              + "; "
              + source
              + " was changed after it was signed");
    }
  }
}
