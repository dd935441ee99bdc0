// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import java.lang.foreign.MemorySegment;

/**
 * A chunked sum over the positions of one shape, as the C kernels want it.
 *
 * @param chunks number of chunks
 * @param words geometry of the chunks
 */
record ChunkedSum(int chunks, MemorySegment words) {}
