// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.DataException;
import java.util.List;

/**
 * Variants of one kind that change the answer to the same other one.
 *
 * @param kind of the neighbourhood
 * @param place of pixel variants the changed element: d, h, w, c; else the name of the variant
 * @param from first value of the element; -1 for other kinds
 * @param to last value; -1 for other kinds
 * @param answer what they are taken for, see {@link Answer}
 */
public record Change(String kind, String place, int from, int to, long answer) {
  /** As a JSON list. */
  List<Object> toJson() {
    return List.of(kind, place, from, to, answer);
  }

  static Change fromJson(Object json) {
    if (json instanceof List<?> list
        && list.size() == 5
        && list.get(0) instanceof String kind
        && list.get(1) instanceof String place
        && list.stream().skip(2).allMatch(Long.class::isInstance)) {
      return new Change(kind, place, small(list, 2), small(list, 3), (Long) list.get(4));
    }
    throw new DataException("not a change of an answer: " + json);
  }

  private static int small(List<?> list, int at) {
    return Math.toIntExact((Long) list.get(at));
  }
}
