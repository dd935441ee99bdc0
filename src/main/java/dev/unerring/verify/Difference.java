// SPDX-License-Identifier: Apache-2.0
package dev.unerring.verify;

import dev.unerring.base.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The first field in which what a certificate says is not what the files give.
 *
 * @param field e.g. {@code verifyRecomputes.counts.trainErrors}
 * @param claimed its value in the certificate, as short JSON; empty where it is missing there
 * @param found what the files give; empty where there is no such field
 */
record Difference(String field, String claimed, String found) {
  private static final int SHOWN = 80;

  /** The first difference of two JSON values, keys in RFC 8785 order; empty where there is none. */
  static Optional<Difference> of(String field, Object claimed, Object found) {
    if (claimed instanceof Map<?, ?> one && found instanceof Map<?, ?> other) {
      TreeSet<String> keys = new TreeSet<>();
      one.keySet().forEach(key -> keys.add((String) key));
      other.keySet().forEach(key -> keys.add((String) key));
      for (String key : keys) {
        String inner = field + "." + key;
        if (!one.containsKey(key) || !other.containsKey(key)) {
          return Optional.of(
              new Difference(
                  inner,
                  one.containsKey(key) ? shown(one.get(key)) : "",
                  other.containsKey(key) ? shown(other.get(key)) : ""));
        }
        Optional<Difference> difference = of(inner, one.get(key), other.get(key));
        if (difference.isPresent()) {
          return difference;
        }
      }
      return Optional.empty();
    }
    if (claimed instanceof List<?> one && found instanceof List<?> other) {
      for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
        Optional<Difference> difference = of(field + "[" + i + "]", one.get(i), other.get(i));
        if (difference.isPresent()) {
          return difference;
        }
      }
      return one.size() == other.size()
          ? Optional.empty()
          : Optional.of(new Difference(field, one.size() + " entries", other.size() + " entries"));
    }
    return Objects.equals(claimed, found)
        ? Optional.empty()
        : Optional.of(new Difference(field, shown(claimed), shown(found)));
  }

  private static String shown(Object value) {
    String text = Json.canonical(value);
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }

  /** A sentence. */
  String text() {
    return claimed.isEmpty()
        ? field + ": the certificate lacks it, the files give " + found
        : found.isEmpty()
            ? field + ": the certificate says " + claimed + ", it has no such field"
            : field + ": the certificate says " + claimed + ", the files give " + found;
  }
}
