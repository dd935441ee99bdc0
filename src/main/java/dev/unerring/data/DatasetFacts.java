// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an audit keeps of a data set after it was closed. */
public record DatasetFacts(
    String name,
    String fileName,
    boolean official,
    boolean synthetic,
    String notice,
    String md5,
    String sha256,
    String contentSha256,
    Task task,
    List<String> labelNames,
    Shape imageShape,
    String licence) {
  public static DatasetFacts of(Dataset dataset) {
    return new DatasetFacts(
        dataset.name(),
        dataset.file().getFileName().toString(),
        dataset.official(),
        dataset.synthetic(),
        dataset.notice(),
        dataset.md5(),
        dataset.sha256(),
        dataset.contentSha256(),
        dataset.task(),
        dataset.labelNames(),
        dataset.imageShape(),
        dataset.manifest().map(DatasetManifest::licence).orElse("unknown"));
  }

  /** E.g. {@code 28 x 28 x 3} (height, width, channels; 3D images start with the depth). */
  public String imageText() {
    Shape shape = imageShape;
    String depth = shape.d() == 1 ? "" : shape.d() + " x ";
    return depth + shape.h() + " x " + shape.w() + " x " + shape.c();
  }

  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("data", name);
    json.put("file", fileName);
    json.put("official", official);
    if (synthetic) {
      json.put("synthetic", true);
    }
    json.put("md5", md5);
    json.put("sha256", sha256);
    json.put("contentSha256", contentSha256);
    json.put("licence", licence);
    json.put("task", task.manifestName());
    json.put("labels", labelNames);
    json.put("imageShape", List.of(imageShape.d(), imageShape.h(), imageShape.w(), imageShape.c()));
    return json;
  }
}
