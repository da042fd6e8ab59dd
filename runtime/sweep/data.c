/* The files of the input and their digests; see data.h. */
#include "sweep/data.h"
#include "base/digest.h"
#include "base/file.h"
#include <stdlib.h>
#include <string.h>

static bool add(data_files *d, ppr_arena *arena, const char *name) {
  for (size_t i = 0; i < d->n; i++)
    if (strcmp(d->files[i].name, name) == 0) return true;
  data_file *grown = arena_grow(arena, d->files, d->n, &d->cap, d->n + 1, sizeof *grown);
  const char *kept = arena_printf(arena, "%s", name);
  if (!grown || !kept) return false;
  d->files = grown;
  d->files[d->n++] = (data_file){.name = kept};
  return true;
}

bool data_tables(data_files *d, ppr_arena *arena, const io_schema *schema) {
  for (uint32_t i = 0; i < schema->program->n_editions; i++) {
    const ppr_edition *e = schema->editions[i].e;
    for (uint32_t b = 0; b < e->n_block; b++)
      if (!add(d, arena, schema_str(schema, e->block[b].table))) return false;
  }
  return true;
}

static int by_name(const void *a, const void *b) { return strcmp(((const data_file *)a)->name, ((const data_file *)b)->name); }

/* FILE_NOT_FOUND is for the caller to judge. */
static file_status read_file(data_file *f, ppr_alloc alloc, const char *path) {
  file_source *source;
  uint8_t sha[32];
  file_status status = file_source_open(&source, alloc, path);
  if (status != FILE_OK) return status;
  if (sha256_pull(sha, &f->bytes, file_source_next, source)) sha256_text(f->sha256, sha);
  else status = FILE_UNREADABLE;
  file_source_close(source);
  return status;
}

static ppr_status judge(file_status status, const char *path, ppr_report *report) {
  if (status == FILE_OK) return PPR_OK;
  if (status == FILE_NO_MEMORY) return PPR_NOMEM;
  file_report(report, status, path, 0);
  return PPR_DIAGNOSED;
}

static ppr_status read_tables(data_files *d, ppr_alloc alloc, ppr_arena *arena, const char *folder, ppr_report *report) {
  size_t there = 0;
  qsort(d->files, d->n, sizeof *d->files, by_name);
  for (size_t i = 0; i < d->n; i++) {
    data_file f = {.name = arena_printf(arena, "%s.csv", d->files[i].name)};
    const char *path = arena_printf(arena, "%s/%s.csv", folder, d->files[i].name);
    if (!f.name || !path) return PPR_NOMEM;
    file_status read = read_file(&f, alloc, path);
    if (read == FILE_NOT_FOUND) continue;
    ppr_status status = judge(read, path, report);
    if (status != PPR_OK) return status;
    d->files[there++] = f;
  }
  d->n = there;
  return PPR_OK;
}

static ppr_status read_one(data_files *d, ppr_alloc alloc, ppr_arena *arena, const char *path, ppr_report *report) {
  const char *slash = strrchr(path, '/');
  d->n = 0;
  if (!add(d, arena, slash ? slash + 1 : path)) return PPR_NOMEM;
  return judge(read_file(&d->files[0], alloc, path), path, report);
}

ppr_status data_digest(data_files *d, ppr_alloc alloc, ppr_arena *arena, const char *input, ppr_report *report) {
  bool folder = file_kind_of(input) == FILE_KIND_FOLDER;
  ppr_status status = folder ? read_tables(d, alloc, arena, input, report) : read_one(d, alloc, arena, input, report);
  if (status != PPR_OK) return status;
  if (!folder) {
    memcpy(d->digest, d->files[0].sha256, sizeof d->digest);
    return PPR_OK;
  }
  uint8_t sha[32] = {0};
  ppr_buf all; /* as `sha256sum` writes it */
  buf_init(&all, alloc, (size_t)1 << 30);
  for (size_t i = 0; i < d->n; i++) buf_printf(&all, "%s  %s\n", d->files[i].sha256, d->files[i].name);
  bool failed = all.failed;
  if (!failed) sha256(sha, all.data ? all.data : "", all.size);
  sha256_text(d->digest, sha);
  buf_fini(&all);
  return failed ? PPR_NOMEM : PPR_OK;
}
