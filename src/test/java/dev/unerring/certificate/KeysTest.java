// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.UnerringException;
import dev.unerring.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys are private, never overwritten, read in the forms of openssl, and agree with it. */
class KeysTest {
  private static final byte[] TEXT = "a text".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  @Test
  void aNewKeyIsPrivateAndNeverOverwritten() throws IOException {
    Path file = folder.resolve("key.pem");
    SigningKey key = KeyFiles.make(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(key.verifying().pem(), Files.readString(folder.resolve("key.pub.pem")));
    String before = Files.readString(file);
    assertThrows(UsageException.class, () -> KeyFiles.make(file));
    assertEquals(before, Files.readString(file));
    Files.delete(file);
    assertThrows(UsageException.class, () -> KeyFiles.make(file));
    assertFalse(Files.exists(file), "a private key without its public half is left");
  }

  @Test
  void aSignatureIsOfItsKeyAndTextAlone() {
    SigningKey key = SigningKey.read(made("one.pem"));
    VerifyingKey other = SigningKey.read(made("two.pem")).verifying();
    byte[] signed = key.sign(TEXT);
    assertTrue(key.verifying().accepts(TEXT, signed));
    assertFalse(other.accepts(TEXT, signed));
    assertFalse(key.verifying().accepts(new byte[1], signed));
    assertFalse(key.verifying().accepts(TEXT, new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prime256v1", "secp384r1", "secp521r1"})
  void keysOfOpensslAreReadAndAgree(String curve) throws IOException {
    for (String form : List.of("ecparam -name " + curve + " -genkey", "sec1", "pkcs8")) {
      Path file = folder.resolve(curve + form.length() + ".pem");
      if (form.startsWith("ecparam")) {
        openssl(form + " -out " + file);
      } else {
        Path made = folder.resolve(curve + "-made.pem");
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:" + curve + " -out " + made);
        String sec1 = form.equals("sec1") ? "ec -in " + made + " -out " + file : "";
        openssl(sec1.isEmpty() ? "pkey -in " + made + " -out " + file : sec1);
      }
      SigningKey key = SigningKey.read(file);
      Path published = folder.resolve("pub.pem");
      openssl("pkey -in " + file + " -pubout -out " + published);
      assertEquals(Files.readString(published), key.verifying().pem());
      Path text = Files.write(folder.resolve("text"), TEXT);
      Path signed = Files.write(folder.resolve("signed"), key.sign(TEXT));
      String hash =
          curve.equals("prime256v1") ? "sha256" : curve.contains("384") ? "sha384" : "sha512";
      openssl("dgst -" + hash + " -verify " + published + " -signature " + signed + " " + text);
      openssl("dgst -" + hash + " -sign " + file + " -out " + signed + " " + text);
      assertTrue(VerifyingKey.read(published).accepts(TEXT, Files.readAllBytes(signed)));
    }
  }

  @Test
  void theHintIsWhatSha256sumSaysOfThePublicKeyOfOpenssl() throws IOException {
    Path file = made("key.pem");
    String sum = shell("openssl pkey -in " + file + " -pubout | sha256sum").substring(0, 64);
    assertEquals(sum, SigningKey.read(file).verifying().hint());
  }

  @Test
  void encryptedKeysAreRefusedByName() throws IOException {
    Path plain = made("key.pem");
    Path pkcs8 = folder.resolve("pkcs8.pem");
    openssl("pkcs8 -topk8 -in " + plain + " -passout pass:secret -out " + pkcs8);
    Path sec1 = folder.resolve("sec1.pem");
    openssl("ec -aes256 -passout pass:secret -in " + plain + " -out " + sec1);
    for (Path file : List.of(pkcs8, sec1)) {
      UsageException refusal = assertThrows(UsageException.class, () -> SigningKey.read(file));
      assertTrue(refusal.getMessage().contains(file + " is encrypted"), refusal.getMessage());
    }
  }

  @Test
  void whatIsNoSuchKeyHasAMessageOfItsOwn() throws IOException {
    Path key = made("key.pem");
    Path other = KeyFiles.publicKey(key);
    refused(() -> SigningKey.read(other), "not a private key");
    refused(() -> VerifyingKey.read(key), "not a PUBLIC KEY");
    Path text = Files.writeString(folder.resolve("text.pem"), "hello");
    refused(() -> SigningKey.read(text), "holds no key in PEM form");
    refused(() -> VerifyingKey.read(folder.resolve("none.pem")), "cannot read the key");
    String pem = Files.readString(key);
    Files.writeString(text, pem.substring(0, 60) + pem.substring(90));
    refused(() -> SigningKey.read(text), "is damaged");
    Files.writeString(text, pem.substring(0, 90));
    refused(() -> SigningKey.read(text), "holds no key in PEM form");
    Path rsa = folder.resolve("rsa.pem");
    openssl("genpkey -algorithm RSA -out " + rsa);
    refused(() -> SigningKey.read(rsa), "no private EC key on P-256, P-384 or P-521");
    Path foreign = folder.resolve("foreign.pem");
    openssl("ecparam -name secp256k1 -genkey -out " + foreign);
    refused(() -> SigningKey.read(foreign), "no private EC key on P-256, P-384 or P-521");
  }

  private static void refused(Runnable read, String reason) {
    UnerringException refusal = assertThrows(DataException.class, read::run);
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }

  private Path made(String name) {
    Path file = folder.resolve(name);
    KeyFiles.make(file);
    return file;
  }

  private void openssl(String arguments) {
    shell("openssl " + arguments);
  }

  private String shell(String command) {
    try {
      if (new ProcessBuilder("sh", "-c", "command -v openssl").start().waitFor() != 0) {
        System.err.println("SKIPPED: no openssl to compare with");
        Assumptions.abort("no openssl");
      }
      Process process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), command + ": " + out);
      return out;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
