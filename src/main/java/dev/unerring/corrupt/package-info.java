// SPDX-License-Identifier: Apache-2.0
/**
 * Images as a worse camera, scanner or preparation would give them: the corruptions of MedMNIST-C
 * at the size of the images, and lists for 3D. Every draw is a function of seed, corruption,
 * severity and sample; only basic operations of binary64 and StrictMath, so the same bytes
 * everywhere.
 */
package dev.unerring.corrupt;
