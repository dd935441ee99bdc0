// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the user may have meant by a name that is not known. */
public final class NearestNames {
  private static final int MOST = 3;
  private static final int LONGEST = 80;

  private NearestNames() {}

  /**
   * At most three of {@code known}, nearest first (equally near ones in their order): those that a
   * third of the letters, two at least, changes into {@code name}. Upper and lower case are the
   * same; a change is a letter more, less or other, or two neighbours in the other order.
   */
  public static List<String> of(String name, Collection<String> known) {
    if (name.isEmpty() || name.length() > LONGEST) {
      return List.of();
    }
    String wanted = name.toLowerCase(Locale.ROOT);
    int allowed = Math.max(2, name.length() / 3);
    Map<String, Integer> distances = new TreeMap<>();
    known.forEach(each -> distances.put(each, distance(wanted, each.toLowerCase(Locale.ROOT))));
    return known.stream()
        .distinct()
        .filter(each -> distances.get(each) <= Math.min(allowed, each.length() - 1))
        .sorted(Comparator.comparing(distances::get))
        .limit(MOST)
        .toList();
  }

  /** {@code "; did you mean a or b?"}, or nothing when nothing is near. */
  public static String question(String name, Collection<String> known) {
    List<String> nearest = of(name, known);
    return nearest.isEmpty() ? "" : "; did you mean " + String.join(" or ", nearest) + "?";
  }

  /** Optimal string alignment distance. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int other = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(d[i - 1][j], d[i][j - 1]) + 1;
        least = Math.min(least, d[i - 1][j - 1] + other);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, d[i - 2][j - 2] + 1);
        }
        d[i][j] = least;
      }
    }
    return d[a.length()][b.length()];
  }
}
