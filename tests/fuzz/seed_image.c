/* Writes the image of the sample program, so that the replay always has one in the present format: seed_image FOLDER. */
#include "code/image.h"
#include "support/asm.h"
#include <stdio.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  char path[4096];
  snprintf(path, sizeof path, "%s/sample.pprb", argv[1]);
  ppr_program *p = asm_sample();
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 1 << 24);
  image_encode(&b, p);
  FILE *file = b.failed ? NULL : fopen(path, "wb");
  bool written = file && fwrite(b.data, 1, b.size, file) == b.size;
  if (file && fclose(file) != 0) written = false;
  buf_fini(&b);
  program_free(p);
  return written ? 0 : 1;
}
