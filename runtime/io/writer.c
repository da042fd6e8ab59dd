/* Writers of results. The columns of a result file are those of all editions together, so that its header does not depend on the records. */
#include "io/writer.h"
#include "base/file.h"
#include "base/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FLUSH = 65536 };

typedef struct out_file {
  const char *name, *path;
  file_sink *sink;
  ppr_buf text;
  const char **columns; /* after the keys */
  size_t n_columns;
  uint32_t **cell_of; /* per edition, per column: position of the cell in a line + 1 */
} out_file;

struct result_writer {
  record_store *store;
  const io_schema *schema;
  ppr_report *report;
  ppr_arena *arena;
  ppr_lang lang;
  bool json;
  out_file *files;    /* CSV: the last one is the error file; JSON: buf and sink of the first one take everything */
  size_t n_files;     /* result files only */
  uint32_t **file_of; /* per edition: file row → index in files */
  uint32_t group_key; /* position of the enumeration in the key, PPR_NONE: none */
  textmap count_index;
  ppr_run_count *counts;
  size_t n_counts, cap_counts;
  bool to_stdout, broken; /* broken: stdout refused bytes */
  ppr_buf join, keys;     /* scratch: one text; the key columns of the record at hand */
};

/* --- texts --- */

const char *writer_key(const io_schema *s, const store_record *r, ppr_arena *arena) {
  const char *text = r->key, *out = "";
  for (size_t k = 0; k < s->n_keys && out; k++, text += strlen(text) + 1) out = arena_printf(arena, "%s%s%.200s", out, k ? "/" : "", text);
  return out ? shown(arena, out, strlen(out)) : "";
}

void writer_issue_text(ppr_buf *out, const store_issue *issue, ppr_lang lang) {
  diag d = {.code = issue->code, .span = SPAN_NONE};
  for (int i = 0; i < 4; i++) d.args[i] = issue->args[i];
  diag_message(out, &d, lang);
  size_t before = out->size;
  buf_puts(out, ". ");
  size_t help = out->size;
  diag_help(out, &d, lang);
  if (out->size == help) out->size = before;
}

static void put_quoted(ppr_buf *out, const char *text, size_t n) {
  buf_putc(out, '"');
  for (size_t i = 0; i < n; i++) {
    if (text[i] == '"') buf_putc(out, '"');
    buf_putc(out, text[i]);
  }
  buf_putc(out, '"');
}

/* Text that a spreadsheet would take for a formula gets an apostrophe; no number, code or key looks like one. */
static void put_csv(ppr_buf *out, const char *text, size_t n) {
  if (n == 0) return;
  bool formula = strchr("=+@\t\r", text[0]) || (text[0] == '-' && n > 1 && (text[1] < '0' || text[1] > '9'));
  if (formula) buf_putc(out, '\'');
  bool quote = text[0] == ' ' || text[n - 1] == ' ';
  for (size_t i = 0; i < n && !quote; i++) quote = strchr(";\"\r\n", text[i]) != NULL;
  if (quote) put_quoted(out, text, n);
  else buf_put(out, text, n);
}

static void put_json(ppr_buf *out, const char *text, size_t n) {
  buf_putc(out, '"');
  for (size_t i = 0; i < n;) {
    unsigned char c = (unsigned char)text[i];
    uint32_t cp;
    char utf8[4];
    if (c == '"' || c == '\\') {
      buf_putc(out, '\\');
      buf_putc(out, (char)c);
      i++;
    } else if (c < 0x20 || c == 0x7F) {
      buf_printf(out, "\\u%04x", c);
      i++;
    } else if (c < 0x80) {
      buf_putc(out, (char)c);
      i++;
    } else {
      i += text_decode(&cp, text + i, n - i);
      buf_put(out, utf8, text_encode(utf8, cp));
    }
  }
  buf_putc(out, '"');
}

static void put_json_str(ppr_buf *out, const char *text) { put_json(out, text, strlen(text)); }

/* --- one cell --- */

typedef struct cell_value {
  bool number, yesno, text_only;
  uint8_t state;
  int64_t value;
} cell_value;

static void put_absent(ppr_buf *out, bool json, uint32_t kind, uint8_t state) {
  const char *word = kind == PPR_KIND_BOOL || state == PPR_UNBESTIMMT ? state_word(state) : "";
  if (!json) buf_puts(out, word);
  else if (*word) put_json_str(out, word);
  else buf_puts(out, "null");
}

static void put_value(const result_writer *w, ppr_buf *out, uint32_t edition, uint32_t kind, uint32_t enumeration, uint32_t scale, int64_t value,
                      uint8_t state) {
  if (state != PPR_PRESENT) {
    put_absent(out, w->json, kind, state);
  } else if (!w->json) {
    size_t at = out->size;
    schema_print(out, w->schema, edition, kind, enumeration, scale, value, ',');
    if (kind == PPR_KIND_ENUM && !out->failed && out->size > at) { /* codes are text of the rule author */
      ppr_buf plain;
      buf_init(&plain, out->alloc, 4096);
      buf_put(&plain, out->data + at, out->size - at);
      out->size = at;
      put_csv(out, plain.data ? plain.data : "", plain.size);
      out->failed = out->failed || plain.failed;
      buf_fini(&plain);
    }
  } else if (kind == PPR_KIND_BOOL) {
    buf_puts(out, value ? "true" : "false");
  } else if (kind == PPR_KIND_NUMBER || kind == PPR_KIND_PERCENT) {
    schema_print(out, w->schema, edition, kind, enumeration, scale, value, '.');
  } else {
    ppr_buf plain;
    buf_init(&plain, out->alloc, 65536);
    schema_print(&plain, w->schema, edition, kind, enumeration, scale, value, '.');
    put_json(out, plain.data ? plain.data : "", plain.size);
    out->failed = out->failed || plain.failed;
    buf_fini(&plain);
  }
}

static const char *key_at(const store_record *r, size_t k) {
  const char *text = r->key;
  for (; k > 0; k--) text += strlen(text) + 1;
  return text;
}

static void put_key(const result_writer *w, ppr_buf *out, const store_record *r, size_t k) {
  const char *text = key_at(r, k);
  const ppr_edition *e = w->schema->editions[0].e;
  bool number = e->field[e->key[k].field].kind == PPR_KIND_NUMBER && *text && strspn(text, "0123456789") == strlen(text);
  if (!w->json) put_csv(out, text, strlen(text));
  else if (number) buf_puts(out, text);
  else put_json_str(out, text);
}

static void put_field(const result_writer *w, ppr_buf *out, const store_record *r, uint32_t field) {
  const ppr_edition *e = w->schema->editions[r->edition].e;
  for (size_t k = 0; k < w->schema->n_keys; k++)
    if (e->key[k].field == field) {
      put_key(w, out, r, k);
      return;
    }
  const ppr_field *f = &e->field[field];
  if (f->inputs == 0) return;
  put_value(w, out, r->edition, f->kind, f->enumeration, f->scale, *store_value(w->store, r, f->first_input),
            *store_state(w->store, r, f->first_input));
}

static void put_cell(const result_writer *w, ppr_buf *out, const store_record *r, const result_view *v, const ppr_cell *c) {
  const ppr_edition *e = w->schema->editions[r->edition].e;
  const char *text;
  switch ((ppr_cell_kind)c->kind) {
  case PPR_CELL_OUTPUT: {
    const ppr_output *o = &e->output[c->value];
    put_value(w, out, r->edition, o->kind, o->enumeration, o->scale, v->out[c->value].values[v->row], v->out[c->value].states[v->row]);
    break;
  }
  case PPR_CELL_TEXT:
    text = schema_str(w->schema, c->value);
    if (w->json) put_json_str(out, text);
    else put_csv(out, text, strlen(text));
    break;
  case PPR_CELL_FIELD: put_field(w, out, r, c->value); break;
  }
}

/* --- counts of yes/no columns --- */

static void count_cell(result_writer *w, const out_file *f, size_t column, const store_record *r, const result_view *v, const ppr_cell *c) {
  if (c->kind != PPR_CELL_OUTPUT || w->schema->editions[r->edition].e->output[c->value].kind != PPR_KIND_BOOL) return;
  const char *group = w->group_key == PPR_NONE ? "" : key_at(r, w->group_key), *own;
  w->join.size = 0;
  buf_printf(&w->join, "%s%c%s%c%s", f->name, 0, f->columns[column], 0, group);
  uint32_t at = w->join.failed ? TEXTMAP_NONE : textmap_add(&w->count_index, w->join.data, w->join.size, (uint32_t)w->n_counts, &own);
  if (at == TEXTMAP_NONE) return;
  if (at == w->n_counts) {
    if (w->n_counts == w->cap_counts) w->counts = arena_grow(w->arena, w->counts, w->n_counts, &w->cap_counts, w->n_counts + 1, sizeof *w->counts);
    if (!w->counts) return;
    w->counts[w->n_counts++] = (ppr_run_count){f->name, f->columns[column], own + strlen(f->name) + 1 + strlen(f->columns[column]) + 1, 0, 0, 0};
  }
  ppr_run_count *n = &w->counts[at];
  if (v->out[c->value].states[v->row] != PPR_PRESENT) n->absent++;
  else if (v->out[c->value].values[v->row]) n->yes++;
  else n->no++;
}

ppr_status writer_counts(result_writer *w, ppr_run_count **counts, size_t *n) {
  *counts = NULL;
  *n = 0;
  if (arena_failed(w->arena)) return PPR_NOMEM;
  if (w->n_counts == 0) return PPR_OK;
  size_t text = 0;
  for (size_t i = 0; i < w->n_counts; i++) text += strlen(w->counts[i].file) + strlen(w->counts[i].column) + strlen(w->counts[i].group) + 3;
  ppr_run_count *out = ppr_alloc_default.fn(ppr_alloc_default.ctx, NULL, 0, w->n_counts * sizeof *out + text);
  if (!out) return PPR_NOMEM;
  char *p = (char *)(out + w->n_counts);
  for (size_t i = 0; i < w->n_counts; i++) {
    out[i] = w->counts[i];
    const char **strings[3] = {&out[i].file, &out[i].column, &out[i].group};
    for (int s = 0; s < 3; s++) {
      size_t size = strlen(*strings[s]) + 1;
      memcpy(p, *strings[s], size);
      *strings[s] = p;
      p += size;
    }
  }
  *counts = out;
  *n = w->n_counts;
  return PPR_OK;
}

/* --- one record --- */

static void flush(result_writer *w, out_file *f, size_t over) {
  if (f->text.size <= over) return;
  if (f->sink) file_sink_write(f->sink, f->text.data, f->text.size);
  else if (w->to_stdout && fwrite(f->text.data, 1, f->text.size, stdout) != f->text.size) w->broken = true;
  f->text.size = 0;
}

static bool line_wanted(const ppr_line *line, const result_view *v) {
  if (!line->when) return true;
  const ppr_result *when = &v->out[line->when - 1];
  return when->states[v->row] == PPR_PRESENT && when->values[v->row];
}

static void csv_lines(result_writer *w, const store_record *r, const result_view *v) {
  const ppr_edition *e = w->schema->editions[r->edition].e;
  w->keys.size = 0;
  for (size_t k = 0; k < w->schema->n_keys; k++) {
    if (k) buf_putc(&w->keys, ';');
    put_key(w, &w->keys, r, k);
  }
  for (uint32_t l = 0; l < e->n_line; l++) {
    const ppr_line *line = &e->line[l];
    if (!line_wanted(line, v)) continue;
    out_file *f = &w->files[w->file_of[r->edition][line->file]];
    buf_put(&f->text, w->keys.data, w->keys.size);
    for (size_t c = 0; c < f->n_columns; c++) {
      uint32_t cell = f->cell_of[r->edition][c];
      buf_putc(&f->text, ';');
      if (!cell || cell > line->cells) continue;
      const ppr_cell *at = &e->cell[line->first_cell + cell - 1];
      put_cell(w, &f->text, r, v, at);
      count_cell(w, f, c, r, v, at);
    }
    buf_putc(&f->text, '\n');
    flush(w, f, FLUSH);
  }
}

static void csv_issues(result_writer *w, const store_record *r) {
  out_file *f = &w->files[w->n_files];
  for (const store_issue *i = r->first; i; i = i->next) {
    char code[8];
    diag_code_text(code, i->code);
    for (size_t k = 0; k < w->schema->n_keys; k++) {
      const char *text = shown(w->store->issues, key_at(r, k), strlen(key_at(r, k)));
      put_csv(&f->text, text, strlen(text));
      buf_putc(&f->text, ';');
    }
    put_csv(&f->text, i->table, strlen(i->table));
    buf_putc(&f->text, ';');
    if (i->line) buf_printf(&f->text, "%llu", (unsigned long long)i->line);
    buf_putc(&f->text, ';');
    put_csv(&f->text, i->field, strlen(i->field));
    buf_printf(&f->text, ";%s;", code);
    w->join.size = 0;
    writer_issue_text(&w->join, i, w->lang);
    put_csv(&f->text, w->join.data ? w->join.data : "", w->join.size);
    buf_putc(&f->text, '\n');
    flush(w, f, FLUSH);
  }
}

static void json_file(result_writer *w, ppr_buf *out, size_t file, const store_record *r, const result_view *v) {
  const ppr_edition *e = w->schema->editions[r->edition].e;
  const out_file *f = &w->files[file];
  bool any = false;
  put_json_str(out, f->name);
  buf_puts(out, ":[");
  for (uint32_t l = 0; l < e->n_line; l++) {
    const ppr_line *line = &e->line[l];
    if (w->file_of[r->edition][line->file] != file || !line_wanted(line, v)) continue;
    if (any) buf_putc(out, ',');
    any = true;
    buf_putc(out, '{');
    bool first = true;
    for (size_t c = 0; c < f->n_columns; c++) {
      uint32_t cell = f->cell_of[r->edition][c];
      if (!cell || cell > line->cells) continue;
      if (!first) buf_putc(out, ',');
      first = false;
      put_json_str(out, f->columns[c]);
      buf_putc(out, ':');
      const ppr_cell *at = &e->cell[line->first_cell + cell - 1];
      put_cell(w, out, r, v, at);
      count_cell(w, f, c, r, v, at);
    }
    buf_putc(out, '}');
  }
  buf_putc(out, ']');
}

static void json_issues(result_writer *w, ppr_buf *out, const store_record *r) {
  if (!r->first) return;
  buf_puts(out, ",\"Fehler\":[");
  for (const store_issue *i = r->first; i; i = i->next) {
    char code[8];
    diag_code_text(code, i->code);
    buf_puts(out, i == r->first ? "{\"Code\":" : ",{\"Code\":");
    put_json_str(out, code);
    if (*i->table) {
      buf_puts(out, ",\"Tabelle\":");
      put_json_str(out, i->table);
    }
    if (i->line) buf_printf(out, ",\"Zeile\":%llu", (unsigned long long)i->line);
    if (*i->field) {
      buf_puts(out, ",\"Feld\":");
      put_json_str(out, i->field);
    }
    buf_puts(out, ",\"Text\":");
    w->join.size = 0;
    writer_issue_text(&w->join, i, w->lang);
    put_json(out, w->join.data ? w->join.data : "", w->join.size);
    buf_putc(out, '}');
  }
  buf_putc(out, ']');
}

static void json_record(result_writer *w, const store_record *r, const result_view *v) {
  ppr_buf *out = &w->files[w->n_files].text;
  for (size_t k = 0; k < w->schema->n_keys; k++) {
    buf_putc(out, k ? ',' : '{');
    put_json_str(out, w->schema->keys[k]);
    buf_putc(out, ':');
    put_key(w, out, r, k);
  }
  if (r->edition != PPR_NONE) {
    buf_puts(out, ",\"Fassung\":");
    put_json_str(out, schema_edition_name(w->schema, r->edition));
  }
  if (v) {
    buf_puts(out, ",\"Ergebnisse\":{");
    for (size_t f = 0; f < w->n_files; f++) {
      if (f) buf_putc(out, ',');
      json_file(w, out, f, r, v);
    }
    buf_putc(out, '}');
  }
  json_issues(w, out, r);
  buf_puts(out, "}\n");
  flush(w, &w->files[w->n_files], FLUSH);
}

void writer_record(result_writer *w, const store_record *r, const result_view *results) {
  if (w->json) {
    json_record(w, r, results);
    return;
  }
  if (results) csv_lines(w, r, results);
  csv_issues(w, r);
}

/* --- opening and closing --- */

static uint32_t find_text(const char *const *list, size_t n, const char *text) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(list[i], text) == 0) return (uint32_t)i;
  return PPR_NONE;
}

/* A file row of an edition: columns that are no keys join those of the file. */
static bool bind_file(result_writer *w, out_file *f, uint32_t edition, const ppr_file *row) {
  const ppr_edition *e = w->schema->editions[edition].e;
  size_t cap = f->n_columns;
  for (uint32_t c = 0; c < row->cols; c++) {
    const char *name = schema_str(w->schema, e->col[row->first_col + c].name);
    if (find_text(w->schema->keys, w->schema->n_keys, name) != PPR_NONE || find_text(f->columns, f->n_columns, name) != PPR_NONE) continue;
    f->columns = arena_grow(w->arena, f->columns, f->n_columns, &cap, f->n_columns + 1, sizeof *f->columns);
    if (!f->columns) return false;
    f->columns[f->n_columns++] = name;
  }
  return true;
}

static bool map_cells(result_writer *w, out_file *f, uint32_t edition, const ppr_file *row) {
  const ppr_edition *e = w->schema->editions[edition].e;
  uint32_t *cell_of = f->cell_of[edition];
  if (!cell_of) cell_of = f->cell_of[edition] = arena_array(w->arena, f->n_columns + 1, sizeof *cell_of);
  if (!cell_of) return false;
  for (uint32_t c = 0; c < row->cols; c++) {
    uint32_t at = find_text(f->columns, f->n_columns, schema_str(w->schema, e->col[row->first_col + c].name));
    if (at != PPR_NONE) cell_of[at] = c + 1;
  }
  return true;
}

static ppr_status collect_files(result_writer *w) {
  const ppr_program *p = w->schema->program;
  size_t most = 1;
  for (uint32_t i = 0; i < p->n_editions; i++) most += p->editions[i].n_file;
  w->files = arena_array(w->arena, most, sizeof *w->files);
  w->file_of = arena_array(w->arena, p->n_editions, sizeof *w->file_of);
  if (!w->files || !w->file_of) return PPR_NOMEM;
  for (size_t f = 0; f < most; f++) buf_init(&w->files[f].text, w->store->alloc, (size_t)1 << 30);
  textmap names;
  textmap_init(&names, w->arena);
  for (uint32_t i = 0; i < p->n_editions; i++) {
    const ppr_edition *e = &p->editions[i];
    w->file_of[i] = arena_array(w->arena, (size_t)e->n_file + 1, sizeof **w->file_of);
    if (!w->file_of[i]) return PPR_NOMEM;
    for (uint32_t f = 0; f < e->n_file; f++) {
      const char *name = schema_str(w->schema, e->file[f].name);
      if (!*name || *name == '.' || strpbrk(name, "/\\") || strcmp(name, WRITER_ERRORS) == 0) {
        report_add(w->report, DIAG_TABLE_NAME, SPAN_NONE, name, NULL);
        return PPR_DIAGNOSED;
      }
      uint32_t at = textmap_add(&names, name, strlen(name), (uint32_t)w->n_files, NULL);
      if (at == TEXTMAP_NONE) return PPR_NOMEM;
      if (at == w->n_files) w->files[w->n_files++].name = name;
      w->file_of[i][f] = at;
      if (!bind_file(w, &w->files[at], i, &e->file[f])) return PPR_NOMEM;
    }
  }
  for (size_t f = 0; f < w->n_files; f++)
    if (!(w->files[f].cell_of = arena_array(w->arena, p->n_editions, sizeof *w->files[f].cell_of))) return PPR_NOMEM;
  for (uint32_t i = 0; i < p->n_editions; i++)
    for (uint32_t f = 0; f < p->editions[i].n_file; f++)
      if (!map_cells(w, &w->files[w->file_of[i][f]], i, &p->editions[i].file[f])) return PPR_NOMEM;
  w->files[w->n_files].name = WRITER_ERRORS;
  return PPR_OK;
}

static ppr_status start(result_writer **out, record_store *store, bool json, ppr_lang lang, ppr_report *report) {
  *out = NULL;
  ppr_arena *arena = arena_new(store->alloc);
  result_writer *w = arena ? arena_alloc(arena, sizeof *w) : NULL;
  if (!w) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  *w = (result_writer){.store = store, .schema = store->schema, .report = report, .arena = arena, .lang = lang, .json = json, .group_key = PPR_NONE};
  buf_init(&w->join, store->alloc, (size_t)1 << 20);
  buf_init(&w->keys, store->alloc, (size_t)1 << 22);
  textmap_init(&w->count_index, arena);
  const ppr_edition *e = store->schema->editions[0].e;
  for (uint32_t k = 0; k < e->n_key && w->group_key == PPR_NONE; k++)
    if (e->field[e->key[k].field].kind == PPR_KIND_ENUM) w->group_key = k;
  *out = w;
  return collect_files(w);
}

static ppr_status refuse(result_writer *w, file_status status, const char *path) {
  file_report(w->report, status, path, 0);
  return status == FILE_NO_MEMORY ? PPR_NOMEM : PPR_IO;
}

static void put_header(const result_writer *w, out_file *f) {
  for (size_t k = 0; k < w->schema->n_keys; k++) {
    if (k) buf_putc(&f->text, ';');
    put_csv(&f->text, w->schema->keys[k], strlen(w->schema->keys[k]));
  }
  for (size_t c = 0; c < f->n_columns; c++) {
    buf_putc(&f->text, ';');
    put_csv(&f->text, f->columns[c], strlen(f->columns[c]));
  }
  buf_puts(&f->text, f == &w->files[w->n_files] ? ";Tabelle;Zeile;Feld;Code;Text\n" : "\n");
}

static ppr_status open_files(result_writer *w, const char *folder) {
  file_status made = file_make_folder(folder);
  if (made != FILE_OK) return refuse(w, made, folder);
  for (size_t f = 0; f <= w->n_files; f++) {
    w->files[f].path = arena_printf(w->arena, "%s/%s.csv", folder, w->files[f].name);
    if (!w->files[f].path) return PPR_NOMEM;
    file_status status = file_sink_open(&w->files[f].sink, w->store->alloc, w->files[f].path);
    if (status != FILE_OK) {
      w->files[f].sink = NULL;
      return refuse(w, status, w->files[f].path);
    }
    put_header(w, &w->files[f]);
  }
  return PPR_OK;
}

static ppr_status opened(result_writer **out, ppr_status status) {
  if (status == PPR_OK) return status;
  writer_abort(*out);
  *out = NULL;
  return status;
}

ppr_status writer_open_csv(result_writer **out, record_store *store, const char *output, ppr_lang lang, ppr_report *report) {
  ppr_status status = start(out, store, false, lang, report);
  if (status == PPR_OK) status = open_files(*out, output);
  return opened(out, status);
}

ppr_status writer_open_json(result_writer **out, record_store *store, const char *output, ppr_lang lang, ppr_report *report) {
  ppr_status status = start(out, store, true, lang, report);
  if (status == PPR_OK && !output) (*out)->to_stdout = true;
  if (status == PPR_OK && output) {
    out_file *f = &(*out)->files[(*out)->n_files];
    f->path = arena_strndup((*out)->arena, output, strlen(output));
    file_status opening = f->path ? file_sink_open(&f->sink, store->alloc, output) : FILE_NO_MEMORY;
    if (opening != FILE_OK) {
      f->sink = NULL;
      status = refuse(*out, opening, output);
    }
  }
  return opened(out, status);
}

ppr_status writer_commit(result_writer *w) {
  ppr_status status = w->join.failed || w->keys.failed || arena_failed(w->arena) || w->store->failed ? PPR_NOMEM : PPR_OK;
  for (size_t f = 0; f <= w->n_files && status == PPR_OK; f++) {
    flush(w, &w->files[f], 0);
    if (w->files[f].text.failed) status = PPR_NOMEM;
    if (status != PPR_OK || !w->files[f].sink) continue;
    file_status finished = file_sink_finish(w->files[f].sink);
    if (finished != FILE_OK) status = refuse(w, finished, w->files[f].path);
  }
  if (status == PPR_OK && w->to_stdout && (w->broken || fflush(stdout) != 0)) {
    report_add(w->report, DIAG_OUTPUT_UNWRITABLE, SPAN_NONE, "stdout", strerror(errno), NULL);
    status = PPR_IO;
  }
  for (size_t f = 0; f <= w->n_files && status == PPR_OK; f++) {
    if (!w->files[f].sink) continue;
    file_status committed = file_sink_commit(w->files[f].sink);
    w->files[f].sink = NULL;
    if (committed != FILE_OK) status = refuse(w, committed, w->files[f].path);
  }
  writer_abort(w);
  return status;
}

void writer_abort(result_writer *w) {
  if (!w) return;
  for (size_t f = 0; w->files && f <= w->n_files; f++) {
    file_sink_abort(w->files[f].sink);
    buf_fini(&w->files[f].text);
  }
  buf_fini(&w->join);
  buf_fini(&w->keys);
  arena_free(w->arena);
}
