// SPDX-License-Identifier: Apache-2.0
/**
 * Data as they are on disk: reads MedMNIST-shaped npz files without trusting them, says whether a
 * file is the official one, finds identical images and contradictory labels, and generates the demo
 * set. It never changes a label and knows nothing of networks or training.
 */
package dev.unerring.dataset;
