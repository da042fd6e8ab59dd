/* Replays a fuzz target without a fuzzer: feeds it every file of the given folders; of small files also every change of a byte and every beginning.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SMALL = 8192, LARGEST = 1 << 24 };

/* In memory of exactly its size, so that a sanitizer sees every step beyond it. */
static void feed(const uint8_t *data, size_t size) {
  uint8_t *copy = malloc(size ? size : 1);
  if (!copy) abort();
  memcpy(copy, data, size);
  LLVMFuzzerTestOneInput(copy, size);
  free(copy);
}

static void variants(uint8_t *data, size_t size) {
  static const uint8_t changes[] = {0x01, 0x80, 0xFF};
  for (size_t i = 0; i < size; i++) {
    feed(data, i);
    for (size_t k = 0; k < sizeof changes; k++) {
      data[i] ^= changes[k];
      feed(data, size);
      data[i] ^= changes[k];
    }
  }
}

static int replay(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return perror(path), 1;
  uint8_t *data = malloc(LARGEST);
  size_t size = data ? fread(data, 1, LARGEST, file) : 0;
  int failed = !data || ferror(file);
  fclose(file);
  if (!failed) {
    printf("%s: %zu bytes\n", path, size);
    fflush(stdout); /* the name stands there if the target does not come back */
    feed(data, size);
    if (size <= SMALL) variants(data, size);
  }
  free(data);
  return failed;
}

int main(int argc, char **argv) {
  int files = 0, failed = 0;
  for (int i = 1; i < argc; i++) {
    struct dirent **entries;
    int n = scandir(argv[i], &entries, NULL, alphasort);
    if (n < 0) return perror(argv[i]), 1;
    for (int k = 0; k < n; k++) {
      char path[4096];
      int length = snprintf(path, sizeof path, "%s/%s", argv[i], entries[k]->d_name);
      if (entries[k]->d_name[0] != '.' && length > 0 && (size_t)length < sizeof path) files++, failed |= replay(path);
      free(entries[k]);
    }
    free(entries);
  }
  if (files == 0) return fputs("no files\n", stderr), 1;
  return failed;
}
