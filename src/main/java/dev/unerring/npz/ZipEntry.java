// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

/**
 * Where the bytes of one entry are, as the central directory and the local header both say.
 *
 * @param name as stored, with its suffix
 * @param deflated false: stored
 * @param crc CRC-32 of the content
 * @param compressedSize bytes in the file
 * @param size bytes of the content
 * @param headerOffset where the local header starts
 * @param dataOffset where the compressed bytes start
 */
record ZipEntry(
    String name,
    boolean deflated,
    int crc,
    long compressedSize,
    long size,
    long headerOffset,
    long dataOffset) {
  /** The first offset behind the compressed bytes. */
  long end() {
    return dataOffset + compressedSize;
  }
}
