// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times on the command line. */
final class Durations {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,7}(?:\\.[0-9]{1,3})?)(s|m|h)?");
  private static final double NANOS = 1e9;

  private Durations() {}

  /** Nanoseconds of 90, 90s, 1.5m, 2h. */
  static long nanos(String option, String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new UsageException(
          option + " is a time such as 90, 90s, 10m or 2h, not '" + text + "'");
    }
    double seconds = Double.parseDouble(matcher.group(1));
    String unit = matcher.group(2) == null ? "s" : matcher.group(2);
    double factor = unit.equals("h") ? 3600 : unit.equals("m") ? 60 : 1;
    return (long) (seconds * factor * NANOS);
  }
}
