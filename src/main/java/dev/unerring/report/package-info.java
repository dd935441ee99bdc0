// SPDX-License-Identifier: Apache-2.0
/**
 * The result of a run as immutable values: what result.json holds. Knows no file, network or
 * device.
 */
package dev.unerring.report;
