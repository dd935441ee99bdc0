// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.NewSamples;
import dev.unerring.images.PackInput;
import dev.unerring.images.Packer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where samples that were found later are: an npz file, a folder with one folder a class, a CSV
 * table, or pictures of one class.
 *
 * @param paths at least one; several are pictures
 * @param label the class of all pictures; empty where the input says it
 * @param threads that decode pictures, at least 1
 */
public record AddedFiles(List<Path> paths, Optional<String> label, int threads) implements Added {
  /** Takes a copy of the paths. */
  public AddedFiles {
    paths = List.copyOf(paths);
  }

  /** A file or folder that says its labels itself. */
  public static AddedFiles of(Path path, int threads) {
    return new AddedFiles(List.of(path), Optional.empty(), threads);
  }

  /**
   * {@inheritDoc} Pictures go by the rules of the model: its classes, size, channels and fit.
   *
   * @throws UsageException where the label of pictures is missing, or named for other input
   * @throws DataException where a file is not there or cannot be used
   */
  @Override
  public NewSamples open(TrainedModel model, Path folder, WorkMonitor monitor) {
    Path first = paths.getFirst();
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new DataException(path + ": there is no such file or folder; check the path");
      }
    }
    boolean pictures =
        paths.size() > 1 || !Files.isDirectory(first) && !hasSuffix(first, ".npz", ".csv");
    if (pictures != label.isPresent()) {
      throw new UsageException(
          first
              + (pictures
                  ? ": a picture does not say its class; name it with --label, one of "
                      + String.join(", ", model.labelNames())
                  : ": it says its labels itself; --label goes with pictures"));
    }
    if (!pictures && hasSuffix(first, ".npz")) {
      return NewSamples.open(first);
    }
    PackInput input =
        pictures
            ? new PackInput.Pictures(paths, label.get(), List.of())
            : hasSuffix(first, ".csv")
                ? PackInput.Table.of(first)
                : new PackInput.Folder(first, Optional.empty(), List.of());
    return Packer.newSamples(model.packing(input, folder.resolve("added.npz"), threads), monitor);
  }

  private static boolean hasSuffix(Path path, String... suffixes) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    return List.of(suffixes).stream().anyMatch(name::endsWith);
  }
}
