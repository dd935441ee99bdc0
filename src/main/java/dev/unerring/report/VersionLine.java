// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.TEXT;
import static dev.unerring.base.JsonForm.list;
import static dev.unerring.base.JsonForm.object;

import dev.unerring.base.JsonForm;
import java.util.List;
import java.util.Optional;

/**
 * The place of a run among the versions of its model.
 *
 * @param version 1 for a run that trained, one more for each correction since
 * @param parent hashes of the version before; empty for version 1
 * @param closedWorldFile data file in the run's folder; empty where it has none
 * @param versions figures of all versions up to this one
 */
public record VersionLine(
    int version,
    Optional<Parent> parent,
    Optional<String> closedWorldFile,
    List<VersionFigures> versions) {

  /**
   * Hashes of the version before.
   *
   * @param weightsSha256 of its tensors
   * @param logitsSha256 of its logits; empty where a stop ended its re-check
   * @param dataContentSha256 of its data
   * @param resultSha256 of its result.json
   */
  public record Parent(
      String weightsSha256,
      Optional<String> logitsSha256,
      String dataContentSha256,
      String resultSha256) {
    private static Parent form(JsonForm f, Parent v) {
      return new Parent(
          f.value("weightsSha256", TEXT, () -> v.weightsSha256),
          f.nullable("logitsSha256", TEXT, () -> v.logitsSha256),
          f.value("dataContentSha256", TEXT, () -> v.dataContentSha256),
          f.value("resultSha256", TEXT, () -> v.resultSha256));
    }
  }

  /** The figures of this version. */
  public VersionFigures own() {
    return versions.getLast();
  }

  /** The figures of the version before; empty for version 1. */
  public Optional<VersionFigures> before() {
    return versions.size() < 2 ? Optional.empty() : Optional.of(versions.get(versions.size() - 2));
  }

  static VersionLine form(JsonForm f, VersionLine v) {
    return new VersionLine(
        f.value("version", INTEGER, () -> v.version),
        f.optional("parent", object(Parent::form), () -> v.parent),
        f.optional("closedWorldFile", TEXT, () -> v.closedWorldFile),
        f.value("versions", list(VersionFigures.TYPE, "objects"), () -> v.versions));
  }
}
