// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.Uninterrupted;
import dev.unerring.base.WorkMonitor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks for a file, or for the rest of one, and follows redirects to places that are as safe. */
final class Remote implements AutoCloseable {
  private static final int MOST_REDIRECTS = 5;
  private static final long SLICE_MILLIS = 100;
  private static final String TUNNEL_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

  private final Patience patience;
  private final WorkMonitor monitor;
  private final Proxies proxies;
  private final HttpClient client;

  Remote(Patience patience, WorkMonitor monitor, Proxies proxies) {
    this.patience = patience;
    this.monitor = monitor;
    this.proxies = proxies;
    // Else the JDK sends no password to a proxy that makes a tunnel for https.
    if (System.getProperty(TUNNEL_SCHEMES) == null) {
      System.setProperty(TUNNEL_SCHEMES, "");
    }
    this.client =
        HttpClient.newBuilder()
            .proxy(proxies)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofMillis(patience.answerMillis()))
            .build();
  }

  /**
   * The answer to a request for the bytes from {@code start} on, redirects followed.
   *
   * @param validator says which version of the file the bytes before {@code start} are from
   * @throws UnknownHostException when there is no such name, as without a network
   * @throws IOException when the server cannot be reached or does not answer in time
   * @throws DataException for a redirect that is not followed
   */
  HttpResponse<Pieces> get(URI url, long start, Optional<String> validator) throws IOException {
    URI at = url;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(at)
              .header("User-Agent", "unerring")
              .header("Accept-Encoding", "identity");
      if (start > 0) {
        request.header("Range", "bytes=" + start + "-");
        validator.ifPresent(value -> request.header("If-Range", value));
      }
      Optional<Proxies.Named> proxy = proxies.of(at);
      proxy
          .flatMap(Proxies.Named::credentials)
          .ifPresent(known -> request.header("Proxy-Authorization", "Basic " + known));
      HttpResponse<Pieces> response = answer(request.build(), proxy);
      Optional<String> location = response.headers().firstValue("Location");
      if (response.statusCode() / 100 != 3 || location.isEmpty()) {
        return response;
      }
      response.body().close();
      at = target(at, location.get());
    }
    throw new DataException(
        url
            + " was redirected more than "
            + MOST_REDIRECTS
            + " times; name another place by --url");
  }

  /** Only https, or http where the user wrote it. */
  static URI checked(URI url) {
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if ((!scheme.equals("https") && !scheme.equals("http")) || url.getHost() == null) {
      throw new UsageException(
          "'" + url + "' is not a place to fetch from; give https://host/path");
    }
    return url;
  }

  /** Where a redirect leads: to https anywhere, to http only from http on the same host. */
  static URI target(URI from, String location) {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new DataException(from + " redirects to something that is no address", e);
    }
    boolean safe = "https".equalsIgnoreCase(to.getScheme()) && to.getHost() != null;
    boolean same =
        "http".equalsIgnoreCase(from.getScheme())
            && "http".equalsIgnoreCase(to.getScheme())
            && from.getHost().equalsIgnoreCase(to.getHost());
    if (!safe && !same) {
      throw new DataException(
          from + " redirects to " + to + ", which is not https and is not followed");
    }
    return to;
  }

  private HttpResponse<Pieces> answer(HttpRequest request, Optional<Proxies.Named> proxy)
      throws IOException {
    CompletableFuture<HttpResponse<Pieces>> sent = client.sendAsync(request, info -> new Pieces());
    try {
      for (long waited = 0; waited < patience.answerMillis(); waited += SLICE_MILLIS) {
        Optional<HttpResponse<Pieces>> answer = Uninterrupted.await(() -> waited(sent));
        if (answer.isPresent()) {
          return answer.get();
        }
        monitor.check("waiting for " + request.uri().getHost());
      }
      throw new IOException("no answer within " + patience.answerMillis() / 1000.0 + " s");
    } catch (ExecutionException e) {
      throw failure(request.uri(), proxy, e.getCause());
    } finally {
      sent.cancel(true);
    }
  }

  private static HttpResponse<Pieces> waited(CompletableFuture<HttpResponse<Pieces>> sent)
      throws InterruptedException, ExecutionException {
    try {
      return sent.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    }
  }

  private static IOException failure(URI url, Optional<Proxies.Named> proxy, Throwable e) {
    String asked = proxy.map(Proxies.Named::text).orElse(url.getAuthority());
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
        return new UnknownHostException(
            proxy
                .map(p -> "the name " + p.host() + " of " + p.text() + " is not known")
                .orElse("the name " + url.getHost() + " is not known (no network?)"));
      }
    }
    return switch (e) {
      case HttpConnectTimeoutException _ ->
          new IOException(asked + " does not take a connection", e);
      case ConnectException _ -> new IOException(asked + " refuses the connection", e);
      case IOException known when known.getMessage() != null ->
          known.getMessage().startsWith("Tunnel failed") && proxy.isPresent()
              ? new IOException(asked + " makes no tunnel: " + known.getMessage(), e)
              : known;
      default -> new IOException(e.toString(), e);
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
