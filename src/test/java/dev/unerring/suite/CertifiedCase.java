// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.Json;
import dev.unerring.base.Philox;
import dev.unerring.base.WorkMonitor;
import dev.unerring.certificate.Certificate;
import dev.unerring.certificate.KeyFiles;
import dev.unerring.certificate.Recount;
import dev.unerring.certificate.SigningKey;
import dev.unerring.certificate.Statement;
import dev.unerring.certificate.Verdicts;
import dev.unerring.certify.Repeats;
import dev.unerring.data.Dataset;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.Parameter;
import dev.unerring.network.ParameterSpec;
import dev.unerring.network.Patches;
import dev.unerring.network.StoredTensors;
import dev.unerring.npz.NpzWriter;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A small generated data set with contradictions, a network with random values (no training), and
 * their signed certificate: what verification is tried on.
 *
 * @param folder holds everything
 * @param data the npz file
 * @param model the model file
 * @param key signed the certificate
 */
public record CertifiedCase(Path folder, Path data, Path model, SigningKey key) {
  private static final int PURPOSE = 1_217;
  private static final int[] SAMPLES = {12, 4, 5};

  /** What a case is made of. */
  public record Kind(
      String name, String architecture, Shape image, int classes, boolean multi, boolean patched) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A network that costs almost nothing. */
  public static final Kind TINY =
      new Kind("tiny", "deng-6", Shape.image2d(5, 4, 1), 3, false, false);

  /** The cheapest that the second checker knows; with patches. */
  public static final Kind SOLID =
      new Kind("solid", "small3d", new Shape(1, 8, 9, 10, 1), 2, false, true);

  /** Every kind that the second checker knows. */
  public static final List<Kind> CHECKED =
      List.of(
          new Kind("grey", "small", Shape.image2d(28, 28, 1), 2, false, false),
          new Kind("rgb", "small", Shape.image2d(28, 28, 3), 5, false, false),
          new Kind("patched-labels", "small", Shape.image2d(28, 28, 1), 3, true, true),
          new Kind("labels", "small", Shape.image2d(28, 28, 1), 4, true, false),
          SOLID,
          new Kind("patched", "small", Shape.image2d(28, 28, 3), 3, false, true),
          new Kind("residual", "resnet18", new Shape(1, 2, 2, 5, 1), 3, false, false),
          new Kind("bottleneck", "resnet50", Shape.image2d(4, 3, 3), 2, false, false));

  /** Makes a case in a new folder. */
  public static CertifiedCase make(Path where, Kind kind) {
    try {
      Path folder = Files.createDirectories(where.resolve(kind.name));
      Path data = folder.resolve("set.npz");
      writeData(data, kind, images(kind), labels(kind));
      Path model = folder.resolve("model.safetensors");
      writeModel(model, kind);
      CertifiedCase made =
          new CertifiedCase(folder, data, model, KeyFiles.make(folder.resolve("key.pem")));
      made.certify(model);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the certificate of the data and a model of the same name. */
  private void certify(Path file) {
    byte[] salt = new byte[Verdicts.SALT_BYTES];
    for (int i = 0; i < salt.length; i++) {
      salt[i] = (byte) (7 * i);
    }
    try (Dataset set = Dataset.open(data);
        Backend backend = TestBackends.open()) {
      Repeats repeats = new Repeats(1, 1, 0, 1);
      Recount recount = Recount.of(file, set, salt, backend, repeats, WorkMonitor.SILENT);
      Map<String, Object> stated = new LinkedHashMap<>();
      stated.put("issuedOn", "2026-11-28");
      stated.put("labelNames", set.labelNames());
      stated.put("plan", Map.of("seed", 3L));
      stated.put("environment", Map.of("os", "Linux"));
      Statement statement = Certificate.ofModel(recount, file, set, stated);
      Certificate.write(folder, statement, recount.verdicts().orElseThrow(), Optional.of(key));
    }
  }

  /** The certificate. */
  public Path certificate() {
    return folder.resolve(Certificate.FILE);
  }

  /** The records. */
  public Path verdicts() {
    return folder.resolve(Verdicts.FILE);
  }

  /** Images of train, val and test; some are identical, within train and across. */
  public static byte[][] images(Kind kind) {
    int bytes = kind.image.imageElements();
    byte[][] images = new byte[SAMPLES.length][];
    for (int s = 0; s < SAMPLES.length; s++) {
      images[s] = new byte[SAMPLES[s] * bytes];
      for (int i = 0; i < images[s].length; i++) {
        images[s][i] = (byte) Philox.bits(5, PURPOSE, s, i);
      }
    }
    System.arraycopy(images[0], bytes, images[0], 4 * bytes, bytes); // train 1 and 4
    System.arraycopy(images[0], bytes, images[0], 9 * bytes, bytes); // and 9
    System.arraycopy(images[0], 2 * bytes, images[1], 0, bytes); // train 2 and val 0
    System.arraycopy(images[1], bytes, images[2], 3 * bytes, bytes); // val 1 and test 3
    return images;
  }

  /** Labels of train, val and test, row by row. */
  public static int[][] labels(Kind kind) {
    int columns = kind.multi ? kind.classes : 1;
    int[][] labels = new int[SAMPLES.length][];
    for (int s = 0; s < SAMPLES.length; s++) {
      labels[s] = new int[SAMPLES[s] * columns];
      for (int i = 0; i < labels[s].length; i++) {
        int draw = Philox.bits(6, PURPOSE, s, i) >>> 8;
        labels[s][i] = draw % (kind.multi ? 2 : kind.classes);
      }
    }
    int last = kind.multi ? 1 : kind.classes - 1;
    for (int column = 0; column < columns; column++) {
      labels[0][columns + column] = 0;
      labels[0][4 * columns + column] = column == 0 ? last : 0;
    }
    labels[0][11 * columns] = last; // so that the highest class occurs
    return labels;
  }

  /** Writes a data set in the form of MedMNIST. */
  public static void writeData(Path file, Kind kind, byte[][] images, int[][] labels) {
    NpzWriter npz = new NpzWriter(true);
    int columns = kind.multi ? kind.classes : 1;
    Shape one = kind.image;
    List<Integer> extents =
        IntStream.of(one.d() == 1 ? 0 : one.d(), one.h(), one.w(), one.c() == 1 ? 0 : one.c())
            .filter(extent -> extent > 0)
            .boxed()
            .toList();
    List<String> splits = List.of("train", "val", "test");
    for (int s = 0; s < splits.size(); s++) {
      List<Integer> shape = new ArrayList<>(List.of(SAMPLES[s]));
      shape.addAll(extents);
      npz.add(splits.get(s) + "_images", NpzWriter.npy("|u1", shape, images[s]));
      ByteBuffer words = ByteBuffer.allocate(8 * labels[s].length).order(ByteOrder.LITTLE_ENDIAN);
      Arrays.stream(labels[s]).forEach(words::putLong);
      npz.add(
          splits.get(s) + "_labels",
          NpzWriter.npy("<i8", List.of(SAMPLES[s], columns), words.array()));
    }
    npz.write(file);
  }

  private static void writeModel(Path file, Kind kind) {
    try (Backend backend = TestBackends.open()) {
      Network network = new Network(kind.architecture, kind.image, kind.classes, backend, 1);
      int tensor = 0;
      for (Parameter parameter : network.parameters()) {
        float[] values = new float[parameter.spec().size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = value(parameter.spec(), Philox.uniform(9, PURPOSE, tensor, i));
        }
        backend.upload(MemorySegment.ofArray(values), parameter.value());
        tensor++;
      }
      if (kind.patched) {
        network.patch(patches(kind));
      }
      Map<String, String> metadata = new LinkedHashMap<>();
      metadata.put(
          "task",
          kind.multi
              ? "multi-label, binary-class"
              : kind.classes == 2 ? "binary-class" : "multi-class");
      metadata.put(
          "labels",
          Json.canonical(IntStream.range(0, kind.classes).mapToObj(String::valueOf).toList()));
      metadata.put("fit", "crop");
      metadata.put("packed", "false");
      metadata.put("arithmetic", "ordered");
      AtomicFile.write(file, ModelFile.content(network, StoredTensors.of(network), metadata));
    }
  }

  /** Random values with which every constant of a layer matters. */
  private static float value(ParameterSpec spec, float u) {
    return switch (spec.role()) {
      case WEIGHT -> (2 * u - 1) * (float) (1.7 / Math.sqrt(Math.max(1, spec.fanIn())));
      case BIAS, RUNNING_MEAN -> 0.4f * u - 0.2f;
      case SCALE -> 0.6f + 0.8f * u;
      case RUNNING_VARIANCE -> 0.3f + u;
      default -> spec.role().initial();
    };
  }

  /** Two training images with answers of their own; radii that reach no other image. */
  private static Patches patches(Kind kind) {
    int bytes = kind.image.imageElements();
    byte[] train = images(kind)[0];
    byte[] centres = new byte[2 * bytes];
    System.arraycopy(train, bytes, centres, 0, bytes);
    System.arraycopy(train, 7 * bytes, centres, bytes, bytes);
    float[] lifts = new float[2 * kind.classes];
    Arrays.fill(lifts, 0.75f);
    lifts[0] = 3.5f;
    lifts[kind.classes] = -2.25f;
    return new Patches(centres, new float[] {0.5f, 1.5f}, lifts);
  }
}
