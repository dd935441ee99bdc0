// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A second statement on the model, SLSA provenance v1: the training as a build of it. */
final class Provenance {
  static final String FILE = "provenance.json";
  private static final String PREDICATE = "https://slsa.dev/provenance/v1";
  private static final String BUILD = "https://unerring.dev/training/v1";
  private static final String BUILDER = "https://unerring.dev/unerring/";

  private Provenance() {}

  /** The text of the statement that goes with a certificate of a model. */
  static String text(Statement certificate) {
    Map<?, ?> stated = certificate.stated();
    Map<?, ?> code = (Map<?, ?>) stated.get("code");
    List<Object> inputs = new ArrayList<>();
    inputs.add(certificate.subjects().getFirst());
    for (String part : List.of("classes", "kernels")) {
      inputs.add(
          Statement.subject(
              "unerring " + part, one("sha256", String.valueOf(code.get(part + "Sha256")))));
    }
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("buildType", BUILD);
    definition.put("externalParameters", one("plan", stated.get("plan")));
    definition.put("internalParameters", one("environment", stated.get("environment")));
    definition.put("resolvedDependencies", inputs);
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("builder", one("id", BUILDER + code.get("version")));
    details.put("metadata", one("invocationId", certificate.digest(1, "sha256")));
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("buildDefinition", definition);
    predicate.put("runDetails", details);
    return Statement.text(List.of(certificate.subjects().get(1)), PREDICATE, predicate);
  }

  private static <T> Map<String, T> one(String key, T value) {
    Map<String, T> map = new LinkedHashMap<>();
    map.put(key, value);
    return map;
  }
}
