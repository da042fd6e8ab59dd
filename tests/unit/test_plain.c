/* Plain rows of the flat form against the long way: random files, read once with the short way and once without, must leave the same in the store. A
 * limit of 63 bytes per cell, which no cell here reaches, switches the short way off. */
#include "io/flat.h"
#include "support/probe.h"
#include "support/prng.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef struct reading {
  ppr_report *report;
  ppr_arena *arena;
  io_schema *schema;
  io_limits limits;
  record_store store;
  probe_bytes bytes;
  flat_reader *flat;
  ppr_buf text; /* everything there is to say about the records */
} reading;

static void put_record(reading *r, const store_record *rec, const ppr_program *p) {
  buf_printf(&r->text, "%llu %u %d |", (unsigned long long)rec->line, rec->edition, rec->refused);
  for (uint32_t i = 0; i < rec->key_size; i++) buf_putc(&r->text, rec->key[i] ? rec->key[i] : '/');
  for (uint32_t i = 0; rec->edition != PPR_NONE && i < p->editions[rec->edition].n_input; i++) {
    uint8_t state = *store_state(&r->store, rec, i);
    buf_printf(&r->text, " %lld/%d", state == PPR_PRESENT ? (long long)*store_value(&r->store, rec, i) : 0, state);
  }
  for (const store_issue *i = rec->first; i; i = i->next)
    buf_printf(&r->text, "\n  %d %llu %s [%s] [%s]", (int)i->code, (unsigned long long)i->line, i->field, i->args[0] ? i->args[0] : "",
               i->args[1] ? i->args[1] : "");
  buf_putc(&r->text, '\n');
}

/* Reads the text in windows of `max` records, or in pieces as threads do (max 0). */
static void read_text(reading *r, const ppr_program *p, const char *text, size_t size, size_t piece, size_t max, bool quick) {
  *r = (reading){.report = report_new(ppr_alloc_default), .arena = arena_new(ppr_alloc_default), .limits = io_limits_default};
  if (!quick) r->limits.cell_bytes = 63;
  buf_init(&r->text, ppr_alloc_default, SIZE_MAX);
  assert_int_equal(schema_open(&r->schema, r->arena, p, NULL, 0, r->report), PPR_OK);
  assert_true(store_init(&r->store, ppr_alloc_default, r->schema, &r->limits));
  r->bytes = (probe_bytes){text, size, 0, piece};
  flat_reader *fork = NULL;
  ppr_status status = flat_open(&r->flat, &r->store, "x.csv", probe_read_fn, &r->bytes, r->report);
  if (status == PPR_OK && max == 0) status = flat_fork(&fork, r->flat, &r->store, r->report);
  for (bool more = true; status == PPR_OK && more;) {
    if (fork) {
      status = flat_take(r->flat, fork, &more);
      if (status == PPR_OK && more) status = flat_piece(fork);
      if (status == PPR_OK && more) status = flat_settle(r->flat, fork);
    } else {
      status = flat_read(r->flat, max, &more);
    }
    if (status != PPR_OK) r->text.size = 0; /* then nothing of a run counts but its report */
    for (size_t i = 0; status == PPR_OK && i < r->store.count; i++) put_record(r, &r->store.records[i], p);
    store_clear(&r->store);
  }
  buf_printf(&r->text, "%d\n", (int)status);
  report_print(&r->text, r->report, PPR_LANG_DE, false);
  assert_false(r->text.failed);
  flat_close(fork);
  flat_close(r->flat);
  store_fini(&r->store);
  arena_free(r->arena);
  report_free(r->report);
}

static void same_both_ways(const ppr_program *p, const char *text, size_t size, prng *random) {
  static const struct {
    size_t max;
    bool quick;
  } ways[] = {{1024, true}, {3, true}, {0, true}, {0, false}};
  reading slow, other;
  read_text(&slow, p, text, size, 0, 1024, false);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    read_text(&other, p, text, size, (size_t)prng_below(random, 40), ways[i].max, ways[i].quick);
    const char *a = slow.text.data, *b = other.text.data;
    for (size_t n = strcspn(a, "\n"), m = strcspn(b, "\n"); *a || *b; a += n + (a[n] != 0), b += m + (b[m] != 0)) {
      n = strcspn(a, "\n"), m = strcspn(b, "\n");
      if (n != m || memcmp(a, b, n) != 0) fail_msg("way %zu gives\n%.*s\ninstead of\n%.*s\nof\n%s", i, (int)m, b, (int)n, a, text);
    }
    buf_fini(&other.text);
  }
  buf_fini(&slow.text);
}

static const char *const heads[] = {"IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab;Tage[A1];Tage[A2];VKS[a,b]",
                                    "Tage[A1];IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Unbekannt;VKS[b,a];Tage[A4]",
                                    "IK,Jahr,Quartal,Einrichtung,Pflicht,Stunden,Tage[A1],Tage[A2],Ab"};
/* What may stand in a column: mostly right, sometimes anything. */
static const char *const odd[] = {"",           "x",         "-1",   "1,5",       "1.5",        "1,555",  "0012", "+3",
                                  "\"4\"",      "\"a;b\"",   " 7",   "7 ",        "1e5",        "100000", "ja",   "JA",
                                  "31.02.2024", "ä",         "\xE4", "1 2",       "3,",         ",3",     "--1",  "99999999999999999999",
                                  "12345678",   "123456789", "0,00", "999999,99", "1000000,00", "\r",     "\t8"};

static void put_cell(ppr_buf *b, prng *p, const char *head, size_t n, char mark) {
  static const char *const quarters[] = {"1", "2", "3", "4"};
  if (prng_below(p, 40) == 0) {
    buf_puts(b, odd[prng_below(p, sizeof odd / sizeof *odd)]);
  } else if (strncmp(head, "IK", n) == 0) {
    buf_printf(b, "%u", (unsigned)prng_between(p, 1, 400));
  } else if (strncmp(head, "Jahr", n) == 0) {
    buf_puts(b, prng_below(p, 30) ? "2024" : prng_below(p, 2) ? "2023" : "02024");
  } else if (strncmp(head, "Quartal", n) == 0) {
    buf_puts(b, quarters[prng_below(p, 4)]);
  } else if (strncmp(head, "Einrichtung", n) == 0) {
    buf_puts(b, prng_below(p, 2) ? "29" : "30");
  } else if (strncmp(head, "Pflicht", n) == 0) {
    buf_puts(b, prng_below(p, 2) ? "ja" : "nein");
  } else if (strncmp(head, "Ab", n) == 0) {
    buf_puts(b, prng_below(p, 2) ? "" : "01.02.2024");
  } else if (strncmp(head, "Stunden", n) == 0 || strncmp(head, "VKS", 3) == 0) {
    buf_printf(b, "%u", (unsigned)prng_below(p, prng_below(p, 2) ? 20 : 900));
    if (prng_below(p, 2)) buf_printf(b, prng_below(p, 2) ? "%c%u" : "%c0%u", mark, (unsigned)prng_below(p, 10));
  } else {
    buf_printf(b, "%u", (unsigned)prng_below(p, prng_below(p, 2) ? 90 : 9000));
  }
}

static void put_row(ppr_buf *b, prng *p, const char *head, char separator) {
  for (size_t n; *head; head += n + (head[n] != 0)) {
    n = strcspn(head, ";,");
    if (head[n] == ',' && separator == ';') n += 1 + strcspn(head + n + 1, ";"); /* "VKS[a,b]" */
    put_cell(b, p, head, n, separator == ',' ? '.' : ',');
    if (head[n] || prng_below(p, 60) == 0) buf_putc(b, separator);
    if (prng_below(p, 400) == 0) break;
  }
  buf_puts(b, prng_below(p, 10) ? "\n" : "\r\n");
  if (prng_below(p, 50) == 0) buf_puts(b, prng_below(p, 2) ? "\n" : ";;;\n");
}

static void random_files(void **state) {
  (void)state;
  ppr_program *program = probe_program();
  prng p = prng_new("plain");
  for (int round = 0; round < 60; round++) {
    const char *head = heads[prng_below(&p, sizeof heads / sizeof *heads)];
    char separator = strchr(head, ';') ? ';' : ',';
    ppr_buf text;
    buf_init(&text, ppr_alloc_default, SIZE_MAX);
    buf_printf(&text, "%s\n", head);
    for (uint64_t rows = prng_below(&p, 300); rows > 0; rows--) put_row(&text, &p, head, separator);
    if (prng_below(&p, 4) == 0 && text.size) text.data[--text.size] = 0; /* cut */
    same_both_ways(program, text.data, text.size, &p);
    buf_fini(&text);
  }
  program_free(program);
}

/* More rows than a piece holds; line ends inside of quotes at every place of a piece. */
static void pieces(void **state) {
  (void)state;
  ppr_program *program = probe_program();
  prng p = prng_new("pieces");
  ppr_buf text;
  buf_init(&text, ppr_alloc_default, SIZE_MAX);
  buf_puts(&text, "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Bemerkung\n");
  for (unsigned i = 0; i < 5000; i++) {
    buf_printf(&text, "%u;2024;%u;29;ja;%u,25", i / 3, i % 4 + 1, i % 1000);
    buf_puts(&text, i > 2500 && i % 7 == 0 ? ";\"zwei\nZeilen\"\n" : i > 3500 && i % 11 == 0 ? ";Übung\n" : ";\n");
  }
  same_both_ways(program, text.data, text.size, &p);
  buf_fini(&text);
  program_free(program);
}

#define TEST(f) cmocka_unit_test(f)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(random_files), TEST(pieces)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
