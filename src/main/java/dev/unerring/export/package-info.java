// SPDX-License-Identifier: Apache-2.0
/**
 * What people take elsewhere: a trained model as ONNX, PyTorch or a model card, and a run's curves
 * for TensorBoard. Each format is written by small code here and read by its own readers in tests.
 */
package dev.unerring.export;
