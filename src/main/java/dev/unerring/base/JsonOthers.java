// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a JSON object holds beyond what a reader knows of it, on every level. */
final class JsonOthers {
  private JsonOthers() {}

  /** The keys of {@code all} that {@code known} lacks or has with another value. */
  static Map<String, Object> of(Map<?, ?> all, Map<?, ?> known) {
    Map<String, Object> others = new LinkedHashMap<>();
    all.forEach((key, value) -> {
      Object other = known.containsKey(key) ? other(value, known.get(key)) : value;
      if (other != null || !known.containsKey(key)) {
        others.put((String) key, other);
      }
    });
    return others;
  }

  /** Null where the two are the same. */
  private static Object other(Object all, Object known) {
    if (all instanceof Map<?, ?> map && known instanceof Map<?, ?> part) {
      Map<String, Object> others = of(map, part);
      return others.isEmpty() ? null : others;
    }
    if (all instanceof List<?> list
        && known instanceof List<?> parts
        && list.size() == parts.size()) {
      List<Object> others = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        others.add(other(list.get(i), parts.get(i)));
      }
      return others.stream().allMatch(each -> each == null) ? null : others;
    }
    return Json.canonical(all).equals(Json.canonical(known)) ? null : all;
  }

  /** The known keys, then the others, on every level. */
  static Map<String, Object> merged(Map<?, ?> known, Map<?, ?> others) {
    Map<String, Object> all = new LinkedHashMap<>();
    known.forEach((key, value) -> all.put((String) key, value));
    others.forEach((key, value) ->
        all.put((String) key, all.get(key) == null ? value : together(all.get(key), value)));
    return all;
  }

  private static Object together(Object known, Object others) {
    if (known instanceof Map<?, ?> map && others instanceof Map<?, ?> rest) {
      return merged(map, rest);
    }
    if (known instanceof List<?> list
        && others instanceof List<?> rests
        && list.size() == rests.size()) {
      List<Object> all = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        all.add(rests.get(i) == null ? list.get(i) : together(list.get(i), rests.get(i)));
      }
      return all;
    }
    return others;
  }
}
