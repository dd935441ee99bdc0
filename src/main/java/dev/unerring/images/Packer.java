// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.IoReason;
import dev.unerring.base.Names;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Fit;
import dev.unerring.data.NewSamples;
import dev.unerring.data.PackFile;
import dev.unerring.npz.NpzReader;
import dev.unerring.npz.NpzWriter;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Makes a data set of image files: {@code X.npz} in the layout of MedMNIST, {@code X.pack.json}
 * with the label names and every rule that was applied, and {@code X.sources.csv}, which traces
 * every sample to its file. The same files, options and seed give the same bytes.
 */
public final class Packer {
  /** Smallest height and width. */
  public static final int MIN_SIZE = 8;

  /** Largest height and width. */
  public static final int MAX_SIZE = 1024;

  private static final List<Integer> DEFAULT_SHARES = List.of(70, 15, 15);

  private final PackRequest request;
  private final WorkMonitor monitor;

  private Packer(PackRequest request, WorkMonitor monitor) {
    this.request = request;
    this.monitor = monitor;
  }

  /**
   * Writes the three files, the npz last; all or none of them, none also when the monitor stops.
   *
   * @throws UsageException when an option does not fit the input
   * @throws DataException when the input is not what it should be, or the output exists already or
   *     cannot be written
   */
  public static PackReport pack(PackRequest request, WorkMonitor monitor) {
    return new Packer(request, monitor).pack();
  }

  /**
   * The same images without a file: samples that were found later. Nothing is left of the output,
   * whose folder holds the pixels meanwhile.
   *
   * @param request its input's split is not looked at, its size is given
   */
  public static NewSamples newSamples(PackRequest request, WorkMonitor monitor) {
    return new Packer(request, monitor).newSamples();
  }

  private NewSamples newSamples() {
    checkOptions();
    SourceList list = list();
    PackRequest.Size size = request.size().orElseThrow();
    try (PixelFile kept = new PixelFile(request.out(), size.height() * size.width())) {
      List<LoadedImage> images =
          new ImageLoader(request, kept, monitor).load(list.sources(), size.height(), size.width());
      PackedSamples samples = new PackedSamples(list, new int[images.size()], images, kept, 0);
      list.notes().forEach(monitor::note);
      samples.remarks().forEach(monitor::note);
      return NewSamples.of(
          request.input().path(),
          Shape.image2d(size.height(), size.width(), request.channels()),
          images.size(),
          i -> kept.read(images.get(i), request.channels()),
          list.sources().stream().flatMapToInt(each -> Arrays.stream(each.labels())).toArray(),
          list.description(request.fit()),
          list.sources().stream().map(each -> Names.shown(each.name())).toList());
    }
  }

  private SourceList list() {
    return switch (request.input()) {
      case PackInput.Folder folder -> FolderListing.of(folder);
      case PackInput.Table table -> TableListing.of(table, !request.shares().isEmpty());
      case PackInput.Pictures pictures -> SourceList.of(pictures);
    };
  }

  private PackReport pack() {
    checkOptions();
    List<Path> outputs = outputs();
    SourceList list = list();
    int[] splits = GroupedSplit.check(list, splits(list));
    PackRequest.Size size = request.size().orElseGet(() -> firstSize(list));
    checkSize(size);
    try (PixelFile kept = new PixelFile(request.out(), size.height() * size.width())) {
      return pack(outputs, list, splits, size, kept);
    }
  }

  private PackReport pack(
      List<Path> outputs, SourceList list, int[] splits, PackRequest.Size size, PixelFile kept) {
    List<LoadedImage> images =
        new ImageLoader(request, kept, monitor).load(list.sources(), size.height(), size.width());
    int channels = images.stream().mapToInt(LoadedImage::channels).max().orElseThrow();
    PackedSamples samples = new PackedSamples(list, splits, images, kept, channels);

    NpzWriter npz = samples.npz(size, request.fit(), monitor);
    byte[] sources = samples.sourcesCsv().getBytes(StandardCharsets.UTF_8);
    PackReport report = new PackReport(request, samples, size);
    byte[] json = report.packFile(npz.sha256(), sources).getBytes(StandardCharsets.UTF_8);
    try {
      AtomicFile.write(outputs.get(2), sources);
      AtomicFile.write(outputs.get(1), json);
      npz.write(outputs.get(0), monitor);
    } catch (RuntimeException | Error e) {
      remove(outputs);
      throw e;
    }
    return report;
  }

  private int[] splits(SourceList list) {
    if (request.shares().contains(100)) {
      int[] splits = new int[list.sources().size()];
      Arrays.fill(splits, request.shares().indexOf(100));
      return splits;
    }
    if (!list.ownSplit()) {
      List<Integer> shares = request.shares().isEmpty() ? DEFAULT_SHARES : request.shares();
      int[] percent = shares.stream().mapToInt(Integer::intValue).toArray();
      return GroupedSplit.seeded(list, percent, request.seed());
    }
    if (!request.shares().isEmpty()) {
      throw new UsageException(
          request.input().path()
              + " has a split of its own; leave out --split, or remove the split from the input");
    }
    return GroupedSplit.own(list);
  }

  private void checkOptions() {
    if (request.fit() != Fit.NONE && request.size().isEmpty()) {
      throw new UsageException("--size is missing; only --fit none takes the size of the files");
    }
    request.size().ifPresent(Packer::checkSize);
    List<String> names =
        switch (request.input()) {
          case PackInput.Folder folder -> folder.classes();
          case PackInput.Table table ->
              table.labelColumns().size() > 1 ? table.labelColumns() : table.classes();
          case PackInput.Pictures pictures -> pictures.classes();
        };
    if (names.stream().distinct().count() != names.size()) {
      throw new UsageException("a label is named twice in " + String.join(",", names));
    }
    int sum = request.shares().stream().mapToInt(Integer::intValue).sum();
    boolean one = request.shares().contains(100);
    boolean positive = request.shares().stream().allMatch(share -> share >= (one ? 0 : 1));
    if (!request.shares().isEmpty() && (sum != 100 || !positive || request.shares().size() != 3)) {
      throw new UsageException(
          "--split gives train, val and test whole percents of at least 1 that add up to 100, such"
              + " as 70/15/15, or 100/0/0 for images that are added to a run, not "
              + request.shares().stream().map(String::valueOf).toList());
    }
    if (!request.out().toString().endsWith(".npz")) {
      throw new UsageException(request.out() + ": name the output X.npz");
    }
  }

  private static void checkSize(PackRequest.Size size) {
    int smaller = Math.min(size.height(), size.width());
    int larger = Math.max(size.height(), size.width());
    if (smaller < MIN_SIZE || larger > MAX_SIZE) {
      throw new UsageException(
          "images have "
              + MIN_SIZE
              + " to "
              + MAX_SIZE
              + " pixels a side, not "
              + size.height()
              + " x "
              + size.width()
              + "; choose another --size");
    }
  }

  /** npz, pack file, table of sources; none may exist, and their folder must be writable. */
  private List<Path> outputs() {
    Path npz = request.out();
    List<Path> outputs = List.of(npz, PackFile.of(npz), sources(npz));
    for (Path output : outputs) {
      if (Files.exists(output)) {
        throw new DataException(
            output + ": this file exists already; remove it, or name another output");
      }
    }
    Path folder = npz.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new DataException(
          npz + ": its folder is not there or may not be written; make it, or name another output");
    }
    return outputs;
  }

  /** Where the table of sources of an npz file stands. */
  public static Path sources(Path npz) {
    return npz.resolveSibling(NpzReader.stem(npz) + ".sources.csv");
  }

  private static void remove(List<Path> outputs) {
    for (Path output : outputs) {
      try {
        Files.deleteIfExists(output);
      } catch (IOException e) {
        throw new DataException(
            output + ": half a set is left here and cannot be removed: " + IoReason.of(e), e);
      }
    }
  }

  private static PackRequest.Size firstSize(SourceList list) {
    Path first = list.sources().getFirst().file();
    Picture picture = ImageFiles.decode(first, ImageFiles.bytes(first));
    return new PackRequest.Size(picture.height(), picture.width());
  }
}
