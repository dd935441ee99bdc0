// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

/** The number format of ECMAScript (Number::toString, radix 10), which RFC 8785 asks for. */
final class JsonNumber {
  private JsonNumber() {}

  /**
   * The shortest decimal that reads back as {@code value}.
   *
   * @throws IllegalArgumentException for NaN and infinities, which JSON cannot express
   */
  static String format(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(value + " has no JSON form");
    }
    if (value == 0.0) {
      return "0"; // also for -0
    }
    if (value < 0) {
      return "-" + format(-value);
    }
    // Double.toString gives the shortest digits, as d.ddd or d.dddEn, with two at least.
    String text = Double.toString(value);
    int e = text.indexOf('E');
    int exponent = e < 0 ? 0 : Integer.parseInt(text.substring(e + 1));
    String mantissa = e < 0 ? text : text.substring(0, e);
    int point = mantissa.indexOf('.') + exponent;
    String digits = mantissa.replace(".", "");
    String leading = digits.replaceFirst("^0+", "");
    point -= digits.length() - leading.length();
    digits = leading.replaceFirst("0+$", "");
    if (digits.length() == 2) {
      digits = oneDigitIfEnough(value, digits, point);
    }
    return place(digits, point);
  }

  /** Double.toString prefers 4.9E-324 to 5E-324; the format asks for the fewest digits. */
  private static String oneDigitIfEnough(double value, String digits, int point) {
    int first = digits.charAt(0) - '0' + (digits.charAt(1) >= '5' ? 1 : 0);
    boolean enough = first < 10 && Double.parseDouble(first + "E" + (point - 1)) == value;
    return enough ? Integer.toString(first) : digits;
  }

  /** value = 0.digits * 10^point. */
  private static String place(String digits, int point) {
    int count = digits.length();
    if (count <= point && point <= 21) {
      return digits + "0".repeat(point - count);
    }
    if (0 < point && point <= 21) {
      return digits.substring(0, point) + "." + digits.substring(point);
    }
    if (-6 < point && point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    int exponent = point - 1;
    String fraction = count == 1 ? "" : "." + digits.substring(1);
    return digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
  }
}
