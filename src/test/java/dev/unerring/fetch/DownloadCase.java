// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.UnerringException;
import dev.unerring.base.FileHashes;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.KnownHashes;
import dev.unerring.fetch.FakeServer.Behaviour;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A file to be fetched, a server on this machine, and what a test of downloads asks of both. */
abstract class DownloadCase {
  static final Patience PATIENCE = new Patience(3_000, 300, 5, 50, 3, 12);
  static final int SIZE = 300_000;
  static final int HALF = SIZE / 2;
  static final String ETAG = "\"v1\"";

  @TempDir Path folder;
  final byte[] file = new byte[SIZE];
  Path target;
  FakeServer server;
  final Map<String, String> environment = new LinkedHashMap<>();
  final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  long stopAt = Long.MAX_VALUE;

  final WorkMonitor monitor =
      new WorkMonitor() {
        boolean stopped;

        @Override
        public void note(String text) {
          notes.add(text);
        }

        @Override
        public void progress(String work, long done, long total) {
          stopped = work.startsWith("fetching") && done >= stopAt;
        }

        @Override
        public boolean stopped() {
          return stopped;
        }
      };

  @BeforeEach
  void prepare() {
    for (int i = 0; i < SIZE; i++) {
      file[i] = (byte) (i * 31 + (i >> 8) * 7);
    }
    System.arraycopy(new byte[] {'P', 'K', 3, 4}, 0, file, 0, 4);
    target = folder.resolve("new/breast.npz");
  }

  @AfterEach
  void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  FileHashes hashes() {
    return FileHashes.of(MemorySegment.ofArray(file));
  }

  Source source(String url) {
    FileHashes hashes = hashes();
    return new Source(
        "breast.npz",
        URI.create(url),
        "https://official.example/breast.npz",
        hashes.md5(),
        Optional.of(hashes.sha256()),
        2 * SIZE);
  }

  Fetcher.Result fetch(Behaviour behaviour) throws IOException {
    return fetch(behaviour, false);
  }

  Fetcher.Result fetch(Behaviour behaviour, boolean force) throws IOException {
    stop();
    server = new FakeServer(behaviour);
    return fetcher(source(server.url("/breast.npz"))).fetch(target, force);
  }

  Fetcher fetcher(Source source) {
    KnownHashes known = new KnownHashes(folder.resolve("cache"));
    Proxies proxies = new Proxies(environment::get, ProxySelector.of(null));
    return new Fetcher(source, PATIENCE, known, monitor, proxies);
  }

  void assertFetched(Behaviour behaviour) throws IOException {
    assertTrue(fetch(behaviour).fetched());
    assertArrayEquals(file, Files.readAllBytes(target));
    assertEquals(List.of("breast.npz"), names());
  }

  List<String> names() throws IOException {
    try (var files = Files.list(target.getParent())) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  void assertRefused(Behaviour behaviour, String reason) throws IOException {
    UnerringException e = assertThrows(DataException.class, () -> fetch(behaviour));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertFalse(Files.exists(target));
  }

  static Behaviour status(String status, Object... headers) {
    return (request, out) -> {
      out.write(FakeServer.head(status, headers));
      out.write("<html>no</html>".getBytes(StandardCharsets.US_ASCII));
    };
  }

  /** The first answer ends after {@code bytes}; the others are those of {@code then}. */
  Behaviour breakingOff(int bytes, Behaviour then) {
    return (request, out) -> {
      if (request.number() > 1) {
        then.answer(request, out);
        return;
      }
      out.write(FakeServer.head("200 OK", "Content-Length: " + SIZE, "ETag: " + ETAG));
      out.write(file, 0, bytes);
    };
  }
}
