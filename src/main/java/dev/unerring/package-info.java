/**
 * The face of the engine for programs that embed it: train, correct, predict. Start with {@link
 * dev.unerring.Unerring}; {@code docs/embedding.md} shows each of the three in a few lines.
 *
 * <p>Versions of this package are semantic: what is here stays within a major version. A minor
 * version may add methods, constants of enums and components of records; so construct and
 * deconstruct none of the records, and give a {@code switch} over an enum a default. Arguments are
 * never null, and no method returns null. All failures that a caller can do something about are
 * {@code UnerringException}s.
 */
package dev.unerring;
