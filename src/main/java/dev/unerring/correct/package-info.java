// SPDX-License-Identifier: Apache-2.0
/**
 * Driving the errors that training left down to the floor, labels untouched, in a bounded number of
 * steps.
 */
package dev.unerring.correct;
