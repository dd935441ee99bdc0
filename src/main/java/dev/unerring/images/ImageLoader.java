package dev.unerring.images;

import dev.unerring.base.DataException;
import dev.unerring.base.Sha256;
import dev.unerring.base.WorkMonitor;
import dev.unerring.base.WorkerFailure;
import dev.unerring.dataset.Fit;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Decodes and resizes many files on several threads; the number of threads changes nothing. All
 * files are tried before the unreadable ones are reported, so that one run names them all.
 */
final class ImageLoader {
  private static final String WORK = "reading images";
  private static final long WAIT_MILLIS = 100;
  private static final int SHOWN = 5;
  private static final int SIXTEEN_BITS_AT = 24;
  private static final int DARK = 17; // 4095 of 65535 becomes 16

  private final PackRequest request;
  private final WorkMonitor monitor;

  ImageLoader(PackRequest request, WorkMonitor monitor) {
    this.request = request;
    this.monitor = monitor;
  }

  /** The images in the order of the sources, all of {@code height} x {@code width} pixels. */
  List<LoadedImage> load(List<Source> sources, int height, int width) {
    Source first = sources.getFirst();
    List<LoadedImage> images = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(request.threads())) {
      try {
        List<Future<LoadedImage>> results = new ArrayList<>();
        for (Source source : sources) {
          results.add(threads.submit(() -> load(source, first, height, width)));
        }
        for (int i = 0; i < sources.size(); i++) {
          monitor.step(WORK, i, sources.size());
          try {
            images.add(result(results.set(i, null)));
          } catch (ExecutionException e) {
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
      try {
        return image.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        monitor.check(WORK);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        monitor.check(WORK);
      }
    }
  }

  private static String reason(Throwable failure) {
    if (failure instanceof DataException) {
      return failure.getMessage();
    }
    throw WorkerFailure.passOn(failure);
  }

  private LoadedImage load(Source source, Source first, int height, int width) {
    byte[] bytes = ImageFiles.bytes(source.file());
    Picture picture = ImageFiles.decode(source.file(), bytes);
    if (request.fit() == Fit.NONE && (picture.height() != height || picture.width() != width)) {
      throw new DataException(
          source.file()
              + ": it has "
              + picture.height()
              + " x "
              + picture.width()
              + " pixels, but "
              + first.file()
              + " has "
              + height
              + " x "
              + width
              + "; give all images one size, or resize with --fit crop, pad or stretch");
    }
    boolean wide = bytes[0] == (byte) 0x89 && bytes[SIXTEEN_BITS_AT] == 16;
    int channels = request.channels() == 0 ? picture.isGrey() ? 1 : 3 : request.channels();
    byte[] pixels =
        ImageFiles.fitted(
            source.file(), picture, Shape.image2d(height, width, channels), request.fit());
    return new LoadedImage(
        pixels,
        channels,
        picture.height(),
        picture.width(),
        Sha256.hex(bytes),
        wide && picture.isBelow(DARK));
  }
}
