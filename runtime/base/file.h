/* Files: reading whole with a limit, writing whole or not at all, listing a folder. */
#ifndef PPR_BASE_FILE_H
#define PPR_BASE_FILE_H
#include "base/arena.h"
#include "base/report.h"

typedef enum {
  FILE_OK,
  FILE_NOT_FOUND,
  FILE_UNREADABLE,
  FILE_DENIED,
  FILE_TOO_LARGE,
  FILE_IS_FOLDER,
  FILE_NOT_FOLDER,
  FILE_NOT_WRITABLE,
  FILE_DISK_FULL,
  FILE_NO_MEMORY
} file_status;

typedef enum { FILE_KIND_NONE, FILE_KIND_REGULAR, FILE_KIND_FOLDER, FILE_KIND_OTHER } file_kind;
/* What the path names; NONE also when that cannot be found out. */
file_kind file_kind_of(const char *path);

/* The whole file, at most `limit` bytes of it, followed by a NUL; also from a pipe. *data is NULL unless FILE_OK; give it back by file_free. */
file_status file_read(ppr_alloc alloc, const char *path, size_t limit, char **data, size_t *size);
void file_free(ppr_alloc alloc, char *data, size_t size);

/* A file read from its beginning, and again at any place from several threads. What is no regular file is kept in memory as it is read. */
typedef struct file_source file_source;
file_status file_source_open(file_source **out, ppr_alloc alloc, const char *path); /* after a failure errno tells more */
/* The next bytes, up to `size` of them; 0 at the end, -1 on an error (errno set). `source` is a file_source. */
long file_source_next(void *source, char *out, size_t size);
/* Up to `size` bytes from `at` on, where file_source_next has been before; the number of bytes that are there. */
size_t file_source_at(const file_source *s, uint64_t at, char *out, size_t size);
/* False when the file has changed since it was opened, as far as its size and time tell. */
bool file_source_same(const file_source *s);
void file_source_close(file_source *s); /* NULL allowed */

/* Replace or create the file: readers see the old bytes or the new ones. A device or pipe is written straight through. */
file_status file_write_atomic(const char *path, const void *data, size_t size);

/* The same as a stream. Bytes go to a temporary name in the same folder; commit renames, abort removes. Errors stick and are told by commit. */
typedef struct file_sink file_sink;
file_status file_sink_open(file_sink **out, ppr_alloc alloc, const char *path);
void file_sink_write(file_sink *s, const void *data, size_t n);
/* Everything but the rename: after FILE_OK of all sinks of a run their commits only fail with the file system. Optional. */
file_status file_sink_finish(file_sink *s);
/* Both free the sink; NULL is allowed for abort. After a failed commit the old file is there unchanged. */
file_status file_sink_commit(file_sink *s);
void file_sink_abort(file_sink *s);

/* Paths of the regular files in `folder` whose names end with `suffix` (".ppr"), without hidden ones, sorted by name bytewise. */
file_status file_list(ppr_arena *a, const char *folder, const char *suffix, const char ***paths, size_t *count);
/* Make the folder; FILE_OK when it is there already. Its parent must exist. */
file_status file_make_folder(const char *path);

/* Adds the diagnostic 7xxx of a status that is not FILE_OK; limit is for FILE_TOO_LARGE. */
diag *file_report(ppr_report *r, file_status status, const char *path, size_t limit);
#endif
