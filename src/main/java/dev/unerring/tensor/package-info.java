// SPDX-License-Identifier: Apache-2.0
/**
 * Shapes and memory of float32 tensors. It knows no arithmetic and no device: what an address means
 * is the business of the backend that allocated it.
 */
package dev.unerring.tensor;
