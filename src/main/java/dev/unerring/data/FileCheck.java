// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.base.FileHashes;
import dev.unerring.base.WorkMonitor;
import dev.unerring.npz.NpzReader;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a file is and whether it is sound: its hashes against the published ones, every array read
 * to its end and checked, counts against the manifest, and the images that were decoded from it
 * earlier, if any, against what was read then. Needs no memory or disk for the images.
 *
 * @param file that was checked
 * @param hashes of the whole file
 * @param manifest of the official file that it is; else of the known set that its name says
 * @param published the official file that it is
 * @param splits counts of train, val, test; empty when the arrays could not be read
 * @param decoded the file with its decoded images, where there is one; all of it was checked
 * @param fault why it cannot be used as what it claims to be; empty when it can
 */
public record FileCheck(
    Path file,
    FileHashes hashes,
    Optional<DatasetManifest> manifest,
    Optional<DatasetManifest.PublishedFile> published,
    List<SplitSummary> splits,
    Optional<Path> decoded,
    Optional<String> fault) {
  private static final int PIECE = 1 << 20;

  /**
   * Checks a file.
   *
   * @throws DataException when there is no such file; whatever else is wrong is in {@link #fault}
   */
  public static FileCheck of(Path file, WorkMonitor monitor) {
    return of(file, ReadOptions.standard(monitor));
  }

  static FileCheck of(Path file, ReadOptions options) {
    if (!Files.isRegularFile(file)) {
      throw new DataException(file + ": there is no such file; name an npz file");
    }
    FileHashes hashes = FileHashes.ofFile(file, options.monitor());
    Optional<DatasetManifest> byName = DatasetManifest.find(NpzReader.stem(file));
    List<SplitSummary> splits = List.of();
    try (NpzReader npz = NpzReader.open(file)) {
      DatasetReader.Layout layout = new DatasetReader(npz).layout();
      DatasetIdentity identity = DatasetIdentity.of(file, hashes, layout);
      readAll(npz, layout, options.monitor());
      splits =
          layout.splits(Collections.nCopies(3, MemorySegment.NULL)).stream()
              .map(split -> SplitSummary.of(split, identity.description().classes()))
              .toList();
      if (identity.official()) {
        new KnownHashes(options.cache()).check(file, hashes, identity);
      }
      Optional<Path> decoded = decoded(file, hashes, options);
      Optional<DatasetManifest> manifest = identity.official() ? identity.manifest() : byName;
      Optional<DatasetManifest.PublishedFile> published =
          manifest.flatMap(known -> known.fileWithMd5(hashes.md5()));
      return new FileCheck(
          file,
          hashes,
          manifest,
          published,
          splits,
          decoded,
          fault(file, byName, manifest, published, splits));
    } catch (DataException e) {
      return new FileCheck(
          file,
          hashes,
          byName,
          Optional.empty(),
          splits,
          Optional.empty(),
          Optional.of(e.getMessage()));
    }
  }

  private static void readAll(NpzReader npz, DatasetReader.Layout layout, WorkMonitor monitor) {
    long[] done = {0};
    for (String split : DatasetReader.SPLITS) {
      npz.stream(
          split + "_images",
          PIECE,
          piece -> {
            done[0] += piece.byteSize();
            monitor.stepBytes(
                "reading " + npz.path().getFileName(), done[0], layout.allImageBytes());
          });
    }
  }

  /** Reads what was decoded from the file earlier; DataException when it is damaged. */
  private static Optional<Path> decoded(Path file, FileHashes hashes, ReadOptions options) {
    Path decoded = new DecodedFile(options).path(hashes.sha256());
    if (!Files.exists(decoded)) {
      return Optional.empty();
    }
    try (Dataset data = Dataset.open(file, options)) {
      data.checkContent(options.monitor());
    }
    return Optional.of(decoded);
  }

  private static Optional<String> fault(
      Path file,
      Optional<DatasetManifest> byName,
      Optional<DatasetManifest> manifest,
      Optional<DatasetManifest.PublishedFile> published,
      List<SplitSummary> splits) {
    if (published.isPresent()) {
      List<Integer> found = splits.stream().map(SplitSummary::samples).toList();
      List<Integer> wanted = manifest.map(m -> List.of(m.train(), m.val(), m.test())).orElse(found);
      if (!found.equals(wanted)) {
        return Optional.of(file + ": it has " + found + " samples, published are " + wanted);
      }
      boolean otherName =
          byName.isPresent() && !NpzReader.stem(file).equals(published.get().stem());
      return otherName
          ? Optional.of(
              file
                  + ": this is the official "
                  + published.get().name()
                  + ", not what its name says; rename it")
          : Optional.empty();
    }
    return byName.map(known ->
        file
            + ": its name says "
            + NpzReader.stem(file)
            + ", but it is not the official file (MD5 "
            + known.files().stream()
                .filter(each -> each.stem().equals(NpzReader.stem(file)))
                .map(DatasetManifest.PublishedFile::md5)
                .findFirst()
                .orElse("of none of its sizes")
            + "); files of MedMNIST before version 2.2.4 (January 2024) differ and are not"
            + " known here; rename it, or fetch the official one");
  }

  /** Names of the classes by number. */
  public List<String> labelNames() {
    int classes = splits.isEmpty() ? 0 : splits.getFirst().histogram().size();
    return manifest
        .map(DatasetManifest::labelNames)
        .filter(names -> names.size() == classes)
        .orElseGet(() -> IntStream.range(0, classes).mapToObj(String::valueOf).toList());
  }
}
