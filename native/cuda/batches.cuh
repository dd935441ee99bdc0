// SPDX-License-Identifier: Apache-2.0
/* ---- batches made of images that lie on the GPU, in the order of a pass ----
 * Shapes: images [all][imageBytes], uint8; order [pass]; position one word: samples taken so far. */

/* x[i][e] = the byte e of image order[position + i], as a float; a block makes an image */
KERNEL(256, 8, gather_images, const unsigned char *__restrict__ images, const int *__restrict__ order,
       const int *__restrict__ position, float *__restrict__ x, int imageBytes) {
  const unsigned char *from = images + (Long)order[*position + (int)blockIdx.x] * imageBytes;
  float *to = x + (Long)blockIdx.x * imageBytes;
  for (int e = threadIdx.x; e < imageBytes; e += blockDim.x) to[e] = (float)from[e];
}

/* to[i] = labels[position * perSample + i] of all samples, and the position goes on; one block */
KERNEL(256, 1, gather_labels, const int *labels, int *position, int *to, int perSample, int samples) {
  const int first = *position;
  __syncthreads();
  for (int i = threadIdx.x; i < samples * perSample; i += blockDim.x)
    to[i] = labels[(Long)first * perSample + i];
  if (threadIdx.x == 0) *position = first + samples;
}
