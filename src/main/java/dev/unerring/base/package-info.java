// SPDX-License-Identifier: Apache-2.0
/**
 * What every stage shares: errors with exit codes, canonical JSON, hashes, safe writes, random
 * numbers as a function of (seed, purpose, epoch, index), and exp and log with one stated
 * algorithm. It imports nothing else of ours.
 */
package dev.unerring.base;
