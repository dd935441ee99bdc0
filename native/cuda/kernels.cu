/* All kernels, in one translation unit. */
