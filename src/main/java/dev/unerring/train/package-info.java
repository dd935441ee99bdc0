// SPDX-License-Identifier: Apache-2.0
/**
 * Ordinary training as a function of (plan, data, code): the plan, the order of the samples, the
 * optimiser's state, the loop. It reads no clock; whether to stop is asked at step boundaries.
 */
package dev.unerring.train;
