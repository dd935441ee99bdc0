// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.Json;
import dev.unerring.base.NearestNames;
import dev.unerring.npz.NpzReader;
import dev.unerring.npz.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is published about one data set; one JSON file each in the folder {@code datasets}.
 *
 * @param flag the short name, e.g. {@code breastmnist}
 * @param title the long name, e.g. {@code BreastMNIST}
 * @param dimensions 2 or 3
 * @param channels 1 or 3
 * @param task what the labels ask for
 * @param labelNames in the order of the class numbers (of the columns for multi-label sets)
 * @param train samples
 * @param val samples
 * @param test samples
 * @param source who made it and where it is published
 * @param classCounts samples of each class (with each label), where they are known
 * @param licence of the data
 * @param generated whether our own code writes the set (the demo set, synthetic sets)
 * @param files one for each image size
 */
public record DatasetManifest(
    String flag,
    String title,
    int dimensions,
    int channels,
    Task task,
    List<String> labelNames,
    int train,
    int val,
    int test,
    String source,
    Optional<ClassBalance> classCounts,
    String licence,
    boolean generated,
    List<PublishedFile> files) {
  /**
   * One published file.
   *
   * @param name e.g. {@code breastmnist_64.npz}
   * @param pixels side length of the images
   * @param url where it is published; of a generated set, the command that writes it
   * @param md5 as published
   * @param sha256 where known, computed from a file with that MD5
   */
  public record PublishedFile(
      String name, int pixels, String url, String md5, Optional<String> sha256) {
    /** The name without its suffix, e.g. {@code breastmnist_64}. */
    public String stem() {
      return NpzReader.stem(Path.of(name));
    }
  }

  /** What the name of a synthetic set begins with. */
  public static final String SYNTHETIC = "synthetic-";

  /** Name of the set that the program generates. */
  public static final String DEMO = "demo";

  /** Comment of an archive that the program generated in the form of a set; its flag follows. */
  public static final String GENERATED = "unerring synthetic set in the form of ";

  private static final String FOLDER = "manifest/";

  /** Takes copies of the lists. */
  public DatasetManifest {
    labelNames = List.copyOf(labelNames);
    files = List.copyOf(files);
  }

  /** Number of classes, or of labels for multi-label sets. */
  public int classes() {
    return labelNames.size();
  }

  /** What its labels mean. */
  public SetDescription description() {
    return new SetDescription(task, labelNames, true, Optional.empty());
  }

  /** The flags of the published sets (without the demo set), in the order of the index. */
  public static List<String> flags() {
    Map<?, ?> index = (Map<?, ?>) resource("index.json").orElseThrow();
    return ((List<?>) index.get("flags")).stream().map(String.class::cast).toList();
  }

  /**
   * The manifest of a flag, or of a flag with an image size such as {@code breastmnist_64}; after
   * the prefix {@code synthetic-}, that of the synthetic set of the flag.
   */
  public static Optional<DatasetManifest> find(String flag) {
    if (flag.startsWith(SYNTHETIC)) {
      return find(flag.substring(SYNTHETIC.length()))
          .filter(manifest -> !manifest.generated())
          .map(DatasetManifest::synthetic);
    }
    String base = flag.replaceFirst("_(64|128|224)$", "");
    if (!base.equals(DEMO) && !flags().contains(base)) {
      return Optional.empty();
    }
    return resource(base + ".json").map(json -> parse((Map<?, ?>) json));
  }

  /**
   * The flips and turns that leave a diagnosis as it is, as the manifest of a published set states
   * them: {@code all}, or names of maps of the grid; none where the flag is not known.
   */
  public static List<String> symmetries(String flag) {
    String base = flag.replaceFirst("_(64|128|224)$", "");
    Object stated =
        flags().contains(base)
            ? ((Map<?, ?>) resource(base + ".json").orElseThrow()).get("symmetries")
            : List.of();
    return stated instanceof List<?> names
        ? names.stream().map(String.class::cast).toList()
        : List.of((String) stated);
  }

  /**
   * The manifest of a flag as in {@link #find}.
   *
   * @throws UsageException when there is none; names the nearest flags
   */
  public static DatasetManifest require(String flag) {
    return find(flag)
        .orElseThrow(() ->
            new UsageException(
                "'" + Refusal.printable(flag) + "' is not a known flag" + suggestion(flag)));
  }

  /** What may be meant by a flag that is not known, to be put behind a message. */
  public static String suggestion(String flag) {
    List<String> known = new ArrayList<>(flags());
    known.addFirst(DEMO);
    return NearestNames.question(flag, known) + "; known are " + String.join(", ", known);
  }

  /** The file with images of this side length. */
  public Optional<PublishedFile> file(int pixels) {
    return files.stream().filter(file -> file.pixels() == pixels).findFirst();
  }

  /** Samples of train, val and test together. */
  public int samples() {
    return train + val + test;
  }

  /** Bytes of all images of a file when they are decoded. */
  public long imageBytes(PublishedFile file) {
    long pixels = (long) file.pixels() * file.pixels() * (dimensions == 3 ? file.pixels() : 1);
    return samples() * pixels * channels;
  }

  /** Of the generated set that has this one's form, and nothing else of it. */
  public DatasetManifest synthetic() {
    return new DatasetManifest(
        SYNTHETIC + flag,
        "synthetic set in the form of " + title,
        dimensions,
        channels,
        task,
        labelNames,
        train,
        val,
        test,
        "generated by Unerring; shows no patient",
        classCounts,
        "Apache-2.0",
        true,
        List.of());
  }

  /** The published file with this MD5, if any. */
  public Optional<PublishedFile> fileWithMd5(String md5) {
    return files.stream().filter(file -> file.md5().equals(md5)).findFirst();
  }

  private static DatasetManifest parse(Map<?, ?> json) {
    Map<?, ?> samples = (Map<?, ?>) json.get("samples");
    List<PublishedFile> files = new ArrayList<>();
    for (Object each : (List<?>) json.get("files")) {
      Map<?, ?> file = (Map<?, ?>) each;
      files.add(
          new PublishedFile(
              (String) file.get("name"),
              number(file, "pixels"),
              (String) file.get("url"),
              (String) file.get("md5"),
              Optional.ofNullable((String) file.get("sha256"))));
    }
    return new DatasetManifest(
        (String) json.get("flag"),
        (String) json.get("title"),
        number(json, "dimensions"),
        number(json, "channels"),
        Task.fromManifest((String) json.get("task")),
        ((List<?>) json.get("labels")).stream().map(String.class::cast).toList(),
        number(samples, "train"),
        number(samples, "val"),
        number(samples, "test"),
        (String) json.get("source"),
        Optional.ofNullable((Map<?, ?>) json.get("classCounts")).map(DatasetManifest::balance),
        (String) json.get("licence"),
        Boolean.TRUE.equals(json.get("generated")),
        files);
  }

  private static ClassBalance balance(Map<?, ?> json) {
    return new ClassBalance(
        numbers(json, "train"),
        numbers(json, "val"),
        numbers(json, "test"),
        (String) json.get("source"));
  }

  private static List<Integer> numbers(Map<?, ?> json, String key) {
    return ((List<?>) json.get(key))
        .stream().map(number -> Math.toIntExact((Long) number)).toList();
  }

  private static int number(Map<?, ?> json, String key) {
    return Math.toIntExact((Long) json.get(key));
  }

  private static Optional<Object> resource(String name) {
    try (InputStream in = DatasetManifest.class.getResourceAsStream(FOLDER + name)) {
      return in == null
          ? Optional.empty()
          : Optional.of(Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new DataException("the manifest " + name + " inside the program cannot be read", e);
    }
  }
}
