// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.DataException;
import dev.unerring.base.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;

/** A public EC key that checks signatures. */
public final class VerifyingKey {
  static final String LABEL = "PUBLIC KEY";

  private final ECPublicKey key;

  VerifyingKey(ECPublicKey key) {
    this.key = key;
  }

  /**
   * Reads a key.
   *
   * @throws DataException where the file is no public EC key on P-256, P-384 or P-521
   */
  public static VerifyingKey read(Path file) {
    Pem block = Pem.read(file).getFirst();
    if (!block.label().equals(LABEL)) {
      throw new DataException(
          file
              + " holds a "
              + block.label()
              + ", not a PUBLIC KEY; "
              + (block.label().contains("PRIVATE")
                  ? "a private key is nobody's but the signer's: ask for the public one"
                      + " (openssl pkey -pubout)"
                  : "ask the signer for the public key in PEM form"));
    }
    try {
      PublicKey read =
          KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(block.der()));
      if (read instanceof ECPublicKey ec && Curve.of(ec.getParams()) != null) {
        return new VerifyingKey(ec);
      }
    } catch (GeneralSecurityException e) {
      throw unfit(file, e);
    }
    throw unfit(file, null);
  }

  private static DataException unfit(Path file, Throwable cause) {
    return new DataException(
        file
            + " is no public EC key on P-256, P-384 or P-521, or it is damaged; ask the signer for"
            + " it again",
        cause);
  }

  /** SubjectPublicKeyInfo in PEM form, as openssl pkey -pubout prints it. */
  public String pem() {
    return Pem.text(LABEL, key.getEncoded());
  }

  /** SHA-256 of {@link #pem}: what model signing calls the hint. */
  public String hint() {
    return Sha256.hex(pem().getBytes(StandardCharsets.US_ASCII));
  }

  /** Whether these bytes were signed with the other half of this key. */
  boolean accepts(byte[] bytes, byte[] signed) {
    try {
      Signature signature = Signature.getInstance(Curve.of(key.getParams()).algorithm());
      signature.initVerify(key);
      signature.update(bytes);
      return signature.verify(signed);
    } catch (SignatureException e) {
      return false; // no DER of two numbers
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot check with this key", e);
    }
  }
}
