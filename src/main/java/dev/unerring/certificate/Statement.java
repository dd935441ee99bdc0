// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.DataException;
import dev.unerring.base.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An in-toto Statement v1 with a predicate of ours. Each claim stands in one of two groups: what
 * verification recomputes, and what the signer states.
 *
 * @param kind of a model, or of a data set alone
 * @param subjects the files, each with name and digests
 * @param scope what the claims are about, and what they do not say
 * @param stated by the signer
 * @param recomputed by verification
 */
public record Statement(
    Kind kind, List<Map<?, ?>> subjects, Map<?, ?> scope, Map<?, ?> stated, Map<?, ?> recomputed) {
  /** The keys of the predicate; in this order by RFC 8785 too. */
  public static final String SCOPE = "scope";

  /** The group of claims that nobody but the signer answers for. */
  public static final String STATED = "statedBySigner";

  /** The group of claims that verification computes again. */
  public static final String RECOMPUTED = "verifyRecomputes";

  /** The key of the SHA-256 of a data file's arrays, however they are compressed. */
  public static final String CONTENT = "unerringContentSha256";

  static final String TYPE = "https://in-toto.io/Statement/v1";
  private static final Pattern OURS =
      Pattern.compile("https://unerring\\.dev/((?:data-)?certificate)/v([0-9]{1,9})");

  /** What a certificate is of. */
  public enum Kind {
    /** A model and its data. */
    MODEL("certificate"),
    /** A data set alone. */
    DATA("data-certificate");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** The predicateType, whose last word is the version of the format. */
    public String predicateType() {
      return "https://unerring.dev/" + word + "/v1";
    }
  }

  /** A subject: a file with its SHA-256 and, of data, that of its arrays. */
  static Map<String, Object> subject(String name, Map<String, String> digests) {
    Map<String, Object> subject = new LinkedHashMap<>();
    subject.put("name", name);
    subject.put("digest", new LinkedHashMap<>(digests));
    return subject;
  }

  /** An in-toto Statement as RFC 8785 JSON. */
  static String text(List<?> subjects, String predicateType, Map<?, ?> predicate) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("_type", TYPE);
    json.put("subject", subjects);
    json.put("predicateType", predicateType);
    json.put("predicate", predicate);
    return Json.canonical(json);
  }

  /** This statement as RFC 8785 JSON. */
  String text() {
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put(SCOPE, scope);
    predicate.put(STATED, stated);
    predicate.put(RECOMPUTED, recomputed);
    return text(subjects, kind.predicateType(), predicate);
  }

  /**
   * Reads the statement of an envelope.
   *
   * @param source what to call the file in messages
   * @throws DataException where it is none of ours, of a newer format, or damaged
   */
  public static Statement of(Envelope envelope, String source) {
    Object parsed;
    try {
      parsed = Json.parse(envelope.payload());
    } catch (DataException e) {
      throw damaged(source, "payload: " + e.getMessage());
    }
    if (!(parsed instanceof Map<?, ?> json) || !TYPE.equals(json.get("_type"))) {
      throw damaged(source, "_type: it is not " + TYPE);
    }
    Kind kind = kind(json.get("predicateType"), source);
    requireKeys(json, List.of("_type", "predicate", "predicateType", "subject"), "", source);
    Map<?, ?> predicate = map(json, "predicate", source);
    requireKeys(predicate, List.of(SCOPE, STATED, RECOMPUTED), "predicate", source);
    Statement statement =
        new Statement(
            kind,
            subjects(json.get("subject"), kind, source),
            map(predicate, SCOPE, source),
            map(predicate, STATED, source),
            map(predicate, RECOMPUTED, source));
    if (!statement.text().equals(envelope.payload())) {
      throw damaged(source, "payload: it is not RFC 8785 JSON");
    }
    return statement;
  }

  private static Kind kind(Object type, String source) {
    Matcher ours = OURS.matcher(String.valueOf(type));
    if (!ours.matches()) {
      throw new DataException(
          source + " is no certificate of Unerring: predicateType: it is " + type);
    }
    for (Kind kind : Kind.values()) {
      if (kind.predicateType().equals(type)) {
        return kind;
      }
    }
    throw new DataException(
        source
            + " has the format v"
            + ours.group(2)
            + ", this program reads v1; verify it with the version of unerring that made it, or a"
            + " later one");
  }

  private static List<Map<?, ?>> subjects(Object json, Kind kind, String source) {
    int wanted = kind == Kind.MODEL ? 2 : 1;
    if (!(json instanceof List<?> list) || list.size() != wanted) {
      throw damaged(source, "subject: it does not name " + wanted + " files");
    }
    return List.copyOf(
        list.stream()
            .<Map<?, ?>>map(each -> {
              if (each instanceof Map<?, ?> subject
                  && subject.get("name") instanceof String
                  && subject.get("digest") instanceof Map<?, ?>) {
                return subject;
              }
              throw damaged(source, "subject: an entry lacks name or digest");
            })
            .toList());
  }

  private static void requireKeys(
      Map<?, ?> json, List<String> wanted, String where, String source) {
    if (!json.keySet().equals(new TreeSet<>(wanted))) {
      String prefix = where.isEmpty() ? "" : where + ": ";
      throw damaged(source, prefix + "it holds " + json.keySet() + ", not " + wanted);
    }
  }

  private static Map<?, ?> map(Map<?, ?> json, String key, String source) {
    if (json.get(key) instanceof Map<?, ?> map) {
      return map;
    }
    throw damaged(source, key + ": it is not an object");
  }

  private static DataException damaged(String source, String reason) {
    return new DataException(
        source + " is damaged: " + reason + "; ask the signer for the file again");
  }

  /** A digest of a subject by its name; empty where it is missing. */
  public String digest(int subject, String algorithm) {
    Map<?, ?> digests = (Map<?, ?>) subjects.get(subject).get("digest");
    return digests.get(algorithm) instanceof String digest ? digest : "";
  }

  /** The name of a subject. */
  public String name(int subject) {
    return (String) subjects.get(subject).get("name");
  }
}
