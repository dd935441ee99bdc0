// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

/**
 * How long a server is waited for and how often it is asked.
 *
 * @param answerMillis until the first line of an answer
 * @param stallMillis without a byte of the body
 * @param pauseMillis before the second attempt; doubled each time up to {@code mostPauseMillis}
 * @param mostPauseMillis longest pause, also where the server asks for a longer one
 * @param attempts in a row without a new byte
 * @param allAttempts whatever they bring
 */
public record Patience(
    long answerMillis,
    long stallMillis,
    long pauseMillis,
    long mostPauseMillis,
    int attempts,
    int allAttempts) {
  /** 30 s for an answer and between bytes, 6 attempts in a row, pauses of 1 to 30 s. */
  public static final Patience STANDARD = new Patience(30_000, 30_000, 1_000, 30_000, 6, 1_000);
}
