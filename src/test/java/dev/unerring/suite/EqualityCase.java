// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

/**
 * One computation whose results must be the same bits on every exact backend.
 *
 * @param name operation and sizes
 * @param computation the calls
 */
record EqualityCase(String name, Operands.Computation computation) {}
