// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

/** A font of 5 x 7 pixels for printable ASCII; every other character is shown as '?'. */
final class Glyphs {
  /** Columns of a character, the gap to the next one included. */
  static final int ADVANCE = 6;

  /** Rows of a character. */
  static final int ROWS = 7;

  private static final int COLUMNS = 5;

  /** Space to tilde, seven rows each, one base-32 digit a row, the leftmost column highest. */
  private static final String DIGITS =
      "00000004444404aa00000aavavaa4fke5u4pp248jjcik8lid440000024888428422248"
          + "04lel40044v4400000448000v00000000cc01248g0ehjlphe4c4444eeh1248vv2421he"
          + "26aiv22vgu11he68guhhev124888ehhehheehhf12c0cc0cc00cc0c48248g84200v0v00"
          + "8421248eh12404eh1dlleehhvhhhuhhuhhuehggghesihhhisvgguggvvggugggehgnhhf"
          + "hhhvhhhe44444e72222ichikokihggggggvhrllhhhhhpljhhehhhhheuhhugggehhhlid"
          + "uhhukihfgge11uv444444hhhhhhehhhhha4hhhlllahha4ahhhhha444v1248gve88888e"
          + "0g84210e22222e4ah0000000000v842000000e1fhfggmphhu00egghe11djhhf00ehvge"
          + "698s88800fhf1eggmphhh40c444e20622icggikokic44444e00qllhh00mphhh00ehhhe"
          + "00uhugg00djf1100mpggg00ege1u88s889600hhhjd00hhha400hhlla00ha4ah00hhf1e"
          + "00v248v34484434444444o44244o008l200";

  private Glyphs() {}

  /** Whether the pixel at (row, column) of the character is drawn. */
  static boolean isSet(char character, int row, int column) {
    char known = character < ' ' || character > '~' ? '?' : character;
    if (column >= COLUMNS) {
      return false;
    }
    int digit = Character.digit(DIGITS.charAt((known - ' ') * ROWS + row), 32);
    return (digit >> COLUMNS - 1 - column & 1) == 1;
  }
}
