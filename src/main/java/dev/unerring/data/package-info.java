// SPDX-License-Identifier: Apache-2.0
/**
 * Images with labels: reads and checks a set, names it, and says which samples it holds. It never
 * changes a label and knows nothing of networks or training.
 */
package dev.unerring.data;
