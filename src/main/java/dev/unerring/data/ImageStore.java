// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.base.Sizes;
import dev.unerring.npz.NpzReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the images of a data file are while it is open. Up to {@link ReadOptions#memoryBytes()}: in
 * memory. Above: mapped, from the npz itself when it holds them as they are, else from a {@link
 * DecodedFile}, because deflated entries cannot be read in another order than their own.
 */
final class ImageStore {
  private static final int PIECE = 1 << 20;

  private final ReadOptions options;

  ImageStore(ReadOptions options) {
    this.options = options;
  }

  /**
   * The images of all splits.
   *
   * @param images of train, val, test
   * @param contentSha256 of images and labels
   * @param mapped the file that is mapped; empty when the images are in memory
   */
  record Images(List<MemorySegment> images, String contentSha256, Optional<Path> mapped) {}

  /** Reads or maps the images; {@code npz} and the result live as long as {@code arena}. */
  Images load(NpzReader npz, DatasetReader.Layout layout, Arena arena) {
    if (layout.allImageBytes() <= options.memoryBytes()) {
      List<MemorySegment> images = new ArrayList<>();
      for (String split : DatasetReader.SPLITS) {
        images.add(npz.read(split + "_images", arena, options.monitor()));
      }
      return new Images(
          images,
          layout.contentSha256(images, options.monitor(), "hashing the images"),
          Optional.empty());
    }
    boolean stored = true;
    for (String split : DatasetReader.SPLITS) {
      stored &= npz.stored(split + "_images");
    }
    return stored ? mapped(npz, layout) : new DecodedFile(options).map(npz, layout, arena);
  }

  private Images mapped(NpzReader npz, DatasetReader.Layout layout) {
    options
        .monitor()
        .note(
            npz.path()
                + ": its "
                + Sizes.text(layout.allImageBytes())
                + " of images are stored as they are and stay in the file;"
                + " do not change it meanwhile");
    ContentHash hash = new ContentHash();
    List<MemorySegment> images = new ArrayList<>();
    long[] done = {0};
    for (int i = 0; i < DatasetReader.SPLITS.size(); i++) {
      String array = DatasetReader.SPLITS.get(i) + "_images";
      layout.startImages(hash, i);
      npz.stream(
          array,
          PIECE,
          piece -> {
            hash.update(piece);
            done[0] += piece.byteSize();
            options
                .monitor()
                .stepBytes("reading " + npz.path().getFileName(), done[0], layout.allImageBytes());
          });
      layout.addLabels(hash, i);
      images.add(npz.mapped(array));
    }
    return new Images(images, hash.hex(), Optional.of(npz.path()));
  }
}
