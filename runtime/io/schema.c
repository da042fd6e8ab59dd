/* The schema of a program prepared for readers, and the one place where cells become values and values become text. */
#include "io/schema.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include "base/text.h"
#include <string.h>

const char *state_word(uint8_t state) {
  static const char *const words[] = {"", "fehlt", "entfällt", "unbestimmt"};
  return state < 4 ? words[state] : "";
}

const char *shown(ppr_arena *arena, const char *text, size_t size) {
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 4096);
  text_put_clean(&b, text, size, 60);
  char *out = b.failed ? NULL : arena_strndup(arena, b.data ? b.data : "", b.size);
  buf_fini(&b);
  return out ? out : "";
}

const char *schema_column(const io_schema *s, const ppr_field *f) { return schema_str(s, f->column ? f->column : f->name); }
const char *schema_code(const io_schema *s, const ppr_member *m) { return schema_str(s, m->code ? m->code : m->name); }

static ppr_status no_schema(ppr_report *report) {
  report_add(report, DIAG_NO_SCHEMA, SPAN_NONE, NULL);
  return PPR_DIAGNOSED;
}

/* Code first: a name never hides a code. */
static void collect_codes(io_schema *s, schema_edition *se) {
  const ppr_edition *e = se->e;
  for (uint32_t i = 0; i < e->n_enumeration; i++) {
    textmap_init(&se->codes[i], s->arena);
    const ppr_enumeration *en = &e->enumeration[i];
    for (int pass = 0; pass < 2; pass++)
      for (uint32_t m = 0; m < en->count; m++) {
        const ppr_member *member = &e->member[en->first + m];
        const char *text = pass == 0 ? schema_code(s, member) : schema_str(s, member->name);
        textmap_add(&se->codes[i], text, strlen(text), m, NULL);
      }
  }
}

static ppr_status open_edition(io_schema *s, schema_edition *se, const ppr_edition *e) {
  se->e = e;
  se->codes = arena_array(s->arena, e->n_enumeration + 1, sizeof *se->codes);
  se->preset = arena_array(s->arena, e->n_field + 1, sizeof *se->preset);
  if (!se->codes || !se->preset) return PPR_NOMEM;
  collect_codes(s, se);
  textmap_init(&se->fields, s->arena);
  for (uint32_t i = 0; i < e->n_field; i++) {
    const char *name = schema_str(s, e->field[i].name);
    textmap_add(&se->fields, name, strlen(name), i, NULL);
    se->preset[i] = e->field[i].preset;
  }
  return PPR_OK;
}

/* The keys of every edition must name the same columns, so that a record is one thing whatever its quarter. */
static ppr_status open_keys(io_schema *s, ppr_report *report) {
  const ppr_edition *first = s->editions[0].e;
  s->n_keys = first->n_key;
  s->dated = first->period_input != PPR_NONE;
  s->year = first->period_year;
  s->quarter = first->period_quarter;
  if (s->n_keys == 0 || (!s->dated && s->program->n_editions > 1)) return no_schema(report);
  if (s->dated && (s->year >= s->n_keys || s->quarter >= s->n_keys)) return no_schema(report);
  s->keys = arena_array(s->arena, s->n_keys, sizeof *s->keys);
  if (!s->keys) return PPR_NOMEM;
  for (size_t k = 0; k < s->n_keys; k++) s->keys[k] = schema_column(s, &first->field[first->key[k].field]);
  for (uint32_t i = 1; i < s->program->n_editions; i++) {
    const ppr_edition *e = s->editions[i].e;
    bool same = e->n_key == s->n_keys && e->period_input != PPR_NONE && e->period_year == s->year && e->period_quarter == s->quarter;
    for (size_t k = 0; same && k < s->n_keys; k++) same = strcmp(s->keys[k], schema_column(s, &e->field[e->key[k].field])) == 0;
    if (same) continue;
    report_add(report, DIAG_KEYS_DIFFER, SPAN_NONE, schema_edition_name(s, 0), schema_edition_name(s, i), NULL);
    return PPR_DIAGNOSED;
  }
  return PPR_OK;
}

static void list_word(ppr_buf *b, const char *word) {
  if (b->size) buf_puts(b, ", ");
  buf_puts(b, word);
}

/* Names of all readings, or the variants of one of them, for the message. */
static const char *list_readings(const io_schema *s, uint32_t edition, const ppr_reading *of) {
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 8192);
  if (of) {
    const ppr_edition *e = s->editions[edition].e;
    const ppr_enumeration *en = &e->enumeration[e->field[of->field].enumeration - 1];
    for (uint32_t m = 0; m < en->count; m++) list_word(&b, schema_str(s, e->member[en->first + m].name));
  } else {
    textmap seen;
    textmap_init(&seen, s->arena);
    for (uint32_t i = 0; i < s->program->n_editions; i++)
      for (uint32_t r = 0; r < s->editions[i].e->n_reading; r++) {
        const char *name = schema_str(s, s->editions[i].e->reading[r].name);
        if (textmap_find(&seen, name, strlen(name)) != TEXTMAP_NONE) continue;
        textmap_add(&seen, name, strlen(name), 0, NULL);
        list_word(&b, name);
      }
  }
  const char *text = b.size && !b.failed ? arena_strndup(s->arena, b.data, b.size) : "–";
  buf_fini(&b);
  return text ? text : "";
}

static ppr_status choose_reading(io_schema *s, const ppr_reading_choice *choice, ppr_report *report) {
  bool found = false;
  if (!choice->name || !choice->variant) return PPR_MISUSE;
  for (uint32_t i = 0; i < s->program->n_editions; i++) {
    schema_edition *se = &s->editions[i];
    for (uint32_t r = 0; r < se->e->n_reading; r++) {
      const ppr_reading *reading = &se->e->reading[r];
      if (strcmp(schema_str(s, reading->name), choice->name) != 0) continue;
      const ppr_field *f = &se->e->field[reading->field];
      uint32_t variant = f->enumeration ? textmap_find(&se->codes[f->enumeration - 1], choice->variant, strlen(choice->variant)) : TEXTMAP_NONE;
      if (variant == TEXTMAP_NONE) {
        report_add(report, DIAG_VARIANT_UNKNOWN, SPAN_NONE, choice->name, choice->variant, schema_edition_name(s, i),
                   f->enumeration ? list_readings(s, i, reading) : "–", NULL);
        return PPR_DIAGNOSED;
      }
      se->preset[reading->field] = variant;
      found = true;
    }
  }
  if (found) return PPR_OK;
  report_add(report, DIAG_READING_UNKNOWN, SPAN_NONE, choice->name, list_readings(s, 0, NULL), NULL);
  return PPR_DIAGNOSED;
}

ppr_status schema_open(io_schema **out, ppr_arena *arena, const ppr_program *p, const ppr_reading_choice *readings, size_t n_readings,
                       ppr_report *report) {
  io_schema *s = *out = arena_alloc(arena, sizeof *s);
  if (!s) return PPR_NOMEM;
  *s = (io_schema){.program = p, .arena = arena};
  if (p->n_editions == 0) return no_schema(report);
  s->editions = arena_array(arena, p->n_editions, sizeof *s->editions);
  if (!s->editions) return PPR_NOMEM;
  ppr_status status = PPR_OK;
  for (uint32_t i = 0; i < p->n_editions && status == PPR_OK; i++) status = open_edition(s, &s->editions[i], &p->editions[i]);
  if (status == PPR_OK) status = open_keys(s, report);
  for (size_t i = 0; i < n_readings && status == PPR_OK; i++) status = choose_reading(s, &readings[i], report);
  return status == PPR_OK && arena_failed(arena) ? PPR_NOMEM : status;
}

static bool refuse(value_fault *fault, diag_code code, const char *a, const char *b, const char *c, const char *d) {
  *fault = (value_fault){code, {a, b, c, d}};
  return false;
}

/* First edition in whose enumeration of the same name the code is known, or PPR_NONE. */
static uint32_t edition_knowing(const io_schema *s, const char *enumeration, csv_cell cell) {
  for (uint32_t i = 0; i < s->program->n_editions; i++) {
    const ppr_edition *e = s->editions[i].e;
    for (uint32_t n = 0; n < e->n_enumeration; n++)
      if (strcmp(schema_str(s, e->enumeration[n].name), enumeration) == 0 &&
          textmap_find(&s->editions[i].codes[n], cell.text, cell.size) != TEXTMAP_NONE)
        return i;
  }
  return PPR_NONE;
}

uint32_t schema_member(const io_schema *s, uint32_t edition, uint32_t enumeration, csv_cell cell, value_fault *fault, ppr_arena *arena) {
  const schema_edition *se = &s->editions[edition];
  uint32_t index = textmap_find(&se->codes[enumeration], cell.text, cell.size);
  if (index != TEXTMAP_NONE) return index;
  const ppr_enumeration *en = &se->e->enumeration[enumeration];
  const char *name = schema_str(s, en->name), *text = shown(arena, cell.text, cell.size);
  uint32_t other = edition_knowing(s, name, cell);
  if (other != PPR_NONE) {
    refuse(fault, DIAG_CODE_EDITION, text, name, schema_edition_name(s, edition), schema_edition_name(s, other));
    return TEXTMAP_NONE;
  }
  ppr_buf known;
  buf_init(&known, ppr_alloc_default, 1024);
  for (uint32_t m = 0; m < en->count && m < 40; m++) list_word(&known, schema_code(s, &se->e->member[en->first + m]));
  if (en->count > 40) list_word(&known, "…");
  const char *list = known.failed || !known.size ? "" : arena_strndup(arena, known.data, known.size);
  buf_fini(&known);
  refuse(fault, DIAG_CODE_UNKNOWN, text, name, list, NULL);
  return TEXTMAP_NONE;
}

static const char *number_text(ppr_arena *arena, int64_t value, uint32_t scale, char mark) {
  char text[DEC_TEXT];
  size_t n = dec_print(text, value, (int)scale, mark);
  const char *copy = arena_strndup(arena, text, n);
  return copy ? copy : "";
}

/* "1234,5" of "1.234,5": groups of three digits, parted by the sign that is no decimal mark; NULL: it is not that, or out of memory. */
static const char *without_groups(ppr_arena *arena, csv_cell cell, char mark) {
  char *text = arena_alloc(arena, cell.size + 1), group = mark == ',' ? '.' : ',';
  size_t n = 0, digits = 0, groups = 0;
  for (size_t i = 0; text && i < cell.size; i++) {
    char c = cell.text[i];
    bool last = c == mark || i + 1 == cell.size;
    if (c >= '0' && c <= '9') digits++;
    if ((c == group || last) && (groups ? digits != 3 : digits < 1 || digits > 3)) return NULL;
    if (c == group) groups++, digits = 0;
    else text[n++] = c;
    if (c != mark) continue;
    for (i++; i < cell.size; i++) text[n++] = cell.text[i];
  }
  if (text) text[n] = 0;
  return groups ? text : NULL;
}

/* Numbers and percents; a percent may carry its sign. */
static bool parse_number(const ppr_field *f, csv_cell cell, char mark, int64_t *out, value_fault *fault, ppr_arena *arena) {
  csv_cell number = cell;
  if (f->kind == PPR_KIND_PERCENT && number.size > 0 && number.text[number.size - 1] == '%') {
    number.size--;
    while (number.size > 0 && number.text[number.size - 1] == ' ') number.size--;
  }
  const char *text, *plain;
  switch (dec_parse(out, number.text, number.size, (int)f->scale, mark)) {
  case DEC_OK: break;
  case DEC_WRONG_MARK: {
    plain = f->scale < 3 ? without_groups(arena, number, mark) : NULL; /* "1.234" of whole numbers is no decimal */
    if (plain) return refuse(fault, DIAG_CELL_GROUPS, shown(arena, cell.text, cell.size), plain, NULL, NULL);
    char *right = arena_strndup(arena, cell.text, cell.size);
    for (char *p = right; p && *p; p++)
      if (*p == (mark == ',' ? '.' : ',')) *p = mark;
    return refuse(fault, DIAG_CELL_MARK, shown(arena, cell.text, cell.size), right, NULL, NULL);
  }
  case DEC_TOO_PRECISE:
    return refuse(fault, DIAG_CELL_PRECISE, shown(arena, cell.text, cell.size), number_text(arena, f->scale, 0, mark), NULL, NULL);
  case DEC_TOO_LARGE: return refuse(fault, DIAG_CELL_LARGE, shown(arena, cell.text, cell.size), NULL, NULL, NULL);
  case DEC_EMPTY:
  case DEC_NOT_A_NUMBER:
  default:
    plain = without_groups(arena, number, mark);
    if (plain && dec_parse(out, plain, strlen(plain), (int)f->scale, mark) == DEC_OK)
      return refuse(fault, DIAG_CELL_GROUPS, shown(arena, cell.text, cell.size), plain, NULL, NULL);
    return refuse(fault, DIAG_CELL_NUMBER, shown(arena, cell.text, cell.size), NULL, NULL, NULL);
  }
  if (*out >= f->lo && *out <= f->hi) return true;
  text = shown(arena, cell.text, cell.size);
  return refuse(fault, DIAG_CELL_RANGE, text, number_text(arena, f->lo, f->scale, mark), number_text(arena, f->hi, f->scale, mark), NULL);
}

static bool is_word(csv_cell cell, const char *word) { return cell.size == strlen(word) && memcmp(cell.text, word, cell.size) == 0; }

/* Days and quarters of a damaged image may be no days at all: then the plain number. `out` has DEC_TEXT bytes. */
static size_t print_day(char *out, uint32_t kind, int64_t value) {
  if (kind == PPR_KIND_DATE && value >= DAY_MIN && value <= DAY_MAX) return day_print(out, value);
  if (kind == PPR_KIND_QUARTER && value >= quarter_of(1, 1) && value <= quarter_of(9999, 4)) return quarter_print(out, value);
  return dec_print(out, value, 0, ',');
}

static bool parse_day(const ppr_field *f, csv_cell cell, int64_t *out, value_fault *fault, ppr_arena *arena) {
  char lo[DEC_TEXT], hi[DEC_TEXT];
  bool quarter = f->kind == PPR_KIND_QUARTER;
  if (!(quarter ? quarter_parse : day_parse)(out, cell.text, cell.size))
    return refuse(fault, quarter ? DIAG_CELL_QUARTER : DIAG_CELL_DATE, shown(arena, cell.text, cell.size), NULL, NULL, NULL);
  if (f->lo >= f->hi || (*out >= f->lo && *out <= f->hi)) return true; /* dates need no declared range */
  print_day(lo, f->kind, f->lo);
  print_day(hi, f->kind, f->hi);
  return refuse(fault, DIAG_CELL_RANGE, shown(arena, cell.text, cell.size), arena_printf(arena, "%s", lo), arena_printf(arena, "%s", hi), NULL);
}

bool schema_parse(const io_schema *s, uint32_t edition, const ppr_field *f, csv_cell cell, char mark, int64_t *out, value_fault *fault,
                  ppr_arena *arena) {
  *out = 0;
  switch ((ppr_kind)f->kind) {
  case PPR_KIND_NUMBER:
  case PPR_KIND_PERCENT: return parse_number(f, cell, mark, out, fault, arena);
  case PPR_KIND_BOOL:
    *out = is_word(cell, "ja");
    if (*out || is_word(cell, "nein")) return true;
    return refuse(fault, DIAG_CELL_YESNO, shown(arena, cell.text, cell.size), NULL, NULL, NULL);
  case PPR_KIND_DATE:
  case PPR_KIND_QUARTER: return parse_day(f, cell, out, fault, arena);
  case PPR_KIND_ENUM: {
    uint32_t index = f->enumeration ? schema_member(s, edition, f->enumeration - 1, cell, fault, arena) : TEXTMAP_NONE;
    if (index == TEXTMAP_NONE) return false;
    *out = index;
    return true;
  }
  case PPR_KIND_TEXT: break;
  }
  return true;
}

const char *schema_word(const io_schema *s, uint32_t edition, uint32_t enumeration, int64_t index) {
  const ppr_edition *e = s->editions[edition].e;
  bool known = enumeration && index >= 0 && (uint64_t)index < e->enumeration[enumeration - 1].count;
  return known ? schema_code(s, &e->member[e->enumeration[enumeration - 1].first + (uint64_t)index]) : "";
}

void schema_print(ppr_buf *out, const io_schema *s, uint32_t edition, uint32_t kind, uint32_t enumeration, uint32_t scale, int64_t value, char mark) {
  char text[DEC_TEXT];
  switch ((ppr_kind)kind) {
  case PPR_KIND_NUMBER:
  case PPR_KIND_PERCENT: buf_put(out, text, dec_print(text, value, (int)scale, mark)); break;
  case PPR_KIND_BOOL: buf_puts(out, value ? "ja" : "nein"); break;
  case PPR_KIND_DATE:
  case PPR_KIND_QUARTER: buf_put(out, text, print_day(text, kind, value)); break;
  case PPR_KIND_ENUM: buf_puts(out, schema_word(s, edition, enumeration, value)); break;
  case PPR_KIND_TEXT: break;
  }
}

/* ---- parameters ---- */

ppr_status schema_no_parameter(ppr_arena *arena, const ppr_program *const *programs, size_t n_programs, const char *name, ppr_report *report) {
  size_t most = 0, n = 0;
  for (size_t p = 0; p < n_programs; p++)
    for (uint32_t i = 0; i < programs[p]->n_editions; i++) most += programs[p]->editions[i].n_parameter;
  const char **names = arena_array(arena, most + 1, sizeof *names), *de = "", *en = "", *all = "";
  for (size_t p = 0; names && p < n_programs; p++)
    for (uint32_t i = 0; i < programs[p]->n_editions; i++)
      for (uint32_t k = 0; k < programs[p]->editions[i].n_parameter; k++) {
        const char *known = program_string(programs[p], programs[p]->editions[i].parameter[k].name);
        size_t at = 0;
        while (at < n && strcmp(names[at], known) != 0) at++;
        if (at < n) continue;
        names[n++] = known;
        all = arena_printf(arena, "%s%s%s", all ? all : "", n > 1 ? ", " : "", known);
      }
  size_t near = names ? text_nearest(name, names, n) : SIZE_MAX;
  if (near != SIZE_MAX) {
    de = arena_printf(arena, "Meinten Sie „%s“?", names[near]);
    en = arena_printf(arena, "Did you mean “%s”?", names[near]);
  } else if (n) {
    de = arena_printf(arena, "Vorhanden sind: %s", all ? all : "");
    en = arena_printf(arena, "The parameters are: %s", all ? all : "");
  }
  report_add(report, DIAG_PARAMETER_UNKNOWN, SPAN_NONE, name, de ? de : "", en ? en : "", NULL);
  return PPR_DIAGNOSED;
}

static const char *fault_text(const io_schema *s, const value_fault *fault, ppr_lang language) {
  ppr_report *spare = report_new(ppr_alloc_default);
  const diag *d = spare ? report_add(spare, fault->code, SPAN_NONE, fault->args[0], fault->args[1], fault->args[2], NULL) : NULL;
  ppr_buf text;
  buf_init(&text, ppr_alloc_default, 4096);
  if (d) diag_message(&text, d, language);
  const char *out = text.size && !text.failed ? arena_strndup(s->arena, text.data, text.size) : "";
  buf_fini(&text);
  report_free(spare);
  return out ? out : "";
}

static ppr_status bad_parameter(const io_schema *s, uint32_t edition, const ppr_field *f, const char *name, const value_fault *fault,
                                ppr_report *report) {
  ppr_buf range;
  buf_init(&range, ppr_alloc_default, 256);
  if (f->kind == PPR_KIND_BOOL) buf_puts(&range, "ja, nein");
  else {
    schema_print(&range, s, edition, f->kind, 0, f->scale, f->lo, ',');
    buf_puts(&range, "..");
    schema_print(&range, s, edition, f->kind, 0, f->scale, f->hi, ',');
    if (f->kind == PPR_KIND_PERCENT) buf_puts(&range, " %");
    else if (f->unit) buf_printf(&range, " %s", schema_str(s, f->unit));
  }
  const char *allowed = range.failed ? "" : arena_strndup(s->arena, range.data, range.size);
  buf_fini(&range);
  const char *why = arena_printf(s->arena, DIAG_BOTH("%s", "%s"), fault_text(s, fault, PPR_LANG_DE), fault_text(s, fault, PPR_LANG_EN));
  report_add(report, DIAG_PARAMETER_VALUE, SPAN_NONE, name, why ? why : "", allowed ? allowed : "", NULL);
  return PPR_DIAGNOSED;
}

ppr_status schema_set(io_schema *s, const ppr_parameter_choice *choices, size_t n, ppr_report *report) {
  for (size_t c = 0; c < n; c++) {
    const char *name = choices[c].name, *text = choices[c].value;
    bool found = false;
    if (!name || !text) return PPR_MISUSE;
    for (uint32_t i = 0; i < s->program->n_editions; i++) {
      schema_edition *se = &s->editions[i];
      for (uint32_t k = 0; k < se->e->n_parameter; k++) {
        if (strcmp(schema_str(s, se->e->parameter[k].name), name) != 0) continue;
        const ppr_field *f = &se->e->field[se->e->parameter[k].field];
        value_fault fault;
        if (!schema_parse(s, i, f, (csv_cell){text, strlen(text)}, ',', &se->preset[se->e->parameter[k].field], &fault, s->arena))
          return bad_parameter(s, i, f, name, &fault, report);
        found = true;
      }
    }
    if (!found) return schema_no_parameter(s->arena, &s->program, 1, name, report);
  }
  return arena_failed(s->arena) ? PPR_NOMEM : PPR_OK;
}
