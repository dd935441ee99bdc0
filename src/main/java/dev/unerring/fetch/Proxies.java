// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import dev.unerring.UsageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The proxies that the environment names, as curl and Python read them: {@code http_proxy}, {@code
 * https_proxy}, {@code all_proxy} and {@code no_proxy}, in lower case before upper case. Where it
 * names none, those of the JVM's system properties.
 *
 * <p>{@code no_proxy} is a list of host names (each with all names below it), addresses, networks
 * ({@code 10.0.0.0/8}) and these with a port, or {@code *}. A variable that is set to nothing means
 * no proxy. {@code HTTP_PROXY} is not read in a CGI program, where a client's header can set it.
 */
final class Proxies extends ProxySelector {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int LARGEST_PORT = 65_535;

  private final UnaryOperator<String> variables;
  private final ProxySelector others;

  /**
   * {@code variables} gives null for one that is not set; {@code others} is asked where none is.
   */
  Proxies(UnaryOperator<String> variables, ProxySelector others) {
    this.variables = variables;
    this.others = others;
  }

  /** Those of this process. */
  static Proxies ofEnvironment() {
    return new Proxies(System::getenv, ProxySelector.getDefault());
  }

  /**
   * A proxy of the environment.
   *
   * @param variable that names it
   * @param credentials name and password for its Authorization header, in Base64
   */
  record Named(String variable, String host, int port, Optional<String> credentials) {
    /** The proxy for a reader, without a password. */
    String text() {
      return "the proxy " + host + ":" + port + " (" + variable + ")";
    }
  }

  /**
   * The proxy that the environment names for an address; empty where it is reached directly or as
   * the JVM's properties say.
   *
   * @throws UsageException where the variable cannot be understood; never shows its password
   */
  Optional<Named> of(URI url) {
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    String variable = firstSet(scheme + "_proxy", "all_proxy");
    if (variable == null || variables.apply(variable).isBlank() || excluded(url)) {
      return Optional.empty();
    }
    return Optional.of(parse(variable, variables.apply(variable).strip()));
  }

  /** The name, in the spelling that is set, of the first of these variables; null where none is. */
  private String firstSet(String... names) {
    for (String name : names) {
      String upper = name.toUpperCase(Locale.ROOT);
      boolean forged = name.equals("http_proxy") && variables.apply("REQUEST_METHOD") != null;
      if (variables.apply(name) != null) {
        return name;
      }
      if (variables.apply(upper) != null && !forged) {
        return upper;
      }
    }
    return null;
  }

  private static Named parse(String variable, String value) {
    String shown = value.replaceFirst("^((?:[A-Za-z0-9+.-]*:/{1,2})?).*@", "$1***@");
    String wrong = variable + " is '" + shown + "', which is no proxy; ";
    URI proxy;
    try {
      proxy = new URI(value.contains("://") ? value : "http://" + value);
    } catch (URISyntaxException e) {
      // Its message holds the value, and with it the password.
      throw new UsageException(
          wrong + "give http://host:port (special characters of a password as %40 and so on)");
    }
    if (!"http".equalsIgnoreCase(proxy.getScheme())) {
      throw new UsageException(
          wrong + proxy.getScheme() + " proxies are not supported; give http://host:port");
    }
    boolean more = !proxy.getPath().matches("/?") || proxy.getQuery() != null;
    more |= proxy.getFragment() != null;
    boolean address = proxy.getHost() != null && proxy.getPort() != 0;
    if (more || !address || proxy.getPort() > LARGEST_PORT) {
      throw new UsageException(wrong + "give http://host:port");
    }
    Optional<String> credentials =
        Optional.ofNullable(proxy.getRawUserInfo())
            .map(user -> URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8))
            .map(user -> user.contains(":") ? user : user + ":")
            .map(user -> Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    return new Named(
        variable, proxy.getHost(), proxy.getPort() < 0 ? HTTP_PORT : proxy.getPort(), credentials);
  }

  private boolean excluded(URI url) {
    String variable = firstSet("no_proxy");
    String list = variable == null ? "" : variables.apply(variable).strip();
    if (list.equals("*")) {
      return true;
    }
    for (String entry : list.split("[,\\s]+")) {
      if (!entry.isEmpty() && matches(entry.toLowerCase(Locale.ROOT), url)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String entry, URI url) {
    String name = entry;
    int colon = entry.lastIndexOf(':');
    boolean port = colon > 0 && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']');
    if (port) {
      int usual = "https".equalsIgnoreCase(url.getScheme()) ? HTTPS_PORT : HTTP_PORT;
      int asked = url.getPort() < 0 ? usual : url.getPort();
      if (!entry.substring(colon + 1).equals(String.valueOf(asked))) {
        return false;
      }
      name = entry.substring(0, colon);
    }
    String host = bare(url.getHost().toLowerCase(Locale.ROOT));
    name = bare(name).replaceFirst("^\\*?\\.", "");
    byte[] address = literal(host);
    if (address != null) {
      return inNetwork(address, name);
    }
    return !name.isEmpty() && (host.equals(name) || host.endsWith("." + name));
  }

  /** Without the brackets of an IPv6 address and the final point of a name. */
  private static String bare(String name) {
    return name.replaceAll("^\\[|\\]$|\\.$", "");
  }

  /** Whether the first bits of an address are those of a network; an address is one of all bits. */
  private static boolean inNetwork(byte[] address, String network) {
    String[] parts = network.split("/", 2);
    byte[] start = literal(bare(parts[0]));
    if (start == null || start.length != address.length) {
      return false;
    }
    int bits = Byte.SIZE * start.length;
    if (parts.length == 2) {
      if (!parts[1].matches("\\d{1,3}") || Integer.parseInt(parts[1]) > bits) {
        return false;
      }
      bits = Integer.parseInt(parts[1]);
    }
    for (int i = 0; i < bits; i++) {
      int mask = 1 << Byte.SIZE - 1 - i % Byte.SIZE;
      if (((start[i / Byte.SIZE] ^ address[i / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of a numeric address; null for a name. Asks no name server. */
  private static byte[] literal(String text) {
    try {
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** For the HTTP client; it resolves the proxy's name when it connects. */
  @Override
  public List<Proxy> select(URI url) {
    Optional<Named> named = of(url);
    if (named.isPresent()) {
      InetSocketAddress address =
          InetSocketAddress.createUnresolved(named.get().host(), named.get().port());
      return List.of(new Proxy(Proxy.Type.HTTP, address));
    }
    boolean silent =
        firstSet(url.getScheme().toLowerCase(Locale.ROOT) + "_proxy", "all_proxy") == null;
    return silent && others != null ? others.select(url) : List.of(Proxy.NO_PROXY);
  }

  @Override
  public void connectFailed(URI url, SocketAddress address, IOException reason) {
    // The request fails with the same reason.
  }
}
