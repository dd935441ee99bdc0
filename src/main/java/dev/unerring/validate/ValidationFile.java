// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.DataException;
import dev.unerring.VerificationException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code validation.json}: the figures of all studies of one model, by study and split, with the
 * SHA-256 of their tables; sealed like the other records of a run.
 */
public final class ValidationFile {
  /** Its name. */
  public static final String NAME = "validation.json";

  private static final String SEAL = "sealSha256";
  private static final String WEIGHTS = "weightsSha256";
  private static final String STUDIES = "studies";
  private static final String FILES = "files";

  private ValidationFile() {}

  /** Writes the tables of a study, then its figures beside those of the others. */
  static Report write(
      Path out, Map<String, Object> written, Study.Outcome outcome, int samples, int evaluated) {
    Map<?, ?> header = (Map<?, ?>) Json.parse(Json.canonical(written)); // as a join reads it
    String study = (String) header.get("study");
    String split = (String) header.get("split");
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("complete", evaluated == samples);
    figures.put("evaluatedContentSha256", header.get("evaluatedContentSha256"));
    figures.put("splitSamples", header.get("splitSamples"));
    figures.put("share", header.get("share"));
    figures.put("seed", header.get("seed"));
    figures.put("chosenSamples", samples);
    figures.put("evaluatedSamples", evaluated);
    figures.put("choices", header.get("choices"));
    figures.putAll(outcome.figures());
    Map<String, Object> hashes = new TreeMap<>();
    List<Path> files = new ArrayList<>();
    outcome
        .tables()
        .forEach((end, bytes) -> {
          Path file = out.resolve("validation-" + study + "-" + split + end);
          AtomicFile.write(file, bytes);
          hashes.put(file.getFileName().toString(), Sha256.hex(bytes));
          files.add(file);
        });
    figures.put(FILES, hashes);
    Path target = out.resolve(NAME);
    Map<String, Object> studies = new TreeMap<>();
    if (Files.exists(target)) {
      earlier(target, (String) header.get(WEIGHTS))
          .forEach((name, each) -> {
            Map<String, Object> splits = new TreeMap<>();
            ((Map<?, ?>) each).forEach((key, value) -> splits.put((String) key, value));
            studies.put((String) name, splits);
          });
    }
    @SuppressWarnings("unchecked")
    Map<String, Object> splits =
        (Map<String, Object>) studies.computeIfAbsent(study, key -> new TreeMap<String, Object>());
    splits.put(split, figures);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.put(WEIGHTS, header.get(WEIGHTS));
    json.put("notice", "About the listed samples and variants only. Not for clinical use.");
    json.put(STUDIES, studies);
    json.put(SEAL, seal(json));
    AtomicFile.write(target, Json.pretty(json).getBytes(StandardCharsets.UTF_8));
    files.addFirst(target);
    return new Report(evaluated == samples, text(header, outcome, samples, evaluated), files);
  }

  private static String text(Map<?, ?> header, Study.Outcome outcome, int samples, int evaluated) {
    String scope =
        String.format(
            Locale.ROOT,
            "%s, %s: %d of %s samples (share %s)%s",
            header.get("study"),
            header.get("split"),
            evaluated,
            header.get("splitSamples"),
            header.get("share"),
            evaluated == samples ? "" : ", " + (samples - evaluated) + " NOT evaluated");
    return scope + "\n" + outcome.text();
  }

  /** The studies of the file; none where they are of another model. */
  private static Map<?, ?> earlier(Path file, String weights) {
    Map<?, ?> json = read(file);
    return weights.equals(json.get(WEIGHTS)) && json.get(STUDIES) instanceof Map<?, ?> studies
        ? studies
        : Map.of();
  }

  /**
   * Reads a validation.json.
   *
   * @throws DataException where it is none
   * @throws VerificationException where it was changed
   */
  public static Map<?, ?> read(Path file) {
    Map<?, ?> json;
    try {
      json = (Map<?, ?>) Json.parse(Files.readString(file));
    } catch (IOException e) {
      throw new DataException("cannot read " + file + ": " + IoReason.of(e), e);
    } catch (DataException | ClassCastException e) {
      throw new DataException(file + " is damaged; remove it and validate again", e);
    }
    if (!seal(json).equals(json.get(SEAL))) {
      throw new VerificationException(
          file
              + " is not the one that was written: its seal is that of another content; remove it"
              + " and validate again");
    }
    return json;
  }

  /** The figures of a study on a split; null for none. */
  public static Map<?, ?> figures(Map<?, ?> json, String study, String split) {
    return json.get(STUDIES) instanceof Map<?, ?> studies
            && studies.get(study) instanceof Map<?, ?> splits
            && splits.get(split) instanceof Map<?, ?> figures
        ? figures
        : null;
  }

  /**
   * A table of a study.
   *
   * @throws VerificationException where it is not the one that was written
   */
  public static String table(Path folder, Map<?, ?> figures, String name) {
    try {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      boolean own =
          figures.get(FILES) instanceof Map<?, ?> hashes
              && Sha256.hex(bytes).equals(hashes.get(name));
      if (!own) {
        throw new VerificationException(
            folder.resolve(name) + " is not the table of validation.json; validate again");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DataException("cannot read " + folder.resolve(name) + ": " + IoReason.of(e), e);
    }
  }

  private static String seal(Map<?, ?> json) {
    Map<Object, Object> content = new LinkedHashMap<>(json);
    content.remove(SEAL);
    return Sha256.hex(Json.canonical(content).getBytes(StandardCharsets.UTF_8));
  }
}
