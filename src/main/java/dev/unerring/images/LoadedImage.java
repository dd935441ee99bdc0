package dev.unerring.images;

/**
 * One image as it will stand in the set.
 *
 * @param pixels uint8 in HWC order
 * @param channels 1 or 3
 * @param height of the file's picture
 * @param width of the file's picture
 * @param sha256 of the file
 * @param dark whether it has 16 bits a sample and uses less than a sixteenth of their range
 */
record LoadedImage(
    byte[] pixels, int channels, int height, int width, String sha256, boolean dark) {
  /** The pixels with 1 or 3 channels. */
  byte[] pixels(int wanted) {
    int count = pixels.length / channels;
    return new Picture(count, 1, channels, pixels).withChannels(wanted).samples();
  }
}
