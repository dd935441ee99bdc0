// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.VerificationException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.Json;
import dev.unerring.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a certificate says of one sample, for someone who has its image but not the data set: the
 * record, the salt of this sample alone, the path to the Merkle root, and the certificate.
 *
 * @param source what to call the file in messages
 * @param envelope the certificate
 * @param position number of the record
 * @param record its bytes
 * @param salt of this sample
 * @param path siblings from the record to the root, the lowest first
 */
public record Proof(
    String source, Envelope envelope, int position, byte[] record, byte[] salt, List<byte[]> path) {
  private static final String FORMAT = "unerring-proof-1";
  private static final List<String> KEYS =
      List.of("certificate", "format", "path", "position", "record", "salt");

  /**
   * Writes the proof of one sample.
   *
   * @param position number of its record
   * @throws VerificationException where the verdicts are not those of the certificate
   */
  public static void write(Path file, Envelope certificate, Verdicts verdicts, int position) {
    Statement statement = Statement.of(certificate, Certificate.FILE);
    if (!verdicts.root().equals(root(statement))) {
      throw new VerificationException(
          Verdicts.FILE
              + " does not belong to this certificate: its Merkle root is another one;"
              + " certify again");
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("position", position);
    json.put("record", HexFormat.of().formatHex(verdicts.record(position)));
    json.put("salt", HexFormat.of().formatHex(Verdicts.saltOf(verdicts.salt(), position)));
    json.put("path", verdicts.path(position).stream().map(HexFormat.of()::formatHex).toList());
    json.put("certificate", certificate.toJson());
    AtomicFile.write(file, Json.pretty(json).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads the file of a proof.
   *
   * @throws DataException where it cannot be read or is none
   */
  public static Proof read(Path file) {
    if (!(Envelope.json(file) instanceof Map<?, ?> json)) {
      throw damaged(file, "it is no JSON object");
    }
    if (json.containsKey("payload")) {
      throw new UsageException(
          file + " is a certificate, not a proof of one sample; verify it without --proof");
    }
    if (json.get("format") instanceof String format
        && format.startsWith("unerring-proof-")
        && !format.equals(FORMAT)) {
      throw new DataException(
          file
              + " has the newer format "
              + format
              + "; verify it with a later version of unerring");
    }
    if (!FORMAT.equals(json.get("format")) || !json.keySet().equals(new TreeSet<>(KEYS))) {
      throw damaged(file, "it does not hold " + KEYS);
    }
    if (!(json.get("position") instanceof Long position
        && position >= 0
        && position < Integer.MAX_VALUE)) {
      throw damaged(file, "position: it is no number of a record");
    }
    if (!(json.get("path") instanceof List<?> path)) {
      throw damaged(file, "path: it is no list");
    }
    return new Proof(
        file.toString(),
        Envelope.of(json.get("certificate"), file + ", certificate"),
        position.intValue(),
        hex(file, "record", json.get("record")),
        hex(file, "salt", json.get("salt")),
        path.stream().map(each -> hex(file, "path", each)).toList());
  }

  private static byte[] hex(Path file, String key, Object text) {
    if (text instanceof String word && word.matches("([0-9a-f]{2})+")) {
      return HexFormat.of().parseHex(word);
    }
    throw damaged(file, key + ": it is not made of hexadecimal digits");
  }

  private static DataException damaged(Path file, String reason) {
    return new DataException(
        file + " is damaged, or no proof: " + reason + "; ask the signer for the file again");
  }

  /**
   * Where the record of a sample is.
   *
   * @param position number of the record
   * @param records number of all records
   * @param recordBytes bytes of each
   */
  public record Place(int position, int records, int recordBytes) {}

  /**
   * Finds the record of a sample.
   *
   * @param split train, val or test
   * @throws UsageException where the certificate is of a data set alone, or has no such sample
   */
  public static Place place(Statement statement, String split, int sample) {
    if (statement.recomputed().get("data") instanceof Map<?, ?> data
        && data.get("samples") instanceof Map<?, ?> samples
        && verdicts(statement).get("records") instanceof Long records
        && verdicts(statement).get("recordBytes") instanceof Long width) {
      int position = 0;
      for (String each : List.of("train", "val", "test")) {
        int count = samples.get(each) instanceof Long n ? n.intValue() : 0;
        if (each.equals(split)) {
          if (sample < 0 || sample >= count) {
            throw new UsageException(
                "--prove is 0 to " + (count - 1) + " in " + split + ", not " + sample);
          }
          return new Place(position + sample, records.intValue(), width.intValue());
        }
        position += count;
      }
    }
    throw new DataException("the certificate does not say how many samples there are");
  }

  private static String root(Statement statement) {
    return String.valueOf(verdicts(statement).get("merkleRoot"));
  }

  private static Map<?, ?> verdicts(Statement statement) {
    if (statement.recomputed().get("verdicts") instanceof Map<?, ?> verdicts) {
      return verdicts;
    }
    throw new DataException("the certificate has no verdicts: it is of a data set alone");
  }

  /** The shape of an image by the certificate. */
  public Shape image() {
    Statement statement = Statement.of(envelope, source);
    if (statement.recomputed().get("data") instanceof Map<?, ?> data
        && data.get("image") instanceof List<?> extents
        && extents.size() == 4
        && extents.stream().allMatch(each -> each instanceof Long e && e > 0 && e < 1 << 16)) {
      int[] e = extents.stream().mapToInt(each -> ((Long) each).intValue()).toArray();
      return new Shape(1, e[0], e[1], e[2], e[3]);
    }
    throw new DataException(source + " is damaged: data.image: it is no shape of an image");
  }

  /**
   * Checks that the certificate says this of this image.
   *
   * @param image its bytes as the data file has them
   * @param name of the image, for messages
   * @return what it says
   * @throws VerificationException where one step does not hold; names it
   */
  public String check(byte[] image, String name) {
    Statement statement = Statement.of(envelope, source);
    int size = verdicts(statement).get("records") instanceof Long records ? records.intValue() : 0;
    if (position >= size) {
      throw new VerificationException(
          "position: it is " + position + ", the certificate has " + size + " records");
    }
    byte[] root = MerkleTree.root(MerkleTree.leaf(record), position, size, path);
    if (root == null || !HexFormat.of().formatHex(root).equals(root(statement))) {
      throw new VerificationException(
          "record, position or path: the record does not lead to the Merkle root of the"
              + " certificate, so the certificate does not say this");
    }
    boolean whole = Long.valueOf(record.length).equals(verdicts(statement).get("recordBytes"));
    if (!whole || record.length < Verdicts.recordBytes(1)) {
      throw new VerificationException("record: it is not of the length that the certificate names");
    }
    if (!Verdicts.isOf(record, image, salt)) {
      throw new VerificationException(
          "image: "
              + name
              + " is not the image of "
              + Verdicts.place(record)
              + ", or the salt was changed");
    }
    return Verdicts.place(record) + ": " + Verdicts.says(record);
  }
}
