// SPDX-License-Identifier: Apache-2.0
/**
 * What is wrong with a set before it is trained: identical images, contradictory labels, the floor
 * of the training errors, images that carry nothing.
 */
package dev.unerring.audit;
