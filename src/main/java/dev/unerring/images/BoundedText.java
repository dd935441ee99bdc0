package dev.unerring.images;

import dev.unerring.base.UsageException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text for a pattern of the user's that ends the search after a number of looks at characters:
 * some patterns would try for ever.
 */
final class BoundedText implements CharSequence {
  /** A sound pattern takes a few looks a character; a path has 4,096 at most. */
  private static final int MOST_LOOKS = 1_000_000;

  private final String text;
  private int looks;

  private BoundedText(String text) {
    this.text = text;
  }

  /** Stops the matcher, which knows no other way. */
  private static final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLong() {
      super(null, null, false, false);
    }
  }

  /**
   * What the first parentheses of the pattern find in the text, if anything.
   *
   * @throws UsageException that names pattern and text where the search takes too many steps
   */
  static Optional<String> group(Pattern pattern, String text) {
    try {
      Matcher matcher = pattern.matcher(new BoundedText(text));
      return matcher.find() ? Optional.ofNullable(matcher.group(1)) : Optional.empty();
    } catch (TooLong | StackOverflowError e) {
      throw new UsageException(
          "--group-pattern "
              + pattern
              + " takes too many steps in "
              + SourceList.printable(text)
              + "; write it without repetitions within repetitions, e.g. 'patient([0-9]+)_'");
    }
  }

  @Override
  public char charAt(int index) {
    if (++looks > MOST_LOOKS) {
      throw new TooLong();
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
