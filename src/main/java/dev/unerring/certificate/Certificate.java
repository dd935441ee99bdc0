// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.DataException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.EngineVersion;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import dev.unerring.data.Dataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Issues certificates: puts together what was counted and what is stated, signs and writes it. */
public final class Certificate {
  /** The name of the file. */
  public static final String FILE = "certificate.json";

  private Certificate() {}

  /** The code that states: its version, and the hashes that the build wrote. */
  private static Map<String, Object> code() {
    Map<String, Object> code = new LinkedHashMap<>();
    code.put("version", EngineVersion.number());
    code.put("classesSha256", EngineVersion.classesSha256());
    code.put("kernelsSha256", EngineVersion.kernelsSha256());
    return code;
  }

  /**
   * The statement on a model and its data.
   *
   * @param stated plan, environment and what else only the signer knows
   */
  public static Statement ofModel(
      Recount recount, Path model, Dataset data, Map<String, Object> stated) {
    String dataName = name(data.file());
    String modelName = name(model);
    return statement(
        Statement.Kind.MODEL,
        List.of(dataSubject(data, dataName), modelSubject(model, modelName)),
        recount.scope(dataName, modelName),
        stated,
        recount);
  }

  /** The statement on a data set alone. */
  public static Statement ofData(Recount recount, Dataset data, Map<String, Object> stated) {
    String name = name(data.file());
    return statement(
        Statement.Kind.DATA,
        List.of(dataSubject(data, name)),
        recount.scope(name, ""),
        stated,
        recount);
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static Statement statement(
      Statement.Kind kind,
      List<Map<?, ?>> subjects,
      Map<String, Object> scope,
      Map<String, Object> stated,
      Recount recount) {
    Map<String, Object> all = new LinkedHashMap<>(stated);
    all.put("code", code());
    return new Statement(kind, subjects, scope, all, recount.recomputed());
  }

  /** The subject for a data file that the certificate calls {@code name}. */
  public static Map<String, Object> dataSubject(Dataset data, String name) {
    Map<String, String> digest = new LinkedHashMap<>();
    digest.put("sha256", data.sha256());
    digest.put(Statement.CONTENT, data.contentSha256());
    return Statement.subject(name, digest);
  }

  /** The subject for a model file that the certificate calls {@code name}. */
  public static Map<String, Object> modelSubject(Path model, String name) {
    Map<String, String> digest = new LinkedHashMap<>();
    digest.put("sha256", Sha256.hexOfFile(model));
    return Statement.subject(name, digest);
  }

  /**
   * Writes the certificate of a model with all that goes with it: the verdicts, the provenance, and
   * where there is a key {@code model.sig}; one of an earlier certificate is removed otherwise.
   *
   * @param folder holds the model already
   * @return the files that were written
   * @throws DataException where one cannot be written
   */
  public static List<Path> write(
      Path folder, Statement statement, Verdicts verdicts, Optional<SigningKey> key) {
    Path records = folder.resolve(Verdicts.FILE);
    AtomicFile.write(records, verdicts.toBytes());
    Path certificate = folder.resolve(FILE);
    write(certificate, statement, key);
    Path provenance = folder.resolve(Provenance.FILE);
    write(provenance, Envelope.of(Provenance.text(statement), key).toJson());
    List<Path> written = new ArrayList<>(List.of(certificate, records, provenance));
    Path signature = folder.resolve(ModelSignature.FILE);
    if (key.isPresent()) {
      TreeMap<String, String> files = new TreeMap<>();
      files.put(FILE, Sha256.hexOfFile(certificate));
      files.put(statement.name(1), statement.digest(1, "sha256"));
      String name = folder.toAbsolutePath().normalize().getFileName().toString();
      String text = ModelSignature.text(name, files, key.get());
      AtomicFile.write(signature, text.getBytes(StandardCharsets.UTF_8));
      written.add(signature);
    } else {
      remove(signature);
    }
    return written;
  }

  /** Writes a certificate alone. */
  public static void write(Path file, Statement statement, Optional<SigningKey> key) {
    write(file, Envelope.of(statement.text(), key).toJson());
  }

  private static void write(Path file, Map<String, Object> json) {
    AtomicFile.write(file, Json.pretty(json).getBytes(StandardCharsets.UTF_8));
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new DataException(
          file
              + " signs an earlier certificate and cannot be removed: "
              + IoReason.of(e)
              + "; delete it",
          e);
    }
  }
}
