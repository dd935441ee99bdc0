// SPDX-License-Identifier: Apache-2.0
// A second checker of certificates: counts every verdict again from data file and model file. Written from
// docs/arithmetic.md, docs/repair.md, docs/certificate.md and the formats of npz and safetensors; it shares no
// code with the program and needs zlib only.
//   unerring-check certificate.json data.npz model.safetensors     (verdicts.bin is read beside the first)
// Ends with 0: every claim that can be counted again is true; 4: one is false and named; 5: a file cannot be
// read, or is of a kind that is not known here; 2: wrong command line.
#define _POSIX_C_SOURCE 200809L
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
_Static_assert(FLT_EVAL_METHOD == 0, "values must be rounded to their own type after each operation");

// ---- ends, memory, files -----------------------------------------------------------------------
enum { FALSE_CLAIM = 4, UNUSABLE = 5 };
#define ASK "; ask the signer for the file again"
static void stop(int code, const char *format, ...) {
  va_list arguments; va_start(arguments, format); fputs("unerring-check: ", stderr);
  vfprintf(stderr, format, arguments); fputc('\n', stderr); exit(code);
}
static void *room(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size);
  if (!memory) stop(UNUSABLE, "not enough memory: %zu times %zu bytes", count, size);
  return memory;
}
typedef struct { const unsigned char *p; size_t n; } Bytes; // a range of bytes; p is NULL where there is none
static Bytes read_file(const char *name, int needed) {
  FILE *file = fopen(name, "rb");
  if (!file && !needed) return (Bytes){NULL, 0};
  long size = !file || fseek(file, 0, SEEK_END) ? -1 : ftell(file);
  if (size < 0 || size == LONG_MAX || fseek(file, 0, SEEK_SET)) stop(UNUSABLE, "cannot read %s", name);
  unsigned char *bytes = room((size_t)size + 1, 1);
  if (fread(bytes, 1, (size_t)size, file) != (size_t)size) stop(UNUSABLE, "cannot read %s", name);
  fclose(file);
  return (Bytes){bytes, (size_t)size};
}
typedef struct { char *p; size_t n; FILE *out; } Text; // what is written with fprintf and fwrite
static void begin(Text *text) {
  if (!(text->out = open_memstream(&text->p, &text->n))) stop(UNUSABLE, "not enough memory");
}
static Bytes taken(Text *text) {
  if (fflush(text->out)) stop(UNUSABLE, "not enough memory");
  return (Bytes){(unsigned char *)text->p, text->n};
}
static uint64_t little(const unsigned char *p, int bytes) {
  uint64_t value = 0;
  while (bytes-- > 0) value = value << 8 | p[bytes];
  return value;
}
static void put_little(FILE *out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) fputc((int)(value >> 8 * i & 255), out);
}

// ---- SHA-256 (FIPS 180-4), HMAC (RFC 2104) -------------------------------------------------------
typedef struct { unsigned char b[32]; char hex[65]; } Hash;
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
static uint32_t turn(uint32_t x, int n) { return x >> n | x << (32 - n); }
static Hash sha(const void *a, size_t n, const void *b, size_t k) { // of two parts, one after the other
  uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  size_t whole = (n + k + 72) / 64 * 64;
  unsigned char *text = room(whole, 1); memcpy(text, a, n); memcpy(text + n, b, k);
  text[n + k] = 0x80;
  for (int i = 0; i < 8; i++) text[whole - 1 - i] = (unsigned char)((uint64_t)(n + k) * 8 >> 8 * i);
  for (const unsigned char *p = text; p < text + whole; p += 64) {
    uint32_t w[64] = {0}, v[8];
    for (int i = 0; i < 64; i++) w[i / 4] = w[i / 4] << 8 | p[i];
    for (int i = 16; i < 64; i++) {
      uint32_t x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ x >> 3) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ y >> 10);
    }
    memcpy(v, h, sizeof v);
    for (int i = 0; i < 64; i++) {
      uint32_t t = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + K[i] + w[i];
      uint32_t u = (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      memmove(v + 1, v, 7 * sizeof v[0]); v[4] += t; v[0] = t + u;
    }
    for (int i = 0; i < 8; i++) h[i] += v[i];
  }
  free(text); Hash hash;
  for (int i = 0; i < 32; i++) hash.b[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
  for (int i = 0; i < 32; i++) snprintf(hash.hex + 2 * i, 3, "%02x", hash.b[i]);
  return hash;
}
static Hash sha_of(Bytes bytes) { return sha(bytes.p, bytes.n, "", 0); }
static Hash hmac(const unsigned char key[32], const void *text, size_t n) {
  unsigned char pad[2][64];
  for (int i = 0; i < 128; i++) pad[i / 64][i % 64] = (unsigned char)((i % 64 < 32 ? key[i % 64] : 0) ^ (i / 64 ? 0x5c : 0x36));
  Hash inside = sha(pad[0], 64, text, n); return sha(pad[1], 64, inside.b, 32);
}

// ---- JSON: values stay where they stand in the text ----------------------------------------------
static int one_of(Bytes t, size_t at, const char *set) { return at < t.n && t.p[at] && strchr(set, t.p[at]); }
static size_t blank(Bytes t, size_t at) {
  while (one_of(t, at, " \t\r\n")) at++;
  return at;
}
static size_t string_end(Bytes t, size_t at, const char *file) { // at: the opening quote
  for (at++; at < t.n && t.p[at] != '"'; at++) at += t.p[at] == '\\';
  if (at >= t.n) stop(UNUSABLE, "%s is damaged: a text has no end" ASK, file);
  return at + 1;
}
static size_t value_end(Bytes t, size_t at, const char *file) {
  size_t depth = 0, start;
  do {
    start = at = blank(t, at);
    if (one_of(t, at, "\"")) at = string_end(t, at, file);
    else if (one_of(t, at, "{[")) depth++, at++;
    else if (depth && one_of(t, at, "}]")) depth--, at++;
    else if (depth && one_of(t, at, ",:")) at++;
    else while (one_of(t, at, "+-.0123456789abcdefghijklmnopqrstuvwxyzE")) at++;
    if (at == start) stop(UNUSABLE, "%s is damaged: it is cut off, or no JSON" ASK, file);
  } while (depth);
  return at;
}
static int is(Bytes t, const char *text) { return t.p && t.n == strlen(text) && !memcmp(t.p, text, t.n); }
// The next member of an object, its key without quotes; 0 after the last one. *at is 0 at first.
static int member(Bytes object, size_t *at, Bytes *key, Bytes *value, const char *file) {
  size_t p = blank(object, *at ? *at : 1), first = *at == 0, end = 0;
  if (!one_of(object, 0, "{") || one_of(object, p, "}")) return 0;
  if (!first) p = one_of(object, p, ",") ? blank(object, p + 1) : object.n;
  if (one_of(object, p, "\"")) end = string_end(object, p, file);
  *key = (Bytes){object.p + p + 1, end - p - 2};
  if (!end || !one_of(object, p = blank(object, end), ":")) stop(UNUSABLE, "%s is damaged: no JSON" ASK, file);
  *at = value_end(object, p = blank(object, p + 1), file);
  *value = (Bytes){object.p + p, *at - p};
  return 1;
}
static Bytes get(Bytes object, const char *key, const char *file) {
  Bytes found = {NULL, 0}, name, value;
  for (size_t at = 0; object.p && member(object, &at, &name, &value, file);) if (is(name, key)) found = value;
  return found;
}
static Bytes needed(Bytes object, const char *key, const char *file) {
  Bytes value = get(object, key, file);
  if (!value.p) stop(UNUSABLE, "%s is damaged: it lacks %s" ASK, file, key);
  return value;
}
static Bytes inner(Bytes text) { // what stands between quotes
  return text.p && text.n >= 2 && *text.p == '"' ? (Bytes){text.p + 1, text.n - 2} : (Bytes){NULL, 0};
}
static Bytes base64(Bytes text, const char *file) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  unsigned char *out = room(text.n + 1, 1); size_t n = 0, end = text.n; uint32_t bits = 0;
  while (end && text.p[end - 1] == '=' && text.n - end < 2) end--;
  for (size_t i = 0; i < end && one_of(text, i, alphabet); i++) {
    bits = bits << 6 | (uint32_t)(strchr(alphabet, text.p[i]) - alphabet);
    if (i % 4) out[n++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
  }
  uint32_t left = end % 4 == 2 ? bits & 15 : end % 4 == 3 ? bits & 3 : 0; // bits that say nothing are zero
  if (text.n % 4 || left || n != end * 3 / 4) stop(UNUSABLE, "%s is damaged: payload: it is not base64" ASK, file);
  return (Bytes){out, n};
}

// ---- npz: a zip file of npy arrays ---------------------------------------------------------------
static Bytes unpacked(Bytes zip, const unsigned char *e, const char *name, const char *file) { // e: its entry
  size_t method = little(e + 10, 2), packed = little(e + 20, 4), size = little(e + 24, 4), at = little(e + 42, 4);
  if (at > zip.n || zip.n - at < 30) stop(UNUSABLE, "%s: %s: it lies outside the file", file, name);
  at += 30 + little(zip.p + at + 26, 2) + little(zip.p + at + 28, 2);
  if (at > zip.n || packed > zip.n - at) stop(UNUSABLE, "%s: %s: it lies outside the file", file, name);
  unsigned char *out = room(size + 1, 1);
  z_stream z = {.next_in = (Bytef *)zip.p + at, .avail_in = (uInt)packed, .next_out = out, .avail_out = (uInt)size};
  if (method == 0 && packed == size) memcpy(out, zip.p + at, size);
  else if (method != 8 || inflateInit2(&z, -15) != Z_OK)
    stop(UNUSABLE, "%s: %s: it is packed in another way than deflated or stored", file, name);
  else if (inflate(&z, Z_FINISH) != Z_STREAM_END || z.total_out != size) stop(UNUSABLE, "%s: %s: it is damaged", file, name);
  if (method) inflateEnd(&z);
  if (crc32(0, out, (uInt)size) != little(e + 16, 4)) stop(UNUSABLE, "%s: %s: it is damaged (CRC)", file, name);
  return (Bytes){out, size};
}
static Bytes zip_entry(Bytes zip, const char *name, const char *file) {
  size_t end = zip.n < 22 ? 0 : zip.n - 22;
  while (end > 0 && zip.n - end < 65558 && little(zip.p + end, 4) != 0x06054b50) end--;
  if (zip.n < 22 || little(zip.p + end, 4) != 0x06054b50) stop(UNUSABLE, "%s is no npz file, or it is cut off", file);
  size_t entries = little(zip.p + end + 10, 2), at = little(zip.p + end + 16, 4);
  for (size_t i = 0; i < entries; i++) {
    if (at > zip.n || zip.n - at < 46 || little(zip.p + at, 4) != 0x02014b50) stop(UNUSABLE, "%s: its directory is damaged", file);
    const unsigned char *e = zip.p + at; size_t length = little(e + 28, 2);
    at += 46 + length + little(e + 30, 2) + little(e + 32, 2);
    if (at <= zip.n && is((Bytes){e + 46, length}, name)) return unpacked(zip, e, name, file);
  }
  stop(UNUSABLE, "%s: %s is missing", file, name); return zip;
}
typedef struct { char type[8]; long long shape[6]; int axes; Bytes items; } Array;
static Array npy(Bytes zip, const char *name, const char *file) {
  Array array = {.axes = 0};
  Bytes entry = zip_entry(zip, name, file);
  size_t first = entry.n < 12 || entry.p[6] == 1 ? 10 : 12, length = entry.n < 12 ? 0 : little(entry.p + 8, (int)first - 8);
  if (entry.n < 12 || memcmp(entry.p, "\x93NUMPY", 6) || length > entry.n - first) stop(UNUSABLE, "%s: %s: no npy array", file, name);
  char *head = room(length + 1, 1), *type, *order, *shape;
  memcpy(head, entry.p + first, length);
  if (!(type = strstr(head, "'descr':")) || sscanf(type + 8, " '%7[^']'", array.type) != 1 || strlen(array.type) != 3 ||
      !(order = strstr(head, "'fortran_order': False")) || !(shape = strstr(head, "'shape': (")))
    stop(UNUSABLE, "%s: %s: its header is not one that is read here", file, name);
  for (char *p = shape + 10, *next; array.axes < 6; p = next + strspn(next, ", L")) {
    long long extent = strtoll(p, &next, 10);
    if (next == p || extent < 0 || extent > 1LL << 31) break;
    array.shape[array.axes++] = extent;
  }
  array.items = (Bytes){entry.p + first + length, entry.n - first - length};
  return array;
}
typedef struct { const char *name; long long n; const unsigned char *images; int *labels; } Split;
typedef struct { Split splits[3]; int columns; size_t image; long long all; } Data;
static Data read_data(Bytes zip, size_t image, int values, const char *file) { // labels are below values
  static const char *const names[3] = {"train", "val", "test"};
  Data data = {.image = image};
  for (int s = 0; s < 3; s++) {
    char name[32]; snprintf(name, sizeof name, "%s_images.npy", names[s]);
    Array images = npy(zip, name, file);
    long long n = images.axes >= 3 ? images.shape[0] : 0;
    if (strcmp(images.type, "|u1") || n < 1 || n > 1 << 28) stop(UNUSABLE, "%s: %s: no images of bytes", file, name);
    if (images.items.n != (size_t)n * image) stop(FALSE_CLAIM, "data: %s: not the certified data: images of another shape", file);
    snprintf(name, sizeof name, "%s_labels.npy", names[s]);
    Array labels = npy(zip, name, file);
    long long columns = labels.axes == 1 ? 1 : labels.axes == 2 ? labels.shape[1] : 0;
    int bytes = labels.type[2] - '0';
    if (!strchr("iu", labels.type[1]) || !strchr("1248", labels.type[2]) || labels.shape[0] != n || columns < 1 ||
        columns > 1000 || (s && columns != data.columns) || labels.items.n != (size_t)(n * columns * bytes))
      stop(UNUSABLE, "%s: %s: no labels for these images", file, name);
    data.columns = (int)columns;
    data.splits[s] = (Split){names[s], n, images.items.p, room((size_t)(n * columns), sizeof(int))};
    for (long long i = 0; i < n * columns; i++) {
      unsigned char item[8];
      for (int b = 0; b < bytes; b++) item[b] = labels.items.p[i * bytes + (*labels.type == '>' ? bytes - 1 - b : b)];
      if (little(item, bytes) >= (uint64_t)values)
        stop(FALSE_CLAIM, "data: %s: not the certified data: %s: a label is no class of the model", file, name);
      data.splits[s].labels[i] = (int)little(item, bytes);
    }
    data.all += n;
  }
  return data;
}

// ---- the model: safetensors ----------------------------------------------------------------------
typedef struct { char name[64]; int words; Bytes bytes; float *engine; } Tensor;
typedef struct {
  Tensor *tensors; int count, d, h, w, c, classes, multi; size_t image;
  char task[32], arch[32], training[32]; const char *file;
} Model;
static int by_name(const void *a, const void *b) { return strcmp(((const Tensor *)a)->name, ((const Tensor *)b)->name); }
static void copy(Bytes text, char *to, size_t size, const char *what, const char *file) {
  if (!text.p || text.n >= size || memchr(text.p, '\\', text.n)) stop(UNUSABLE, "%s: it lacks a proper %s", file, what);
  memcpy(to, text.p, text.n); to[text.n] = 0;
}
static void meta(Bytes metadata, const char *key, char *to, size_t size, const char *file) {
  copy(inner(get(metadata, key, file)), to, size, key, file);
}
static Model read_model(Bytes bytes, const char *file) {
  Model m = {.count = 0, .file = file};
  uint64_t length = bytes.n < 8 ? 0 : little(bytes.p, 8);
  if (length < 2 || length > bytes.n - 8) stop(UNUSABLE, "%s is no safetensors file, or it is cut off", file);
  Bytes data = {bytes.p + 8 + length, bytes.n - 8 - length}, text = {bytes.p + 8, length}, key, value;
  Bytes header = {text.p, value_end(text, 0, file)}, metadata = needed(header, "__metadata__", file);
  char input[48], classes[12];
  m.tensors = room(length / 8, sizeof(Tensor)); // more than the header can name
  for (size_t at = 0; member(header, &at, &key, &value, file);) {
    if (is(key, "__metadata__")) continue;
    Tensor *t = &m.tensors[m.count++]; unsigned long long begin = 1, end = 0;
    copy(key, t->name, sizeof t->name, "name of a tensor", file);
    copy(needed(value, "data_offsets", file), input, sizeof input, "place of a tensor", file);
    t->words = is(needed(value, "dtype", file), "\"F32\"");
    if (sscanf(input, "[ %llu , %llu", &begin, &end) != 2 || begin > end || end > data.n || (t->words && (end - begin) % 4))
      stop(UNUSABLE, "%s: %s lies outside the file", file, t->name);
    t->bytes = (Bytes){data.p + begin, (size_t)(end - begin)};
  }
  qsort(m.tensors, (size_t)m.count, sizeof(Tensor), by_name);
  meta(metadata, "input", input, sizeof input, file);
  meta(metadata, "classes", classes, sizeof classes, file);
  meta(metadata, "task", m.task, sizeof m.task, file);
  meta(metadata, "architecture", m.arch, sizeof m.arch, file);
  meta(metadata, "arithmetic", m.training, sizeof m.training, file);
  m.classes = atoi(classes); m.multi = !strncmp(m.task, "multi-label", 11);
  if (strcmp(m.arch, "small") && strcmp(m.arch, "small3d") && strcmp(m.arch, "resnet18") && strcmp(m.arch, "resnet50"))
    stop(UNUSABLE, "%s: the network '%s' is not known to this checker; use unerring verify", file, m.arch);
  if (strcmp(m.training, "ordered") && strcmp(m.training, "cudnn")) // another way to compute logits begins here
    stop(UNUSABLE, "%s: the arithmetic '%s' is not known to this checker; use unerring verify", file, m.training);
  if (sscanf(input, "%dx%dx%dx%d", &m.d, &m.h, &m.w, &m.c) != 4 || m.d < 1 || m.h < 1 || m.w < 1 || m.c < 1 || m.c > 3 ||
      m.d > 4096 || m.h > 4096 || m.w > 4096 || (long long)m.d * m.h * m.w > 1 << 22 || m.classes < 2 || m.classes > 1000)
    stop(UNUSABLE, "%s: its metadata do not describe a network", file);
  m.image = (size_t)m.d * m.h * m.w * m.c; return m;
}
static Tensor *tensor(const Model *m, const char *name, const char *part, size_t bytes) {
  Tensor wanted; snprintf(wanted.name, sizeof wanted.name, "%s.%s", name, part);
  Tensor *t = bsearch(&wanted, m->tensors, (size_t)m->count, sizeof(Tensor), by_name);
  if (!t || t->bytes.n != bytes) stop(UNUSABLE, "%s: the tensor %s is missing, or of another size", m->file, wanted.name);
  return t;
}
// Numbers of a tensor: file [outer][middle][taps] becomes [taps][middle][outer]; vectors stay.
static const float *weights(const Model *m, const char *name, const char *part, size_t outer, size_t middle, size_t taps) {
  Tensor *t = tensor(m, name, part, 4 * outer * middle * taps);
  if (!t->words) stop(UNUSABLE, "%s: the tensor %s is not float32", m->file, t->name);
  if (t->engine) return t->engine;
  t->engine = room(outer * middle * taps, sizeof(float));
  for (size_t i = 0; i < outer * middle * taps; i++) {
    uint32_t bits = (uint32_t)little(t->bytes.p + 4 * i, 4);
    memcpy(&t->engine[(i % taps * middle + i / taps % middle) * outer + i / taps / middle], &bits, 4);
  }
  return t->engine;
}
static const float *vector(const Model *m, const char *name, const char *part, int n) {
  return weights(m, name, part, (size_t)n, 1, 1);
}

// ---- arithmetic, as docs/arithmetic.md defines it --------------------------------------------------
typedef struct { int d, h, w, c; float *v; } Act;
static size_t size_of(Act a) { return (size_t)a.d * a.h * a.w * a.c; }
static Act act(int d, int h, int w, int c) {
  Act a = {d, h, w, c, NULL};
  if (d < 1 || h < 1 || w < 1) stop(UNUSABLE, "the images are too small for the network");
  a.v = room(size_of(a), sizeof(float)); return a;
}
static Act step(Act from, Act to) { free(from.v); return to; }
static Act conv(const Model *m, Act x, const char *name, int oc, int k, int s, int p, int biased) {
  int kd = m->d > 1 ? k : 1, pd = kd > 1 ? p : 0;
  Act y = act((x.d + 2 * pd - kd) / s + 1, (x.h + 2 * p - k) / s + 1, (x.w + 2 * p - k) / s + 1, oc);
  const float *w = weights(m, name, "weight", (size_t)oc, (size_t)x.c, (size_t)kd * k * k), *tap;
  const float *bias = biased ? vector(m, name, "bias", oc) : NULL; float *acc = y.v;
  for (int at = 0; at < y.d * y.h * y.w; at++, acc += oc) {
    int od = at / y.w / y.h, oh = at / y.w % y.h, ow = at % y.w; tap = w;
    for (int t = 0; t < kd * k * k; t++) {
      int d = od * s + t / k / k - pd, h = oh * s + t / k % k - p, ww = ow * s + t % k - p;
      int inside = d >= 0 && d < x.d && h >= 0 && h < x.h && ww >= 0 && ww < x.w;
      const float *in = inside ? x.v + (((size_t)d * x.h + h) * x.w + ww) * x.c : NULL;
      for (int i = 0; i < x.c; i++, tap += oc) {
        float value = in ? in[i] : 0.0f;
        for (int o = 0; o < oc; o++) acc[o] = fmaf(value, tap[o], acc[o]);
      }
    }
    for (int o = 0; o < oc; o++) acc[o] = acc[o] + (bias ? bias[o] : 0.0f);
  }
  return y;
}
static void relu(Act y) {
  for (size_t i = 0; i < size_of(y); i++) y.v[i] = y.v[i] > 0 || y.v[i] != y.v[i] ? y.v[i] : 0.0f;
}
// Convolution, then batch norm with running statistics, then ReLU where wanted.
static Act block(const Model *m, Act x, const char *name, const char *bn, int oc, int k, int s, int p, int biased, int last) {
  Act y = conv(m, x, name, oc, k, s, p, biased);
  const float *gamma = vector(m, bn, "weight", oc), *beta = vector(m, bn, "bias", oc);
  const float *mean = vector(m, bn, "running_mean", oc), *variance = vector(m, bn, "running_var", oc);
  for (size_t i = 0; i < size_of(y); i++) {
    size_t c = i % (size_t)oc;
    float inverse = 1.0f / sqrtf(variance[c] + 1e-5f);
    y.v[i] = fmaf((y.v[i] - mean[c]) * inverse, gamma[c], beta[c]);
  }
  if (last) relu(y);
  return y;
}
static Act max_pool(const Model *m, Act x) { // windows of 2, step 2, no padding
  int kd = m->d > 1 ? 2 : 1;
  Act y = act(x.d / kd, x.h / 2, x.w / 2, x.c);
  for (size_t i = 0; i < size_of(y); i++) {
    size_t c = i % (size_t)x.c, at = i / (size_t)x.c, w = at % (size_t)y.w, h = at / (size_t)y.w % (size_t)y.h;
    size_t d = at / (size_t)y.w / (size_t)y.h;
    for (size_t k = 0; k < (size_t)kd * 4; k++) {
      size_t from = ((d * (size_t)kd + k / 4) * (size_t)x.h + h * 2 + k / 2 % 2) * (size_t)x.w + w * 2 + k % 2;
      float v = x.v[from * (size_t)x.c + c], best = y.v[i];
      if (k == 0 || v > best || (v != v && best == best)) y.v[i] = v;
    }
  }
  return step(x, y);
}
static Act linear(const Model *m, Act x, const char *name, int outputs, int with_relu) {
  size_t positions = (size_t)x.d * x.h * x.w;
  const float *w = weights(m, name, "weight", (size_t)outputs, (size_t)x.c, positions);
  const float *bias = vector(m, name, "bias", outputs); Act y = act(1, 1, 1, outputs);
  for (size_t i = 0; i < size_of(x); i++) for (int o = 0; o < outputs; o++) y.v[o] = fmaf(x.v[i], w[i * (size_t)outputs + o], y.v[o]);
  for (int o = 0; o < outputs; o++) y.v[o] = y.v[o] + bias[o];
  if (with_relu) relu(y);
  return step(x, y);
}
static Act small(const Model *m, Act x) {
  static const struct { const char *conv, *bn; int channels, pad, pool; } layers[] = {
      {"0", "1", 16, 0, 0}, {"3", "4", 16, 0, 1}, {"7", "8", 64, 0, 0}, {"10", "11", 64, 0, 0}, {"13", "14", 64, 1, 1}};
  for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
    x = step(x, block(m, x, layers[i].conv, layers[i].bn, layers[i].channels, 3, 1, layers[i].pad, 1, 1));
    if (layers[i].pool) x = max_pool(m, x);
  }
  return linear(m, linear(m, linear(m, x, "18", 128, 1), "20", 128, 1), "22", m->classes, 0);
}
static Act small3d(const Model *m, Act x) {
  static const char *const names[3][2] = {{"0", "1"}, {"4", "5"}, {"8", "9"}};
  for (int i = 0; i < 3; i++) x = max_pool(m, step(x, block(m, x, names[i][0], names[i][1], 16 << i, 3, 1, 1, 1, 1)));
  return linear(m, linear(m, x, "13", 128, 1), "15", m->classes, 0);
}
static Act residual(const Model *m, Act x, const char *name, int channels, int stride, int expansion) {
  static const char *const parts[8] = {"conv1", "bn1", "conv2", "bn2", "conv3", "bn3", "shortcut.0", "shortcut.1"};
  char n[8][64];
  for (int i = 0; i < 8; i++) snprintf(n[i], sizeof n[i], "%s%s", name, parts[i]);
  int wide = expansion > 1, outputs = channels * expansion;
  Act y = block(m, x, n[0], n[1], channels, wide ? 1 : 3, wide ? 1 : stride, !wide, 0, 1);
  y = step(y, block(m, y, n[2], n[3], channels, 3, wide ? stride : 1, 1, 0, wide));
  if (wide) y = step(y, block(m, y, n[4], n[5], outputs, 1, 1, 0, 0, 0));
  if (stride != 1 || x.c != outputs) x = step(x, block(m, x, n[6], n[7], outputs, 1, stride, 0, 0, 0));
  for (size_t i = 0; i < size_of(y); i++) y.v[i] = y.v[i] + x.v[i];
  relu(y); return step(x, y);
}
static Act resnet(const Model *m, Act x, const int blocks[4], int expansion) {
  x = step(x, block(m, x, "conv1", "bn1", 64, 3, 1, 1, 0, 1));
  for (int stage = 0; stage < 4; stage++)
    for (int i = 0; i < blocks[stage]; i++) {
      char name[32]; snprintf(name, sizeof name, "layer%d.%d.", stage + 1, i);
      x = residual(m, x, name, 64 << stage, stage && !i ? 2 : 1, expansion);
    }
  Act mean = act(1, 1, 1, x.c);
  for (size_t i = 0; i < size_of(x); i++) mean.v[i % (size_t)x.c] = mean.v[i % (size_t)x.c] + x.v[i];
  for (int c = 0; c < x.c; c++) mean.v[c] = mean.v[c] / (float)((size_t)x.d * x.h * x.w);
  return linear(m, step(x, mean), "linear", m->classes, 0);
}
static void forward(const Model *m, const unsigned char *image, float *logits) { // of the layers alone
  static const int of18[4] = {2, 2, 2, 2}, of50[4] = {3, 4, 6, 3};
  const float *scale = vector(m, "input", "scale", m->c), *shift = vector(m, "input", "shift", m->c);
  Act x = act(m->d, m->h, m->w, m->c), y;
  for (size_t i = 0; i < m->image; i++) x.v[i] = fmaf((float)image[i], scale[i % (size_t)m->c], shift[i % (size_t)m->c]);
  if (!strncmp(m->arch, "small", 5)) y = strcmp(m->arch, "small") ? small3d(m, x) : small(m, x);
  else y = strcmp(m->arch, "resnet50") ? resnet(m, x, of18, 1) : resnet(m, x, of50, 4);
  memcpy(logits, y.v, (size_t)m->classes * sizeof(float)); free(y.v);
}

// ---- patches (docs/repair.md) ----------------------------------------------------------------------
typedef struct { size_t count; const float *radius, *lift; unsigned char *centre; } Patches;
static Patches read_patches(const Model *m) {
  Patches p = {0, NULL, NULL, NULL};
  for (int i = 0; i < m->count; i++) if (!strcmp(m->tensors[i].name, "patch.radius")) p.count = m->tensors[i].bytes.n / 4;
  if (!p.count) return p;
  size_t positions = m->image / (size_t)m->c;
  p.radius = weights(m, "patch", "radius", p.count, 1, 1);
  p.lift = weights(m, "patch", "lift", p.count * (size_t)m->classes, 1, 1);
  Tensor *centre = tensor(m, "patch", "centre", p.count * m->image);
  p.centre = room(p.count, m->image);
  for (size_t i = 0; i < p.count * m->image; i++) { // from [c][position] to [position][c]
    size_t at = i % m->image;
    p.centre[i - at + at % positions * (size_t)m->c + at / positions] = centre->bytes.p[i];
  }
  return p;
}
static int find_patch(const Patches *p, const unsigned char *image, size_t size) { // the lowest; -1: none
  for (size_t k = 0, i; k < p->count; k++) {
    const unsigned char *c = p->centre + k * size;
    for (i = 0; i < size && c[i] - p->radius[k] < image[i] && image[i] < c[i] + p->radius[k];) i++;
    if (i == size) return (int)k;
  }
  return -1;
}

// ---- verdicts and figures ----------------------------------------------------------------------------
static uint32_t bits_of(float value) {
  uint32_t bits; memcpy(&bits, &value, 4); return value != value ? 0x7fc00000u : bits;
}
static float larger(float a, float b) { // NaN wins, and +0 over -0
  return a != a || b != b ? NAN : a > b || (a == b && !signbit(a)) ? a : b;
}
typedef struct { int predicted, wrong; float margin; } Verdict;
static Verdict judge(const Model *m, const float *z, int given, int column) {
  Verdict v = {0, 0, -INFINITY};
  if (m->multi) {
    v.predicted = z[column] > 0; v.margin = given == 1 ? z[column] : -z[column];
    v.wrong = z[column] != z[column] || z[column] == 0 || v.predicted != given; return v;
  }
  for (int j = 1; j < m->classes; j++) {
    float best = z[v.predicted];
    if (z[j] > best || (best != best && z[j] == z[j])) v.predicted = j;
  }
  v.wrong = v.predicted != given;
  for (int j = 0; j < m->classes; j++) {
    if (j != given) v.margin = larger(v.margin, z[j]);
    v.wrong |= z[j] != z[j] || (j != v.predicted && z[j] == z[v.predicted]);
  }
  v.margin = z[given] - v.margin; return v;
}
static float ordered_exp(float x) {
  double factorial = 6227020800.0, n = ((double)x * 0x1.71547652b82fep0 + 0x1.8p52) - 0x1.8p52, p = 1.0 / factorial;
  if (x != x) return NAN;
  if (x > 89.0f || x < -104.0f) return x > 0 ? INFINITY : 0;
  double r = fma(-n, 0x1.ef35793c76730p-45, fma(-n, 0x1.62e42fefa3800p-1, (double)x));
  for (int k = 12; k >= 0; k--) p = fma(p, r, 1.0 / (factorial /= k + 1)); // the quotients of factorials are exact
  return (float)(p * ldexp(1.0, (int)n));
}
// Area under the ROC curve of one column: pairs in order, ties half; NaN where all samples are of one kind.
static double area(const double *scores, const unsigned char *positive, long long n) {
  long long halves = 0, positives = 0;
  for (long long i = 0; i < n; positives += positive[i++])
    for (long long j = 0; positive[i] && j < n; j++) if (!positive[j]) halves += scores[j] < scores[i] ? 2 : scores[j] == scores[i];
  return positives && positives < n ? (double)halves / 2.0 / ((double)(n - positives) * (double)positives) : NAN;
}
static void put_share(FILE *out, double value) { // a number from 0 to 1 as RFC 8785 writes it; null for NaN
  char digits[40]; int precision = 0;
  if (value != value || value == 0 || value == 1) { fputs(value != value ? "null" : value == 0 ? "0" : "1", out); return; }
  do snprintf(digits, sizeof digits, "%.*e", precision++, value); while (strtod(digits, NULL) != value);
  int exponent = atoi(strchr(digits, 'e') + 1); *strchr(digits, 'e') = 0;
  if (digits[1]) memmove(digits + 1, digits + 2, strlen(digits + 1));
  if (exponent >= -6) fprintf(out, "0.%.*s%s", -exponent - 1, "000000", digits);
  else fprintf(out, "%c%s%se%d", digits[0], digits[1] ? "." : "", digits + 1, exponent);
}
static void put_figures(FILE *out, const char *key, const Model *m, const Split *split, int columns, const float *logits, long long errors) {
  long long n = split->n, argmax = 0;
  int k = m->classes, binary = !strcmp(m->task, "binary-class"), wide = binary ? 1 : k, used = 0;
  double *scores = room((size_t)(n * k), sizeof(double)), *column = room((size_t)n, sizeof(double)), acc = 0, auc = 0;
  unsigned char *positive = room((size_t)n, 1);
  for (long long i = 0; i < n; i++) {
    float best = -INFINITY, sum = 0, e[1000]; const float *z = logits + i * k; int top = 0;
    for (int j = 0; j < k; j++) best = larger(best, z[j]);
    for (int j = 0; j < k; j++) sum = sum + (e[j] = ordered_exp(z[j] - best));
    for (int j = 0; j < k; j++) {
      scores[i * k + j] = m->multi ? 1.0f / (1.0f + ordered_exp(-z[j])) : e[j] / sum;
      if (scores[i * k + j] > scores[i * k + top]) top = j;
    }
    argmax += top == split->labels[i * columns];
  }
  for (int c = 0; c < wide; c++) {
    long long right = 0;
    for (long long i = 0; i < n; i++) {
      int label = split->labels[i * columns + (m->multi ? c : 0)];
      column[i] = scores[i * k + (binary ? k - 1 : c)];
      positive[i] = binary || m->multi ? label != 0 : label == c;
      right += (column[i] > 0.5) == positive[i];
    }
    double one = area(column, positive, n);
    acc += (double)right / (double)n;
    if (one == one) auc += one, used++;
  }
  fprintf(out, "\"%s\":{\"acc\":", key);
  put_share(out, binary || m->multi ? acc / wide : (double)argmax / (double)n);
  fprintf(out, ",\"auc\":");
  put_share(out, used ? auc / used : NAN);
  fprintf(out, ",\"decisions\":%lld,\"errors\":%lld,\"samples\":%lld},", n * columns, errors, n);
}

// ---- contradictions: identical images with different labels ------------------------------------------
typedef struct { Hash hash; long long sample, index; const Split *split; const int *row; } Member;
typedef struct { const Member *members; long long size; } Group;
static int by_hash(const void *a, const void *b) {
  const Member *x = a, *y = b; int order = memcmp(x->hash.b, y->hash.b, 32);
  return order ? order : (x->sample > y->sample) - (x->sample < y->sample);
}
static int by_first(const void *a, const void *b) {
  long long x = ((const Group *)a)->members->sample, y = ((const Group *)b)->members->sample;
  return (x > y) - (x < y);
}
// Most of the first n members that agree: in a column, or in the whole row where column is -1.
static long long most(const Group *g, long long n, int column, int columns) {
  long long best = 0;
  for (long long i = 0; i < n; i++) {
    long long same = 0;
    const int *a = g->members[i].row, *b;
    for (long long j = 0; j < n && (b = g->members[j].row); j++)
      same += column < 0 ? !memcmp(a, b, (size_t)columns * sizeof(int)) : a[column] == b[column];
    if (same > best) best = same;
  }
  return best;
}
static void put_contradictions(FILE *out, const Data *data, long long *floor, long long *sample_floor) {
  Member *all = room((size_t)data->all, sizeof(Member));
  Group *groups = room((size_t)data->all, sizeof(Group));
  long long count = 0, number = 0;
  for (int s = 0; s < 3; s++)
    for (long long i = 0; i < data->splits[s].n; i++, number++) {
      const Split *split = &data->splits[s];
      Hash hash = sha(split->images + (size_t)i * data->image, data->image, "", 0);
      all[number] = (Member){hash, number, i, split, split->labels + i * data->columns};
    }
  qsort(all, (size_t)data->all, sizeof(Member), by_hash);
  for (long long i = 0, end; i < data->all; i = end) {
    int differ = 0;
    for (end = i + 1; end < data->all && !memcmp(all[i].hash.b, all[end].hash.b, 32); end++)
      differ |= memcmp(all[i].row, all[end].row, (size_t)data->columns * sizeof(int));
    if (differ) groups[count++] = (Group){all + i, end - i};
  }
  qsort(groups, (size_t)count, sizeof(Group), by_first);
  *floor = *sample_floor = 0;
  fprintf(out, "{\"contradictions\":[");
  for (const Group *g = groups; g < groups + count; g++) {
    long long train = 0, forced = 0;
    while (train < g->size && g->members[train].split == data->splits) train++;
    for (int c = 0; c < data->columns; c++) forced += train - most(g, train, c, data->columns);
    *floor += forced; *sample_floor += train - most(g, train, -1, data->columns);
    fprintf(out, "%s{\"labels\":[", g == groups ? "" : ",");
    for (long long i = 0; i < g->size; i++)
      for (int c = 0; c < data->columns; c++)
        fprintf(out, "%s%d%s", c ? "," : i ? ",[" : "[", g->members[i].row[c], c == data->columns - 1 ? "]" : "");
    fprintf(out, "],\"samples\":[");
    for (const Member *e = g->members; e < g->members + g->size; e++)
      fprintf(out, "%s\"%s[%lld]\"", e == g->members ? "" : ",", e->split->name, e->index);
    fprintf(out, "],\"trainErrorsAtLeast\":%lld}", forced);
  }
  fprintf(out, "],");
}

// ---- records, and their Merkle tree (RFC 6962) ---------------------------------------------------------
static Hash merkle(Bytes records, size_t width) {
  size_t n = records.n / width;
  Hash *level = room(n, sizeof(Hash));
  for (size_t i = 0; i < n; i++) level[i] = sha("", 1, records.p + i * width, width); // the byte 0 first
  for (; n > 1; n = (n + 1) / 2)
    for (size_t i = 0; i < n; i += 2) {
      unsigned char left[33] = {1};
      memcpy(left + 1, level[i].b, 32);
      level[i / 2] = i + 1 < n ? sha(left, 33, level[i + 1].b, 32) : level[i];
    }
  return level[0];
}
static Hash image_hash(const unsigned char *salt, uint64_t position, const unsigned char *image, size_t size) {
  unsigned char at[8];
  for (int i = 0; i < 8; i++) at[i] = (unsigned char)(position >> 8 * i); // 8 bytes, little-endian
  return sha(hmac(salt, at, 8).b, 32, image, size);
}

// ---- comparison ------------------------------------------------------------------------------------------
// Names the field in which two canonical texts begin to differ: the last two keys before it.
static void require_same(Bytes claimed, Bytes found) {
  Bytes keys[2] = {{found.p, 0}, {found.p, 0}};
  size_t at = 0, end;
  while (at < claimed.n && at < found.n && claimed.p[at] == found.p[at]) at++;
  if (at == claimed.n && at == found.n) return;
  for (size_t i = 0; i < found.n && i <= at; i++) {
    if (found.p[i] != '"') continue;
    end = string_end(found, i, "the count");
    if (one_of(found, end, ":")) keys[0] = keys[1], keys[1] = (Bytes){found.p + i + 1, end - i - 2};
    i = end - 1;
  }
  size_t from = at > 20 ? at - 20 : 0, left = claimed.n - from, right = found.n - from;
  stop(FALSE_CLAIM, "%.*s, %.*s: the certificate says ...%.*s, the files give ...%.*s", (int)keys[0].n, keys[0].p,
       (int)keys[1].n, keys[1].p, (int)(left < 60 ? left : 60), claimed.p + from, (int)(right < 60 ? right : 60), found.p + from);
}
typedef struct { Bytes payload, claims, stated, names[2]; } Claimed; // parts of a certificate
static Claimed read_certificate(const char *file) {
  Claimed c = {.payload = {NULL, 0}};
  Bytes whole = read_file(file, 1), key, value, payload;
  size_t first = blank(whole, 0), end = value_end(whole, 0, file), members = 0, at = 0;
  Bytes envelope = {whole.p + first, end - first};
  if (blank(whole, end) != whole.n) stop(UNUSABLE, "%s is damaged: more text follows" ASK, file);
  while (member(envelope, &at, &key, &value, file)) members++;
  if (members != 3 || !is(needed(envelope, "payloadType", file), "\"application/vnd.in-toto+json\"") ||
      *needed(envelope, "signatures", file).p != '[')
    stop(UNUSABLE, "%s is damaged: no envelope of payload, payloadType and signatures alone" ASK, file);
  c.payload = payload = base64(inner(needed(envelope, "payload", file)), file);
  Bytes type = inner(needed(payload, "predicateType", file)), predicate = needed(payload, "predicate", file);
  if (is(type, "https://unerring.dev/data-certificate/v1")) stop(UNUSABLE, "%s is of a data set alone; use unerring verify", file);
  if (!is(type, "https://unerring.dev/certificate/v1"))
    stop(UNUSABLE, "%s: predicateType %.*s is newer than this checker, or not of Unerring", file, (int)type.n,
         type.p ? (const char *)type.p : "");
  c.claims = needed(predicate, "verifyRecomputes", file);
  c.stated = needed(predicate, "statedBySigner", file);
  Bytes subject = needed(payload, "subject", file); at = 1;
  for (int i = 0; i < 2 && one_of(subject, at, "{"); i++) { // the names of the files are the signer's
    end = value_end(subject, at, file);
    c.names[i] = get((Bytes){subject.p + at, end - at}, "name", file);
    at = end + 1;
  }
  if (!inner(c.names[0]).p || !inner(c.names[1]).p) stop(UNUSABLE, "%s is damaged: subject" ASK, file);
  return c;
}
static Hash content_hash(const Data *data, const Model *m) {
  Text all; begin(&all);
  for (const Split *split = data->splits; split < data->splits + 3; split++) {
    fprintf(all.out, "%s_images %lldx%dx%dx%dx%d\n", split->name, split->n, m->d, m->h, m->w, m->c);
    fwrite(split->images, data->image, (size_t)split->n, all.out);
    fprintf(all.out, "%s_labels %lldx%d\n", split->name, split->n, data->columns);
    for (long long i = 0; i < split->n * data->columns; i++) put_little(all.out, (uint64_t)split->labels[i], 8);
  }
  return sha_of(taken(&all));
}
static Hash weights_hash(const Model *m, Bytes file) { // the tensors in the order in which they stand in the file
  Text all; begin(&all);
  for (const unsigned char *next = file.p + 8 + little(file.p, 8); next < file.p + file.n;) {
    const Tensor *t = m->tensors;
    while (t < m->tensors + m->count && (t->bytes.p != next || !t->bytes.n)) t++;
    if (t == m->tensors + m->count) stop(UNUSABLE, "%s: its tensors overlap or leave a gap", m->file);
    for (size_t i = 0; t->words && i < t->bytes.n; i += 4) {
      uint32_t bits = (uint32_t)little(next + i, 4);
      put_little(all.out, (bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc00000u : bits, 4);
    }
    if (!t->words) fwrite(next, 1, t->bytes.n, all.out);
    next += t->bytes.n;
  }
  return sha_of(taken(&all));
}
typedef struct { long long errors[3], before, wrong_samples, patched; float *logits[3]; Hash hash; } Counted;
// Ends with the sample whose record is not that of the count: its image, its label, or what the model answers.
static void require_record(const unsigned char *claimed, const unsigned char *found, size_t width, const char *split, long long n) {
  const char *what = memcmp(claimed + 8, found + 8, 32) ? "its image is not the certified one" : NULL;
  for (size_t at = 40; at < width && !what; at += 8) if (memcmp(claimed + at, found + at, 2)) what = "its label is not the certified one";
  if (!memcmp(claimed, found, width)) return;
  stop(FALSE_CLAIM, "%s[%lld]: %s", split, n, what ? what : "its record is not that of the count");
}
// Judges every sample and writes the records.
static Counted count_all(const Model *m, const Patches *p, const Data *data, Bytes verdicts, Text *records, size_t width) {
  Counted all = {.before = 0};
  uint64_t position = 0; Text logits; begin(&logits);
  for (int s = 0; s < 3; s++) {
    const Split *split = &data->splits[s];
    all.logits[s] = room((size_t)split->n * (size_t)m->classes, sizeof(float));
    for (long long n = 0; n < split->n; n++, position++) {
      float *z = all.logits[s] + n * m->classes;
      const unsigned char *image = split->images + (size_t)n * data->image;
      const int *labels = split->labels + n * data->columns;
      int wrong = 0, patch = find_patch(p, image, data->image); forward(m, image, z);
      for (int c = 0; s == 0 && c < data->columns; c++) all.before += judge(m, z, labels[c], c).wrong;
      if (patch >= 0 && s == 0 && memcmp(image, p->centre + (size_t)patch * data->image, data->image))
        stop(FALSE_CLAIM, "model: %s: patch %d reaches train[%lld], another image", m->file, patch, n);
      all.patched += patch >= 0 && s == 0;
      for (int j = 0; patch >= 0 && j < m->classes; j++) {
        float clamped = z[j] != z[j] ? 0.0f : z[j] > 0x1p16f ? 0x1p16f : z[j] < -0x1p16f ? -0x1p16f : z[j];
        z[j] = clamped + p->lift[(size_t)patch * (size_t)m->classes + (size_t)j];
      }
      Hash hash = verdicts.p ? image_hash(verdicts.p + 8, position, image, data->image) : (Hash){{0}, {0}};
      put_little(records->out, (uint64_t)s, 4); put_little(records->out, (uint64_t)n, 4);
      fwrite(hash.b, 1, 32, records->out);
      for (int c = 0; c < data->columns; c++) {
        Verdict v = judge(m, z, labels[c], c); all.errors[s] += v.wrong; wrong |= v.wrong;
        put_little(records->out, (uint64_t)labels[c] | (uint64_t)v.predicted << 16, 4);
        put_little(records->out, bits_of(v.margin), 4);
      }
      all.wrong_samples += s == 0 && wrong;
      for (int j = 0; j < m->classes; j++) put_little(logits.out, bits_of(z[j]), 4);
      if (verdicts.p) require_record(verdicts.p + 40 + position * width, taken(records).p + position * width, width, split->name, n);
    }
  }
  all.hash = sha_of(taken(&logits)); return all;
}

int main(int count, char **words) {
  if (count != 4) return fprintf(stderr, "usage: %s certificate.json data.npz model.safetensors\n", words[0]), 2;
  const char *file = words[1], *slash = strrchr(file, '/');
  Claimed c = read_certificate(file);
  Bytes data_bytes = read_file(words[2], 1), model_bytes = read_file(words[3], 1);
  Model m = read_model(model_bytes, words[3]); Patches patches = read_patches(&m);
  Data data = read_data(data_bytes, m.image, m.multi ? 2 : m.classes, words[2]);
  const Split *train = &data.splits[0], *val = &data.splits[1], *test = &data.splits[2];
  if (data.columns != (m.multi ? m.classes : 1))
    stop(FALSE_CLAIM, "data: %s: not the certified data: %d labels a sample", words[2], data.columns);
  // Where the hash of the model is another one, the tensor that was changed is named.
  size_t width = 40 + 8 * (size_t)data.columns, all = (size_t)data.all;
  Text beside, tensors, want, records; begin(&beside);
  fprintf(beside.out, "%.*sverdicts.bin", slash ? (int)(slash + 1 - file) : 0, file);
  Bytes verdicts = read_file((const char *)taken(&beside).p, 0), none = {NULL, 0};
  int fits = verdicts.p && verdicts.n == 40 + all * width && !memcmp(verdicts.p, "UNERRVD1", 8);
  Hash data_file = sha_of(data_bytes), model_file = sha_of(model_bytes);
  Bytes certified = get(get(c.claims, "model", file), "tensors", file);
  int same_model = strstr((const char *)c.payload.p, model_file.hex) != NULL; begin(&tensors);
  for (const Tensor *t = m.tensors; t < m.tensors + m.count; t++) {
    Hash hash = sha_of(t->bytes);
    fprintf(tensors.out, "%s\"%s\":\"%s\"", t == m.tensors ? "" : ",", t->name, hash.hex);
    if (!is(inner(get(certified, t->name, file)), hash.hex) && !same_model)
      stop(FALSE_CLAIM, "model: %s: its tensor %s is not the certified one", words[3], t->name);
  }
  if (!same_model) stop(FALSE_CLAIM, "model: %s: its header is not the certified one (subject)", words[3]);
  if (verdicts.p && !fits) stop(UNUSABLE, "%s is damaged: it is not the salt and %zu verdicts" ASK, beside.p, all);
  // The whole statement is written again from the files; names and what the signer states are taken over.
  begin(&records);
  Counted n = count_all(&m, &patches, &data, fits ? verdicts : none, &records, width);
  Hash content = content_hash(&data, &m), root = merkle(taken(&records), width);
  Bytes claimed = inner(get(get(c.claims, "verdicts", file), "merkleRoot", file));
  if (!fits && claimed.p && claimed.n == 64) memcpy(root.hex, claimed.p, 64);
  Bytes names = taken(&tensors); long long floor, sample_floor; begin(&want);
  FILE *out = want.out;
  int data_name = (int)c.names[0].n, model_name = (int)c.names[1].n;
  fprintf(out, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"scope\":{\"arithmetic\":\"ordered, version 1\","
      "\"dataFile\":%.*s,\"modelFile\":%.*s,\"notSaid\":[\"whether the given labels are right\",\"what the model answers for any"
      " other image\",\"whether model or data are fit for a purpose\"],\"notice\":\"Not for clinical use.\",\"reproducibility\":\"%s\","
      "\"samples\":\"train[0] to train[%lld] of the data file\",\"says\":\"which of these samples the model file answers with another"
      " label than the given one, counted from the two files in this arithmetic\",\"trainingArithmetic\":\"%s\"},"
      "\"statedBySigner\":%.*s,\"verifyRecomputes\":", data_name, c.names[0].p, model_name, c.names[1].p,
      strcmp(m.training, "cudnn") ? "same bits anywhere" : "same GPU architecture and libraries", train->n - 1, m.training,
      (int)c.stated.n, c.stated.p);
  put_contradictions(out, &data, &floor, &sample_floor);
  fprintf(out, "\"counts\":{\"floor\":%lld,\"patchedSamples\":%lld,\"patches\":%zu,\"sampleFloor\":%lld,\"trainDecisions\":%lld,"
      "\"trainErrors\":%lld,\"trainErrorsBeforePatch\":%lld,\"trainSamples\":%lld,\"trainWrongSamples\":%lld},", floor, n.patched,
      patches.count, sample_floor, train->n * data.columns, n.errors[0], n.before, train->n, n.wrong_samples);
  fprintf(out, "\"data\":{\"contentSha256\":\"%s\",\"image\":[%d,%d,%d,%d],\"labelsPerSample\":%d,\"samples\":{\"test\":%lld,"
      "\"train\":%lld,\"val\":%lld}},", content.hex, m.d, m.h, m.w, m.c, data.columns, test->n, train->n, val->n);
  fprintf(out, "\"logitsSha256\":\"%s\",\"model\":{\"architecture\":\"%s\",\"classes\":%d,\"task\":\"%s\",\"tensors\":{%.*s},"
      "\"weightsSha256\":\"%s\"},", n.hash.hex, m.arch, m.classes, m.task, (int)names.n, names.p, weights_hash(&m, model_bytes).hex);
  put_figures(out, "test", &m, test, data.columns, n.logits[2], n.errors[2]);
  put_figures(out, "val", &m, val, data.columns, n.logits[1], n.errors[1]);
  fprintf(out, "\"verdicts\":{\"merkleRoot\":\"%s\",\"recordBytes\":%zu,\"records\":%zu}}},\"predicateType\":\"https://unerring.dev"
      "/certificate/v1\",\"subject\":[{\"digest\":{\"sha256\":\"%s\",\"unerringContentSha256\":\"%s\"},\"name\":%.*s},"
      "{\"digest\":{\"sha256\":\"%s\"},\"name\":%.*s}]}", root.hex, width, all, data_file.hex, content.hex, data_name, c.names[0].p,
      model_file.hex, model_name, c.names[1].p);
  require_same(c.payload, taken(&want));
  printf("%s: every claim that can be counted again is true.\n", file);
  printf("  counted    %lld/%lld training errors, floor %lld\n", n.errors[0], train->n * data.columns, floor);
  if (patches.count)
    printf("             %lld training errors without the %zu training images that the model holds\n", n.before, patches.count);
  printf("  verdicts   %s\n", fits ? "all records, Merkle root as certified" : "not checked: no verdicts.bin beside the certificate");
  printf("  signature  not checked: this program checks none\nNot for clinical use.\n"); return 0;
}
