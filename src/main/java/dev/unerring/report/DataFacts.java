// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.FLAG;
import static dev.unerring.base.JsonForm.TEXT;
import static dev.unerring.base.JsonForm.list;

import dev.unerring.base.JsonForm;
import java.util.List;
import java.util.Optional;

/**
 * The data set of a run.
 *
 * @param name of the set
 * @param synthetic whether its images are generated
 * @param md5 of the file
 * @param sha256 of the file
 * @param contentSha256 of the arrays, however the file is compressed
 * @param task what the labels ask for, as in the manifest of the data sets
 * @param labels names of the classes or labels, by number
 * @param fit how pictures were brought to the size of the images; empty where they were not
 */
public record DataFacts(
    String name,
    boolean synthetic,
    String md5,
    String sha256,
    String contentSha256,
    String task,
    List<String> labels,
    Optional<String> fit) {

  static DataFacts form(JsonForm f, DataFacts v) {
    return new DataFacts(
        f.value("data", TEXT, () -> v.name),
        f.optional("synthetic", FLAG, () -> Optional.of(v.synthetic).filter(each -> each))
            .orElse(false),
        f.value("dataMd5", TEXT, () -> v.md5),
        f.value("dataSha256", TEXT, () -> v.sha256),
        f.value("dataContentSha256", TEXT, () -> v.contentSha256),
        f.value("task", TEXT, () -> v.task),
        f.value("labels", list(TEXT, "texts"), () -> v.labels),
        f.optional("fit", TEXT, () -> v.fit));
  }
}
