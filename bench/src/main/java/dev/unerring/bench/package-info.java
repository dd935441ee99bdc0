// SPDX-License-Identifier: Apache-2.0
/**
 * The measuring stand: JMH benchmarks of the engine through its public classes, of other libraries
 * in the same run, and the targets that the figures are held against. Every benchmark compares bits
 * with the definition before it is timed.
 */
package dev.unerring.bench;
