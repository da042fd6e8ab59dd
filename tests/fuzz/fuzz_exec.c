/* Fuzz target: image bytes (their size and checksum are put right first), opened and verified, then run on a few records under both plans and
 * explained. Nothing a verified program does may be undefined. */
#include "base/crc.h"
#include "ppr/ppr.h"
#include <stdlib.h>
#include <string.h>

enum { ROWS = 5, MOST = 2000 /* inputs and outputs tried */ };
enum { SIZE_AT = 12, HEAD = 40, CHECK = 4 }; /* of an image */

typedef struct columns {
  ppr_column *in;
  ppr_result *out;
  int64_t *values;
  uint8_t *states;
} columns;

/* Numbers at the edges of the field and beyond, from a small generator seeded by the bytes. */
static int64_t number(uint64_t *seed, const ppr_value_info *info) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  uint64_t r = *seed >> 33, span = (uint64_t)info->hi - (uint64_t)info->lo;
  switch (r % 8) {
  case 0: return info->lo;
  case 1: return info->hi;
  case 2: return INT64_MIN;
  case 3: return 0;
  default: return (int64_t)((uint64_t)info->lo + (span == UINT64_MAX ? r * r : r % (span + 1)));
  }
}

static void run(const ppr_program *p, size_t edition, uint64_t seed) {
  ppr_edition_info e;
  if (ppr_program_edition(p, edition, &e) != PPR_OK || e.inputs > MOST || e.outputs > MOST) return;
  columns c = {calloc(e.inputs + 1, sizeof *c.in), calloc(e.outputs + 1, sizeof *c.out), calloc((e.inputs + e.outputs + 1) * ROWS, sizeof *c.values),
               calloc((e.inputs + e.outputs + 1) * ROWS, 1)};
  ppr_fault faults[ROWS];
  if (!c.in || !c.out || !c.values || !c.states) abort();
  for (size_t i = 0; i < e.inputs; i++) {
    ppr_value_info info;
    if (ppr_program_input(p, edition, i, &info) != PPR_OK) abort();
    for (size_t j = 0; j < ROWS; j++) {
      c.values[i * ROWS + j] = number(&seed, &info);
      c.states[i * ROWS + j] = seed >> 60 ? 0 : (uint8_t)(seed >> 40);
    }
    c.in[i] = (ppr_column){seed >> 59 == 1 ? NULL : c.values + i * ROWS, seed >> 62 ? NULL : c.states + i * ROWS, NULL};
  }
  for (size_t i = 0; i < e.outputs; i++) c.out[i] = (ppr_result){c.values + (e.inputs + i) * ROWS, c.states + (e.inputs + i) * ROWS, NULL};
  for (int keep = 0; keep < 2; keep++) {
    ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
    opts.lanes = keep ? 2 : 64;
    opts.keep = keep;
    ppr_evaluator *v;
    if (ppr_evaluator_new(&v, p, edition, &opts) != PPR_OK) break; /* an import nobody has */
    if (ppr_evaluator_eval(v, c.in, ROWS, c.out, faults) != PPR_OK) abort();
    const char *text;
    for (size_t i = 0; i < e.outputs && i < 4; i++)
      if (ppr_evaluator_explain(v, c.in, i % ROWS, i, i % 2 ? PPR_ENGLISH : PPR_GERMAN, keep ? PPR_EXPLAIN_FULL : PPR_EXPLAIN_SHORT, &text) ==
              PPR_OK &&
          !*text)
        abort();
    ppr_letter_opts letter = PPR_LETTER_OPTS_INIT;
    letter.form = keep ? PPR_EXPLAIN_JSON : PPR_EXPLAIN_HTML;
    if (ppr_evaluator_letter(v, c.in, 0, NULL, 0, &letter, &text) == PPR_OK && !*text) abort();
    ppr_evaluator_free(v);
  }
  free(c.in);
  free(c.out);
  free(c.values);
  free(c.states);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_program *p = NULL;
  uint8_t *image = malloc(size + 1);
  if (!engine || !report || !image) abort();
  if (size) memcpy(image, data, size);
  if (size >= HEAD + CHECK) { /* size and checksum are put right */
    uint64_t all = size;
    memcpy(image + SIZE_AT, &all, sizeof all);
    uint32_t check = crc32c(image, size - CHECK);
    memcpy(image + size - CHECK, &check, sizeof check);
  }
  uint64_t seed = size;
  for (size_t i = 0; i < size; i++) seed = seed * 31 + data[i];
  if (ppr_program_open(&p, engine, image, size, report) == PPR_OK)
    for (size_t i = 0; i < ppr_program_editions(p); i++) run(p, i, seed + i);
  ppr_program_free(p);
  free(image);
  ppr_report_free(report);
  ppr_engine_free(engine);
  return 0;
}
