// SPDX-License-Identifier: Apache-2.0
/**
 * The guard: whether an image is one that a model may answer, or goes to a human. It knows features
 * and hashes of the training images, not the images.
 */
package dev.unerring.guard;
