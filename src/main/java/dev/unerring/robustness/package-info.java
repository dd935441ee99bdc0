// SPDX-License-Identifier: Apache-2.0
/**
 * What a model does around an image: complete neighbourhoods, and how they are evaluated. It knows
 * networks and images, no run folder.
 */
package dev.unerring.robustness;
