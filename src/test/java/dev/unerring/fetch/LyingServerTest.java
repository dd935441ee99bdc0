// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.data.KnownHashes;
import dev.unerring.fetch.FakeServer.Behaviour;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Servers that lie about lengths and ranges, stall, refuse, redirect and send garbage: the file is
 * there and right, or it is not there and the message says why.
 */
class LyingServerTest extends DownloadCase {
  @Test
  void anotherPartThanTheOneAskedForIsNotTaken() throws IOException {
    Behaviour other =
        (request, out) -> {
          if (request.start() == 0) {
            FakeServer.sound(file, ETAG).answer(request, out);
          } else {
            out.write(FakeServer.rest(file, 10, ETAG));
            out.write(file, 10, SIZE - 10);
          }
        };
    assertFetched(breakingOff(HALF, other));
    assertTrue(notes.stream().anyMatch(n -> n.contains("the server sends another part")));
  }

  @Test
  void aLengthThatIsTooLongIsFoundOut() throws IOException {
    Behaviour tooLong =
        (request, out) -> {
          out.write(FakeServer.head("200 OK", "Content-Length: " + (SIZE + 1000)));
          out.write(file);
        };
    Behaviour sound = FakeServer.sound(file, ETAG);
    assertFetched((r, out) -> (r.number() == 1 ? tooLong : sound).answer(r, out));
  }

  @Test
  void aServerThatKeepsLyingAboutTheLengthIsGivenUp() throws IOException {
    Behaviour lying =
        (request, out) -> {
          int start = request.start();
          out.write(
              FakeServer.head(
                  "206 Partial Content",
                  "Content-Range: bytes " + start + "-" + (SIZE + 9) + "/" + (SIZE + 10)));
          out.write(file, start, SIZE - start);
        };
    assertRefused(breakingOff(HALF, lying), "it ended after 300000 of 300010 bytes");
    assertTrue(server.requests().size() <= 1 + PATIENCE.attempts(), server.requests().toString());
  }

  @Test
  void aLengthThatIsTooShortGivesAnotherMd5() throws IOException {
    Behaviour tooShort =
        (request, out) -> {
          out.write(FakeServer.head("200 OK", "Content-Length: " + (SIZE - 10)));
          out.write(file);
        };
    assertRefused(tooShort, "are not breast.npz: MD5 ");
    assertEquals(List.of(), names());
  }

  @Test
  void moreThanTheFileCanHaveIsNotRead() throws IOException {
    assertRefused(status("200 OK", "Content-Length: 900000000000"), "announces 900.00 GB");
    Behaviour endless =
        (request, out) -> {
          out.write(FakeServer.head("200 OK"));
          for (int i = 0; i < 100; i++) {
            out.write(file);
          }
        };
    assertRefused(endless, "it sends more than the file can have");
    assertEquals(List.of(), names());
  }

  @Test
  void whatTheDiskCannotHoldIsNotBegun() throws IOException {
    server = new FakeServer(status("200 OK", "Content-Length: " + (1L << 55)));
    Source huge = new Source("x", URI.create(server.url("/")), "", "0", Optional.empty(), 1L << 60);
    DataException e = assertThrows(DataException.class, () -> fetcher(huge).fetch(target, false));
    assertTrue(e.getMessage().contains("are still to come, but " + target.getParent()));
    assertEquals(List.of(), names());
  }

  @Test
  void garbageIsNotKept() throws IOException {
    assertRefused(status("200 OK", "Content-Type: text/html; charset=utf-8"), "a web page instead");
    assertRefused(status("200 OK"), "sends is no npz file");
    byte[] other = file.clone();
    other[SIZE - 1] ^= 1;
    assertRefused(FakeServer.sound(other, ETAG), "published is " + hashes().md5());
    assertEquals(List.of(), names());
  }

  @Test
  void refusalsOfTheServerAreNotRepeated() throws IOException {
    for (String status :
        List.of("404 Not Found", "410 Gone", "403 Forbidden", "401 No", "418 Tea")) {
      assertRefused(status(status), status.substring(0, 3));
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void failuresOfTheServerAreRepeatedAndBounded() throws IOException {
    assertRefused(status("500 Internal Server Error"), "the server answers 500");
    assertEquals(PATIENCE.attempts(), server.requests().size());
    Behaviour busy = status("503 Busy", "Retry-After: 1");
    Behaviour sound = FakeServer.sound(file, ETAG);
    assertFetched((r, out) -> (r.number() < 3 ? busy : sound).answer(r, out));
    assertTrue(notes.getLast().contains("going on in 0.05 s"), notes.toString());
  }

  @Test
  void redirectsAreFollowedOnTheSameHostOrToHttps() throws IOException {
    Behaviour sound = FakeServer.sound(file, ETAG);
    Behaviour moved = status("302 Found", "Location: /elsewhere");
    assertFetched((r, out) -> (r.path().equals("/elsewhere") ? sound : moved).answer(r, out));
    Files.delete(target);
    assertRefused(status("302 Found", "Location: http://example.org/x"), "is not https");
    assertRefused(status("301 Moved", "Location: ftp://127.0.0.1/x"), "is not https");
    assertRefused(status("307 Again", "Location: /breast.npz"), "more than 5 times");
    assertRefused(status("302 Found", "Location: http://[x"), "no address");

    URI https = URI.create("https://a.example/x");
    assertThrows(DataException.class, () -> Remote.target(https, "http://a.example/x"));
    assertEquals(URI.create("https://b.example/y"), Remote.target(https, "https://b.example/y"));
    assertEquals(URI.create("https://a.example/y"), Remote.target(https, "y"));
  }

  @Test
  void aSlowServerIsWaitedForAndASilentOneIsNot() throws IOException {
    Behaviour dripping =
        (request, out) -> {
          out.write(FakeServer.head("200 OK", "Content-Length: " + SIZE));
          for (int i = 0; i < 10; i++) {
            out.write(file, i * SIZE / 10, SIZE / 10);
            out.flush();
            Thread.sleep(60);
          }
        };
    assertFetched(dripping);
    Files.delete(target);
    Behaviour silent =
        (request, out) -> {
          out.write(FakeServer.head("200 OK", "Content-Length: " + SIZE));
          out.write(file, 0, HALF);
          out.flush();
          Thread.sleep(5_000);
        };
    Behaviour sound = FakeServer.sound(file, ETAG);
    assertFetched((r, out) -> (r.number() == 1 ? silent : sound).answer(r, out));
    assertTrue(notes.getLast().contains("no byte came for 0.3 s"), notes.toString());
  }

  @Test
  void aServerThatNeverAnswersIsGivenUp() throws IOException {
    server = new FakeServer((request, out) -> Thread.sleep(5_000));
    Patience hasty = new Patience(200, 200, 5, 5, 2, 2);
    Fetcher fetcher = new Fetcher(source(server.url("/")), hasty, new KnownHashes(folder), monitor);
    DataException e = assertThrows(DataException.class, () -> fetcher.fetch(target, false));
    assertTrue(e.getMessage().contains("no answer within 0.2 s"), e.getMessage());
  }
}
