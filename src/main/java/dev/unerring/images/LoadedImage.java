// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.data.ImageRemark;
import java.util.Set;

/**
 * One image as it will stand in the set; its pixels are in a {@link PixelFile}.
 *
 * @param place of the pixels there
 * @param channels 1 or 3
 * @param height of the file's picture
 * @param width of the file's picture
 * @param sha256 of the file
 * @param remarks what a user should know of it
 */
record LoadedImage(
    long place, int channels, int height, int width, String sha256, Set<ImageRemark> remarks) {}
