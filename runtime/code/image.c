/* The image: a program as bytes and back.
 *
 * All words are little-endian, nothing is aligned:
 *   "PPRB", u32 format version, u32 minimum reader version, u64 total size in bytes,
 *   u32 name of the Regelwerk, u32 strings, u32 bytes of text, u32 editions, u32 source digests,
 *   text: the strings one after the other, each ended by a NUL, string 0 empty,
 *   editions: u32 name, decision, title, record, i64 day of the decision, first, last and written last day, u32 period input, year key, quarter key,
 * cost, u32 sections; per section u32 number, u32 rows, u64 bytes; then the sections in the same order, each its members as in sections.def, one
 * column (column.h) after the other,
 *   source digests: u32 name, 32 bytes,
 *   CRC-32C of everything before.
 *
 * An image of this version has exactly the sections of sections.def in their order, so a program has one image. A later version may append sections
 * and members; as long as it names this version as minimum reader, what is unknown here is skipped.
 *
 * Most of an image is code and explanation, and a run needs those of a Fassung or two. So image_open leaves them where they are; image_code decodes
 * and proves them when the first machine or listing asks. */
#include "code/image.h"
#include "base/crc.h"
#include "code/column.h"
#include "code/verify.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define MAGIC "PPRB"
enum { FORMAT_VERSION = 1, MINIMUM_READER = 1, READER_VERSION = 1 };
enum { SIZE_AT = 12, HEAD_SIZE = 40, EDITION_SIZE = 68, SECTION_SIZE = 16, SOURCE_SIZE = 36, DIGEST_SIZE = 32, CHECK_SIZE = 4 };
#define IMAGE_LIMIT ((size_t)64 << 20)

enum {
#define SECTION(number, name, members) COUNT_##name,
#include "code/sections.def"
#undef SECTION
  SECTIONS
};

/* Members of each section. */
enum {
#define U(member) +1
#define L(member) +1
#define SECTION(number, name, members) MEMBERS_##name = 0 members,
#include "code/sections.def"
#undef SECTION
#undef U
#undef L
};

static void put32(ppr_buf *out, uint32_t value) {
  uint8_t bytes[4];
  for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
  buf_put(out, bytes, sizeof bytes);
}

static void put64(ppr_buf *out, uint64_t value) {
  put32(out, (uint32_t)value);
  put32(out, (uint32_t)(value >> 32));
}

/* A number whose place was kept. */
static void set64(ppr_buf *out, size_t at, uint64_t value) {
  for (int i = 0; i < 8; i++) out->data[at + (size_t)i] = (char)(uint8_t)(value >> (8 * i));
}

static void put_edition(ppr_buf *out, const ppr_edition *e) {
  put32(out, e->name);
  put32(out, e->decision);
  put32(out, e->title);
  put32(out, e->record);
  put64(out, (uint64_t)e->decided_day);
  put64(out, (uint64_t)e->from_day);
  put64(out, (uint64_t)e->until_day);
  put64(out, (uint64_t)e->written_until);
  put32(out, e->period_input);
  put32(out, e->period_year);
  put32(out, e->period_quarter);
  put32(out, e->cost);
  put32(out, SECTIONS);
  size_t head = out->size, end;
#define SECTION(number, name, members) put32(out, number), put32(out, e->n_##name), put64(out, 0);
#include "code/sections.def"
#undef SECTION
#define U(member) column_put(out, &row->member, sizeof *row, n, false);
#define L(member) column_put(out, &row->member, sizeof *row, n, true);
#define SECTION(number, name, members)                                                                                                               \
  end = out->size;                                                                                                                                   \
  if (e->n_##name) {                                                                                                                                 \
    const ppr_##name *row = e->name;                                                                                                                 \
    uint32_t n = e->n_##name;                                                                                                                        \
    members                                                                                                                                          \
  }                                                                                                                                                  \
  if (!out->failed) set64(out, head + 8, out->size - end);                                                                                           \
  head += SECTION_SIZE;
#include "code/sections.def"
#undef SECTION
#undef U
#undef L
}

void image_encode(ppr_buf *out, const ppr_program *p) {
  size_t start = out->size;
  buf_put(out, MAGIC, 4);
  put32(out, FORMAT_VERSION);
  put32(out, MINIMUM_READER);
  put64(out, 0);
  put32(out, p->name);
  put32(out, p->n_string);
  put32(out, (uint32_t)p->n_text);
  put32(out, p->n_editions);
  put32(out, p->n_sources);
  buf_put(out, p->text, p->n_text);
  for (uint32_t i = 0; i < p->n_editions; i++) put_edition(out, &p->editions[i]);
  for (uint32_t i = 0; i < p->n_sources; i++) {
    put32(out, p->sources[i].name);
    buf_put(out, p->sources[i].sha256, sizeof p->sources[i].sha256);
  }
  if (out->failed) return;
  set64(out, start + SIZE_AT, out->size - start + CHECK_SIZE);
  put32(out, crc32c(out->data + start, out->size - start));
}

typedef struct section_head {
  uint32_t number, count;
  uint64_t bytes;
  const uint8_t *at;
} section_head;

/* The sections of an edition that were left in the image, and their rows once they were asked for. */
struct image_part {
  image_rest *rest;
  section_head *heads;
  uint32_t n;
  ppr_arena *arena; /* NULL: not asked for yet */
  ppr_edition rows; /* late sections */
};

/* Shared by a program and its selections; the mutex guards the parts. */
struct image_rest {
  pthread_mutex_t mutex;
  ppr_alloc alloc;
  uint32_t version;
  image_part *parts;
  uint32_t n_parts;
};

/* Code and explanation: what only machines, listings and explanations read. */
static bool is_late(uint32_t number) { return number < 8 || (number >= 40 && number < 45); }

/* What is left to read; `wrong` says what did not fit, NULL so far. */
typedef struct reader {
  const uint8_t *at, *end;
  const char *wrong;
  uint32_t version, minimum;
  ppr_arena *arena;
  image_rest *rest; /* NULL: everything is decoded at once */
} reader;

static size_t left(const reader *in) { return (size_t)(in->end - in->at); }

static void wrong(reader *in, const char *what) {
  if (!in->wrong) in->wrong = what;
  in->at = in->end;
}

static uint32_t get32(reader *in) {
  if (left(in) < 4) return wrong(in, "end"), 0;
  uint32_t value = 0;
  for (int i = 3; i >= 0; i--) value = value << 8 | in->at[i];
  in->at += 4;
  return value;
}

static uint64_t get64(reader *in) {
  uint64_t low = get32(in);
  return low | (uint64_t)get32(in) << 32;
}

static int64_t get_signed(reader *in) {
  uint64_t value = get64(in);
  int64_t result;
  memcpy(&result, &value, sizeof result);
  return result;
}

/* Room for `count` items of which each takes at least `bytes` of the input: memory stays in proportion to the image. */
static void *room(reader *in, uint64_t count, size_t bytes, size_t size, const char *what) {
  if (count > left(in) / bytes) return wrong(in, what), NULL;
  return count ? arena_array(in->arena, (size_t)count, size) : NULL;
}

static void get_strings(reader *in, ppr_program *p) {
  const char *what = "strings";
  if (p->n_string == 0 || p->n_text > left(in)) return wrong(in, what);
  p->text = in->rest ? (char *)(uintptr_t)in->at : arena_copy(in->arena, in->at, p->n_text, 1); /* nobody writes into it */
  p->string_at = room(in, p->n_string, 1, sizeof *p->string_at, what);
  if (!p->text || !p->string_at) return;
  in->at += p->n_text;
  uint32_t n = 0;
  for (size_t at = 0; at < p->n_text; n++) {
    const char *end = memchr(p->text + at, 0, p->n_text - at);
    if (!end || n == p->n_string) return wrong(in, what);
    p->string_at[n] = (uint32_t)at;
    at = (size_t)(end - p->text) + 1;
  }
  if (n != p->n_string || p->text[0]) wrong(in, what);
}

/* The rows of a section, whose bytes are there. */
#define U(member) at = at ? column_get(at, end, &row->member, sizeof *row, s->count, false) : NULL;
#define L(member) at = at ? column_get(at, end, &row->member, sizeof *row, s->count, true) : NULL;
#define SECTION(number, name, members)                                                                                                               \
  static void get_##name(reader *in, ppr_edition *e, const section_head *s) {                                                                        \
    const uint8_t *at = s->at, *end = at + s->bytes;                                                                                                 \
    if (s->count / COLUMN_RUN > s->bytes / MEMBERS_##name) return wrong(in, #name); /* memory stays in proportion */                                 \
    if (s->count) {                                                                                                                                  \
      ppr_##name *row = e->name = arena_array(in->arena, s->count, sizeof *row);                                                                     \
      if (!row) return;                                                                                                                              \
      members                                                                                                                                        \
    }                                                                                                                                                \
    if (!at || (at < end && in->version <= READER_VERSION)) return wrong(in, #name);                                                                 \
    e->n_##name = s->count;                                                                                                                          \
  }
#include "code/sections.def"
#undef SECTION
#undef U
#undef L

/* False when the number is unknown. */
static bool get_section(reader *in, ppr_edition *e, const section_head *s) {
  switch (s->number) {
#define SECTION(number, name, members)                                                                                                               \
  case number:                                                                                                                                       \
    if (in->rest && is_late(number)) e->n_##name = s->count;                                                                                         \
    else get_##name(in, e, s);                                                                                                                       \
    return true;
#include "code/sections.def"
#undef SECTION
  default: return false;
  }
}

static void get_edition(reader *in, ppr_edition *e, image_part *part) {
  e->name = get32(in);
  e->decision = get32(in);
  e->title = get32(in);
  e->record = get32(in);
  e->decided_day = get_signed(in);
  e->from_day = get_signed(in);
  e->until_day = get_signed(in);
  e->written_until = get_signed(in);
  e->period_input = get32(in);
  e->period_year = get32(in);
  e->period_quarter = get32(in);
  e->cost = get32(in);
  uint32_t n = get32(in), known = 0, last = 0;
  if (n < SECTIONS) return wrong(in, "sections");
  section_head *heads = room(in, n, SECTION_SIZE, sizeof *heads, "sections");
  if (!heads) return;
  for (uint32_t i = 0; i < n; i++) {
    heads[i].number = get32(in);
    heads[i].count = get32(in);
    heads[i].bytes = get64(in);
    if (heads[i].number <= last) return wrong(in, "sections");
    last = heads[i].number;
  }
  for (uint32_t i = 0; i < n && !in->wrong; i++) {
    if (heads[i].bytes > left(in)) return wrong(in, "sections");
    heads[i].at = in->at;
    if (get_section(in, e, &heads[i])) known++;
    else if (in->version <= READER_VERSION) return wrong(in, "sections");
    if (!in->wrong) in->at += heads[i].bytes;
  }
  if (known != SECTIONS) return wrong(in, "sections");
  if (in->rest) {
    *part = (image_part){.rest = in->rest, .heads = heads, .n = n};
    e->late = part;
  }
}

static void get_program(reader *in, ppr_program *p) {
  p->arena = in->arena;
  if (in->minimum == 0 || in->version < in->minimum) return wrong(in, "version");
  p->name = get32(in);
  p->n_string = get32(in);
  p->n_text = get32(in);
  p->n_editions = get32(in);
  p->n_sources = get32(in);
  get_strings(in, p);
  p->editions = room(in, p->n_editions, EDITION_SIZE + SECTIONS * SECTION_SIZE, sizeof *p->editions, "editions");
  image_part *parts = in->rest ? room(in, p->n_editions, EDITION_SIZE, sizeof *parts, "editions") : NULL;
  if (parts) in->rest->parts = parts, in->rest->n_parts = p->n_editions;
  for (uint32_t i = 0; p->editions && (!in->rest || parts) && i < p->n_editions && !in->wrong; i++)
    get_edition(in, &p->editions[i], parts ? &parts[i] : NULL);
  p->sources = room(in, p->n_sources, SOURCE_SIZE, sizeof *p->sources, "sources");
  for (uint32_t i = 0; p->sources && i < p->n_sources && !in->wrong; i++) {
    p->sources[i].name = get32(in);
    memcpy(p->sources[i].sha256, in->at, DIGEST_SIZE);
    in->at += DIGEST_SIZE;
  }
  if (in->at != in->end) wrong(in, "end");
}

static ppr_status refuse(ppr_report *r, ppr_status status, diag_code code, uint64_t first, uint64_t second) {
  char a[24], b[24];
  snprintf(a, sizeof a, "%" PRIu64, first);
  snprintf(b, sizeof b, "%" PRIu64, second);
  report_add(r, code, SPAN_NONE, a, b, NULL);
  return report_failed(r) ? PPR_NOMEM : status;
}

/* The envelope: magic, version, size, checksum. */
static ppr_status open_image(reader *in, const uint8_t *bytes, size_t size, ppr_report *r) {
  if (size < 4 || memcmp(bytes, MAGIC, 4) != 0) return refuse(r, PPR_FORMAT, DIAG_IMAGE_MAGIC, 0, 0);
  if (size < HEAD_SIZE + CHECK_SIZE) return refuse(r, PPR_FORMAT, DIAG_IMAGE_SIZE, size, HEAD_SIZE + CHECK_SIZE);
  if (size > IMAGE_LIMIT) return refuse(r, PPR_LIMIT, DIAG_IMAGE_TOO_LARGE, size, IMAGE_LIMIT);
  *in = (reader){.at = bytes + 4, .end = bytes + size - CHECK_SIZE};
  in->version = get32(in);
  in->minimum = get32(in);
  uint64_t total = get64(in);
  if (in->minimum > READER_VERSION) return refuse(r, PPR_VERSION, DIAG_IMAGE_NEWER, in->minimum, READER_VERSION);
  if (total != size) return refuse(r, PPR_FORMAT, DIAG_IMAGE_SIZE, size, total);
  reader check = {.at = in->end, .end = bytes + size};
  if (get32(&check) != crc32c(bytes, size - CHECK_SIZE)) return refuse(r, PPR_FORMAT, DIAG_IMAGE_CHECKSUM, 0, 0);
  return PPR_OK;
}

/* Decoded and proved, or why not. */
static ppr_status judge(const reader *in, bool sound, ppr_report *r) {
  if (arena_failed(in->arena)) return PPR_NOMEM;
  if (in->wrong) report_add(r, DIAG_IMAGE_LAYOUT, SPAN_NONE, in->wrong, NULL);
  if (report_failed(r)) return PPR_NOMEM;
  return in->wrong ? PPR_FORMAT : sound ? PPR_OK : PPR_INVALID_PROGRAM;
}

static ppr_status load(ppr_program **out, ppr_alloc alloc, const void *bytes, size_t size, bool whole, ppr_report *r) {
  *out = NULL;
  reader in;
  ppr_status status = open_image(&in, bytes, size, r);
  if (status) return status;
  if (!(in.arena = arena_new(alloc))) return PPR_NOMEM;
  ppr_program *p = arena_alloc(in.arena, sizeof *p);
  if (p && !whole && (in.rest = arena_alloc(in.arena, sizeof *in.rest))) {
    *in.rest = (image_rest){.alloc = alloc, .version = in.version};
    if (pthread_mutex_init(&in.rest->mutex, NULL) == 0) p->rest = in.rest;
  }
  if (p && (whole || p->rest)) get_program(&in, p);
  bool ready = p && (whole || p->rest) && !arena_failed(in.arena);
  status = ready ? judge(&in, !in.wrong && (whole ? verify_program : verify_schema)(p, r), r) : PPR_NOMEM;
  if (status == PPR_OK) {
    *out = p;
  } else {
    if (p) image_forget(p);
    arena_free(in.arena);
  }
  return status;
}

ppr_status image_decode(ppr_program **out, ppr_alloc alloc, const void *bytes, size_t size, ppr_report *r) {
  return load(out, alloc, bytes, size, true, r);
}

ppr_status image_open(ppr_program **out, ppr_alloc alloc, const void *bytes, size_t size, ppr_report *r) {
  return load(out, alloc, bytes, size, false, r);
}

void image_forget(ppr_program *p) {
  if (!p->rest) return;
  for (uint32_t i = 0; i < p->rest->n_parts; i++) arena_free(p->rest->parts[i].arena);
  pthread_mutex_destroy(&p->rest->mutex);
  p->rest = NULL;
}

/* The late sections into the part, proved; under the mutex. */
static ppr_status fetch(const ppr_program *p, const ppr_edition *e, image_part *part, ppr_report *r) {
  ppr_edition whole = *e;
  ppr_program one = *p;
  reader in = {.version = part->rest->version, .arena = arena_new(part->rest->alloc)};
  if (!in.arena) return PPR_NOMEM;
  for (uint32_t i = 0; i < part->n && !in.wrong; i++)
    if (is_late(part->heads[i].number)) get_section(&in, &whole, &part->heads[i]);
  one.editions = &whole;
  one.n_editions = 1;
  ppr_status status = judge(&in, !in.wrong && !arena_failed(in.arena) && verify_edition(&one, &whole, r), r);
  if (status == PPR_OK) {
    part->arena = in.arena;
    part->rows = whole;
  } else arena_free(in.arena);
  return status;
}

ppr_status image_code(const ppr_program *p, uint32_t edition, ppr_report *r) {
  ppr_edition *e = &p->editions[edition];
  image_part *part = e->late;
  if (!part) return PPR_OK;
  ppr_report *own = r ? NULL : report_new(part->rest->alloc);
  if (!r && !own) return PPR_NOMEM;
  pthread_mutex_lock(&part->rest->mutex);
  ppr_status status = part->arena ? PPR_OK : fetch(p, e, part, r ? r : own);
  if (status == PPR_OK && !e->ready) { /* written once, before anybody reads: whoever asks again finds the mutex in between */
#define SECTION(number, name, members)                                                                                                               \
  if (is_late(number)) e->name = part->rows.name;
#include "code/sections.def"
#undef SECTION
    e->ready = true;
  }
  pthread_mutex_unlock(&part->rest->mutex);
  if (own) report_free(own);
  return status;
}
