// SPDX-License-Identifier: Apache-2.0
/* Replays calls of kernels that CallRecorder wrote down, with the kernels of another set or machine.
 *
 *   replay LIBRARY SET FILE      prints: SET, cases, calls, results, hash over all results
 *
 * Exit 0: every result has the recorded hash. 1: not; the first ones are named. 2: cannot run.
 * A record: a letter and 64 bits, little-endian. Integer and floating-point arguments travel in
 * registers of their own on the machines supported, so one function type serves every kernel. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_INTEGERS = 16, MOST_FLOATS = 4, MOST_ARGUMENTS = MOST_INTEGERS + MOST_FLOATS };

typedef int64_t (*kernel)(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,
                          int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,
                          float, float, float, float);

static FILE *file;

static void fail(const char *what, const char *name) {
  fprintf(stderr, "replay: %s %s\n", what, name);
  exit(2);
}

static int64_t word(void) {
  unsigned char bytes[8];
  uint64_t value = 0;
  if (fread(bytes, 1, 8, file) != 8) fail("the record ends early", "");
  for (int i = 7; i >= 0; i--) value = value << 8 | bytes[i];
  return (int64_t)value;
}

static int64_t tagged(int tag) {
  if (fgetc(file) != tag) fail("unexpected letter in the record", "");
  return word();
}

static void read_bytes(void *to, size_t count) {
  if (fread(to, 1, count, file) != count) fail("the record ends early", "");
}

/* FNV-1a over 32-bit words, every NaN canonical. */
static uint64_t hash_of(const unsigned char *from, int64_t bytes) {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (int64_t i = 0; i < bytes / 4; i++) {
    uint32_t bits;
    memcpy(&bits, from + 4 * i, 4);
    if ((bits & 0x7fffffffu) > 0x7f800000u) bits = 0x7fc00000u;
    hash = (hash ^ bits) * 0x100000001b3ull;
  }
  return hash;
}

int main(int count, char **arguments) {
  if (count != 4) fail("usage: replay LIBRARY SET FILE", "");
  const char *set = arguments[2];
  void *library = dlopen(arguments[1], RTLD_NOW);
  if (!library) fail("cannot load", dlerror());
  if (!(file = fopen(arguments[3], "rb"))) fail("cannot open", arguments[3]);
  unsigned char *allocated = NULL, *memory = NULL;
  long cases = 0, calls = 0, results = 0, wrong = 0;
  uint64_t all = 0xcbf29ce484222325ull;
  char name[256] = "", symbol[300];
  for (int tag; (tag = fgetc(file)) != EOF;) {
    const int64_t value = word();
    if (tag == 'C') {
      free(allocated);
      if (!(allocated = calloc(1, (size_t)value + 64))) fail("no memory", "");
      memory = allocated + (64 - (uintptr_t)allocated % 64) % 64;
      cases++;
    } else if (tag == 'W') {
      const int64_t bytes = tagged('n');
      read_bytes(memory + value, (size_t)bytes);
    } else if (tag == 'H') {
      const int64_t bytes = tagged('n');
      const uint64_t expected = (uint64_t)tagged('h'), found = hash_of(memory + value, bytes);
      all = (all ^ found) * 0x100000001b3ull;
      results++;
      if (found != expected && wrong++ < 10)
        fprintf(stderr, "replay: case %ld, a result after %s differs\n", cases, name);
    } else if (tag == 'F') {
      if (value >= (int64_t)sizeof name) fail("a name is too long", "");
      read_bytes(name, (size_t)value);
      name[value] = 0;
      const int returns = fgetc(file) == 'R';
      const int64_t expected = word();
      const int number = fgetc(file);
      int64_t n[MOST_INTEGERS] = {0};
      float f[MOST_FLOATS] = {0};
      int integers = 0, floats = 0;
      for (int i = 0; i < number; i++) {
        const int kind = fgetc(file);
        const int64_t argument = word();
        const uint32_t bits = (uint32_t)argument;
        if (integers == MOST_INTEGERS || floats == MOST_FLOATS) fail("too many arguments:", name);
        if (kind == 'f') memcpy(&f[floats++], &bits, 4);
        else n[integers++] = kind == 'P' ? (int64_t)(intptr_t)(memory + argument) : argument;
      }
      snprintf(symbol, sizeof symbol, "%s_%s", name, set);
      const kernel function = (kernel)(intptr_t)dlsym(library, symbol);
      if (!function) fail("no function", symbol);
      const int64_t result = function(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10],
                                      n[11], n[12], n[13], n[14], n[15], f[0], f[1], f[2], f[3]);
      calls++;
      if (returns && result != expected && wrong++ < 10)
        fprintf(stderr, "replay: case %ld, %s returns %lld, not %lld\n", cases, name,
                (long long)result, (long long)expected);
    } else fail("unexpected letter in the record", "");
  }
  printf("%s: %ld cases, %ld calls, %ld results, hash %016llx\n", set, cases, calls, results,
         (unsigned long long)all);
  return wrong > 0;
}
