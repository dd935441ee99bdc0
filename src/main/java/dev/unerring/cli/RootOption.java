// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.CacheFolder;
import dev.unerring.base.FileHashes;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.DatasetManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The folders in which published files stand. */
final class RootOption {
  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Folder of the npz files; default: ~/.medmnist.")
  private Path root;

  RootOption() {}

  /**
   * A published file that is here.
   *
   * @param bytes its size
   * @param state present (by its name), official or other (by its MD5)
   */
  record Found(Path file, int pixels, long bytes, String state) {
    Map<String, Object> toJson() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("file", file.toString());
      json.put("pixels", pixels);
      json.put("bytes", bytes);
      json.put("state", state);
      return json;
    }
  }

  /** Where a fetched file goes. */
  Path folder() {
    return root == null ? usual() : root;
  }

  private static Path usual() {
    return CacheFolder.home().resolve(".medmnist");
  }

  /** The files of a set that are here; {@code verify}: each is hashed. */
  List<Found> found(DatasetManifest manifest, boolean verify, WorkMonitor monitor) {
    List<Path> folders = new ArrayList<>();
    if (root != null) {
      folders.add(root);
    }
    folders.add(manifest.generated() ? CacheFolder.path().resolve("demo") : usual());
    List<Found> found = new ArrayList<>();
    for (DatasetManifest.PublishedFile published : manifest.files()) {
      for (Path folder : folders) {
        Path file = folder.resolve(published.name());
        if (Files.isRegularFile(file)) {
          String state = "present";
          if (verify) {
            String md5 = FileHashes.ofFile(file, monitor).md5();
            state = md5.equals(published.md5()) ? "official" : "other";
          }
          found.add(new Found(file, published.pixels(), file.toFile().length(), state));
        }
      }
    }
    return found;
  }
}
