// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.data.LabelledSample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Samples whose images a flip or quarter turn maps onto each other, not all of them identical.
 *
 * @param samples in the order train, val, test, each by index
 * @param transforms what makes each image out of the first; {@code identity} for the first
 */
public record FlippedGroup(List<LabelledSample> samples, List<String> transforms) {
  /** Takes copies. */
  public FlippedGroup {
    samples = List.copyOf(samples);
    transforms = List.copyOf(transforms);
  }

  /** Whether all carry the same labels. */
  public boolean sameLabel() {
    return samples.stream().map(LabelledSample::labels).distinct().count() == 1;
  }

  public Map<String, Object> toJson() {
    List<Object> members = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      Map<String, Object> member = samples.get(i).toJson();
      member.put("transform", transforms.get(i));
      members.add(member);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", members);
    json.put("sameLabel", sameLabel());
    return json;
  }
}
