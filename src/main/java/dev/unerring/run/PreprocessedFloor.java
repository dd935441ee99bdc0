// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.audit.Admission;
import dev.unerring.audit.LabelAudit;
import dev.unerring.audit.LabelVote;
import dev.unerring.base.Sha256;
import dev.unerring.data.Dataset;
import dev.unerring.data.LabelledSample;
import dev.unerring.data.Split;
import dev.unerring.network.Architectures;
import dev.unerring.network.ImageScale;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The floor of training errors after a network's own preprocessing. The first layer of most
 * networks keeps the 256 byte values apart, so it is {@link LabelAudit#floor}. The d-n-K networks
 * scale each image by itself ({@link ImageScale}), which can make different images equal: with
 * different labels they raise the floor of the network; only a patch, which looks at bytes, can
 * then reach that of the bytes.
 *
 * @param errors proved minimum number of training errors of the network without patches
 * @param madeEqual groups of training samples with different labels that preprocessing, not their
 *     bytes, makes equal, by sampleIndex
 */
record PreprocessedFloor(int errors, List<List<Integer>> madeEqual) {
  private static final int SHOWN = 20;

  static PreprocessedFloor of(Dataset data, LabelAudit audit, String architecture) {
    if (!architecture.startsWith(Architectures.DENG)) {
      return new PreprocessedFloor(audit.floor(), List.of());
    }
    Split train = data.train();
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int n = 0; n < train.size(); n++) {
      groups.computeIfAbsent(scaled(train, n), hash -> new ArrayList<>()).add(n);
    }
    int errors = 0;
    List<List<Integer>> madeEqual = new ArrayList<>();
    for (List<Integer> group : groups.values()) {
      int least = errorsAtLeast(train, group);
      errors += least;
      if (least > 0
          && group.stream().map(n -> Admission.imageSha256(train, n)).distinct().count() > 1) {
        madeEqual.add(List.copyOf(group));
      }
    }
    return new PreprocessedFloor(errors, List.copyOf(madeEqual));
  }

  /** SHA-256 of an image as the network's second layer gets it. */
  private static String scaled(Split train, int sample) {
    float[] values = train.gather(new int[] {sample});
    ImageScale.scale(values, 0, values.length);
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    for (float value : values) {
      bytes.putFloat(value == 0 ? 0 : value); // -0 is the same input
    }
    return Sha256.hex(bytes.array());
  }

  private static int errorsAtLeast(Split train, List<Integer> group) {
    List<LabelledSample> samples = group.stream().map(train::sample).toList();
    return IntStream.range(0, train.labelCount())
        .map(column -> LabelVote.of(samples, column).errorsAtLeast())
        .sum();
  }

  /** What a reader should know before training; empty where nothing is made equal. */
  List<String> notes(String architecture) {
    if (madeEqual.isEmpty()) {
      return List.of();
    }
    String groups =
        madeEqual.stream()
            .limit(SHOWN)
            .map(group -> group.stream().map(n -> "train #" + n).collect(Collectors.joining(" = ")))
            .collect(Collectors.joining("; "));
    return List.of(
        "the scaling of "
            + architecture
            + " makes different images with different labels equal: "
            + groups
            + (madeEqual.size() > SHOWN ? " and more, all in result.json" : "")
            + "; without patches it has at least "
            + errors
            + " training errors");
  }
}
