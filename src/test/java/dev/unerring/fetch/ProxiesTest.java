// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which proxy the environment names for an address, and downloads through one. */
class ProxiesTest extends DownloadCase {
  private static final URI HTTP = URI.create("http://data.example/breast.npz");
  private static final URI HTTPS = URI.create("https://data.example/breast.npz");

  private static Optional<Proxies.Named> of(URI url, String... environment) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String entry : environment) {
      String[] parts = entry.split("=", 2);
      variables.put(parts[0], parts[1]);
    }
    return new Proxies(variables::get, ProxySelector.of(null)).of(url);
  }

  private static String place(URI url, String... environment) {
    return of(url, environment).map(p -> p.host() + ":" + p.port()).orElse("direct");
  }

  @Test
  void theVariableOfTheSchemeCountsInLowerCaseFirst() {
    assertEquals("direct", place(HTTP));
    assertEquals("a:1", place(HTTP, "http_proxy=http://a:1", "HTTP_PROXY=http://b:2"));
    assertEquals("b:2", place(HTTP, "HTTP_PROXY=http://b:2"));
    assertEquals("direct", place(HTTP, "HTTP_PROXY=http://b:2", "REQUEST_METHOD=GET"));
    assertEquals("direct", place(HTTPS, "http_proxy=http://a:1"));
    assertEquals("c:3", place(HTTPS, "HTTPS_PROXY=http://c:3"));
    assertEquals("c:3", place(HTTPS, "HTTPS_PROXY=http://c:3", "REQUEST_METHOD=GET"));
    assertEquals("d:4", place(HTTPS, "http_proxy=http://a:1", "all_proxy=d:4"));
    assertEquals("d:4", place(HTTP, "ALL_PROXY=d:4"));
    assertEquals("direct", place(HTTP, "http_proxy=", "HTTP_PROXY=http://b:2", "all_proxy=d:4"));
  }

  @Test
  void aProxyMayLackSchemeAndPortAndHaveAPassword() {
    assertEquals("proxy.example:8080", place(HTTP, "http_proxy=proxy.example:8080"));
    assertEquals("proxy.example:80", place(HTTP, "http_proxy=HTTP://proxy.example/"));
    assertEquals("[::1]:3128", place(HTTP, "http_proxy=http://[::1]:3128"));
    assertEquals(Optional.empty(), of(HTTP, "http_proxy=a:1").get().credentials());
    assertEquals("ann:p@ss:w+rd", credentials("http://ann:p%40ss:w+rd@a:1"));
    assertEquals("ann:", credentials("ann@a:1"));
  }

  private static String credentials(String value) {
    String known = of(HTTP, "http_proxy=" + value).get().credentials().get();
    return new String(Base64.getDecoder().decode(known), StandardCharsets.UTF_8);
  }

  @Test
  void noProxyIsAListOfNamesNetworksAndPorts() {
    assertExcluded(true, HTTP, "*");
    assertExcluded(true, HTTP, "data.example");
    assertExcluded(true, HTTP, "DATA.Example");
    assertExcluded(true, HTTP, "other.example, .example");
    assertExcluded(true, HTTP, "example other");
    assertExcluded(true, HTTP, "*.example");
    assertExcluded(true, HTTP, "example.");
    assertExcluded(true, HTTP, "data.example:80");
    assertExcluded(false, HTTP, "data.example:8080");
    assertExcluded(false, HTTP, "ata.example");
    assertExcluded(false, HTTP, "");
    assertExcluded(false, HTTP, ",. ,");
    assertExcluded(true, URI.create("http://data.example:8080/x"), "example:8080");
    assertExcluded(true, URI.create("http://10.1.2.3/x"), "10.1.2.3");
    assertExcluded(true, URI.create("http://10.1.2.3/x"), "10.0.0.0/8");
    assertExcluded(true, URI.create("http://10.1.2.3:99/x"), "10.1.2.3:99");
    assertExcluded(false, URI.create("http://10.1.2.3/x"), "10.1.2.128/25,11.0.0.0/8,10.0.0.0/x");
    assertExcluded(true, URI.create("http://10.1.2.3/x"), "10.1.2.0/24");
    assertExcluded(false, URI.create("http://10.1.2.3/x"), "2.3");
    assertExcluded(true, URI.create("http://[fd00::1]/x"), "fd00::/8");
    assertExcluded(true, URI.create("http://[fd00::1]/x"), "[fd00::1]");
    assertExcluded(true, URI.create("http://[fd00::1]:81/x"), "[fd00:0::1]:81");
    assertExcluded(false, URI.create("http://[fd00::1]/x"), "fe00::/8");
    assertEquals("direct", place(HTTP, "http_proxy=a:1", "NO_PROXY=example"));
    assertEquals("a:1", place(HTTP, "http_proxy=a:1", "no_proxy=", "NO_PROXY=example"));
  }

  private static void assertExcluded(boolean excluded, URI url, String list) {
    assertEquals(
        excluded ? "direct" : "a:1", place(url, "all_proxy=a:1", "no_proxy=" + list), list);
  }

  @Test
  void aWrongValueIsNamedWithoutItsPassword() {
    for (String value :
        List.of(
            "http://ann:secret@:80",
            "http://ann:secret@a:99999",
            "http://ann:secret@a:0",
            "http://ann:sec ret@a:1",
            "http://ann:secret@[::1",
            "ann:secret@a b",
            "socks5://ann:secret@a:1",
            "https://ann:secret@a:1",
            "http://ann:sec@secret@a:1",
            "http://ann:secret@",
            "http:/ann:secret@a:1",
            "ann:100%secret@a:1",
            "http://ann:12#secret@a:1",
            "http://ann:12?secret@a:1",
            "http://ann:12/secret@a:1",
            "http://a:1/secret")) {
      UsageException e =
          assertThrows(UsageException.class, () -> of(HTTPS, "https_proxy=" + value), value);
      assertTrue(e.getMessage().startsWith("https_proxy is '"), e.getMessage());
      assertTrue(e.getMessage().contains("give http://host:port"), e.getMessage());
      assertFalse(e.getMessage().contains("ann"), e.getMessage());
      assertFalse(value.contains("@") && e.getMessage().contains("sec"), e.getMessage());
      assertNull(e.getCause());
    }
  }

  @Test
  void whereTheEnvironmentIsSilentTheJvmsPropertiesCount() {
    ProxySelector jvm = ProxySelector.of(InetSocketAddress.createUnresolved("jvm", 8080));
    assertEquals(jvm.select(HTTP), new Proxies(name -> null, jvm).select(HTTP));
    Map<String, String> none = Map.of("http_proxy", "");
    assertEquals(List.of(Proxy.NO_PROXY), new Proxies(none::get, jvm).select(HTTP));
  }

  @Test
  void aFileComesThroughTheProxyThatTheEnvironmentNames() throws IOException {
    server = new FakeServer(FakeServer.sound(file, ETAG));
    environment.put("http_proxy", server.url("").replace("//", "//ann:secret@"));
    assertTrue(fetcher(source(HTTP.toString())).fetch(target, false).fetched());
    assertArrayEquals(file, Files.readAllBytes(target));
    FakeServer.Request request = server.requests().getFirst();
    assertEquals(HTTP.toString(), request.path());
    assertEquals(
        "Basic "
            + Base64.getEncoder().encodeToString("ann:secret".getBytes(StandardCharsets.UTF_8)),
        request.headers().get("proxy-authorization"));
  }

  @Test
  void whatNoProxyNamesIsReachedDirectlyAndSeesNoPassword() throws IOException {
    environment.put("http_proxy", "http://ann:secret@127.0.0.1:9");
    environment.put("no_proxy", "127.0.0.0/8");
    assertFetched(FakeServer.sound(file, ETAG));
    assertEquals("/breast.npz", server.requests().getFirst().path());
    assertNull(server.requests().getFirst().headers().get("proxy-authorization"));
  }

  @Test
  void httpsAsksTheProxyForATunnelWithItsPassword() throws IOException {
    server = new FakeServer(status("407 Proxy Authentication Required"));
    environment.put("https_proxy", server.url("").replace("//", "//ann:secret@"));
    DataException e =
        assertThrows(
            DataException.class, () -> fetcher(source(HTTPS.toString())).fetch(target, false));
    assertTrue(e.getMessage().contains("the proxy wants a name and a password"), e.getMessage());
    assertFalse(e.getMessage().contains("secret"), e.getMessage());
    FakeServer.Request request = server.requests().getFirst();
    assertEquals("CONNECT data.example:443", request.method() + " " + request.path());
    assertTrue(request.headers().get("proxy-authorization").startsWith("Basic "));
  }

  @Test
  void aProxyThatMakesNoTunnelIsNamed() throws IOException {
    server = new FakeServer(status("403 Forbidden"));
    environment.put("https_proxy", server.url(""));
    DataException e =
        assertThrows(
            DataException.class, () -> fetcher(source(HTTPS.toString())).fetch(target, false));
    assertTrue(e.getMessage().contains("(https_proxy) makes no tunnel"), e.getMessage());
    assertTrue(e.getMessage().contains("403"), e.getMessage());
  }

  @Test
  void aProxyThatIsNotThereIsNamed() throws IOException {
    server = new FakeServer(status("200 OK"));
    String gone = server.url("").substring("http://".length());
    server.close();
    environment.put("https_proxy", "ann:secret@" + gone);
    DataException e =
        assertThrows(
            DataException.class, () -> fetcher(source(HTTPS.toString())).fetch(target, false));
    assertTrue(
        e.getMessage().contains("the proxy " + gone + " (https_proxy) refuses the connection"),
        e.getMessage());
    assertFalse(e.getMessage().contains("secret"), e.getMessage());
  }
}
