// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Arrays;

/** The curves of OpenSSF model signing, each with its hash. */
enum Curve {
  P256("secp256r1", "SHA256withECDSA", 32, "06082a8648ce3d030107"),
  P384("secp384r1", "SHA384withECDSA", 48, "06052b81040022"),
  P521("secp521r1", "SHA512withECDSA", 66, "06052b81040023");

  private final String standard;
  private final String algorithm;
  private final int bytes;
  private final String objectId;

  Curve(String standard, String algorithm, int bytes, String objectId) {
    this.standard = standard;
    this.algorithm = algorithm;
    this.bytes = bytes;
    this.objectId = objectId;
  }

  String standard() {
    return standard;
  }

  /** The JDK's name of its signatures. */
  String algorithm() {
    return algorithm;
  }

  /** Bytes of a private number. */
  int bytes() {
    return bytes;
  }

  /** DER of its object identifier, as hexadecimal digits. */
  String objectId() {
    return objectId;
  }

  /** The curve with these parameters, or null. */
  static Curve of(ECParameterSpec parameters) {
    return Arrays.stream(values())
        .filter(each -> each.parameters().getOrder().equals(parameters.getOrder()))
        .filter(each -> each.parameters().getGenerator().equals(parameters.getGenerator()))
        .findFirst()
        .orElse(null);
  }

  private ECParameterSpec parameters() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(standard));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no " + standard, e);
    }
  }

  /** The public point of a private key: its number times the generator. */
  static ECPoint publicPoint(ECPrivateKey key) {
    ECParameterSpec curve = key.getParams();
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger a = curve.getCurve().getA();
    ECPoint sum = ECPoint.POINT_INFINITY;
    for (int bit = key.getS().bitLength() - 1; bit >= 0; bit--) {
      sum = add(sum, sum, a, p);
      if (key.getS().testBit(bit)) {
        sum = add(sum, curve.getGenerator(), a, p);
      }
    }
    return sum;
  }

  private static ECPoint add(ECPoint u, ECPoint v, BigInteger a, BigInteger p) {
    if (u.equals(ECPoint.POINT_INFINITY)) {
      return v;
    }
    if (v.equals(ECPoint.POINT_INFINITY)) {
      return u;
    }
    BigInteger x = u.getAffineX();
    BigInteger y = u.getAffineY();
    BigInteger slope;
    if (u.equals(v)) {
      BigInteger rise = x.multiply(x).multiply(BigInteger.valueOf(3)).add(a);
      slope = rise.multiply(y.shiftLeft(1).modInverse(p)).mod(p);
    } else if (x.equals(v.getAffineX())) {
      return ECPoint.POINT_INFINITY;
    } else {
      slope = v.getAffineY().subtract(y).multiply(v.getAffineX().subtract(x).modInverse(p)).mod(p);
    }
    BigInteger third = slope.multiply(slope).subtract(x).subtract(v.getAffineX()).mod(p);
    return new ECPoint(third, slope.multiply(x.subtract(third)).subtract(y).mod(p));
  }
}
