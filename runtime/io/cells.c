/* Text of cells; see cells.h. */
#include "io/cells.h"
#include "base/decimal.h"
#include "base/text.h"
#include <string.h>

static void put_quoted(ppr_buf *out, const char *text, size_t n) {
  buf_putc(out, '"');
  for (size_t i = 0; i < n; i++) {
    if (text[i] == '"') buf_putc(out, '"');
    buf_putc(out, text[i]);
  }
  buf_putc(out, '"');
}

static bool needs_quotes(char c) { return c == ';' || c == '"' || c == '\r' || c == '\n'; }

/* Text that a spreadsheet would take for a formula gets an apostrophe; no number, code or key looks like one. */
void cells_csv(ppr_buf *out, const char *text, size_t n) {
  if (n == 0) return;
  bool formula = strchr("=+@\t\r", text[0]) || (text[0] == '-' && n > 1 && (text[1] < '0' || text[1] > '9'));
  if (formula) buf_putc(out, '\'');
  bool quote = text[0] == ' ' || text[n - 1] == ' ';
  for (size_t i = 0; i < n; i++) quote |= needs_quotes(text[i]);
  if (quote) put_quoted(out, text, n);
  else buf_put(out, text, n);
}

void cells_json(ppr_buf *out, const char *text, size_t n) { text_put_json(out, text, n); }

void cells_json_text(ppr_buf *out, const char *text) { cells_json(out, text, strlen(text)); }

static void put_absent(ppr_buf *out, bool json, uint32_t kind, uint8_t state) {
  const char *word = kind == PPR_KIND_BOOL || state == PPR_UNBESTIMMT ? state_word(state) : "";
  if (!json) buf_puts(out, word);
  else if (*word) cells_json_text(out, word);
  else buf_puts(out, "null");
}

/* Numbers are most of what is written. */
static void put_number(ppr_buf *out, int64_t value, uint32_t scale, char mark) {
  char *text = buf_room(out, DEC_TEXT);
  if (text) buf_take(out, dec_print64(text, value, (int)scale, mark));
}

static void put_value(const cell_form *form, ppr_buf *out, uint32_t edition, uint32_t kind, uint32_t enumeration, uint32_t scale, int64_t value,
                      uint8_t state) {
  if (state != PPR_PRESENT) {
    put_absent(out, form->json, kind, state);
  } else if (kind == PPR_KIND_NUMBER || kind == PPR_KIND_PERCENT) {
    put_number(out, value, scale, form->json ? '.' : ',');
  } else if (form->json && kind == PPR_KIND_BOOL) {
    buf_puts(out, value ? "true" : "false");
  } else if (kind == PPR_KIND_ENUM) { /* codes are text of the rule author */
    const char *code = schema_word(form->store->schema, edition, enumeration, value);
    (form->json ? cells_json : cells_csv)(out, code, strlen(code));
  } else if (!form->json) {
    schema_print(out, form->store->schema, edition, kind, enumeration, scale, value, ',');
  } else {
    ppr_buf plain;
    buf_init(&plain, out->alloc, 65536);
    schema_print(&plain, form->store->schema, edition, kind, enumeration, scale, value, '.');
    cells_json(out, plain.data ? plain.data : "", plain.size);
    out->failed = out->failed || plain.failed;
    buf_fini(&plain);
  }
}

void cells_number(const cell_form *form, ppr_buf *out, ppr_wide value, int scale, uint8_t state) {
  char text[DEC_TEXT];
  if (state != PPR_PRESENT) put_absent(out, form->json, PPR_KIND_NUMBER, state);
  else buf_put(out, text, dec_print(text, value, scale, form->json ? '.' : ','));
}

const char *cells_key_text(const store_record *r, size_t k) {
  const char *text = r->key;
  for (; k > 0; k--) text += strlen(text) + 1;
  return text;
}

void cells_key(const cell_form *form, ppr_buf *out, const store_record *r, size_t k) {
  const char *text = cells_key_text(r, k);
  const ppr_edition *e = form->store->schema->editions[0].e;
  bool number = e->field[e->key[k].field].kind == PPR_KIND_NUMBER && *text && strspn(text, "0123456789") == strlen(text);
  if (!form->json) cells_csv(out, text, strlen(text));
  else if (number) buf_puts(out, text);
  else cells_json_text(out, text);
}

/* A digit, a letter or part of one, the end of a part: such text needs nothing. */
static bool is_plain(unsigned char c) { return c == 0 || c >= 0x80 || (unsigned)(c - '0') < 10 || (unsigned)((c | 0x20) - 'a') < 26; }

void cells_csv_keys(ppr_buf *out, const store_record *r, size_t n) {
  size_t size = r->key_size ? r->key_size - 1u : 0;
  char *to = buf_room(out, size);
  bool plain = to;
  for (size_t i = 0; i < size && to; i++) {
    plain &= is_plain((unsigned char)r->key[i]);
    to[i] = r->key[i] ? r->key[i] : ';';
  }
  if (plain) {
    buf_take(out, size);
    return;
  }
  const char *text = r->key;
  for (size_t k = 0; k < n; k++, text += strlen(text) + 1) {
    if (k) buf_putc(out, ';');
    cells_csv(out, text, strlen(text));
  }
}

static void put_field(const cell_form *form, ppr_buf *out, const store_record *r, uint32_t field) {
  const ppr_edition *e = form->store->schema->editions[r->edition].e;
  for (size_t k = 0; k < form->store->schema->n_keys; k++)
    if (e->key[k].field == field) {
      cells_key(form, out, r, k);
      return;
    }
  const ppr_field *f = &e->field[field];
  if (f->inputs == 0) return;
  put_value(form, out, r->edition, f->kind, f->enumeration, f->scale, *store_value(form->store, r, f->first_input),
            *store_state(form->store, r, f->first_input));
}

void cells_put(const cell_form *form, ppr_buf *out, const store_record *r, const result_view *v, const ppr_cell *c) {
  const ppr_edition *e = form->store->schema->editions[r->edition].e;
  const char *text;
  switch ((ppr_cell_kind)c->kind) {
  case PPR_CELL_OUTPUT: {
    const ppr_output *o = &e->output[c->value];
    put_value(form, out, r->edition, o->kind, o->enumeration, o->scale, v->out[c->value].values[v->row], v->out[c->value].states[v->row]);
    break;
  }
  case PPR_CELL_TEXT:
    text = schema_str(form->store->schema, c->value);
    (form->json ? cells_json : cells_csv)(out, text, strlen(text));
    break;
  case PPR_CELL_FIELD: put_field(form, out, r, c->value); break;
  }
}
