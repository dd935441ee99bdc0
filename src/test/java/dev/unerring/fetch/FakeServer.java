// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A server on this machine that answers each request as a test says, however wrong. */
public final class FakeServer implements AutoCloseable {
  /** A request: its number from 1, method, path as asked for, headers (names in lower case). */
  public record Request(int number, String method, String path, Map<String, String> headers) {
    /** Where the requested range starts; 0 without one. */
    public int start() {
      String range = headers.getOrDefault("range", "bytes=0-");
      return Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
    }
  }

  /** Writes an answer; the connection is closed afterwards. */
  public interface Behaviour {
    void answer(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());

  /** Starts on a free port of the loopback address. */
  public FakeServer(Behaviour behaviour) throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual()
        .start(() -> {
          while (!socket.isClosed()) {
            try {
              Socket connection = socket.accept();
              Thread.ofVirtual().start(() -> serve(connection, behaviour));
            } catch (IOException e) {
              return;
            }
          }
        });
  }

  private void serve(Socket connection, Behaviour behaviour) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      String first = in.readLine();
      if (first == null) {
        return;
      }
      Map<String, String> headers = new LinkedHashMap<>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      Request request;
      synchronized (requests) {
        request =
            new Request(requests.size() + 1, first.split(" ")[0], first.split(" ")[1], headers);
        requests.add(request);
      }
      behaviour.answer(request, connection.getOutputStream());
    } catch (IOException | InterruptedException e) {
      // The client went away, as some tests want.
    }
  }

  /** All requests so far. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** An address here. */
  public String url(String path) {
    return "http://127.0.0.1:" + socket.getLocalPort() + path;
  }

  /** The head of an answer. */
  public static byte[] head(String status, Object... headers) {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + status + "\r\n");
    for (Object header : headers) {
      text.append(header).append("\r\n");
    }
    return text.append("Connection: close\r\n\r\n")
        .toString()
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A well-behaved answer: all of {@code file}, or the rest when its version is still this. */
  public static Behaviour sound(byte[] file, String etag) {
    return (request, out) -> {
      int start = request.start();
      boolean same = request.headers().getOrDefault("if-range", etag).equals(etag);
      if (start == 0 || !same) {
        out.write(head("200 OK", "Content-Length: " + file.length, "ETag: " + etag));
        out.write(file);
      } else if (start >= file.length) {
        out.write(head("416 Range Not Satisfiable", "Content-Range: bytes */" + file.length));
      } else {
        out.write(rest(file, start, etag));
        out.write(file, start, file.length - start);
      }
    };
  }

  /** The head of the rest of a file. */
  public static byte[] rest(byte[] file, int start, String etag) {
    return head(
        "206 Partial Content",
        "Content-Length: " + (file.length - start),
        "Content-Range: bytes " + start + "-" + (file.length - 1) + "/" + file.length,
        "ETag: " + etag);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
