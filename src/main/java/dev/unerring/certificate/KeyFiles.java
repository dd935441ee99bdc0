// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.IoReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.EnumSet;

/** Makes a new pair of keys as two files; no file is ever overwritten. */
public final class KeyFiles {
  private KeyFiles() {}

  /** The name of the public key of a private one: {@code key.pub.pem} beside {@code key.pem}. */
  public static Path publicKey(Path privateKey) {
    String name = privateKey.getFileName().toString();
    String stem = name.endsWith(".pem") ? name.substring(0, name.length() - 4) : name;
    return privateKey.resolveSibling(stem + ".pub.pem");
  }

  /**
   * Makes a key on P-256; only this user may read the private file.
   *
   * @throws UsageException where one of the two files is there
   * @throws DataException where one cannot be written; then neither is left
   */
  public static SigningKey make(Path privateKey) {
    Path other = publicKey(privateKey);
    for (Path file : new Path[] {privateKey, other}) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw taken(file);
      }
    }
    SigningKey key = generate();
    boolean posix = privateKey.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] own =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    write(privateKey, key.pem(), own);
    try {
      write(other, key.verifying().pem());
    } catch (DataException | UsageException e) {
      remove(privateKey, e);
      throw e;
    }
    return key;
  }

  private static SigningKey generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(Curve.P256.standard()));
      return SigningKey.of((ECPrivateKey) generator.generateKeyPair().getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime makes no EC keys", e);
    }
  }

  private static UsageException taken(Path file) {
    return new UsageException(
        file + " is there already, and a key is never overwritten; name another --out");
  }

  private static void write(Path file, String text, FileAttribute<?>... attributes) {
    EnumSet<StandardOpenOption> fresh =
        EnumSet.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    boolean made = false;
    try (FileChannel channel = FileChannel.open(file, fresh, attributes)) {
      made = true;
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw taken(file);
    } catch (IOException e) {
      DataException failure =
          new DataException(
              file
                  + ": not saved: "
                  + IoReason.of(e)
                  + "; check that the folder exists, is writable and has space left",
              e);
      if (made) {
        remove(file, failure);
      }
      throw failure;
    }
  }

  private static void remove(Path file, Throwable reason) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
