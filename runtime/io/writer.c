/* Writers of results. The columns of a result file are those of all editions together, so that its header does not depend on the records. */
#include "io/writer.h"
#include "base/decimal.h"
#include "base/file.h"
#include "base/oserror.h"
#include "base/text.h"
#include "io/results.h"
#include "io/sums.h"
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
  bool *summed;       /* per key: rows are added up over it, and it is no column */
  sum_file *sums;     /* NULL: every row is written as it comes */
  uint32_t edition;   /* first that has the file */
} out_file;

typedef enum { ROW_NOTHING, ROW_NUMBER, ROW_TRUTH, ROW_TEXT, ROW_OTHER } row_kind;

/* A cell of a possible row of a CSV file. */
typedef struct row_cell {
  row_kind kind;
  uint32_t output, scale; /* of numbers and yes/no */
  const ppr_cell *cell;   /* of others */
  const char *text;       /* of a text of at most DEC_TEXT bytes; scale: how many */
  uint32_t group, count;  /* of yes/no: the group of the last record, PPR_NONE: there was none; its count */
} row_cell;

/* Lines of an edition. */
typedef struct line_list {
  uint32_t *line, n;
  bool found;
} line_list;

struct result_writer {
  cell_form form;
  const io_schema *schema;
  ppr_report *report;
  ppr_arena *arena;
  ppr_lang lang;
  out_file *files;             /* CSV: the last one is the error file; JSON: buf and sink of the first one take everything */
  size_t n_files;              /* result files only */
  uint32_t **file_of;          /* per edition: file row → index in files */
  row_cell ***rows;            /* CSV, per edition and line: a cell per column of its file; made when its first record comes */
  line_list *lines;            /* per edition: those some record has */
  uint32_t group_key;          /* position of the enumeration in the key, PPR_NONE: none */
  textmap groups, count_index; /* text of a group → its number; count_key → position in counts */
  uint32_t record_group;       /* of the record at hand */
  ppr_run_count *counts;
  uint32_t *touched; /* counts above 0, in the order in which they became so */
  size_t n_counts, cap_counts, n_touched, cap_touched;
  bool to_stdout, broken;    /* broken: stdout refused bytes */
  bool overflow;             /* a sum did not fit; reported */
  bool part, summed;         /* another writer takes the text; some file is summed over records */
  size_t without;            /* records without results */
  ppr_buf join, keys, group; /* scratch: one text; the key columns of the record at hand; what a row is added up by */
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
  const diag_row *row = diag_find(issue->code);
  if (!row || !row->help_de[0]) return;
  buf_puts(out, ". ");
  diag_help(out, &d, lang);
}

/* --- counts of yes/no columns --- */

typedef struct count_key {
  uint32_t file, column, group;
} count_key;

/* The number of a group; its text is kept. */
static uint32_t group_number(result_writer *w, const char *text, const char **own) {
  return textmap_add(&w->groups, text, strlen(text), (uint32_t)w->groups.count, own);
}

/* A count that is about to grow. */
static ppr_run_count *touch(result_writer *w, uint32_t at) {
  ppr_run_count *n = &w->counts[at];
  if (n->yes + n->no + n->absent) return n;
  if (w->n_touched == w->cap_touched)
    w->touched = arena_grow(w->arena, w->touched, w->n_touched, &w->cap_touched, w->n_touched + 1, sizeof *w->touched);
  if (!w->touched) return NULL;
  w->touched[w->n_touched++] = at;
  return n;
}

/* The count of a column for a group, PPR_NONE when out of memory. */
static uint32_t count_of(result_writer *w, const out_file *f, size_t column, const char *group, uint32_t number) {
  count_key key = {(uint32_t)(f - w->files), (uint32_t)column, number};
  uint32_t at = textmap_add(&w->count_index, (const char *)&key, sizeof key, (uint32_t)w->n_counts, NULL);
  if (at == TEXTMAP_NONE || number == TEXTMAP_NONE) return PPR_NONE;
  if (at == w->n_counts) {
    if (w->n_counts == w->cap_counts) w->counts = arena_grow(w->arena, w->counts, w->n_counts, &w->cap_counts, w->n_counts + 1, sizeof *w->counts);
    const char *own;
    if (!w->counts || group_number(w, group, &own) == TEXTMAP_NONE) return PPR_NONE;
    w->counts[w->n_counts++] = (ppr_run_count){f->name, f->columns[column], own, 0, 0, 0};
  }
  return at;
}

/* The count for a yes/no of a record. */
static uint32_t count_for(result_writer *w, const out_file *f, size_t column, const store_record *r) {
  bool grouped = w->group_key != PPR_NONE && !f->summed[w->group_key];
  return count_of(w, f, column, grouped ? cells_key_text(r, w->group_key) : "", grouped ? w->record_group : 0);
}

static void count_value(result_writer *w, uint32_t at, uint8_t state, int64_t value) {
  ppr_run_count *n = at == PPR_NONE ? NULL : touch(w, at);
  if (!n) return;
  if (state != PPR_PRESENT) n->absent++;
  else if (value) n->yes++;
  else n->no++;
}

static void count_cell(result_writer *w, const out_file *f, size_t column, const store_record *r, const result_view *v, const ppr_cell *c) {
  if (c->kind != PPR_CELL_OUTPUT || w->schema->editions[r->edition].e->output[c->value].kind != PPR_KIND_BOOL) return;
  count_value(w, count_for(w, f, column, r), v->out[c->value].states[v->row], v->out[c->value].values[v->row]);
}

/* Counts of a part since the last time, in the order in which they appeared there. */
static void take_counts(result_writer *w, result_writer *part) {
  for (size_t i = 0; i < part->n_touched; i++) {
    ppr_run_count *from = &part->counts[part->touched[i]];
    uint32_t number = group_number(w, from->group, NULL);
    size_t file = 0, column = 0; /* the names are the same strings of the program */
    while (part->files[file].name != from->file) file++;
    while (part->files[file].columns[column] != from->column) column++;
    uint32_t at = count_of(w, &w->files[file], column, from->group, number);
    ppr_run_count *to = at == PPR_NONE ? NULL : touch(w, at);
    if (to) {
      to->yes += from->yes;
      to->no += from->no;
      to->absent += from->absent;
    }
    from->yes = from->no = from->absent = 0;
  }
  part->n_touched = 0;
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
  if (f->text.size <= over || w->part) return;
  if (f->sink) file_sink_write(f->sink, f->text.data, f->text.size);
  else if (w->to_stdout && fwrite(f->text.data, 1, f->text.size, stdout) != f->text.size) w->broken = true;
  f->text.size = 0;
}

bool writer_wants(const ppr_line *line, const result_view *v) { return !line->when || results_yes(&v->out[line->when - 1], v->row); }

/* --- sums over records --- */

static void sum_line(result_writer *w, out_file *f, const store_record *r, const result_view *v, uint32_t line) {
  const ppr_edition *e = w->schema->editions[r->edition].e;
  const uint32_t *cell_of = f->cell_of[r->edition];
  bool fresh;
  size_t too_large = sums_line(f->sums, &w->group, r, v, line, cell_of, &fresh);
  if (too_large < f->n_columns && !w->overflow) {
    report_add(w->report, DIAG_SUM_OVERFLOW, SPAN_NONE, f->name, f->columns[too_large], writer_key(w->schema, r, w->arena), NULL);
    w->overflow = true;
  }
  for (size_t c = 0; fresh && c < f->n_columns; c++) { /* a row to be written */
    const ppr_cell *cell = sums_cell(e, &e->line[line], cell_of, c);
    if (cell) count_cell(w, f, c, r, v, cell);
  }
}

static void sum_lines(result_writer *w, const store_record *r, const result_view *v) {
  const ppr_edition *e = w->schema->editions[r->edition].e;
  for (uint32_t l = 0; l < e->n_line; l++) {
    out_file *f = &w->files[w->file_of[r->edition][e->line[l].file]];
    if (f->sums && writer_wants(&e->line[l], v)) sum_line(w, f, r, v, l);
  }
}

/* All sums, when the last record is in. */
static void put_sums(result_writer *w) {
  const char *names = "";
  for (size_t i = 0; i < w->n_files; i++) {
    out_file *f = &w->files[i], *to = w->form.json ? &w->files[w->n_files] : f;
    if (!f->sums) continue;
    names = arena_printf(w->arena, "%s%s%s", names ? names : "", names && *names ? ", " : "", f->name);
    sums_sort(&f->sums->table);
    for (size_t r = 0; r < f->sums->table.n_rows; r++) {
      sums_put(f->sums, &to->text, &f->sums->table.rows[r]);
      flush(w, to, FLUSH);
    }
  }
  if (names && *names && w->without) report_add(w->report, DIAG_SUMS_INCOMPLETE, SPAN_NONE, names, arena_printf(w->arena, "%zu", w->without), NULL);
}

static row_cell row_cell_of(const result_writer *w, const ppr_edition *e, const ppr_cell *c) {
  row_cell cell = {.kind = ROW_OTHER, .cell = c, .group = PPR_NONE, .count = PPR_NONE};
  if (c->kind == PPR_CELL_TEXT) {
    ppr_buf text;
    buf_init(&text, w->form.store->alloc, DEC_TEXT); /* a longer one fails */
    cells_csv(&text, schema_str(w->schema, c->value), strlen(schema_str(w->schema, c->value)));
    cell.text = text.failed ? NULL : arena_strndup(w->arena, text.data ? text.data : "", text.size);
    cell.scale = (uint32_t)text.size;
    cell.kind = cell.text ? ROW_TEXT : ROW_OTHER;
    buf_fini(&text);
  }
  if (c->kind != PPR_CELL_OUTPUT) return cell;
  const ppr_output *o = &e->output[c->value];
  cell.output = c->value;
  cell.scale = o->scale;
  if (o->kind == PPR_KIND_NUMBER || o->kind == PPR_KIND_PERCENT) cell.kind = ROW_NUMBER;
  if (o->kind == PPR_KIND_BOOL) cell.kind = ROW_TRUTH;
  return cell;
}

static bool make_rows(result_writer *w, uint32_t edition) {
  const ppr_edition *e = w->schema->editions[edition].e;
  row_cell **rows = arena_array(w->arena, (size_t)e->n_line + 1, sizeof *rows);
  for (uint32_t l = 0; rows && l < e->n_line; l++) {
    const ppr_line *line = &e->line[l];
    const out_file *f = &w->files[w->file_of[edition][line->file]];
    rows[l] = arena_array(w->arena, f->n_columns + 1, sizeof **rows);
    for (size_t c = 0; rows[l] && c < f->n_columns; c++) {
      uint32_t at = f->cell_of[edition][c];
      rows[l][c] = at && at <= line->cells ? row_cell_of(w, e, &e->cell[line->first_cell + at - 1]) : (row_cell){.kind = ROW_NOTHING};
    }
  }
  w->rows[edition] = rows;
  return !arena_failed(w->arena);
}

/* A yes/no as text of at most CELL bytes, counted. */
static size_t put_truth(result_writer *w, char *out, const out_file *f, row_cell *c, size_t column, const store_record *r, const result_view *v) {
  const ppr_result *result = &v->out[c->output];
  uint8_t state = result->states[v->row];
  bool yes = result->values[v->row] != 0;
  if (c->group != w->record_group) {
    c->group = w->record_group;
    c->count = count_for(w, f, column, r);
  }
  count_value(w, c->count, state, yes);
  if (state == PPR_PRESENT) {
    memcpy(out, yes ? "ja\0" : "nein", 4);
    return yes ? 2 : 4;
  }
  const char *word = state_word(state);
  size_t n = strlen(word);
  memcpy(out, word, n);
  return n;
}

/* One row: numbers and yes/no, which are most of it, straight into the buffer. */
static void csv_row_of(result_writer *w, out_file *f, row_cell *cells, const store_record *r, const result_view *v) {
  enum { CELL = DEC_TEXT + 1 };
  ppr_buf *text = &f->text;
  char *begin = buf_room(text, w->keys.size + f->n_columns * CELL + 1), *p = begin;
  if (begin && w->keys.size) memcpy(p, w->keys.data, w->keys.size), p += w->keys.size;
  for (size_t c = 0; begin && c < f->n_columns; c++) {
    row_cell *at = &cells[c];
    *p++ = ';';
    if (at->kind == ROW_NUMBER && v->out[at->output].states[v->row] == PPR_PRESENT) {
      p += dec_print64(p, v->out[at->output].values[v->row], (int)at->scale, ',');
    } else if (at->kind == ROW_TRUTH) {
      p += put_truth(w, p, f, at, c, r, v);
    } else if (at->kind == ROW_TEXT) {
      memcpy(p, at->text, at->scale);
      p += at->scale;
    } else if (at->kind != ROW_NOTHING) {
      buf_take(text, (size_t)(p - begin));
      cells_put(&w->form, text, r, v, at->cell);
      begin = p = buf_room(text, (f->n_columns - c) * CELL + 1);
    }
  }
  if (!begin) return;
  *p++ = '\n';
  buf_take(text, (size_t)(p - begin));
}

static void csv_lines(result_writer *w, const store_record *r, const result_view *v) {
  const ppr_edition *e = w->schema->editions[r->edition].e;
  if (!w->rows[r->edition] && !make_rows(w, r->edition)) return;
  w->keys.size = 0;
  cells_csv_keys(&w->keys, r, w->schema->n_keys);
  const line_list *list = &w->lines[r->edition];
  for (uint32_t i = 0, n = list->found ? list->n : e->n_line; i < n; i++) {
    uint32_t l = list->found ? list->line[i] : i;
    const ppr_line *line = &e->line[l];
    if (!writer_wants(line, v)) continue;
    out_file *f = &w->files[w->file_of[r->edition][line->file]];
    if (f->sums) {
      if (!w->part) sum_line(w, f, r, v, l);
      continue;
    }
    csv_row_of(w, f, w->rows[r->edition][l], r, v);
    flush(w, f, FLUSH);
  }
}

static void csv_issues(result_writer *w, const store_record *r) {
  out_file *f = &w->files[w->n_files];
  for (const store_issue *i = r->first; i; i = i->next) {
    char code[8];
    diag_code_text(code, i->code);
    for (size_t k = 0; k < w->schema->n_keys; k++) {
      const char *text = shown(w->form.store->issues, cells_key_text(r, k), strlen(cells_key_text(r, k)));
      cells_csv(&f->text, text, strlen(text));
      buf_putc(&f->text, ';');
    }
    cells_csv(&f->text, i->table, strlen(i->table));
    buf_putc(&f->text, ';');
    if (i->line) buf_printf(&f->text, "%llu", (unsigned long long)i->line);
    buf_putc(&f->text, ';');
    cells_csv(&f->text, i->field, strlen(i->field));
    buf_printf(&f->text, ";%s;", code);
    w->join.size = 0;
    writer_issue_text(&w->join, i, w->lang);
    cells_csv(&f->text, w->join.data ? w->join.data : "", w->join.size);
    buf_putc(&f->text, '\n');
    flush(w, f, FLUSH);
  }
}

static void json_file(result_writer *w, ppr_buf *out, size_t file, const store_record *r, const result_view *v) {
  const ppr_edition *e = w->schema->editions[r->edition].e;
  const out_file *f = &w->files[file];
  bool any = false;
  cells_json_text(out, f->name);
  buf_puts(out, ":[");
  for (uint32_t l = 0; l < e->n_line; l++) {
    const ppr_line *line = &e->line[l];
    if (w->file_of[r->edition][line->file] != file || !writer_wants(line, v)) continue;
    if (any) buf_putc(out, ',');
    any = true;
    buf_putc(out, '{');
    bool first = true;
    for (size_t c = 0; c < f->n_columns; c++) {
      uint32_t cell = f->cell_of[r->edition][c];
      if (!cell || cell > line->cells) continue;
      if (!first) buf_putc(out, ',');
      first = false;
      cells_json_text(out, f->columns[c]);
      buf_putc(out, ':');
      const ppr_cell *at = &e->cell[line->first_cell + cell - 1];
      cells_put(&w->form, out, r, v, at);
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
    cells_json_text(out, code);
    if (*i->table) {
      buf_puts(out, ",\"Tabelle\":");
      cells_json_text(out, i->table);
    }
    if (i->line) buf_printf(out, ",\"Zeile\":%llu", (unsigned long long)i->line);
    if (*i->field) {
      buf_puts(out, ",\"Feld\":");
      cells_json_text(out, i->field);
    }
    buf_puts(out, ",\"Text\":");
    w->join.size = 0;
    writer_issue_text(&w->join, i, w->lang);
    cells_json(out, w->join.data ? w->join.data : "", w->join.size);
    buf_putc(out, '}');
  }
  buf_putc(out, ']');
}

static void json_record(result_writer *w, const store_record *r, const result_view *v) {
  ppr_buf *out = &w->files[w->n_files].text;
  for (size_t k = 0; k < w->schema->n_keys; k++) {
    buf_putc(out, k ? ',' : '{');
    cells_json_text(out, w->schema->keys[k]);
    buf_putc(out, ':');
    cells_key(&w->form, out, r, k);
  }
  if (r->edition != PPR_NONE) {
    buf_puts(out, ",\"Fassung\":");
    cells_json_text(out, schema_edition_name(w->schema, r->edition));
  }
  if (v) {
    buf_puts(out, ",\"Ergebnisse\":{");
    bool first = true;
    for (size_t f = 0; f < w->n_files; f++) {
      if (w->files[f].sums) continue;
      if (!first) buf_putc(out, ',');
      first = false;
      json_file(w, out, f, r, v);
    }
    if (!w->part) sum_lines(w, r, v);
    buf_putc(out, '}');
  }
  json_issues(w, out, r);
  buf_puts(out, "}\n");
  flush(w, &w->files[w->n_files], FLUSH);
}

void writer_find(result_writer *w, uint32_t edition, const ppr_result *out) {
  const ppr_edition *e = w->schema->editions[edition].e;
  line_list *list = &w->lines[edition];
  if (!list->line) list->line = arena_array(w->arena, (size_t)e->n_line + 1, sizeof *list->line);
  list->n = 0;
  list->found = list->line != NULL;
  uint32_t when = 0; /* of the line before */
  bool any = true;
  for (uint32_t l = 0; l < e->n_line && list->found; l++) {
    if (e->line[l].when != when) any = !e->line[l].when || results_any(&out[e->line[l].when - 1], w->form.store->parts[edition].records);
    when = e->line[l].when;
    if (any) list->line[list->n++] = l;
  }
}

void writer_record(result_writer *w, const store_record *r, const result_view *results) {
  w->without += !results;
  if (results && w->group_key != PPR_NONE) w->record_group = group_number(w, cells_key_text(r, w->group_key), NULL);
  if (w->form.json) {
    json_record(w, r, results);
    return;
  }
  if (results) csv_lines(w, r, results);
  csv_issues(w, r);
}

void writer_sum(result_writer *w, result_writer *part, const store_record *r, const result_view *results) {
  if (!w->summed) return;
  w->form.store = part->form.store;
  for (size_t f = 0; f < w->n_files; f++)
    if (w->files[f].sums) w->files[f].sums->form.store = part->form.store;
  if (w->group_key != PPR_NONE) w->record_group = group_number(w, cells_key_text(r, w->group_key), NULL);
  sum_lines(w, r, results);
}

void writer_take(result_writer *w, result_writer *part) {
  for (size_t f = 0; f <= w->n_files; f++) {
    out_file *to = &w->files[f], *from = &part->files[f];
    flush(w, to, 0);
    if (to->sink) file_sink_write(to->sink, from->text.data, from->text.size);
    else buf_put(&to->text, from->text.data, from->text.size);
    to->text.failed = to->text.failed || from->text.failed;
    from->text.size = 0;
  }
  for (uint32_t e = 0; e < part->schema->program->n_editions; e++) part->lines[e].found = false;
  take_counts(w, part);
  w->without += part->without;
  part->without = 0;
  if (part->join.failed || part->keys.failed || arena_failed(part->arena)) w->join.failed = true;
}

/* --- opening and closing --- */

static uint32_t find_text(const char *const *list, size_t n, const char *text) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(list[i], text) == 0) return (uint32_t)i;
  return PPR_NONE;
}

/* The keys a file is summed over; they must be the same in every edition that has the file. */
static ppr_status bind_sums(result_writer *w, out_file *f, uint32_t edition, uint32_t row) {
  const ppr_edition *e = w->schema->editions[edition].e;
  size_t n = w->schema->n_keys;
  bool *summed = arena_array(w->arena, n, sizeof *summed), any = false;
  if (!summed) return PPR_NOMEM;
  for (uint32_t s = 0; s < e->n_sum_key; s++)
    if (e->sum_key[s].file == row) summed[e->sum_key[s].key] = any = true;
  if (f->summed && memcmp(f->summed, summed, n * sizeof *summed) != 0) {
    report_add(w->report, DIAG_SUM_KEYS_DIFFER, SPAN_NONE, f->name, schema_edition_name(w->schema, f->edition),
               schema_edition_name(w->schema, edition), NULL);
    return PPR_DIAGNOSED;
  }
  if (f->summed) return PPR_OK;
  f->summed = summed;
  f->edition = edition;
  if (!any) return PPR_OK;
  if (!(f->sums = arena_alloc(w->arena, sizeof *f->sums))) return PPR_NOMEM;
  *f->sums = (sum_file){.form = w->form, .name = f->name, .summed = f->summed};
  sums_init(&f->sums->table, w->arena);
  w->summed = true;
  return PPR_OK;
}

/* Whether the key columns of a file include this name. */
static bool shows_key(const result_writer *w, const out_file *f, const char *name) {
  for (size_t k = 0; k < w->schema->n_keys; k++)
    if (!f->summed[k] && strcmp(w->schema->keys[k], name) == 0) return true;
  return false;
}

/* A file row of an edition: columns that are no keys join those of the file. */
static bool bind_file(result_writer *w, out_file *f, uint32_t edition, const ppr_file *row) {
  const ppr_edition *e = w->schema->editions[edition].e;
  size_t cap = f->n_columns;
  for (uint32_t c = 0; c < row->cols; c++) {
    const char *name = schema_str(w->schema, e->col[row->first_col + c].name);
    if (shows_key(w, f, name) || find_text(f->columns, f->n_columns, name) != PPR_NONE) continue;
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
  w->rows = arena_array(w->arena, p->n_editions, sizeof *w->rows);
  w->lines = arena_array(w->arena, p->n_editions, sizeof *w->lines);
  if (!w->files || !w->file_of || !w->rows || !w->lines) return PPR_NOMEM;
  for (size_t f = 0; f < most; f++) buf_init(&w->files[f].text, w->form.store->alloc, (size_t)1 << 30);
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
      ppr_status bound = bind_sums(w, &w->files[at], i, f);
      if (bound != PPR_OK) return bound;
      if (!bind_file(w, &w->files[at], i, &e->file[f])) return PPR_NOMEM;
    }
  }
  for (size_t f = 0; f < w->n_files; f++)
    if (!(w->files[f].cell_of = arena_array(w->arena, p->n_editions, sizeof *w->files[f].cell_of))) return PPR_NOMEM;
  for (uint32_t i = 0; i < p->n_editions; i++)
    for (uint32_t f = 0; f < p->editions[i].n_file; f++) {
      out_file *file = &w->files[w->file_of[i][f]];
      if (!map_cells(w, file, i, &p->editions[i].file[f])) return PPR_NOMEM;
      if (file->sums && !sums_columns(file->sums, file->columns, file->n_columns, &p->editions[i], f, file->cell_of[i])) return PPR_NOMEM;
    }
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
  *w = (result_writer){.form = {store, json}, .schema = store->schema, .report = report, .arena = arena, .lang = lang, .group_key = PPR_NONE};
  buf_init(&w->join, store->alloc, (size_t)1 << 20);
  buf_init(&w->keys, store->alloc, (size_t)1 << 22);
  buf_init(&w->group, store->alloc, (size_t)1 << 28);
  textmap_init(&w->count_index, arena);
  textmap_init(&w->groups, arena);
  const ppr_edition *e = store->schema->editions[0].e;
  for (uint32_t k = 0; k < e->n_key && w->group_key == PPR_NONE; k++)
    if (e->field[e->key[k].field].kind == PPR_KIND_ENUM) w->group_key = k;
  *out = w;
  if (group_number(w, "", NULL) == TEXTMAP_NONE) return PPR_NOMEM; /* the first is that of files without groups */
  return collect_files(w);
}

static ppr_status refuse(result_writer *w, file_status status, const char *path) {
  file_report(w->report, status, path, 0);
  return status == FILE_NO_MEMORY ? PPR_NOMEM : PPR_IO;
}

static void put_header(const result_writer *w, out_file *f) {
  bool first = true;
  for (size_t k = 0; k < w->schema->n_keys; k++) {
    if (f->summed && f->summed[k]) continue; /* the error file has all keys */
    if (!first) buf_putc(&f->text, ';');
    first = false;
    cells_csv(&f->text, w->schema->keys[k], strlen(w->schema->keys[k]));
  }
  for (size_t c = 0; c < f->n_columns; c++) {
    if (c || !first) buf_putc(&f->text, ';');
    cells_csv(&f->text, f->columns[c], strlen(f->columns[c]));
  }
  buf_puts(&f->text, f == &w->files[w->n_files] ? ";Tabelle;Zeile;Feld;Code;Text\n" : "\n");
}

/* The folder a folder was to be made in; itself where its path has no other part. */
static const char *folder_around(ppr_arena *arena, const char *folder) {
  size_t n = strlen(folder);
  while (n > 1 && folder[n - 1] == '/') n--;
  while (n > 1 && folder[n - 1] != '/') n--;
  while (n > 1 && folder[n - 1] == '/') n--;
  const char *around = n > 1 ? arena_strndup(arena, folder, n) : NULL;
  return around ? around : folder;
}

static ppr_status open_files(result_writer *w, const char *folder) {
  file_status made = file_make_folder(folder);
  if (made != FILE_OK) return refuse(w, made, made == FILE_NOT_FOUND ? folder_around(w->arena, folder) : folder);
  for (size_t f = 0; f <= w->n_files; f++) {
    w->files[f].path = arena_printf(w->arena, "%s/%s.csv", folder, w->files[f].name);
    if (!w->files[f].path) return PPR_NOMEM;
    file_status status = file_sink_open(&w->files[f].sink, w->form.store->alloc, w->files[f].path);
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

void writer_drop_errors(result_writer *w) {
  file_sink_abort(w->files[w->n_files].sink);
  w->files[w->n_files].sink = NULL;
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

ppr_status writer_part(result_writer **out, const result_writer *of, record_store *store) {
  ppr_status status = start(out, store, of->form.json, of->lang, of->report);
  if (status == PPR_OK) (*out)->part = true;
  return opened(out, status);
}

ppr_status writer_commit(result_writer *w) {
  put_sums(w);
  bool failed = w->join.failed || w->keys.failed || w->group.failed || arena_failed(w->arena) || w->form.store->failed;
  ppr_status status = failed ? PPR_NOMEM : w->overflow ? PPR_DIAGNOSED : PPR_OK;
  for (size_t f = 0; f <= w->n_files && status == PPR_OK; f++) {
    flush(w, &w->files[f], 0);
    if (w->files[f].text.failed) status = PPR_NOMEM;
    if (status != PPR_OK || !w->files[f].sink) continue;
    file_status finished = file_sink_finish(w->files[f].sink);
    if (finished != FILE_OK) status = refuse(w, finished, w->files[f].path);
  }
  if (status == PPR_OK && w->to_stdout && (w->broken || fflush(stdout) != 0)) {
    report_add(w->report, DIAG_OUTPUT_UNWRITABLE, SPAN_NONE, "stdout", oserror_both(errno), NULL);
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
  buf_fini(&w->group);
  arena_free(w->arena);
}
