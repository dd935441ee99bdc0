// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.base.Sha256;
import dev.unerring.base.Uninterrupted;
import dev.unerring.base.WorkMonitor;
import dev.unerring.base.WorkerFailure;
import dev.unerring.data.Fit;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Decodes and resizes many files on several threads; the number of threads changes nothing. All
 * files are tried before the unreadable ones are reported, so that one run names them all. Only as
 * many are decoded at a time as the heap has room for.
 */
final class ImageLoader {
  private static final String WORK = "reading images";
  private static final long WAIT_MILLIS = 100;
  private static final int SHOWN = 5;

  private final PackRequest request;
  private final PixelFile kept;
  private final WorkMonitor monitor;
  private final Room files = new Room(Runtime.getRuntime().maxMemory() / 8);
  private final Room pictures = new Room(Runtime.getRuntime().maxMemory() / 3);

  ImageLoader(PackRequest request, PixelFile kept, WorkMonitor monitor) {
    this.request = request;
    this.kept = kept;
    this.monitor = monitor;
  }

  /** Heap that several threads share; one that wants more than there is takes all of it. */
  private static final class Room {
    private final int all;
    private final Semaphore left;

    private Room(long bytes) {
      this.all = (int) Math.min(Integer.MAX_VALUE, bytes / 1024 + 1);
      this.left = new Semaphore(all, true);
    }

    private int take(long bytes) throws InterruptedException {
      int taken = (int) Math.min(all, bytes / 1024 + 1);
      left.acquire(taken);
      return taken;
    }

    private void giveBack(int taken) {
      left.release(taken);
    }
  }

  /** The images in the order of the sources, all of {@code height} x {@code width} pixels. */
  List<LoadedImage> load(List<Source> sources, int height, int width) {
    List<LoadedImage> images = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(request.threads())) {
      try {
        List<Future<LoadedImage>> results = new ArrayList<>();
        for (Source source : sources) {
          results.add(threads.submit(() -> load(source, height, width)));
        }
        for (int i = 0; i < sources.size(); i++) {
          monitor.step(WORK, i, sources.size());
          try {
            images.add(result(results.set(i, null)));
          } catch (ExecutionException e) {
            kept.checkWritten();
            failures.add(reason(e.getCause()));
          }
        }
      } finally {
        threads.shutdownNow();
      }
    }
    if (!failures.isEmpty()) {
      throw new DataException(
          failures.size() == 1
              ? failures.getFirst()
              : failures.size()
                  + " of "
                  + sources.size()
                  + " images cannot be used:\n  "
                  + String.join("\n  ", failures.subList(0, Math.min(SHOWN, failures.size())))
                  + (failures.size() > SHOWN ? "\n  ..." : ""));
    }
    return images;
  }

  /** Waits for an image; StoppedException when the monitor stops meanwhile. */
  private LoadedImage result(Future<LoadedImage> image) throws ExecutionException {
    while (true) {
      Optional<LoadedImage> loaded = Uninterrupted.await(() -> waited(image));
      if (loaded.isPresent()) {
        return loaded.get();
      }
      monitor.check(WORK);
    }
  }

  private static LoadedImage waited(Future<LoadedImage> image)
      throws InterruptedException, ExecutionException {
    try {
      return image.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    }
  }

  private static String reason(Throwable failure) {
    if (failure instanceof DataException) {
      return failure.getMessage();
    }
    throw WorkerFailure.passOn(failure);
  }

  private LoadedImage load(Source source, int height, int width) throws InterruptedException {
    int fileRoom = files.take(2 * ImageFiles.size(source.file()));
    try {
      byte[] bytes = ImageFiles.bytes(source.file());
      PictureFile file = ImageFiles.open(source.file(), bytes);
      int room = pictures.take(ImageFiles.heapBytes(file));
      try {
        return load(source, bytes, file, height, width);
      } finally {
        pictures.giveBack(room);
      }
    } finally {
      files.giveBack(fileRoom);
    }
  }

  private LoadedImage load(Source source, byte[] bytes, PictureFile file, int height, int width) {
    Picture picture = ImageFiles.decode(source.file(), file);
    if (request.fit() == Fit.NONE && (picture.height() != height || picture.width() != width)) {
      throw new DataException(
          source.file()
              + ": it has "
              + picture.height()
              + " x "
              + picture.width()
              + " pixels, but "
              + (request.size().isPresent() ? "the images wanted have " : "the first image has ")
              + height
              + " x "
              + width
              + "; give all images one size, or resize with --fit crop, pad or stretch");
    }
    int channels = request.channels() == 0 ? picture.isGrey() ? 1 : 3 : request.channels();
    Shape shape = Shape.image2d(height, width, channels);
    byte[] pixels = ImageFiles.fitted(source.file(), picture, shape, request.fit());
    return new LoadedImage(
        kept.write(pixels),
        channels,
        picture.height(),
        picture.width(),
        Sha256.hex(bytes),
        ImageFiles.remarks(file, picture, shape, request.fit()));
  }
}
