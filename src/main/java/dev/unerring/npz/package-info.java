// SPDX-License-Identifier: Apache-2.0
/**
 * The files of numpy: reads npy and npz without trusting a byte of them, and writes npz whose bytes
 * are the same everywhere. Knows arrays, not images or labels.
 */
package dev.unerring.npz;
