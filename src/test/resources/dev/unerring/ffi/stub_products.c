// SPDX-License-Identifier: Apache-2.0
// Part of stub_cuda.c: graphs that are captured and launched, and the products of cuBLAS and cuDNN,
// computed one after another with loops. Numbers are float, or bfloat16 (the upper half of a float).

// ---- what a stream carries out, now or when its graph is launched ----
enum { MOST_ARGUMENTS = 32, LARGEST_ARGUMENT = 128 };
typedef struct Work {
  void (*run)(struct Work *);
  const void *at[8];
  long number[40];
  float alpha, beta;
  unsigned sizes[6];
  char (*arguments)[LARGEST_ARGUMENT];
  struct Work *next;
} Work;
// What is freed carries OURS, because a test may pass any memory for a handle.
enum { OURS = 0x5157 };
typedef struct Graph { long owner; Work *first, **last; } Graph;

static Graph *capture;
static int broken;

static void forget_capture(void) {
  capture = NULL;
  broken = 0;
}

// What cannot be captured ends the capture.
static int refused_in_capture(void) {
  if (!capture) return 0;
  broken = 1;
  return 900;
}

static void perform(Work *work) {
  if (!capture) {
    work->run(work);
    return;
  }
  Work *copy = malloc(sizeof *copy);
  *copy = *work;
  copy->next = NULL;
  *capture->last = copy;
  capture->last = &copy->next;
}

static void run_kernel(Work *work) {
  void *arguments[MOST_ARGUMENTS];
  for (int i = 0; i < MOST_ARGUMENTS; i++) arguments[i] = work->arguments[i];
  if (host_launch((void *)work->at[0], work->sizes, arguments) != 0) abort();
}

int cudaStreamBeginCapture(void *stream, int mode) {
  int status = enter(CUDA, "cudaStreamBeginCapture");
  if (status == 0) {
    capture = malloc(sizeof *capture);
    capture->owner = OURS;
    capture->first = NULL;
    capture->last = &capture->first;
    broken = 0;
  }
  return status;
}

static void drop(Graph *graph) {
  if (!graph || graph->owner != OURS) return;
  for (Work *each = graph->first; each;) {
    Work *next = each->next;
    free(each->arguments);
    free(each);
    each = next;
  }
  free(graph);
}

int cudaStreamEndCapture(void *stream, void **graph) {
  Graph *captured = capture;
  capture = NULL;
  void *handle;
  *graph = NULL;
  int status = captured && broken ? 901 : create(CUDA, "cudaStreamEndCapture", &handle);
  if (status == 0) *graph = captured;
  else if (captured) drop(captured);
  return status;
}

// A graph belongs to what was instantiated from it, or to nobody: then it stays until the process ends.
int cudaGraphInstantiateWithFlags(void **executable, void *graph, long flags) {
  void *handle;
  int status = create(CUDA, "cudaGraphInstantiateWithFlags", &handle);
  if (status == 0) *executable = graph;
  return status;
}

int cudaGraphExecDestroy(void *executable) {
  drop(executable);
  return destroy(CUDA, "cudaGraphExecDestroy");
}

int cudaGraphLaunch(void *executable, void *stream) {
  int status = enter(CUDA, "cudaGraphLaunch");
  for (Work *each = executable ? ((Graph *)executable)->first : NULL; status == 0 && each; each = each->next) each->run(each);
  return status;
}

// ---- numbers ----
static float number(const void *at, long i, int type) {
  if (type == 0) return ((const float *)at)[i];
  const unsigned bits = (unsigned)((const unsigned short *)at)[i] << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}
static void put(void *at, long i, int type, float value) {
  if (type == 0) {
    ((float *)at)[i] = value;
    return;
  }
  unsigned bits;
  memcpy(&bits, &value, 4);
  ((unsigned short *)at)[i] = (unsigned short)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// ---- cuBLAS ----
// number: turned a, turned b, m, n, k, lda, ldb, ldc, type of a and b
static void run_gemm(Work *w) {
  const long *v = w->number, m = v[2], n = v[3], k = v[4];
  for (long j = 0; j < n; j++)
    for (long i = 0; i < m; i++) {
      float sum = 0;
      for (long l = 0; l < k; l++)
        sum += number(w->at[0], v[0] ? i * v[5] + l : l * v[5] + i, v[8]) *
               number(w->at[1], v[1] ? l * v[6] + j : j * v[6] + l, v[8]);
      ((float *)w->at[2])[j * v[7] + i] = w->alpha * sum + knob[WRONG_RESULT];
    }
}
static int gemm(const char *name, int ta, int tb, int m, int n, int k, const float *alpha, const void *a, int lda,
                const void *b, int ldb, const void *c, int ldc, int type) {
  int status = enter(CUBLAS, name);
  Work w = {run_gemm, {a, b, c}, {ta, tb, m, n, k, lda, ldb, ldc, type}, alpha ? *alpha : 0};
  if (status == 0 && (host_launch || m < 32)) perform(&w); // without kernels, for a GPU's trial alone
  return status;
}
int cublasSgemm_v2(void *handle, int ta, int tb, int m, int n, int k, const float *alpha, const float *a, int lda,
                   const float *b, int ldb, const float *beta, float *c, int ldc) {
  return gemm("cublasSgemm_v2", ta, tb, m, n, k, alpha, a, lda, b, ldb, c, ldc, 0);
}
int cublasGemmEx(void *handle, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int atype,
                 int lda, const void *b, int btype, int ldb, const void *beta, void *c, int ctype, int ldc,
                 int compute, int algo) {
  return gemm("cublasGemmEx", ta, tb, m, n, k, alpha, a, lda, b, ldb, c, ldc, atype != 0);
}

// ---- cuDNN: descriptors ----
typedef struct Descriptor { long owner; int type, dims, extent[8], pad[3], stride[3]; } Descriptor;
static int describe(const char *name, void **out) {
  void *handle;
  int status = create(CUDNN, name, &handle);
  if (status == 0) {
    Descriptor *made = calloc(1, sizeof(Descriptor));
    made->owner = OURS;
    *out = made;
  }
  return status;
}
static int undescribe(const char *name, void *descriptor) {
  if (descriptor && ((Descriptor *)descriptor)->owner == OURS) free(descriptor);
  return destroy(CUDNN, name);
}
#define DESCRIPTOR(what) \
  int cudnnCreate##what##Descriptor(void **out) { return describe("cudnnCreate" #what "Descriptor", out); } \
  int cudnnDestroy##what##Descriptor(void *d) { return undescribe("cudnnDestroy" #what "Descriptor", d); }
DESCRIPTOR(Tensor)
DESCRIPTOR(Filter)
DESCRIPTOR(Convolution)
static int set(const char *name, Descriptor *d, int format, int type, int n, const int *extents) {
  int status = enter(CUDNN, name);
  if (status == 0 && n > 0) {
    if (format != 1) return 3004; // NHWC alone
    d->type = type;
    d->dims = n;
    memcpy(d->extent, extents, n * sizeof(int));
  }
  return status;
}
int cudnnSetTensorNdDescriptorEx(Descriptor *d, int format, int type, int n, const int *extents) {
  elements = n == 0 ? 0 : 1;
  for (int i = 0; i < n; i++) elements *= extents[i];
  return set("cudnnSetTensorNdDescriptorEx", d, format, type, n, extents);
}
int cudnnSetFilterNdDescriptor(Descriptor *d, int type, int format, int n, const int *extents) {
  return set("cudnnSetFilterNdDescriptor", d, format, type, n, extents);
}
int cudnnSetConvolutionNdDescriptor(Descriptor *d, int n, const int *pad, const int *stride, const int *dilation,
                                    int mode, int type) {
  int status = enter(CUDNN, "cudnnSetConvolutionNdDescriptor");
  for (int i = 0; status == 0 && i < n; i++) {
    d->pad[3 - n + i] = pad[i];
    d->stride[3 - n + i] = stride[i];
    if (dilation[i] != 1 || mode != 1 || type != 0) status = 2000;
  }
  if (n == 2) d->stride[0] = 1;
  return status;
}

// ---- cuDNN: convolutions ----
// number: type; x: n d h w c; y: d h w c; filter: d h w; pad; stride
enum { FORWARD, BACKWARD_DATA, BACKWARD_FILTER };
static void extents(const Descriptor *d, long *n, long *c, long *space) {
  *n = d->extent[0];
  *c = d->extent[1];
  space[0] = d->dims == 5 ? d->extent[2] : 1;
  for (int i = 0; i < 2; i++) space[1 + i] = d->extent[d->dims - 2 + i];
}
static void run_convolution(Work *w) {
  const long *v = w->number, type = v[0], n = v[1], ic = v[2], oc = v[3];
  const long *in = v + 4, *out = v + 7, *size = v + 10, *pad = v + 13, *stride = v + 16;
  const long pass = v[19], taps = size[0] * size[1] * size[2];
  const void *x = w->at[0], *filter = w->at[1], *y = w->at[2];
  const long words = pass == FORWARD ? n * out[0] * out[1] * out[2] * oc
                     : pass == BACKWARD_DATA ? n * in[0] * in[1] * in[2] * ic : oc * taps * ic;
  float *sums = calloc(words, sizeof(float));
  for (long at = 0; at < n * out[0] * out[1] * out[2]; at++) {
    const long ow = at % out[2], oh = at / out[2] % out[1], od = at / out[2] / out[1] % out[0];
    const long image = at / out[2] / out[1] / out[0];
    for (long t = 0; t < taps; t++) {
      const long iw = ow * stride[2] - pad[2] + t % size[2];
      const long ih = oh * stride[1] - pad[1] + t / size[2] % size[1];
      const long id = od * stride[0] - pad[0] + t / size[2] / size[1];
      if (iw < 0 || ih < 0 || id < 0 || iw >= in[2] || ih >= in[1] || id >= in[0]) continue;
      const long from = ((image * in[0] + id) * in[1] + ih) * in[2] + iw;
      for (long o = 0; o < oc; o++)
        for (long c = 0; c < ic; c++) {
          const long xi = from * ic + c, fi = (o * taps + t) * ic + c, yi = at * oc + o;
          if (pass == FORWARD) sums[yi] += number(x, xi, type) * number(filter, fi, type);
          else if (pass == BACKWARD_DATA) sums[xi] += number(y, yi, type) * number(filter, fi, type);
          else sums[fi] += number(x, xi, type) * number(y, yi, type);
        }
    }
  }
  void *to = (void *)(pass == FORWARD ? y : pass == BACKWARD_DATA ? x : filter);
  for (long i = 0; i < words; i++) put(to, i, type, sums[i]);
  free(sums);
}
static int convolve(const char *name, int pass, Descriptor *xd, const void *x, Descriptor *fd, const void *filter,
                    Descriptor *yd, const void *y, Descriptor *c) {
  int status = enter(CUDNN, name);
  if (status != 0 || !xd || !xd->dims) return status;
  Work w = {run_convolution, {x, filter, y}};
  long *v = w.number, yn, fn, fc;
  v[0] = xd->type;
  extents(xd, &v[1], &v[2], v + 4);
  extents(yd, &yn, &v[3], v + 7);
  extents(fd, &fn, &fc, v + 10);
  for (int i = 0; i < 3; i++) {
    v[13 + i] = c->pad[i];
    v[16 + i] = c->stride[i];
    if ((v[4 + i] + 2 * v[13 + i] - v[10 + i]) / v[16 + i] + 1 != v[7 + i]) return 2008;
  }
  if (!host_launch) return 0; // results are asked for only where the kernels compute as well
  v[19] = pass;
  if (yn != v[1] || fn != v[3] || fc != v[2] || yd->type != xd->type || fd->type != xd->type) return 2008;
  perform(&w);
  return 0;
}
int cudnnConvolutionForward(void *handle, void *alpha, void *xd, void *x, void *fd, void *filter, void *c, int algo,
                            void *workspace, size_t bytes, void *beta, void *yd, void *y) {
  return convolve("cudnnConvolutionForward", FORWARD, xd, x, fd, filter, yd, y, c);
}
int cudnnConvolutionBackwardData(void *handle, void *alpha, void *fd, void *filter, void *yd, void *y, void *c,
                                 int algo, void *workspace, size_t bytes, void *beta, void *xd, void *x) {
  return convolve("cudnnConvolutionBackwardData", BACKWARD_DATA, xd, x, fd, filter, yd, y, c);
}
int cudnnConvolutionBackwardFilter(void *handle, void *alpha, void *xd, void *x, void *yd, void *y, void *c,
                                   int algo, void *workspace, size_t bytes, void *beta, void *fd, void *filter) {
  return convolve("cudnnConvolutionBackwardFilter", BACKWARD_FILTER, xd, x, fd, filter, yd, y, c);
}
// Filters of three extents have no backward pass here, so that the ordered kernels step in.
static int working_memory(const char *name, int pass, Descriptor *a, size_t *bytes) {
  int status = enter(CUDNN, name);
  if (status == 0 && pass != FORWARD && a && a->dims == 5) return 3000;
  *bytes = 4096;
  return status;
}
#define WORKSPACE(name, pass)                                                                       \
  int name(void *handle, void *a, void *b, void *c, void *d, int algo, size_t *bytes) {              \
    return working_memory(#name, pass, a, bytes);                                                   \
  }
WORKSPACE(cudnnGetConvolutionForwardWorkspaceSize, FORWARD)
WORKSPACE(cudnnGetConvolutionBackwardDataWorkspaceSize, BACKWARD_DATA)
WORKSPACE(cudnnGetConvolutionBackwardFilterWorkspaceSize, BACKWARD_FILTER)
