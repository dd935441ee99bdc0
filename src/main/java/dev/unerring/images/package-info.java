// SPDX-License-Identifier: Apache-2.0
/**
 * Image files in and out: PNG and JPEG as 8-bit samples in stated integer arithmetic, resizing,
 * folders and tables packed into a data set, and pictures of samples.
 */
package dev.unerring.images;
