package dev.unerring;

/**
 * A sentence that a user should read, such as a warning about the data.
 *
 * @param text in plain English, one line or more
 */
public record Note(String text) {}
