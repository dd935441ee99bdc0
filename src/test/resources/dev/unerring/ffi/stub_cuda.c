// SPDX-License-Identifier: Apache-2.0
// A look-alike of libcuda, libcudart, libcublasLt, libcublas, libcudnn and libnvrtc for tests: it keeps
// count of what is alive, computes on the host what the trial of a GPU needs, and can fail at any call.
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { CUDA, CUBLAS, CUDNN, NVRTC };
enum { OUT_OF_MEMORY, DRIVER_TOO_OLD, NO_DEVICE, ECC, ILLEGAL_ADDRESS, NO_KERNEL };
enum { DRIVER_VERSION, RUNTIME_VERSION, CUBLAS_MAJOR, CUDNN_VERSION, CUDNN_CUDART, DEVICES, WRONG_RESULT, KNOBS };

// The kernels built for the host, where a test links them in (host_kernels.cpp).
__attribute__((weak)) void *host_kernel(const char *name);
__attribute__((weak)) int host_launch(void *kernel, const unsigned *sizes, void **arguments);
__attribute__((weak)) int host_argument(void *kernel, int i);

static const int STATUS[][4] = {
    {2, 3, 4004, 1}, {35, 1, 3005, 7}, {100, 1, 1001, 7}, {214, 14, 5003, 7}, {700, 13, 5000, 7}, {209, 8, 3004, 7}};
static const int DEFAULTS[KNOBS] = {13000, 13000, 13, 92400, 13000, 1, 0};

static long calls, live, fail_at;
static int kind, lost, knob[KNOBS], elements;
static const char *failed;
enum { BLOCKS = 4096 };
static long memory[BLOCKS];

static void forget_capture(void);
void stub_reset(void) {
  forget_capture();
  calls = live = fail_at = 0;
  lost = 0;
  failed = "";
  memcpy(knob, DEFAULTS, sizeof knob);
}
void stub_set(int which, int value) { knob[which] = value; }
void stub_fail(long at, int how) { fail_at = at; kind = how; }
long stub_calls(void) { return calls; }
long stub_live(void) { return live; }
const char *stub_failed(void) { return failed; }

// An illegal address stays with the process: every later call of the CUDA runtime fails as well.
static int enter(int library, const char *function) {
  calls++;
  if (calls == fail_at) {
    failed = function;
    lost = kind == ILLEGAL_ADDRESS && library != NVRTC;
    return STATUS[kind][library];
  }
  return lost && library == CUDA ? STATUS[ILLEGAL_ADDRESS][CUDA] : 0;
}

static int create(int library, const char *function, void **out) {
  int status = enter(library, function);
  if (status == 0) {
    live++;
    *out = (void *)(size_t)(0x1000 + live);
  }
  return status;
}

static int destroy(int library, const char *function) {
  live--;
  return enter(library, function);
}

#define PLAIN(library, name) int name(void) { return enter(library, #name); }
#define CREATE(library, name) int name(void **out) { return create(library, #name, out); }
#define DESTROY(library, name) int name(void) { return destroy(library, #name); }
#define NUMBER(library, name, type, value) \
  int name(type *out) { \
    *out = value; \
    return enter(library, #name); \
  }
#define TEXT(name) \
  const char *name(int status) { return status == 0 ? "success" : #name " of the stub"; }

#include "stub_products.c"

// ---- CUDA runtime ----
NUMBER(CUDA, cudaRuntimeGetVersion, int, knob[RUNTIME_VERSION])
NUMBER(CUDA, cudaGetDeviceCount, int, knob[DEVICES])
PLAIN(CUDA, cudaSetDevice)
PLAIN(CUDA, cudaEventRecord)
PLAIN(CUDA, cudaEventSynchronize)
PLAIN(CUDA, cudaGetLastError)
CREATE(CUDA, cudaStreamCreateWithFlags)
CREATE(CUDA, cudaEventCreateWithFlags)
int cudaStreamDestroy(void *stream) {
  forget_capture();
  return destroy(CUDA, "cudaStreamDestroy");
}
DESTROY(CUDA, cudaEventDestroy)
DESTROY(CUDA, cudaGraphDestroy)
TEXT(cudaGetErrorName)
TEXT(cudaGetErrorString)
int cudaMemGetInfo(size_t *free, size_t *total) {
  *free = (size_t)6 << 30;
  *total = (size_t)8 << 30;
  return enter(CUDA, "cudaMemGetInfo");
}
static int allocate(const char *function, void **out, size_t bytes) {
  int status = refused_in_capture();
  if (status == 0) status = create(CUDA, function, out);
  for (int i = 0; status == 0 && i < BLOCKS; i++)
    if (memory[i] == 0) {
      *out = malloc(bytes);
      memory[i] = (long)*out;
      break;
    }
  return status;
}
static int release(const char *function, void *address) {
  for (int i = 0; i < BLOCKS; i++)
    if (address != NULL && memory[i] == (long)address) {
      memory[i] = 0;
      free(address);
    }
  return destroy(CUDA, function);
}
int cudaMalloc(void **out, size_t bytes) { return allocate("cudaMalloc", out, bytes); }
int cudaHostAlloc(void **out, size_t bytes, int flags) { return allocate("cudaHostAlloc", out, bytes); }
int cudaFree(void *address) { return release("cudaFree", address); }
int cudaFreeHost(void *address) { return release("cudaFreeHost", address); }
int cudaStreamSynchronize(void *stream) {
  int status = refused_in_capture();
  return status ? status : enter(CUDA, "cudaStreamSynchronize");
}
#define MOVE(name, work) \
  { \
    int status = enter(CUDA, name); \
    if (status == 0) work; \
    return status; \
  }
int cudaMemcpyAsync(void *to, void *from, size_t n, int kind) {
  int status = refused_in_capture();
  if (status == 0) status = enter(CUDA, "cudaMemcpyAsync");
  if (status == 0) memmove(to, from, n);
  return status;
}
static void run_memset(Work *w) { memset((void *)w->at[0], (int)w->number[0], w->number[1]); }
int cudaMemsetAsync(void *to, int value, size_t n) {
  Work w = {run_memset, {to}, {value, (long)n}};
  MOVE("cudaMemsetAsync", perform(&w))
}

// ---- driver ----
PLAIN(CUDA, cuInit)
NUMBER(CUDA, cuDriverGetVersion, int, knob[DRIVER_VERSION])
NUMBER(CUDA, cuDeviceGetCount, int, knob[DEVICES])
NUMBER(CUDA, cuDeviceGet, int, 0)
NUMBER(CUDA, cuDeviceGetAttribute, int, 9)
NUMBER(CUDA, cuDeviceTotalMem_v2, size_t, (size_t)8 << 30)
CREATE(CUDA, cuModuleLoadData)
DESTROY(CUDA, cuModuleUnload)
int cuModuleGetFunction(void **out, void *module, const char *name) {
  int status = enter(CUDA, "cuModuleGetFunction");
  *out = host_kernel && status == 0 ? host_kernel(name) : NULL;
  return host_kernel && status == 0 && *out == NULL ? 500 : status;
}
int cuLaunchKernel(void *kernel, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *stream, void **arguments, void **extra) {
  int status = enter(CUDA, "cuLaunchKernel");
  if (status == 0 && host_launch) {
    Work w = {run_kernel, {kernel}, {0}, 0, 0, {gx, gy, gz, bx, by, bz}};
    if (!capture) return host_launch(kernel, w.sizes, arguments);
    w.arguments = calloc(MOST_ARGUMENTS, LARGEST_ARGUMENT);
    for (int i = 0; host_argument(kernel, i) > 0; i++)
      memcpy(w.arguments[i], arguments[i], host_argument(kernel, i));
    perform(&w);
  }
  return status;
}
int cuDeviceGetName(char *name, int length, int device) {
  strncpy(name, "Stub GPU", length);
  return enter(CUDA, "cuDeviceGetName");
}
int cuDeviceGetUuid_v2(char *uuid, int device) {
  memset(uuid, 0xAB, 16);
  return enter(CUDA, "cuDeviceGetUuid_v2");
}
int cuGetErrorName(int status, const char **text) {
  *text = "cuGetErrorName of the stub";
  return 0;
}
int cuGetErrorString(int status, const char **text) {
  *text = NULL;
  return 1;
}

// ---- cuBLAS ----
CREATE(CUBLAS, cublasCreate_v2)
DESTROY(CUBLAS, cublasDestroy_v2)
PLAIN(CUBLAS, cublasSetStream_v2)
PLAIN(CUBLAS, cublasSetWorkspace_v2)
PLAIN(CUBLAS, cublasSetMathMode)
PLAIN(CUBLAS, cublasSetAtomicsMode)
TEXT(cublasGetStatusName)
TEXT(cublasGetStatusString)
TEXT(cublasLtGetStatusName)
TEXT(cublasLtGetStatusString)
size_t cublasLtGetVersion(void) { return knob[CUBLAS_MAJOR] * 10000; }
int cublasGetProperty(int type, int *value) {
  *value = type == 0 ? knob[CUBLAS_MAJOR] : type;
  return enter(CUBLAS, "cublasGetProperty");
}

// ---- cuDNN ----
size_t cudnnGetVersion(void) { return knob[CUDNN_VERSION]; }
size_t cudnnGetCudartVersion(void) { return knob[CUDNN_CUDART]; }
TEXT(cudnnGetErrorString)
void cudnnGetLastErrorString(char *message, size_t length) { strncpy(message, "cause by the stub", length); }
CREATE(CUDNN, cudnnCreate)
DESTROY(CUDNN, cudnnDestroy)
PLAIN(CUDNN, cudnnSetStream)
int cudnnAddTensor(void *handle, const float *alpha, void *ad, const float *a, const float *beta, void *cd,
                   float *c) {
  int status = enter(CUDNN, "cudnnAddTensor");
  for (int i = 0; status == 0 && i < elements; i++) c[i] = *alpha * a[i] + *beta * c[i];
  return status;
}
PLAIN(CUDNN, cudnnSetConvolutionMathType)

// ---- NVRTC ----
int nvrtcVersion(int *major, int *minor) {
  *major = knob[RUNTIME_VERSION] / 1000;
  *minor = 0;
  return enter(NVRTC, "nvrtcVersion");
}
TEXT(nvrtcGetErrorString)
CREATE(NVRTC, nvrtcCreateProgram)
DESTROY(NVRTC, nvrtcDestroyProgram)
PLAIN(NVRTC, nvrtcCompileProgram)
PLAIN(NVRTC, nvrtcGetCUBIN)
PLAIN(NVRTC, nvrtcGetProgramLog)
PLAIN(NVRTC, nvrtcGetCUBINSize)
PLAIN(NVRTC, nvrtcGetProgramLogSize)
