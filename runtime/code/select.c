/* Selection of editions by kind of record and knowledge day. */
#include "code/select.h"
#include <string.h>

ppr_status program_select(ppr_program **out, const ppr_program *p, const char *record, int64_t known_day) {
  *out = NULL;
  if (p->n_editions == 0) return PPR_MISUSE;
  ppr_arena *arena = arena_new(ppr_alloc_default);
  ppr_program *view = arena ? arena_alloc(arena, sizeof *view) : NULL;
  ppr_edition *editions = view ? arena_array(arena, p->n_editions, sizeof *editions) : NULL;
  if (!editions) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  *view = *p;
  view->arena = arena;
  view->rest = NULL; /* it belongs to the program */
  view->editions = editions;
  view->n_editions = 0;
  const char *wanted = record ? record : program_string(p, p->editions[0].record);
  for (uint32_t i = 0; i < p->n_editions; i++) {
    const ppr_edition *e = &p->editions[i];
    if (strcmp(program_string(p, e->record), wanted) != 0 || e->decided_day > known_day) continue;
    ppr_edition *last = view->n_editions ? &editions[view->n_editions - 1] : NULL;
    if (last && last->until_day >= e->from_day) last->until_day = e->from_day - 1;
    editions[view->n_editions] = *e;
    editions[view->n_editions++].until_day = e->written_until; /* until a known successor cuts it */
  }
  if (view->n_editions == 0) {
    arena_free(arena);
    return PPR_MISUSE;
  }
  *out = view;
  return PPR_OK;
}
