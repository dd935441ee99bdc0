// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import dev.unerring.DataException;
import dev.unerring.StoppedException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.FileHashes;
import dev.unerring.base.IoReason;
import dev.unerring.base.Sizes;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.KnownHashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Fetches one published file: into {@code X.npz.part} first, resumed when the connection breaks or
 * the command is given again, and under its own name only when its MD5 is the published one and its
 * SHA-256 is the known one (recorded when none is known).
 */
public final class Fetcher {
  private final Source source;
  private final Patience patience;
  private final KnownHashes known;
  private final WorkMonitor monitor;
  private final Proxies proxies;

  /** Prepares a download; {@code known} holds the SHA-256 of files whose manifest has none. */
  public Fetcher(Source source, Patience patience, KnownHashes known, WorkMonitor monitor) {
    this(source, patience, known, monitor, Proxies.ofEnvironment());
  }

  Fetcher(
      Source source, Patience patience, KnownHashes known, WorkMonitor monitor, Proxies proxies) {
    this.source = source;
    this.patience = patience;
    this.known = known;
    this.monitor = monitor;
    this.proxies = proxies;
    Remote.checked(source.url());
  }

  /**
   * Fetches the file unless {@code target} is it already.
   *
   * @param target its folder is made when it is not there
   * @param replace whether a wrong file under this name may be replaced; it is kept as {@code
   *     X.npz.previous}
   * @return the hashes, and whether anything was fetched
   * @throws DataException when it cannot be had; what has arrived stays for the next time
   * @throws StoppedException when the user stops; the same
   */
  public Result fetch(Path target, boolean replace) {
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      if (Files.exists(target)) {
        FileHashes present = FileHashes.ofFile(target, monitor);
        if (present.md5().equals(source.md5())) {
          checkSha256(target, present);
          return new Result(present, false);
        }
        if (!replace) {
          throw new DataException(
              target
                  + " is there, but is not the official file (MD5 "
                  + present.md5()
                  + ", not "
                  + source.md5()
                  + "); move it away, or give --force, which keeps it as "
                  + AtomicFile.previous(target).getFileName());
        }
      }
      try (PartFile part = PartFile.open(target)) {
        FileHashes hashes = complete(part);
        part.finish(target, AtomicFile.previous(target));
        return new Result(hashes, true);
      }
    } catch (IOException e) {
      throw new DataException(
          target
              + ": cannot be written: "
              + IoReason.of(e)
              + PartFile.kept(target)
              + "; make room or name another folder with --root",
          e);
    }
  }

  /**
   * What a fetch ended with.
   *
   * @param hashes of the file
   * @param fetched false: it was there
   */
  public record Result(FileHashes hashes, boolean fetched) {}

  private FileHashes complete(PartFile part) throws IOException {
    boolean resumed = part.size() > 0;
    while (true) {
      resumed &= download(part);
      FileHashes hashes = FileHashes.ofFile(part.path(), monitor);
      if (hashes.md5().equals(source.md5())) {
        checkSha256(part.path(), hashes);
        return hashes;
      }
      long size = part.size();
      if (!resumed) {
        part.discard();
        throw new DataException(
            source.url()
                + " sent "
                + Sizes.text(size)
                + " that are not "
                + source.name()
                + ": MD5 "
                + hashes.md5()
                + ", published is "
                + source.md5()
                + "; nothing was kept; try later or another place (--mirror, --url)");
      }
      monitor.note("the resumed parts do not fit together (MD5 " + hashes.md5() + "): once more");
      part.clear();
      resumed = false;
    }
  }

  /** Fetches what is missing; whether some of it had been there. */
  private boolean download(PartFile part) throws IOException {
    try (Remote remote = new Remote(patience, monitor, proxies)) {
      return new Attempts(source, patience, monitor, remote, part).run();
    } catch (StoppedException e) {
      String kept =
          part.size() == 0
              ? "nothing of " + source.name() + " has arrived yet"
              : Sizes.text(part.size())
                  + " of "
                  + source.name()
                  + " are kept in "
                  + part.path()
                  + ", the same command resumes there";
      throw new StoppedException("interrupted; " + kept);
    }
  }

  private void checkSha256(Path file, FileHashes hashes) {
    if (source.sha256().isEmpty()) {
      known.check(file, hashes);
    } else if (!source.sha256().get().equals(hashes.sha256())) {
      throw new DataException(
          file
              + ": its MD5 is the published one, but its SHA-256 "
              + hashes.sha256()
              + " is not "
              + source.sha256().get()
              + ": it was forged; delete it and fetch it from "
              + source.url());
    }
  }
}
