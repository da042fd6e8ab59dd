/* The Regelwerk of probe.h and its folders of files. */
#include "support/probe.h"
#include "base/quarter.h"
#include "support/asm.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void must(bool good) {
  if (!good) abort();
}

static uint32_t enumeration(asm_code *c, const char *name, uint32_t count, const char *const *names, const char *const *codes) {
  uint32_t first = c->e->n_member;
  for (uint32_t i = 0; i < count; i++) build_member(c->b, (ppr_member){asm_string(c, names[i]), codes ? asm_string(c, codes[i]) : 0, 0});
  return build_enumeration(c->b, (ppr_enumeration){asm_string(c, name), first, count}) + 1;
}

static const char *const bereiche[] = {"A1", "A2", "A4"}, *const gruppen[] = {"a", "b"};
enum { BEREICH = 2, GRUPPE = 3 }; /* enumeration + 1, in the order of schema() */

static const char *const *names_of(uint32_t axis) { return axis == BEREICH ? bereiche : gruppen; }

/* Labels of the elements: NAME, NAME[A1] or NAME[a,b]. */
static void inputs(asm_code *c, uint32_t field, const char *name, uint32_t axis1, uint32_t axis2, uint32_t type) {
  const ppr_edition *e = c->e;
  ppr_enumeration a = axis1 ? e->enumeration[axis1 - 1] : (ppr_enumeration){0, 0, 1},
                  b = axis2 ? e->enumeration[axis2 - 1] : (ppr_enumeration){0, 0, 1};
  char labels[16][64];
  uint32_t n = 0;
  for (uint32_t i = 0; i < a.count; i++)
    for (uint32_t k = 0; k < b.count; k++) {
      const char *first = axis1 ? names_of(axis1)[i] : "", *second = axis2 ? names_of(axis2)[k] : "";
      snprintf(labels[n++], 64, axis2 ? "%s[%s,%s]" : axis1 ? "%s[%s]" : "%s", name, first, second);
    }
  for (uint32_t i = 0; i < n; i++) build_input(c->b, (ppr_input){asm_string(c, labels[i]), field, type});
}

/* The field, its inputs follow it at once. Returns the first input. */
static uint32_t field(asm_code *c, const char *name, ppr_field f) {
  uint32_t first = f.first_input = c->e->n_input;
  uint32_t size1 = f.axis1 ? c->e->enumeration[f.axis1 - 1].count : 1, size2 = f.axis2 ? c->e->enumeration[f.axis2 - 1].count : 1;
  f.name = asm_string(c, name);
  f.inputs = f.kind == PPR_KIND_TEXT ? 0 : size1 * size2;
  uint32_t at = build_field(c->b, f);
  if (f.inputs) inputs(c, at, name, f.axis1, f.axis2, f.kind == PPR_KIND_BOOL ? PPR_T_BOOL : PPR_T_INT);
  return first;
}

typedef struct slots {
  uint32_t pflicht, teiler, tage, vks, lesart, areas;
} slots;

static slots schema(asm_code *c, bool late) {
  static const char *const faecher[] = {"Erwachsene", "Kinder"}, *const fach_codes[] = {"29", "30"};
  static const char *const lesarten[] = {"streng", "mild"};
  slots s = {.areas = late ? 2 : 3};
  uint32_t fach = enumeration(c, "Fachgebiet", 2, faecher, fach_codes), bereich = enumeration(c, "Bereich", s.areas, bereiche, NULL);
  uint32_t gruppe = enumeration(c, "Gruppe", 2, gruppen, NULL), lesart = enumeration(c, "Lesart", 2, lesarten, NULL);
  must(bereich == BEREICH && gruppe == GRUPPE);
  static const char *const keys[] = {"IK", "Jahr", "Quartal", "Einrichtung"};
  const ppr_field key_fields[] = {{.kind = PPR_KIND_TEXT, .flags = PPR_FIELD_KEY},
                                  {.kind = PPR_KIND_NUMBER, .flags = PPR_FIELD_KEY, .lo = 2020, .hi = 2099},
                                  {.kind = PPR_KIND_NUMBER, .flags = PPR_FIELD_KEY, .lo = 1, .hi = 4},
                                  {.kind = PPR_KIND_ENUM, .flags = PPR_FIELD_KEY, .enumeration = fach, .lo = 0, .hi = 1}};
  for (uint32_t k = 0; k < 4; k++) {
    build_key(c->b, (ppr_key){c->e->n_field});
    field(c, keys[k], key_fields[k]);
  }
  c->e->period_input = field(c, "Berichtsquartal", (ppr_field){.kind = PPR_KIND_QUARTER, .flags = PPR_FIELD_PERIOD, .lo = 0, .hi = 40000});
  c->e->period_year = 1;
  c->e->period_quarter = 2;

  uint32_t first = c->e->n_field;
  s.pflicht = field(c, "Pflicht", (ppr_field){.kind = PPR_KIND_BOOL, .block = 1, .hi = 1});
  field(c, "Stunden", (ppr_field){.kind = PPR_KIND_NUMBER, .scale = 2, .flags = PPR_FIELD_OPTIONAL, .block = 1, .hi = 99999999});
  s.teiler = field(c, "Teiler", (ppr_field){.kind = PPR_KIND_NUMBER, .flags = PPR_FIELD_PRESET, .block = 1, .hi = 99, .preset = 1});
  field(c, "Ab", (ppr_field){.kind = PPR_KIND_DATE, .flags = PPR_FIELD_OPTIONAL, .block = 1, .lo = DAY_MIN, .hi = DAY_MAX});
  build_block(c->b, (ppr_block){.table = asm_string(c, "T1"), .first_field = first, .fields = 4});

  first = c->e->n_field;
  s.tage = field(c, "Tage", (ppr_field){.kind = PPR_KIND_NUMBER, .flags = PPR_FIELD_PRESET, .block = 2, .axis1 = bereich, .hi = 99999});
  uint32_t cond = build_cond(c->b, (ppr_cond){.column = asm_string(c, "Jahrgang"), .key = 2, .offset = -1});
  build_block(c->b, (ppr_block){asm_string(c, "T2"), bereich, 0, cond, 1, first, 1, asm_string(c, "Gebiet"), 0, 0, 0});

  first = c->e->n_field;
  s.vks = field(c, "VKS",
                (ppr_field){.kind = PPR_KIND_NUMBER,
                            .scale = 2,
                            .flags = PPR_FIELD_PRESET | PPR_FIELD_SUM,
                            .block = 3,
                            .axis1 = gruppe,
                            .axis2 = gruppe,
                            .hi = 100000});
  cond = build_cond(c->b, (ppr_cond){.column = asm_string(c, "Dienst"), .text = asm_string(c, "T")});
  build_block(c->b, (ppr_block){asm_string(c, "T3"), gruppe, gruppe, cond, 1, first, 1, asm_string(c, "Von"), asm_string(c, "Auf"), 0, 0});
  cond = build_cond(c->b, (ppr_cond){.column = asm_string(c, "Dienst"), .text = asm_string(c, "N")});
  build_block(c->b, (ppr_block){.table = asm_string(c, "T3"), .first_cond = cond, .conds = 1, .first_field = c->e->n_field});

  build_reading(c->b, (ppr_reading){asm_string(c, "Lesart"), c->e->n_field, asm_string(c, "Wie streng?"), 0});
  s.lesart = field(c, "Lesart", (ppr_field){.kind = PPR_KIND_ENUM, .enumeration = lesart, .flags = PPR_FIELD_PRESET | PPR_FIELD_READING, .hi = 1});
  return s;
}

static uint32_t text_cell(asm_code *c, const char *text) { return build_cell(c->b, (ppr_cell){PPR_CELL_TEXT, asm_string(c, text)}); }
static uint32_t value_cell(asm_code *c, uint32_t output) { return build_cell(c->b, (ppr_cell){PPR_CELL_OUTPUT, output}); }

static uint32_t file(asm_code *c, const char *name, uint32_t n, const char *const *columns) {
  uint32_t first = c->e->n_col;
  for (uint32_t i = 0; i < n; i++) build_col(c->b, (ppr_col){asm_string(c, columns[i])});
  return build_file(c->b, (ppr_file){asm_string(c, name), first, n});
}

static void results(asm_code *c, slots s, const char *edition) {
  uint32_t tage[3];
  for (uint32_t i = 0; i < s.areas; i++) tage[i] = asm_op(c, PPR_OP_IN_INT, s.tage + i, 0, 0);
  uint32_t pflicht = asm_op(c, PPR_OP_IN_BOOL, s.pflicht, 0, 0), teiler = asm_op(c, PPR_OP_IN_INT, s.teiler, 0, 0);
  uint32_t lesart = asm_op(c, PPR_OP_IN_INT, s.lesart, 0, 0), a_a = asm_op(c, PPR_OP_IN_INT, s.vks, 0, 0),
           b_b = asm_op(c, PPR_OP_IN_INT, s.vks + 3, 0, 0);
  uint32_t summe = asm_op(c, PPR_OP_SUM, asm_args(c, s.areas, tage), s.areas, 0);
  uint32_t up_to_100 = asm_op(c, PPR_OP_LEK, summe, asm_konst(c, 100), 0), up_to_200 = asm_op(c, PPR_OP_LEK, summe, asm_konst(c, 200), 0);
  uint32_t mild = asm_op(c, PPR_OP_EQK, lesart, asm_konst(c, 1), 0), both = asm_op(c, PPR_OP_AND, mild, up_to_200, 0);
  uint32_t good = asm_op(c, PPR_OP_OR, up_to_100, both, 0);
  uint32_t tenfold = asm_op(c, PPR_OP_MULK, summe, asm_konst(c, 10), 0), quote = asm_round(c, PPR_OP_DIV, PPR_ROUND_HALF_UP, tenfold, teiler);
  uint32_t some = asm_op(c, PPR_OP_LEK, summe, asm_konst(c, 500), 0), most = asm_op(c, PPR_OP_LEK, summe, asm_konst(c, 1000), 0);
  uint32_t much = asm_op(c, PPR_OP_NOT, some, 0, 0), too_much = asm_op(c, PPR_OP_NOT, most, 0, 0);

  uint32_t o_summe = asm_output(c, "Summe", PPR_KIND_NUMBER, 0, summe, 0), o_good = asm_output(c, "erfüllt", PPR_KIND_BOOL, 0, good, 0);
  uint32_t o_quote = asm_output(c, "Quote", PPR_KIND_NUMBER, 1, quote, 0), o_pflicht = asm_output(c, "Pflicht", PPR_KIND_BOOL, 0, pflicht, 0);
  uint32_t o_a = asm_output(c, "VKS[a,a]", PPR_KIND_NUMBER, 2, a_a, 0), o_b = asm_output(c, "VKS[b,b]", PPR_KIND_NUMBER, 2, b_b, 0);
  uint32_t o_much = asm_output(c, "viel", PPR_KIND_BOOL, 0, much, 0), o_too_much = asm_output(c, "zu viel", PPR_KIND_BOOL, 0, too_much, 0);
  build_check(c->b, (ppr_check){asm_string(c, "Obergrenze"), 0, asm_string(c, "zu viel"), o_too_much, 0, 0, 0, asm_string(c, "Obergrenze")});
  build_check(c->b, (ppr_check){asm_string(c, "Plausibel"), 2, asm_string(c, "viel"), o_much, 0, 0, 0, asm_string(c, "Plausibel")});

  static const char *const r_columns[] = {"Summe", "erfüllt", "Quote", "Fassung"}, *const g_columns[] = {"Gruppe", "VKS"};
  uint32_t r = file(c, "R", 4, r_columns), g = file(c, "G", 2, g_columns), cell = value_cell(c, o_summe);
  value_cell(c, o_good);
  value_cell(c, o_quote);
  text_cell(c, edition);
  build_line(c->b, (ppr_line){r, 0, cell, 4});
  cell = text_cell(c, "a");
  value_cell(c, o_a);
  build_line(c->b, (ppr_line){g, o_pflicht + 1, cell, 2});
  cell = text_cell(c, "b");
  value_cell(c, o_b);
  build_line(c->b, (ppr_line){g, o_pflicht + 1, cell, 2});
}

ppr_program *probe_program(void) {
  asm_code c;
  asm_begin(&c);
  c.e->until_day = day_of(2024, 6, 30);
  results(&c, schema(&c, false), "2024-01");
  asm_edition(&c, "2024-07", day_of(2024, 7, 1), day_of(2024, 12, 31));
  results(&c, schema(&c, true), "2024-07");
  return asm_end(&c);
}

void probe_folder(char out[64]) {
  memcpy(out, "/tmp/ppr-probe-XXXXXX", sizeof "/tmp/ppr-probe-XXXXXX");
  must(mkdtemp(out) != NULL);
}

static void path_of(char out[512], const char *folder, const char *name) { snprintf(out, 512, "%s/%s", folder, name); }

void probe_write_bytes(const char *folder, const char *name, const void *bytes, size_t size) {
  char path[512];
  path_of(path, folder, name);
  FILE *f = fopen(path, "wb");
  must(f && fwrite(bytes, 1, size, f) == size && fclose(f) == 0);
}

void probe_write(const char *folder, const char *name, const char *text) { probe_write_bytes(folder, name, text, strlen(text)); }

char *probe_read(const char *folder, const char *name) {
  char path[512], *text = calloc(1, 1 << 20);
  path_of(path, folder, name);
  FILE *f = fopen(path, "rb");
  if (!f || !text) {
    free(text);
    return NULL;
  }
  must(fread(text, 1, (1 << 20) - 1, f) < (1 << 20) - 1);
  fclose(f);
  return text;
}

void probe_remove(const char *folder) {
  DIR *d = opendir(folder);
  char path[512];
  for (struct dirent *e; d && (e = readdir(d));) {
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
    path_of(path, folder, e->d_name);
    if (e->d_type == DT_DIR) probe_remove(path);
    else unlink(path);
  }
  if (d) closedir(d);
  rmdir(folder);
}

void probe_tables(const char *folder) {
  probe_write(folder, "T1.csv", "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab\n260100001;2024;1;29;ja;12,50;4;01.02.2024\n");
  probe_write(folder, "T2.csv", "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n260100001;2024;1;29;2023;A1;30\n260100001;2024;1;29;2023;A4;12\n");
  probe_write(folder, "T3.csv",
              "IK;Jahr;Quartal;Einrichtung;Dienst;Von;Auf;VKS\n260100001;2024;1;29;T;a;a;1,25\n260100001;2024;1;29;T;a;a;2,5\n"
              "260100001;2024;1;29;T;b;b;7\n260100001;2024;1;29;N;x;y;1\n");
}

long probe_read_fn(void *ctx, char *out, size_t size) {
  probe_bytes *b = ctx;
  size_t n = b->size - b->at;
  if (n > size) n = size;
  if (b->piece && n > b->piece) n = b->piece;
  memcpy(out, b->text + b->at, n);
  b->at += n;
  return (long)n;
}
