// SPDX-License-Identifier: Apache-2.0
/**
 * Counting: which samples a network gets wrong, and the official figures. Verdicts are decided on
 * logits. It knows no plan and no trainer.
 */
package dev.unerring.errors;
