// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;

/** A private EC key that signs; read from PKCS#8 or SEC1 in PEM form, without a password. */
public final class SigningKey {
  private static final byte[] EC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");
  private static final String PKCS8 = "PRIVATE KEY";
  private static final String SEC1 = "EC PRIVATE KEY";

  private final ECPrivateKey key;
  private final VerifyingKey verifying;

  private SigningKey(ECPrivateKey key, VerifyingKey verifying) {
    this.key = key;
    this.verifying = verifying;
  }

  /**
   * Reads a key.
   *
   * @throws DataException where the file is no private EC key on P-256, P-384 or P-521
   * @throws UsageException where it has a password
   */
  public static SigningKey read(Path file) {
    List<Pem> blocks = Pem.read(file);
    for (Pem block : blocks) {
      if (block.label().equals("ENCRYPTED PRIVATE KEY") || block.headers()) {
        throw new UsageException(
            file
                + " is encrypted with a password, which is not asked for here; decrypt it first:"
                + " openssl pkey -in "
                + file
                + " -out plain.pem");
      }
      if (block.label().equals(PKCS8) || block.label().equals(SEC1)) {
        return of(file, block.label().equals(SEC1) ? pkcs8(file, block.der()) : block.der());
      }
    }
    String found = blocks.getFirst().label();
    throw new DataException(
        file
            + " holds a "
            + found
            + ", not a private key; "
            + (found.equals(VerifyingKey.LABEL)
                ? "--key takes the private key that signs, --public-key of verify this one"
                : "unerring keygen makes one"));
  }

  private static SigningKey of(Path file, byte[] pkcs8) {
    try {
      PrivateKey read =
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      if (read instanceof ECPrivateKey key && Curve.of(key.getParams()) != null) {
        return of(key);
      }
    } catch (GeneralSecurityException | ArithmeticException e) {
      throw unfit(file, e);
    }
    throw unfit(file, null);
  }

  /** The same key object of the JDK. */
  static SigningKey of(ECPrivateKey key) throws GeneralSecurityException {
    ECPublicKeySpec spec = new ECPublicKeySpec(Curve.publicPoint(key), key.getParams());
    ECPublicKey other = (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(spec);
    return new SigningKey(key, new VerifyingKey(other));
  }

  private static DataException unfit(Path file, Throwable cause) {
    return new DataException(
        file
            + " is no private EC key on P-256, P-384 or P-521, or it is damaged; unerring keygen"
            + " makes one",
        cause);
  }

  /** PKCS#8 around a SEC1 key, whose curve is named inside or follows from its length. */
  private static byte[] pkcs8(Path file, byte[] sec1) {
    try {
      Der content = new Der(new Der(sec1).take(Der.SEQUENCE));
      content.take(Der.INTEGER);
      int length = content.take(Der.OCTETS).length;
      byte[] curve = null;
      if (content.next(Der.PARAMETERS)) {
        curve = Der.value(Der.OBJECT_ID, new Der(content.take(Der.PARAMETERS)).take(Der.OBJECT_ID));
      }
      for (Curve each : Curve.values()) {
        if (curve == null && each.bytes() == length) {
          curve = HexFormat.of().parseHex(each.objectId());
        }
      }
      if (curve == null) {
        throw new IllegalArgumentException("no curve");
      }
      return Der.value(
          Der.SEQUENCE,
          Der.value(Der.INTEGER, new byte[1]),
          Der.value(Der.SEQUENCE, EC_KEY, curve),
          Der.value(Der.OCTETS, sec1));
    } catch (IllegalArgumentException e) {
      throw unfit(file, e);
    }
  }

  /** The key that checks what this one signs. */
  public VerifyingKey verifying() {
    return verifying;
  }

  /** PKCS#8 in PEM form. */
  String pem() {
    return Pem.text(PKCS8, key.getEncoded());
  }

  /** DER of an ECDSA signature with the hash that goes with the curve. */
  byte[] sign(byte[] bytes) {
    try {
      Signature signature = Signature.getInstance(Curve.of(key.getParams()).algorithm());
      signature.initSign(key);
      signature.update(bytes);
      byte[] signed = signature.sign();
      if (!verifying.accepts(bytes, signed)) {
        throw new IllegalStateException("a signature that does not check was made");
      }
      return signed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot sign with this key", e);
    }
  }
}
