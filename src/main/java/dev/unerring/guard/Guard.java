// SPDX-License-Identifier: Apache-2.0
package dev.unerring.guard;

import dev.unerring.audit.ImageSymmetry;
import dev.unerring.base.Sha256;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Judges images by a {@link GuardFile} and the network that it belongs to. One thread. */
public final class Guard {
  /** Nearest training samples that are named. */
  public static final int NAMED = 3;

  private final GuardFile file;
  private final Vectors vectors;
  private final Shape shape;
  private final List<ImageSymmetry> maps;
  private final Map<String, Integer> known = new LinkedHashMap<>();
  private final Fingerprint fingerprint;

  /** A guard of the images of a network. */
  public Guard(GuardFile file, Network network) {
    this.file = file;
    this.vectors = new Vectors(network);
    this.shape = network.image();
    this.fingerprint = new Fingerprint(shape.imageElements());
    List<ImageSymmetry> group = ImageSymmetry.of(shape);
    maps =
        group.stream().filter(map -> map == group.getFirst() || file.allows(map.name())).toList();
    for (int n = 0; n < file.samples(); n++) {
      known.putIfAbsent(file.hash(n), n);
    }
  }

  /** Judges an image: uint8, NHWC. */
  public Verdict judge(byte[] image) {
    float[] vector = vectors.of(image);
    double[] distances = file.features().embedding(vector);
    List<Verdict.Neighbour> nearest = new ArrayList<>();
    IntStream.range(0, distances.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(n -> distances[n]).thenComparingInt(n -> n))
        .limit(NAMED)
        .forEach(n -> nearest.add(new Verdict.Neighbour(n, file.labels(n), distances[n])));
    double score = file.score(file.features().statistics(vector), nearest.getFirst().distance());
    Verdict.Kind kind =
        isKnown(image)
            ? Verdict.Kind.KNOWN
            : isEnumerated(image)
                ? Verdict.Kind.ENUMERATED
                : score <= file.threshold() ? Verdict.Kind.INSIDE : Verdict.Kind.HAND_OVER;
    return new Verdict(kind, score, nearest);
  }

  private boolean isKnown(byte[] image) {
    byte[] back = new byte[image.length];
    for (ImageSymmetry map : maps) {
      for (int p = 0; p < shape.positions(); p++) {
        int w = p % shape.w();
        int h = p / shape.w() % shape.h();
        int d = p / shape.w() / shape.h();
        int from = map.offset() + d * map.stepD() + h * map.stepH() + w * map.stepW();
        for (int c = 0; c < shape.c(); c++) {
          back[from * shape.c() + c] = image[p * shape.c() + c];
        }
      }
      if (known.containsKey(hash(back))) {
        return true;
      }
    }
    return false;
  }

  private boolean isEnumerated(byte[] image) {
    long own = fingerprint.of(image);
    for (int n = 0; n < file.samples(); n++) {
      if (file.enumerated(n)) {
        long single = fingerprint.single(file.fingerprint(n), own);
        int element = (int) (single / 512);
        int value = single < 0 ? -1 : (image[element] & 0xFF) - (int) (single % 512 - 256);
        if (value >= 0 && value <= 255 && file.hasValue(image[element] & 0xFF)) {
          byte[] restored = image.clone();
          restored[element] = (byte) value;
          if (hash(restored).equals(file.hash(n))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** SHA-256 of an image. */
  static String hash(byte[] image) {
    MessageDigest digest = Sha256.digest();
    digest.update(image);
    return Sha256.hex(digest);
  }
}
