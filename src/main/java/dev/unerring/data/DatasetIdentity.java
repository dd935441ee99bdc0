// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.base.FileHashes;
import dev.unerring.npz.NpzReader;
import dev.unerring.npz.Refusal;
import dev.unerring.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which data set a file is: by MD5 and SHA-256 an official one, by name perhaps a known one, else
 * an unknown one whose labels say how many classes there are.
 *
 * @param name flag (with image size) of a known set, else the stem of the file's name
 * @param official whether the hashes are the published ones
 * @param manifest of a known set that the layout fits
 * @param description what labels and pictures mean
 * @param notice one line that says the above
 */
record DatasetIdentity(
    String name,
    boolean official,
    Optional<DatasetManifest> manifest,
    SetDescription description,
    String notice) {

  static DatasetIdentity of(Path file, FileHashes hashes, DatasetReader.Layout layout) {
    String stem = stem(file, layout);
    Optional<DatasetManifest> byName = DatasetManifest.find(stem);
    DatasetIdentity identity =
        byName
            .flatMap(manifest -> official(file, hashes, manifest, layout))
            .or(() -> anyOfficial(file, hashes, layout))
            .orElseGet(() -> described(file, stem, hashes, byName, layout));
    if (layout.ignored().isEmpty()) {
      return identity;
    }
    return new DatasetIdentity(
        identity.name,
        identity.official,
        identity.manifest,
        identity.description,
        identity.notice
            + " Entries that belong to no split are ignored: "
            + String.join(", ", layout.ignored())
            + ".");
  }

  /** The file's name, except of a synthetic set, which is recognised by what it says of itself. */
  private static String stem(Path file, DatasetReader.Layout layout) {
    String stem = NpzReader.stem(file);
    if (layout.syntheticFlag().isEmpty()) {
      return stem;
    }
    int pixels = layout.imageShape().h();
    String size = pixels == 28 ? "" : "_" + pixels;
    return DatasetManifest.SYNTHETIC + Refusal.printable(layout.syntheticFlag()) + size;
  }

  private static Optional<DatasetIdentity> anyOfficial(
      Path file, FileHashes hashes, DatasetReader.Layout layout) {
    return Stream.concat(DatasetManifest.flags().stream(), Stream.of(DatasetManifest.DEMO))
        .flatMap(flag -> DatasetManifest.find(flag).stream())
        .flatMap(manifest -> official(file, hashes, manifest, layout).stream())
        .findFirst();
  }

  static Optional<DatasetIdentity> official(
      Path file, FileHashes hashes, DatasetManifest manifest, DatasetReader.Layout layout) {
    return manifest
        .fileWithMd5(hashes.md5())
        .map(published -> {
          boolean forged =
              published.sha256().filter(known -> !known.equals(hashes.sha256())).isPresent();
          Optional<String> misfit = misfit(manifest, layout);
          if (forged || misfit.isPresent()) {
            throw new DataException(
                file
                    + ": its MD5 is that of the official "
                    + published.name()
                    + ", but "
                    + misfit.orElse("its SHA-256 is not")
                    + ": this file was forged to look official;"
                    + " download it again from "
                    + published.url());
          }
          String what =
              manifest.generated() ? "generated demo set" : "official " + published.name();
          return new DatasetIdentity(
              published.stem(),
              true,
              Optional.of(manifest),
              manifest.description(),
              file + " is the " + what + " (MD5 " + hashes.md5() + ").");
        });
  }

  private static DatasetIdentity unofficial(
      Path file,
      String stem,
      FileHashes hashes,
      Optional<DatasetManifest> byName,
      DatasetReader.Layout layout) {
    String notice = file + " is not an official MedMNIST file (MD5 " + hashes.md5() + ")";
    Optional<String> misfit = byName.flatMap(manifest -> misfit(manifest, layout));
    if (byName.isPresent() && misfit.isEmpty()) {
      DatasetManifest manifest = byName.get();
      return new DatasetIdentity(
          stem,
          false,
          byName,
          manifest.description(),
          manifest.generated()
              ? file
                  + " is a "
                  + manifest.title()
                  + " (MD5 "
                  + hashes.md5()
                  + "): it was generated and shows no patient."
              : notice + "; by its name its labels are read as those of " + manifest.title() + ".");
    }
    boolean multiLabel = layout.labelCount() > 1;
    int classes = multiLabel ? layout.labelCount() : highestLabel(layout) + 1;
    classes = multiLabel ? classes : Math.max(classes, 2);
    Task task = multiLabel ? Task.MULTI_LABEL : classes == 2 ? Task.BINARY : Task.MULTI_CLASS;
    String kind = classes + (multiLabel ? " labels a sample" : " classes");
    return new DatasetIdentity(
        stem,
        false,
        Optional.empty(),
        SetDescription.unnamed(task, classes),
        notice
            + misfit.map(why -> " and no " + byName.get().title() + ": " + why).orElse("")
            + "; it is used as a set of "
            + kind
            + " ("
            + task.manifestName()
            + ").");
  }

  /** The same set, its labels read as those of another one. */
  DatasetIdentity as(SetDescription other) {
    return new DatasetIdentity(name, official, manifest, other, notice);
  }

  /** By what the file says of itself, else by what stands beside it, else by its name. */
  private static DatasetIdentity described(
      Path file,
      String stem,
      FileHashes hashes,
      Optional<DatasetManifest> byName,
      DatasetReader.Layout layout) {
    SetDescription inside = layout.described().orElse(null);
    if (inside == null) {
      DatasetIdentity unknown = unofficial(file, stem, hashes, byName, layout);
      int labels = layout.labelCount() > 1 ? layout.labelCount() : highestLabel(layout) + 1;
      return PackFile.beside(file, hashes.sha256())
          .map(pack -> pack.name(file, unknown, labels))
          .orElse(unknown);
    }
    Optional<DatasetManifest> agreeing =
        byName.filter(known -> !inside.named() || known.description().sameNames(inside));
    DatasetIdentity identity = unofficial(file, stem, hashes, agreeing, layout);
    SetDescription said = inside.completed(file, identity.description, highestLabel(layout) + 1);
    return new DatasetIdentity(
        identity.name,
        false,
        identity.manifest,
        said,
        identity.manifest.isPresent() || !said.named()
            ? identity.notice
            : file
                + (said.fit().isPresent()
                    ? " is a packed set"
                    : " is not an official MedMNIST file")
                + " (MD5 "
                + hashes.md5()
                + "); it holds the names of its "
                + said.classes()
                + (said.task() == Task.MULTI_LABEL ? " labels (" : " classes (")
                + said.task().manifestName()
                + ").");
  }

  /** Why the layout cannot be that of {@code manifest}; empty when it can. */
  private static Optional<String> misfit(DatasetManifest manifest, DatasetReader.Layout layout) {
    Shape shape = layout.imageShape();
    if (shape.c() != manifest.channels() || (shape.d() > 1) != (manifest.dimensions() == 3)) {
      return Optional.of(
          "its images are "
              + shape.d()
              + " x "
              + shape.h()
              + " x "
              + shape.w()
              + " with "
              + shape.c()
              + " channels");
    }
    boolean multiLabel = manifest.task() == Task.MULTI_LABEL;
    int labelCount = layout.labelCount();
    if (labelCount != (multiLabel ? manifest.classes() : 1)) {
      return Optional.of("it has " + labelCount + " labels a sample");
    }
    int highest = highestLabel(layout);
    return multiLabel || highest < manifest.classes()
        ? Optional.empty()
        : Optional.of(
            "its labels reach " + highest + ", classes are 0 to " + (manifest.classes() - 1));
  }

  private static int highestLabel(DatasetReader.Layout layout) {
    return layout.labels().stream().flatMapToInt(Arrays::stream).max().orElse(0);
  }
}
