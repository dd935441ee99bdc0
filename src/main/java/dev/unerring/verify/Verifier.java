// SPDX-License-Identifier: Apache-2.0
package dev.unerring.verify;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.VerificationException;
import dev.unerring.backend.Backend;
import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import dev.unerring.base.WorkMonitor;
import dev.unerring.certificate.Certificate;
import dev.unerring.certificate.Envelope;
import dev.unerring.certificate.Recount;
import dev.unerring.certificate.Statement;
import dev.unerring.certificate.Verdicts;
import dev.unerring.certificate.VerifyingKey;
import dev.unerring.certify.Repeats;
import dev.unerring.data.Dataset;
import dev.unerring.network.ModelFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Compares a certificate with the files that it is of, claim by claim; the first false one ends it.
 * Nothing in the certificate is believed but the names of its files and what the signer states.
 */
public final class Verifier {
  private static final String SHA256 = "sha256";
  private static final String CONTENT = "contentSha256";
  private static final String VERDICTS = "verdicts";
  private static final String ROOT = "merkleRoot";

  private final Path file;
  private final Envelope envelope;
  private final Statement statement;
  private final WorkMonitor monitor;

  /**
   * Reads a certificate.
   *
   * @param key of the signer; empty where the signature shall not be checked
   * @throws DataException where it is damaged, of a newer format, or none
   * @throws VerificationException where it was not signed by this key
   */
  public Verifier(Path certificate, Optional<VerifyingKey> key, WorkMonitor monitor) {
    this.file = certificate;
    this.monitor = monitor;
    this.envelope = Envelope.read(certificate);
    key.ifPresent(each -> envelope.requireSignedBy(each, certificate.toString()));
    this.statement = Statement.of(envelope, certificate.toString());
  }

  /** What the certificate says. */
  public Statement statement() {
    return statement;
  }

  /** Whether it is signed, by whomever. */
  public boolean signed() {
    return envelope.signed().isPresent();
  }

  /**
   * Verifies the certificate of a data set alone.
   *
   * @throws UsageException where it is of a model
   * @throws VerificationException at the first false claim
   */
  public void verify(Path dataFile) {
    require(Statement.Kind.DATA, "is of a model: name its file with --model");
    try (Dataset data = Dataset.open(dataFile, monitor)) {
      requireData(data, Optional.empty());
      compare(Recount.of(data, monitor), List.of(Certificate.dataSubject(data, statement.name(0))));
    }
  }

  /**
   * Verifies the certificate of a model.
   *
   * @param backend opens an exact one; asked when the files are the certified ones
   * @return how far it went
   * @throws UsageException where it is of a data set alone
   * @throws VerificationException at the first false claim
   */
  public Verification verify(Path dataFile, Path model, Supplier<Backend> backend) {
    require(Statement.Kind.MODEL, "is of a data set alone: leave out --model");
    try (Dataset data = Dataset.open(dataFile, monitor)) {
      Optional<Verdicts> recorded = recorded();
      requireData(data, recorded);
      requireModel(model);
      byte[] salt = recorded.map(Verdicts::salt).orElseGet(() -> new byte[Verdicts.SALT_BYTES]);
      Repeats repeats = Repeats.ofACertificate(data.train().size(), seed());
      Recount recount;
      try (Backend opened = backend.get()) {
        recount = Recount.of(model, data, salt, opened, repeats, monitor);
      }
      if (recorded.isPresent()) {
        String difference = recorded.get().differenceTo(recount.verdicts().orElseThrow());
        if (difference != null) {
          throw new VerificationException(Verdicts.FILE + ": " + difference);
        }
      } else {
        forgetRoot(recount.recomputed());
      }
      compare(
          recount,
          List.of(
              Certificate.dataSubject(data, statement.name(0)),
              Certificate.modelSubject(model, statement.name(1))));
      return new Verification(recount.judgement().orElseThrow().recheck(), recorded.isPresent());
    }
  }

  private void require(Statement.Kind kind, String otherwise) {
    if (statement.kind() != kind) {
      throw new UsageException(file + " " + otherwise);
    }
  }

  /** The samples that are repeated at random are known only when the certificate is. */
  private long seed() {
    String root = String.valueOf(verdicts().get(ROOT));
    return root.matches("[0-9a-f]{64}") ? Long.parseUnsignedLong(root.substring(0, 16), 16) : 0;
  }

  private Map<?, ?> verdicts() {
    return statement.recomputed().get(VERDICTS) instanceof Map<?, ?> map ? map : Map.of();
  }

  /** The verdicts beside the certificate, where they are there. */
  private Optional<Verdicts> recorded() {
    Path records = file.resolveSibling(Verdicts.FILE);
    if (!Files.exists(records)) {
      return Optional.empty();
    }
    if (verdicts().get("records") instanceof Long count
        && verdicts().get("recordBytes") instanceof Long width
        && count > 0
        && width > 0
        && count * width < Integer.MAX_VALUE) {
      return Optional.of(Verdicts.read(records, count.intValue(), width.intValue()));
    }
    throw new DataException(file + " is damaged: verifyRecomputes.verdicts: no number of records");
  }

  private void requireData(Dataset data, Optional<Verdicts> recorded) {
    String claimed = statement.digest(0, SHA256);
    if (!data.sha256().equals(claimed)) {
      throw new VerificationException(
          "data: "
              + data.file()
              + ": "
              + changed(data, recorded)
              + subjectText(0, claimed, data.sha256()));
    }
  }

  private static String subjectText(int subject, String claimed, String found) {
    return " (subject["
        + subject
        + "].digest.sha256: the certificate says "
        + claimed
        + ", the file has "
        + found
        + ")";
  }

  private String changed(Dataset data, Optional<Verdicts> recorded) {
    Map<?, ?> certified =
        statement.recomputed().get("data") instanceof Map<?, ?> map ? map : Map.of();
    if (data.contentSha256().equals(certified.get(CONTENT))) {
      return "it holds the certified images and labels, but is another file of them; take the"
          + " certified file";
    }
    Optional<Difference> shape = Difference.of("data", without(certified), without(arrays(data)));
    if (shape.isPresent()) {
      return "these are not the certified data: " + shape.get().text();
    }
    String difference = recorded.map(each -> each.differenceTo(data)).orElse(null);
    return difference == null ? "its images or labels are not the certified ones" : difference;
  }

  private static Map<?, ?> arrays(Dataset data) {
    return (Map<?, ?>) Json.parse(Json.canonical(Recount.arrays(data)));
  }

  private static Map<String, Object> without(Map<?, ?> arrays) {
    Map<String, Object> shape = new TreeMap<>();
    arrays.forEach((key, value) -> shape.put((String) key, value));
    shape.remove(CONTENT);
    return shape;
  }

  private void requireModel(Path model) {
    String claimed = statement.digest(1, SHA256);
    String found = Sha256.hexOfFile(model);
    if (!found.equals(claimed)) {
      throw new VerificationException(
          "model: " + model + ": " + changed(model) + subjectText(1, claimed, found));
    }
  }

  private String changed(Path model) {
    Map<String, String> found = ModelFile.tensorHashes(model);
    Map<?, ?> certified =
        statement.recomputed().get("model") instanceof Map<?, ?> map
                && map.get("tensors") instanceof Map<?, ?> tensors
            ? tensors
            : Map.of();
    List<String> changed = new ArrayList<>();
    found.forEach((name, hash) -> {
      if (!hash.equals(certified.get(name))) {
        changed.add((certified.containsKey(name) ? "its tensor " : "it has the tensor ") + name);
      }
    });
    certified.keySet().stream()
        .filter(name -> !found.containsKey(name))
        .forEach(name -> changed.add("it lacks the tensor " + name));
    if (changed.isEmpty()) {
      return "its tensors are the certified ones, but its header is not";
    }
    return changed.getFirst()
        + (changed.getFirst().startsWith("its") ? " is not the certified one" : "")
        + (changed.size() == 1 ? "" : " (the first of " + changed.size() + " that differ)");
  }

  /** The root cannot be counted again without the salt. */
  private void forgetRoot(Map<String, Object> recomputed) {
    Map<String, Object> verdicts = new TreeMap<>();
    ((Map<?, ?>) recomputed.get(VERDICTS))
        .forEach((key, value) -> verdicts.put((String) key, value));
    verdicts.put(ROOT, verdicts().get(ROOT));
    recomputed.put(VERDICTS, verdicts);
  }

  private void compare(Recount recount, List<Map<?, ?>> subjects) {
    String model = subjects.size() > 1 ? statement.name(1) : "";
    require("subject", statement.subjects(), subjects);
    require(Statement.SCOPE, statement.scope(), recount.scope(statement.name(0), model));
    require(Statement.RECOMPUTED, statement.recomputed(), recount.recomputed());
  }

  private static void require(String field, Object claimed, Object found) {
    Object same = Json.parse(Json.canonical(found)); // numbers as a certificate has them
    Difference.of(field, claimed, same)
        .ifPresent(difference -> {
          throw new VerificationException(difference.text());
        });
  }
}
