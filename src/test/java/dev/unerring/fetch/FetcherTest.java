// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.StoppedException;
import dev.unerring.UsageException;
import dev.unerring.data.KnownHashes;
import dev.unerring.fetch.FakeServer.Behaviour;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What arrives is complete and right, resumed where it broke, and never replaces without leave. */
class FetcherTest extends DownloadCase {
  @Test
  void aFileArrivesOnceAndIsNotFetchedAgain() throws IOException {
    assertFetched(FakeServer.sound(file, ETAG));
    assertNull(server.requests().getFirst().headers().get("range"));
    assertFalse(fetch(FakeServer.sound(file, ETAG)).fetched());
    assertEquals(0, server.requests().size());
  }

  @Test
  void aBrokenConnectionIsResumedWhereItBroke() throws IOException {
    assertFetched(breakingOff(HALF, FakeServer.sound(file, ETAG)));
    assertEquals(2, server.requests().size());
    assertEquals(HALF, server.requests().get(1).start());
    assertEquals(ETAG, server.requests().get(1).headers().get("if-range"));
    assertTrue(notes.getFirst().contains("150.0 KB are there"), notes.toString());
  }

  @Test
  void aServerThatIgnoresTheRangeStartsOver() throws IOException {
    Behaviour whole =
        (request, out) -> {
          out.write(FakeServer.head("200 OK", "Content-Length: " + SIZE));
          out.write(file);
        };
    assertFetched(breakingOff(HALF, whole));
    assertTrue(notes.stream().anyMatch(n -> n.contains("sends the whole file again")));
  }

  @Test
  void aFileThatChangedMeanwhileStartsOver() throws IOException {
    byte[] old = file.clone();
    Arrays.fill(old, 100, HALF, (byte) 7);
    Behaviour oldHalf =
        (request, out) -> {
          out.write(FakeServer.head("200 OK", "Content-Length: " + SIZE, "ETag: \"old\""));
          out.write(old, 0, HALF);
        };
    Behaviour polite = FakeServer.sound(file, ETAG);
    assertFetched((r, out) -> (r.number() == 1 ? oldHalf : polite).answer(r, out));
    assertEquals("\"old\"", server.requests().get(1).headers().get("if-range"));

    Files.delete(target);
    Behaviour rude =
        (request, out) -> {
          if (request.start() == 0) {
            polite.answer(request, out);
            return;
          }
          out.write(FakeServer.rest(file, request.start(), ETAG));
          out.write(file, request.start(), SIZE - request.start());
        };
    assertFetched((r, out) -> (r.number() == 1 ? oldHalf : rude).answer(r, out));
    assertTrue(notes.stream().anyMatch(n -> n.contains("the file has changed there")));
  }

  @Test
  void withoutANetworkTheMessageSaysWhatToDoByHand() throws IOException {
    server = new FakeServer(status("200 OK"));
    String url = server.url("/breast.npz");
    server.close();
    DataException e =
        assertThrows(DataException.class, () -> fetcher(source(url)).fetch(target, false));
    assertTrue(e.getMessage().contains("refuses the connection"), e.getMessage());
    assertTrue(e.getMessage().contains("download https://official.example/breast.npz"));
    assertTrue(e.getMessage().contains("put it at " + target), e.getMessage());
    assertTrue(e.getMessage().contains("its MD5 must be " + hashes().md5()), e.getMessage());
    assertEquals(List.of(), names());
  }

  @Test
  void aWrongFileUnderTheNameIsReplacedOnlyWhenToldAndKept() throws IOException {
    Files.createDirectories(target.getParent());
    Files.writeString(target, "mine");
    Behaviour sound = FakeServer.sound(file, ETAG);
    DataException e = assertThrows(DataException.class, () -> fetch(sound));
    assertTrue(e.getMessage().contains("give --force, which keeps it as breast.npz.previous"));
    assertEquals("mine", Files.readString(target));
    assertEquals(0, server.requests().size());
    assertTrue(fetch(sound, true).fetched());
    assertArrayEquals(file, Files.readAllBytes(target));
    assertEquals("mine", Files.readString(target.resolveSibling("breast.npz.previous")));
  }

  @Test
  void stoppingKeepsWhatHasArrived() throws IOException {
    stopAt = HALF;
    StoppedException e =
        assertThrows(StoppedException.class, () -> fetch(FakeServer.sound(file, ETAG)));
    assertTrue(e.getMessage().contains("the same command resumes there"), e.getMessage());
    long kept = Files.size(target.resolveSibling("breast.npz.part"));
    assertTrue(kept >= HALF, kept + " bytes");
    stopAt = Long.MAX_VALUE;
    monitor.progress("", 0, 0);
    assertFetched(FakeServer.sound(file, ETAG));
    assertEquals(kept == SIZE ? 0 : kept, server.requests().getFirst().start() % SIZE);
  }

  @Test
  void partsThatDoNotFitTogetherAreFetchedOnceMore() throws IOException {
    Files.createDirectories(target.getParent());
    byte[] stale = Arrays.copyOf(file, HALF);
    stale[1000] ^= 1;
    Files.write(target.resolveSibling("breast.npz.part"), stale);
    assertFetched(FakeServer.sound(file, ETAG));
    assertTrue(notes.stream().anyMatch(n -> n.contains("do not fit together")), notes.toString());
    assertEquals(List.of(HALF, 0), server.requests().stream().map(r -> r.start()).toList());
  }

  @Test
  void oneProgramAtATime() throws IOException {
    Files.createDirectories(target.getParent());
    try (PartFile held = PartFile.open(target)) {
      assertRefused(FakeServer.sound(file, ETAG), "another program is fetching this file");
      assertTrue(Files.exists(held.path()));
    }
  }

  @Test
  void theSha256IsComparedOrRecorded() throws IOException {
    KnownHashes known = new KnownHashes(folder.resolve("cache"));
    server = new FakeServer(FakeServer.sound(file, ETAG));
    Source unknown =
        new Source("x", URI.create(server.url("/")), "", hashes().md5(), Optional.empty(), SIZE);
    fetcher(unknown).fetch(target, false);
    assertEquals(Optional.of(hashes().sha256()), known.sha256(hashes().md5()));
    Source forged =
        new Source("x", URI.create(server.url("/")), "", hashes().md5(), Optional.of("0"), SIZE);
    DataException e = assertThrows(DataException.class, () -> fetcher(forged).fetch(target, false));
    assertTrue(e.getMessage().contains("it was forged"), e.getMessage());
  }

  @Test
  void placesThatAreNone() {
    for (String url : List.of("ftp://a/b", "file:///etc/passwd", "breast.npz", "https:///x")) {
      UsageException e = assertThrows(UsageException.class, () -> fetcher(source(url)));
      assertTrue(e.getMessage().contains("give https://host/path"), e.getMessage());
    }
  }

  @Test
  void aFolderThatCannotBeMade() throws IOException {
    Files.createFile(folder.resolve("new"));
    DataException e = assertThrows(DataException.class, () -> fetch(FakeServer.sound(file, ETAG)));
    assertTrue(e.getMessage().startsWith(target + ": cannot be written: "), e.getMessage());
    assertFalse(e.getMessage().contains("stays in"), e.getMessage());
  }
}
