// SPDX-License-Identifier: Apache-2.0
package dev.unerring.guard;

import dev.unerring.DataException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.Json;
import dev.unerring.npz.NpzReader;
import dev.unerring.npz.NpzWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Features, hashes and labels of the training samples of one model, and the threshold: {@code
 * guard.npz} beside the model. It holds no image, but whoever has it can tell whether an image was
 * trained on, and features say something of what an image shows (docs/closed-world.md).
 */
public final class GuardFile {
  /** Its name beside a model. */
  public static final String NAME = "guard.npz";

  private static final int HASH = 32;

  private final Map<String, Object> facts;
  private final Features features;
  private final byte[] hashes;
  private final long[] fingerprints;
  private final byte[] enumerated;
  private final byte[] labels;
  private final int columns;

  GuardFile(
      Map<String, Object> facts,
      Features features,
      byte[] hashes,
      long[] fingerprints,
      byte[] enumerated,
      byte[] labels) {
    this.facts = facts;
    this.features = features;
    this.hashes = hashes;
    this.fingerprints = fingerprints;
    this.enumerated = enumerated;
    this.labels = labels;
    this.columns = labels.length / enumerated.length;
  }

  /** Number of training samples. */
  public int samples() {
    return enumerated.length;
  }

  /** Of the model that it belongs to. */
  public String weightsSha256() {
    return (String) facts.get("weightsSha256");
  }

  /** Largest score that is inside. */
  public double threshold() {
    return number("threshold");
  }

  /** Samples whose single-element neighbourhood was evaluated completely and keeps its answer. */
  public int enumeratedSamples() {
    int count = 0;
    for (byte each : enumerated) {
      count += each;
    }
    return count;
  }

  private double number(String key) {
    return ((Number) facts.get(key)).doubleValue();
  }

  Features features() {
    return features;
  }

  /** The larger of the two distances, each in units of what 2 % of the validation images exceed. */
  double score(double statistics, double embedding) {
    double first = statistics / number("statisticsUnit");
    return Math.max(first, embedding / number("embeddingUnit"));
  }

  boolean allows(String symmetry) {
    List<?> names = (List<?>) facts.get("symmetries");
    return names.contains("all") || names.contains(symmetry);
  }

  boolean hasValue(int value) {
    return ((List<?>) facts.get("pixelValues")).contains((long) value);
  }

  String hash(int sample) {
    return HexFormat.of().formatHex(hashes, sample * HASH, (sample + 1) * HASH);
  }

  long fingerprint(int sample) {
    return fingerprints[sample];
  }

  boolean enumerated(int sample) {
    return enumerated[sample] != 0;
  }

  /** The class of a sample, or every label that is set. */
  List<Integer> labels(int sample) {
    List<Integer> found = new ArrayList<>();
    for (int c = 0; c < columns; c++) {
      if (labels[sample * columns + c] != 0) {
        found.add(c);
      }
    }
    return found;
  }

  /** Writes it; the same contents are the same bytes. */
  public void write(Path target) {
    int samples = samples();
    ByteBuffer rows = words(features.rows().length * Float.BYTES);
    rows.asFloatBuffer().put(features.rows());
    ByteBuffer sums = words(samples * Long.BYTES);
    sums.asLongBuffer().put(fingerprints);
    byte[] bytes =
        new NpzWriter(false)
            .comment(Json.canonical(facts))
            .add("features", NpzWriter.npy("<f4", List.of(samples, features.width()), rows.array()))
            .add("sha256", NpzWriter.npy("|u1", List.of(samples, HASH), hashes))
            .add("fingerprints", NpzWriter.npy("<i8", List.of(samples), sums.array()))
            .add("enumerated", NpzWriter.npy("|u1", List.of(samples), enumerated))
            .add("labels", NpzWriter.npy("|u1", List.of(samples, columns), labels))
            .toBytes();
    AtomicFile.write(target, bytes);
  }

  private static ByteBuffer words(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads a guard.
   *
   * @throws DataException where the file is damaged, or is none
   */
  public static GuardFile read(Path file) {
    try (NpzReader npz = NpzReader.open(file);
        Arena arena = Arena.ofConfined()) {
      Map<String, Object> facts = new LinkedHashMap<>();
      ((Map<?, ?>) Json.parse(npz.comment()))
          .forEach((key, value) -> facts.put((String) key, value));
      byte[] enumerated = npz.read("enumerated", arena).toArray(ValueLayout.JAVA_BYTE);
      float[] rows =
          npz.read("features", arena)
              .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
      MemorySegment sums = npz.read("fingerprints", arena);
      int statistics = Math.toIntExact((Long) facts.get("statistics"));
      int width = rows.length / enumerated.length;
      GuardFile guard =
          new GuardFile(
              facts,
              new Features(rows, statistics, width),
              npz.read("sha256", arena).toArray(ValueLayout.JAVA_BYTE),
              sums.toArray(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN)),
              enumerated,
              npz.read("labels", arena).toArray(ValueLayout.JAVA_BYTE));
      guard.requireWhole();
      return guard;
    } catch (ClassCastException | NullPointerException | ArithmeticException e) {
      throw damaged(file, e);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw damaged(file, e);
    }
  }

  /**
   * The guard beside a model; empty where there is none.
   *
   * @param model file of the model
   * @param weightsSha256 of the model
   * @throws DataException where the file is damaged, or of another model
   */
  public static Optional<GuardFile> beside(Path model, String weightsSha256) {
    Path file = model.toAbsolutePath().resolveSibling(NAME);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    GuardFile guard = read(file);
    if (!guard.weightsSha256().equals(weightsSha256)) {
      throw new DataException(
          file
              + " is the guard of another model; make it anew with validate --guard, or remove it");
    }
    return Optional.of(guard);
  }

  private void requireWhole() {
    boolean whole =
        hashes.length == samples() * HASH
            && fingerprints.length == samples()
            && features.samples() == samples()
            && number("statisticsUnit") > 0
            && number("embeddingUnit") > 0
            && facts.get("symmetries") instanceof List<?>
            && facts.get("pixelValues") instanceof List<?>
            && weightsSha256() != null;
    if (!whole || Double.isNaN(threshold())) {
      throw new IllegalArgumentException("its parts do not fit together");
    }
  }

  private static DataException damaged(Path file, RuntimeException cause) {
    return new DataException(
        file + " is not a guard, or is damaged; make it anew with validate --guard", cause);
  }
}
