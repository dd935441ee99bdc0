// SPDX-License-Identifier: Apache-2.0
package dev.unerring.guard;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.network.Network;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the guard of a model: features of training, the threshold of validation. */
public final class GuardMaker {
  /** Share of the validation images that the threshold hands over. */
  public static final double HANDED_OVER = 0.02;

  private GuardMaker() {}

  /**
   * The guard of a model and the data that it was trained on.
   *
   * @param weightsSha256 of the model
   * @param symmetries allowed flips and turns, by name, or {@code all}
   * @param values that an element can have
   * @param enumerated training samples that keep their answer under every single-element change
   * @throws dev.unerring.StoppedException when the monitor stops
   */
  public static GuardFile make(
      Network network,
      String weightsSha256,
      Dataset data,
      List<String> symmetries,
      int[] values,
      BitSet enumerated,
      WorkMonitor monitor) {
    Vectors vectors = new Vectors(network);
    Split train = data.train();
    int width = vectors.width();
    float[] rows = new float[Math.multiplyExact(train.size(), width)];
    byte[] hashes = new byte[train.size() * 32];
    long[] fingerprints = new long[train.size()];
    byte[] flags = new byte[train.size()];
    int columns = train.labelCount() == 1 ? network.classes() : train.labelCount();
    byte[] labels = new byte[train.size() * columns];
    Fingerprint fingerprint = new Fingerprint(train.imageBytes());
    for (int n = 0; n < train.size(); n++) {
      byte[] image = image(train, n);
      System.arraycopy(vectors.of(image), 0, rows, n * width, width);
      System.arraycopy(HexFormat.of().parseHex(Guard.hash(image)), 0, hashes, n * 32, 32);
      fingerprints[n] = fingerprint.of(image);
      flags[n] = (byte) (enumerated.get(n) ? 1 : 0);
      for (int c = 0; c < columns; c++) {
        boolean set = train.labelCount() == 1 ? train.label(n) == c : train.label(n, c) == 1;
        labels[n * columns + c] = (byte) (set ? 1 : 0);
      }
      monitor.step("features of train", n, train.size());
    }
    Features features = new Features(rows, vectors.statistics(), vectors.width());
    double[] statistics = new double[data.val().size()];
    double[] embedding = new double[statistics.length];
    for (int n = 0; n < statistics.length; n++) {
      float[] vector = vectors.of(image(data.val(), n));
      statistics[n] = features.statistics(vector);
      embedding[n] = Arrays.stream(features.embedding(vector)).min().orElse(0);
      monitor.step("features of val", n, statistics.length);
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("schema", 1L);
    facts.put("weightsSha256", weightsSha256);
    facts.put("dataContentSha256", data.contentSha256());
    facts.put("symmetries", symmetries);
    facts.put("pixelValues", Arrays.stream(values).mapToObj(value -> (long) value).toList());
    facts.put("statistics", (long) vectors.statistics());
    facts.put("validationSamples", (long) statistics.length);
    facts.put("statisticsUnit", unit(statistics));
    facts.put("embeddingUnit", unit(embedding));
    facts.put("threshold", 0.0);
    GuardFile made = new GuardFile(facts, features, hashes, fingerprints, flags, labels);
    facts.put("threshold", threshold(made, statistics, embedding));
    return made;
  }

  /** The distance that 2 % of the validation images exceed; never 0. */
  private static double unit(double[] distances) {
    double[] sorted = distances.clone();
    Arrays.sort(sorted);
    return Math.max(sorted[sorted.length - 1 - (int) (HANDED_OVER * sorted.length)], 1e-9);
  }

  /** The score that 2 % of the validation images exceed. */
  private static double threshold(GuardFile guard, double[] statistics, double[] embedding) {
    double[] scores = new double[statistics.length];
    for (int n = 0; n < scores.length; n++) {
      scores[n] = guard.score(statistics[n], embedding[n]);
    }
    return unit(scores);
  }

  private static byte[] image(Split split, int sample) {
    byte[] image = new byte[split.imageBytes()];
    long start = (long) sample * image.length;
    MemorySegment.copy(split.images(), ValueLayout.JAVA_BYTE, start, image, 0, image.length);
    return image;
  }
}
