// SPDX-License-Identifier: Apache-2.0
/**
 * The validation of a finished run: its model around the samples of a split, in parts and in pieces
 * that a kill cannot take back.
 */
package dev.unerring.validate;
