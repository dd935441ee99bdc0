// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One image file that is to be packed.
 *
 * @param name as the user knows it: the path in the folder (with slashes) or in the table
 * @param file where it is
 * @param labels the class number, or 0 and 1 for each label of a multi-label set
 * @param group what may not be divided between splits, e.g. a patient
 * @param split 0 train, 1 val, 2 test as the input says, or -1 where it does not
 */
record Source(String name, Path file, int[] labels, Optional<String> group, int split) {}
