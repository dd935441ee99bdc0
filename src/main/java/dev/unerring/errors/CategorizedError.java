// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

/**
 * An error with its category.
 *
 * @param error the error
 * @param category the first category that applies
 * @param other sampleIndex of the training image that the category speaks of; -1 for none
 * @param correlation normalised correlation with that image; NaN for none
 */
public record CategorizedError(
    Misclassification error, ErrorCategory category, int other, double correlation) {}
