// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.DataException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Sha256;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.errors.Labels;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One record a sample (train, val, test, each by index), all of one width, little-endian: number of
 * the split and sampleIndex (4 bytes each), the salted SHA-256 of the image (32), then for each
 * label given and answered (2 each) and the bits of the margin (4). In a file a magic word and the
 * salt stand before them.
 */
public final class Verdicts {
  /** The name of the file. */
  public static final String FILE = "verdicts.bin";

  /** Bytes of a salt. */
  public static final int SALT_BYTES = 32;

  private static final byte[] MAGIC = "UNERRVD1".getBytes(StandardCharsets.US_ASCII);
  private static final int HASH_AT = 8;
  private static final int LABELS_AT = 40;
  private static final int LABEL_BYTES = 8;
  private static final String HMAC = "HmacSHA256";
  private static final List<String> SPLITS = List.of("train", "val", "test");

  private final byte[] salt;
  private final List<byte[]> records;

  private Verdicts(byte[] salt, List<byte[]> records) {
    this.salt = salt;
    this.records = records;
  }

  /** A new random salt. */
  public static byte[] newSalt() {
    try {
      KeyGenerator generator = KeyGenerator.getInstance(HMAC);
      generator.init(8 * SALT_BYTES);
      return generator.generateKey().getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no " + HMAC, e);
    }
  }

  /** Bytes of a record. */
  static int recordBytes(int columns) {
    return LABELS_AT + LABEL_BYTES * columns;
  }

  /**
   * The verdicts on all samples.
   *
   * @param logits of train, val and test
   */
  static Verdicts of(Dataset data, List<float[]> logits, byte[] salt, WorkMonitor monitor) {
    List<byte[]> records = new ArrayList<>();
    for (int s = 0; s < SPLITS.size(); s++) {
      Split split = data.splits().get(s);
      Labels given = Labels.given(data.task(), split);
      for (int n = 0; n < split.size(); n++) {
        monitor.step("recording " + split.name(), n, split.size());
        byte[] hash = imageHash(split, n, saltOf(salt, records.size()));
        records.add(record(s, n, hash, given, logits.get(s)));
      }
    }
    return new Verdicts(salt, records);
  }

  private static byte[] record(int split, int n, byte[] hash, Labels given, float[] logits) {
    ByteBuffer record = buffer(new byte[recordBytes(given.columns())]);
    record.putInt(split).putInt(n).put(hash);
    for (int column = 0; column < given.columns(); column++) {
      record.putShort((short) given.values()[n * given.columns() + column]);
      record.putShort((short) given.predicted(logits, n, column));
      record.putInt(Float.floatToIntBits(given.margin(logits, n, column)));
    }
    return record.array();
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** HMAC-SHA256 of the position (8 bytes) with the salt: what a proof of one sample gives away. */
  static byte[] saltOf(byte[] salt, long position) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(salt, HMAC));
      return mac.doFinal(buffer(new byte[Long.BYTES]).putLong(position).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no " + HMAC, e);
    }
  }

  private static byte[] imageHash(Split split, int n, byte[] own) {
    byte[] image = new byte[split.imageBytes()];
    MemorySegment.copy(
        split.images(), ValueLayout.JAVA_BYTE, (long) n * image.length, image, 0, image.length);
    return imageHash(image, own);
  }

  /** SHA-256 of the salt of a sample, then its image. */
  static byte[] imageHash(byte[] image, byte[] own) {
    MessageDigest digest = Sha256.digest();
    digest.update(own);
    return digest.digest(image);
  }

  /**
   * Reads a file.
   *
   * @param count number of records by the certificate
   * @param width bytes of a record by the certificate
   * @throws DataException where it is not such a file
   */
  public static Verdicts read(Path file, int count, int width) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new DataException("cannot read " + file + ": " + IoReason.of(e), e);
    }
    int head = MAGIC.length + SALT_BYTES;
    boolean known =
        bytes.length >= head && Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length));
    if (!known || bytes.length != head + (long) count * width) {
      throw new DataException(
          file
              + " is damaged: it is not the salt and "
              + count
              + " verdicts of "
              + width
              + " bytes; ask the signer for the file again");
    }
    List<byte[]> records = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int start = head + i * width;
      records.add(Arrays.copyOfRange(bytes, start, start + width));
    }
    return new Verdicts(Arrays.copyOfRange(bytes, MAGIC.length, head), records);
  }

  /** The bytes of the file. */
  byte[] toBytes() {
    int width = records.getFirst().length;
    ByteBuffer bytes =
        ByteBuffer.allocate(
            Math.addExact(MAGIC.length + SALT_BYTES, Math.multiplyExact(records.size(), width)));
    bytes.put(MAGIC).put(salt);
    records.forEach(bytes::put);
    return bytes.array();
  }

  /** The salt. */
  public byte[] salt() {
    return salt.clone();
  }

  /** Number of records. */
  public int size() {
    return records.size();
  }

  /** A record. */
  byte[] record(int position) {
    return records.get(position).clone();
  }

  private List<byte[]> leaves() {
    return records.stream().map(MerkleTree::leaf).toList();
  }

  /** The Merkle root, as hexadecimal digits. */
  public String root() {
    return HexFormat.of().formatHex(MerkleTree.root(leaves()));
  }

  /** The siblings from a record to the root. */
  List<byte[]> path(int position) {
    return MerkleTree.path(leaves(), position);
  }

  /** E.g. {@code train[17]}: which sample a record is of. */
  static String place(byte[] record) {
    int split = buffer(record).getInt();
    String name = split >= 0 && split < SPLITS.size() ? SPLITS.get(split) : "split " + split;
    return name + "[" + buffer(record).getInt(4) + "]";
  }

  /** What a record says of its labels, for a reader. */
  static String says(byte[] record) {
    StringBuilder text = new StringBuilder();
    for (int at = LABELS_AT; at < record.length; at += LABEL_BYTES) {
      text.append(at == LABELS_AT ? "" : "; ")
          .append("given label ")
          .append(buffer(record).getShort(at))
          .append(", answered ")
          .append(buffer(record).getShort(at + 2))
          .append(", margin ")
          .append(buffer(record).getFloat(at + 4));
    }
    return text.toString();
  }

  /** Whether the hash in a record is that of an image with the salt of its sample. */
  static boolean isOf(byte[] record, byte[] image, byte[] own) {
    byte[] hash = Arrays.copyOfRange(record, HASH_AT, LABELS_AT);
    return Arrays.equals(hash, imageHash(image, own));
  }

  /**
   * The first sample in which data differ from what was recorded: the place, what differs, and how
   * many differ.
   *
   * @return null where none does
   */
  public String differenceTo(Dataset data) {
    int position = 0;
    int differing = 0;
    String first = null;
    for (Split split : data.splits()) {
      for (int n = 0; n < split.size(); n++, position++) {
        String what = position < size() ? difference(split, n, position) : null;
        differing += what == null ? 0 : 1;
        first = first == null ? what : first;
      }
    }
    return first == null || differing == 1
        ? first
        : first + " (the first of " + differing + " samples that differ)";
  }

  private String difference(Split split, int n, int position) {
    byte[] record = records.get(position);
    String place = split.name() + "[" + n + "]";
    for (int column = 0; column < split.labelCount(); column++) {
      int certified = buffer(record).getShort(LABELS_AT + LABEL_BYTES * column);
      if (certified != split.label(n, column)) {
        String which = split.labelCount() == 1 ? "label" : "label " + column;
        return place
            + ": its "
            + which
            + " is "
            + split.label(n, column)
            + ", certified "
            + certified;
      }
    }
    return Arrays.equals(
            imageHash(split, n, saltOf(salt, position)),
            Arrays.copyOfRange(record, HASH_AT, LABELS_AT))
        ? null
        : place + ": its image is not the certified one";
  }

  /**
   * The first record that differs from another count of the same samples.
   *
   * @return null where none does
   */
  public String differenceTo(Verdicts counted) {
    for (int i = 0; i < counted.size(); i++) {
      if (!Arrays.equals(records.get(i), counted.records.get(i))) {
        return place(counted.records.get(i))
            + ": its record is not that of the count ("
            + says(counted.records.get(i))
            + ")";
      }
    }
    return null;
  }
}
