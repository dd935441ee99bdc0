// SPDX-License-Identifier: Apache-2.0
// The kernels' own source, built for the host: a launch is a loop over blocks, the threads of a block
// are fibers that run from barrier to barrier, in an order that a seed permutes anew each time. So a
// thread that reads what no barrier made visible reads something else. Shared memory starts as NaN;
// asynchronous copies happen at once or only when they are waited for, as the seed says.
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define UNERRING_HOST_BUILD
#define __restrict__ __restrict
#define INLINE static inline
#define SHARED static __attribute__((section("gpu_shared"), aligned(16)))
#define KERNEL(threads, blocks, name, ...)                        \
  static void name(__VA_ARGS__);                                  \
  static Kernel kernel_##name(#name, threads, invoker(name), (void *)name, bytes(name)); \
  static void name(__VA_ARGS__)

extern char __start_gpu_shared[], __stop_gpu_shared[];

struct Index { unsigned x, y, z; };
static Index threadIdx, blockIdx, blockDim, gridDim;

// ---- kernels by name ----
typedef void (*Invoke)(void *function, void **arguments);

struct Kernel {
  const char *name;
  unsigned threads;
  Invoke invoke;
  void *function;
  const int *arguments;
  Kernel *next;
  Kernel(const char *, unsigned, Invoke, void *, const int *);
};
static Kernel *kernels;
Kernel::Kernel(const char *n, unsigned t, Invoke i, void *f, const int *a)
    : name(n), threads(t), invoke(i), function(f), arguments(a), next(kernels) { kernels = this; }

template <int... I> struct Indices {};
template <int N, int... I> struct Upto : Upto<N - 1, N - 1, I...> {};
template <int... I> struct Upto<0, I...> { typedef Indices<I...> Type; };
template <class T> struct Plain { typedef T Type; };
template <class T> struct Plain<const T> { typedef T Type; };

template <class... A, int... I>
static void pass(void (*f)(A...), void **arguments, Indices<I...>) {
  f(*(typename Plain<A>::Type *)arguments[I]...);
}
template <class... A> struct Invoker {
  static void call(void *f, void **arguments) {
    pass((void (*)(A...))f, arguments, typename Upto<sizeof...(A)>::Type());
  }
};
template <class... A> static const int *bytes(void (*)(A...)) {
  static const int all[] = {(int)sizeof(A)..., 0};
  return all;
}
template <class... A> static Invoke invoker(void (*)(A...)) { return Invoker<A...>::call; }

// ---- fibers ----
enum { MOST_THREADS = 1024, STACK = 32 << 10, MOST_COPIES = 512 };
enum { LAUNCH_FAILURE = 719, MISALIGNED = 716, TOO_MANY_THREADS = 701, INVALID = 1 };
struct Copy { float *to; const float *from; int floats; bool inside; };
struct Fiber {
  jmp_buf place;
  ucontext_t start;
  bool begun, done;
  int line; // of the barrier that it waits at
  int copies;
  Copy copy[MOST_COPIES];
};
static Fiber *fibers;
static char *stacks;
static jmp_buf scheduler;
static ucontext_t home;
static Fiber *running;
static const Kernel *launched;
static void **passed;
static uint64_t state = 1;
static bool lazy;
static int fault;

static unsigned random_below(unsigned n) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)((state >> 33) % n);
}

extern "C" void host_seed(long seed) { state = (uint64_t)seed * 2 + 1; }

static void barrier(int line) {
  running->line = line;
  if (_setjmp(running->place) == 0) _longjmp(scheduler, 1);
}
#define __syncthreads() barrier(__LINE__)

// A fiber serves one thread after another: block after block, launch after launch.
static void body() {
  for (;;) {
    launched->invoke(launched->function, passed);
    running->done = true;
    if (_setjmp(running->place) == 0) _longjmp(scheduler, 1);
  }
}

static void resume(Fiber *fiber) {
  running = fiber;
  if (_setjmp(scheduler) != 0) return;
  if (fiber->begun) _longjmp(fiber->place, 1);
  fiber->begun = true;
  getcontext(&fiber->start);
  fiber->start.uc_stack.ss_sp = stacks + (fiber - fibers) * (size_t)STACK;
  fiber->start.uc_stack.ss_size = STACK;
  fiber->start.uc_link = &home;
  makecontext(&fiber->start, body, 0);
  setcontext(&fiber->start);
}

static void run_block(unsigned threads) {
  unsigned order[MOST_THREADS];
  for (char *at = __start_gpu_shared; at < __stop_gpu_shared; at += 4)
    memcpy(at, "\xa5\xa5\xff\x7f", 4);
  for (unsigned i = 0; i < threads; i++) {
    order[i] = i;
    fibers[i].done = false;
    fibers[i].line = fibers[i].copies = 0;
  }
  for (unsigned done = 0; done < threads && fault == 0;) {
    for (unsigned i = threads - 1; i > 0; i--) {
      const unsigned j = random_below(i + 1), swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    for (unsigned i = 0; i < threads; i++) {
      threadIdx.x = order[i] % blockDim.x;
      threadIdx.y = order[i] / blockDim.x;
      resume(&fibers[order[i]]);
    }
    done = 0;
    for (unsigned i = 0; i < threads; i++) {
      done += fibers[i].done;
      if (fibers[i].done != fibers[0].done || (!fibers[i].done && fibers[i].line != fibers[0].line))
        fault = LAUNCH_FAILURE; // not all threads come to the same barrier
    }
  }
}

extern "C" void *host_kernel(const char *name) {
  for (Kernel *each = kernels; each; each = each->next)
    if (strcmp(each->name, name) == 0) return each;
  return 0;
}

/* Bytes of an argument, 0 after the last one. */
extern "C" int host_argument(void *kernel, int i) { return ((Kernel *)kernel)->arguments[i]; }

extern "C" int host_launch(void *kernel, const unsigned *sizes, void **arguments) {
  launched = (Kernel *)kernel;
  passed = arguments;
  const Index grid = {sizes[0], sizes[1], sizes[2]}, block = {sizes[3], sizes[4], sizes[5]};
  gridDim = grid;
  blockDim = block;
  const unsigned threads = block.x * block.y * block.z;
  if (threads > launched->threads) return TOO_MANY_THREADS;
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.y > 65535 || grid.z > 65535 || threads == 0)
    return INVALID;
  if (!fibers) {
    fibers = (Fiber *)calloc(MOST_THREADS, sizeof(Fiber));
    stacks = (char *)malloc((size_t)MOST_THREADS * STACK);
  }
  lazy = random_below(2);
  fault = 0;
  const unsigned first = random_below(grid.x * grid.y * grid.z);
  for (unsigned i = 0; i < grid.x * grid.y * grid.z && fault == 0; i++) {
    const unsigned at = (first + i) % (grid.x * grid.y * grid.z);
    blockIdx.x = at % grid.x;
    blockIdx.y = at / grid.x % grid.y;
    blockIdx.z = at / grid.x / grid.y;
    run_block(threads);
  }
  for (unsigned i = 0; i < threads && fault != 0; i++) fibers[i].begun = false; // stuck in a kernel
  return fault;
}

// ---- what the kernels use of CUDA ----
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline unsigned __float_as_uint(float a) {
  unsigned bits;
  memcpy(&bits, &a, 4);
  return bits;
}
static inline float __uint_as_float(unsigned bits) {
  float a;
  memcpy(&a, &bits, 4);
  return a;
}
static inline void atomicAdd(unsigned long long *to, unsigned long long n) { *to += n; }

static void aligned(const void *address) {
  if ((uintptr_t)address % 16 != 0) fault = MISALIGNED;
}
INLINE void load4(float *to, const float *memory) {
  aligned(memory);
  memcpy(to, memory, 16);
}
INLINE void store4(float *memory, const float *v) {
  aligned(memory);
  memcpy(memory, v, 16);
}
static void perform(const Copy &c) {
  for (int i = 0; i < c.floats; i++) c.to[i] = c.inside ? c.from[i] : 0.0f;
}
static void copy(float *to, const float *from, int floats, bool inside) {
  const Copy c = {to, from, floats, inside};
  if (!lazy || running->copies == MOST_COPIES) perform(c);
  else running->copy[running->copies++] = c;
}
INLINE void copy4(float *to, const float *from, bool inside) { copy(to, from, 1, inside); }
INLINE void copy16(float *to, const float *from, bool inside) {
  aligned(to);
  aligned(from);
  copy(to, from, 4, inside);
}
INLINE void copies_arrived() {
  for (int i = 0; i < running->copies; i++) perform(running->copy[i]);
  running->copies = 0;
}

#include "kernels.cu"
