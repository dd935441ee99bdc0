package dev.unerring;

/**
 * How far a piece of work is.
 *
 * @param work what is done, for example {@code training}; another text is another piece of work
 * @param done steps, bytes or samples so far
 * @param total of them at most; -1 where it is not known
 */
public record Progress(String work, long done, long total) {}
