/* Any bytes as an image: decoded as they are, and once more with size and checksum put right, so that what lies behind the envelope is reached. An
 * image that is accepted is listed and encoded again; under its own version that gives the same bytes. Opened, with its code fetched edition by
 * edition, it is accepted or refused all the same. */
#include "base/crc.h"
#include "code/build.h"
#include "code/dis.h"
#include "code/image.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHECK = 4, SIZE_AT = 12, LIMIT = 1 << 26 };

static bool opens(const uint8_t *data, size_t size, ppr_status *status) {
  ppr_report *r = report_new(ppr_alloc_default);
  ppr_program *p = NULL;
  if (!r) return false;
  *status = image_open(&p, ppr_alloc_default, data, size, r);
  for (uint32_t i = 0; *status == PPR_OK && i < p->n_editions; i++) *status = image_code(p, i, i % 2 ? r : NULL);
  program_free(p);
  report_free(r);
  return *status != PPR_NOMEM;
}

static void decode(const uint8_t *data, size_t size) {
  ppr_report *r = report_new(ppr_alloc_default);
  ppr_program *p = NULL;
  if (!r) return;
  ppr_status whole = image_decode(&p, ppr_alloc_default, data, size, r), late;
  if (opens(data, size, &late) && (whole == PPR_OK) != (late == PPR_OK)) abort();
  if (whole == PPR_OK) {
    ppr_buf text, again;
    buf_init(&text, ppr_alloc_default, LIMIT);
    dis_program(&text, p, UINT32_MAX);
    buf_init(&again, ppr_alloc_default, LIMIT);
    image_encode(&again, p);
    bool own = memcmp(data + 4, "\1\0\0\0", 4) == 0;
    if (!again.failed && own && (again.size != size || memcmp(again.data, data, size) != 0)) abort();
    buf_fini(&text);
    buf_fini(&again);
  }
  program_free(p);
  report_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  decode(data, size);
  if (size < SIZE_AT + 8 + CHECK) return 0;
  uint8_t *sealed = malloc(size);
  if (!sealed) return 0;
  memcpy(sealed, data, size);
  for (int i = 0; i < 8; i++) sealed[SIZE_AT + i] = (uint8_t)((uint64_t)size >> (8 * i));
  uint32_t check = crc32c(sealed, size - CHECK);
  for (int i = 0; i < CHECK; i++) sealed[size - CHECK + (size_t)i] = (uint8_t)(check >> (8 * i));
  decode(sealed, size);
  free(sealed);
  return 0;
}
