// SPDX-License-Identifier: Apache-2.0
/* What every kernel shares: how one is declared, the rounding of each operation, asynchronous copies.
 *
 * Arithmetic: docs/arithmetic.md. Every sum, product and quotient of floats is written with the name
 * of its rounding, so that no compiler contracts or approximates it; no float is ever added by an
 * atomic; one thread owns the whole chain of an output.
 *
 * KERNEL(threads, blocks, name, parameters...): blocks is how many shall fit on a multiprocessor. */
#ifndef UNERRING_HOST_BUILD
#define KERNEL(threads, blocks, name, ...) \
  extern "C" __global__ void __launch_bounds__(threads, blocks) name(__VA_ARGS__)
#define SHARED __shared__
#define INLINE static __device__ __forceinline__

#if __CUDA_ARCH__ >= 800
/* Copies 4 or 16 bytes to shared memory, or +0 where the source does not take part. */
INLINE void copy4(float *to, const float *from, bool inside) {
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(
                   (unsigned)__cvta_generic_to_shared(to)),
               "l"(from), "r"(inside ? 4 : 0));
}
INLINE void copy16(float *to, const float *from, bool inside) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(
                   (unsigned)__cvta_generic_to_shared(to)),
               "l"(from), "r"(inside ? 16 : 0));
}
/* Waits for all copies of this thread; a barrier makes those of the others visible. */
INLINE void copies_arrived() { asm volatile("cp.async.wait_all;" ::: "memory"); }
#else
INLINE void copy4(float *to, const float *from, bool inside) { *to = inside ? __ldg(from) : 0.0f; }
INLINE void copy16(float *to, const float *from, bool inside) {
  *(float4 *)to = inside ? __ldg((const float4 *)from) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
}
INLINE void copies_arrived() {}
#endif

/* Four floats at once; the memory's address is one of 16 bytes. */
INLINE void load4(float *to, const float *memory) {
  const float4 v = *(const float4 *)memory;
  to[0] = v.x, to[1] = v.y, to[2] = v.z, to[3] = v.w;
}
INLINE void store4(float *memory, const float *v) {
  *(float4 *)memory = make_float4(v[0], v[1], v[2], v[3]);
}
#endif

/* Sizes are those of docs/arithmetic.md: images n, positions d h w, channels c. */
typedef long long Long;

/* A product with a factor of -0 and one of +0 leaves every sum as it is, -0 included: it fills the
 * end of a chain that is shorter than its tile. */
#define NEUTRAL (-0.0f)

/* Consecutive items of a thread are a whole grid apart. */
#define EACH(i, count)                                                             \
  for (Long i = (Long)blockIdx.x * blockDim.x + threadIdx.x, step_ = (Long)gridDim.x * blockDim.x; \
       i < (count); i += step_)
