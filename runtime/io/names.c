/* Resolves written names of inputs. Two axes may be named in any order, by the column of the table, or left to their position. */
#include "io/names.h"
#include <string.h>

static csv_cell trimmed(const char *from, const char *to) {
  while (from < to && *from == ' ') from++;
  while (to > from && to[-1] == ' ') to--;
  return (csv_cell){from, (size_t)(to - from)};
}

static bool split_index(input_name *out, const char *from, const char *to) {
  if (out->axes == 2) return false;
  const char *eq = memchr(from, '=', (size_t)(to - from));
  if (eq) out->axis[out->axes] = trimmed(from, eq);
  out->member[out->axes] = trimmed(eq ? eq + 1 : from, to);
  return out->member[out->axes++].size > 0;
}

bool name_split(input_name *out, csv_cell text) {
  *out = (input_name){.field = text};
  const char *open = text.size ? memchr(text.text, '[', text.size) : NULL, *end = text.text + text.size;
  if (!open) return text.size > 0;
  if (end[-1] != ']') return false;
  out->field = trimmed(text.text, open);
  const char *from = open + 1, *close = end - 1;
  for (;;) {
    const char *comma = memchr(from, ',', (size_t)(close - from));
    if (!split_index(out, from, comma ? comma : close)) return false;
    if (!comma) return out->field.size > 0;
    from = comma + 1;
  }
}

static bool same_text(csv_cell a, const char *b) { return a.size == strlen(b) && memcmp(a.text, b, a.size) == 0; }

/* Member index of written index i on axis `axis` of the field; TEXTMAP_NONE when it cannot stand there. */
static uint32_t index_on(const io_schema *s, uint32_t edition, const ppr_field *f, const input_name *n, int i, int axis) {
  const ppr_edition *e = s->editions[edition].e;
  uint32_t enumeration = axis == 0 ? f->axis1 : f->axis2;
  if (n->axis[i].size) {
    const ppr_block *b = f->block ? &e->block[f->block - 1] : NULL;
    uint32_t column = !b ? 0 : axis == 0 ? b->column1 : b->column2;
    bool by_column = column && same_text(n->axis[i], schema_str(s, column));
    bool by_name = f->axis1 != f->axis2 && same_text(n->axis[i], schema_str(s, e->enumeration[enumeration - 1].name));
    if (!by_column && !by_name) return TEXTMAP_NONE;
  }
  return textmap_find(&s->editions[edition].codes[enumeration - 1], n->member[i].text, n->member[i].size);
}

bool name_resolve(const io_schema *s, uint32_t edition, const input_name *n, uint32_t *field, uint32_t *input) {
  const ppr_edition *e = s->editions[edition].e;
  uint32_t at = textmap_find(&s->editions[edition].fields, n->field.text, n->field.size);
  if (at == TEXTMAP_NONE) return false;
  const ppr_field *f = &e->field[at];
  int axes = (f->axis1 != 0) + (f->axis2 != 0);
  if ((f->flags & (PPR_FIELD_KEY | PPR_FIELD_PERIOD)) || f->kind == PPR_KIND_TEXT || axes != n->axes) return false;
  uint32_t element = 0;
  if (axes == 1) element = index_on(s, edition, f, n, 0, 0);
  if (axes == 2) {
    uint32_t a = index_on(s, edition, f, n, 0, 0), b = index_on(s, edition, f, n, 1, 1);
    if (a == TEXTMAP_NONE || b == TEXTMAP_NONE) { /* the other order, where it is unmistakable */
      a = index_on(s, edition, f, n, 1, 0);
      b = index_on(s, edition, f, n, 0, 1);
    }
    if (a == TEXTMAP_NONE || b == TEXTMAP_NONE) return false;
    element = a * e->enumeration[f->axis2 - 1].count + b;
  }
  if (element >= f->inputs) return false;
  *field = at;
  *input = f->first_input + element;
  return true;
}

uint32_t name_edition(const io_schema *s, const input_name *n) {
  uint32_t field, input;
  for (uint32_t i = 0; i < s->program->n_editions; i++)
    if (name_resolve(s, i, n, &field, &input)) return i;
  return PPR_NONE;
}

uint32_t name_key(const io_schema *s, csv_cell text) {
  const ppr_edition *e = s->editions[0].e;
  for (uint32_t k = 0; k < s->n_keys; k++)
    if (same_text(text, s->keys[k]) || same_text(text, schema_str(s, e->field[e->key[k].field].name))) return k;
  return PPR_NONE;
}
