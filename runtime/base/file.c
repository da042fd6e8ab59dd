/* Files by POSIX calls; see file.h. */
#include "base/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SINK_BUFFER ((size_t)1 << 16)
#define TEMPORARY_TRIES 1000            /* names of crashed runs with the same process number that may be in the way */
#define TRANSFER_MOST ((size_t)1 << 30) /* bytes per call; some systems refuse more */

static file_status status_of(int error, file_status otherwise) {
  switch (error) {
  case ENOENT: return FILE_NOT_FOUND;
  case EACCES:
  case EPERM:
  case EROFS: return FILE_DENIED;
  case EISDIR: return FILE_IS_FOLDER;
  case ENOTDIR: return FILE_NOT_FOLDER;
  case ENOSPC:
  case EDQUOT: return FILE_DISK_FULL;
  case ENOMEM: return FILE_NO_MEMORY;
  default: return otherwise;
  }
}

file_kind file_kind_of(const char *path) {
  struct stat info;
  if (stat(path, &info) != 0) return FILE_KIND_NONE;
  return S_ISREG(info.st_mode) ? FILE_KIND_REGULAR : S_ISDIR(info.st_mode) ? FILE_KIND_FOLDER : FILE_KIND_OTHER;
}

static int open_retry(const char *path, int flags) {
  int fd;
  do fd = open(path, flags | O_CLOEXEC, 0666);
  while (fd < 0 && errno == EINTR);
  return fd;
}

void file_free(ppr_alloc alloc, char *data, size_t size) {
  if (data) alloc.fn(alloc.ctx, data, size + 1, 0);
}

/* Reads to the end into *data, whose room of *cap bytes is grown as needed; one byte beyond the limit is read to see that there is more. */
static file_status read_all(int fd, ppr_alloc alloc, size_t limit, char **data, size_t *cap, size_t *size) {
  for (;;) {
    if (*size > limit) return FILE_TOO_LARGE;
    if (*size + 1 >= *cap) {
      size_t room = *cap > SIZE_MAX / 2 ? SIZE_MAX : *cap * 2;
      char *grown = alloc.fn(alloc.ctx, *data, *cap, room);
      if (!grown) return FILE_NO_MEMORY;
      *data = grown;
      *cap = room;
    }
    size_t want = *cap - 1 - *size;
    if (limit < SIZE_MAX && want > limit + 1 - *size) want = limit + 1 - *size;
    if (want > TRANSFER_MOST) want = TRANSFER_MOST;
    ssize_t got = read(fd, *data + *size, want);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return status_of(errno, FILE_UNREADABLE);
    if (got == 0) return FILE_OK;
    *size += (size_t)got;
  }
}

file_status file_read(ppr_alloc alloc, const char *path, size_t limit, char **data, size_t *size) {
  *data = NULL;
  *size = 0;
  int fd = open_retry(path, O_RDONLY);
  if (fd < 0) return status_of(errno, FILE_UNREADABLE);
  struct stat info;
  file_status status = FILE_OK;
  char *bytes = NULL;
  size_t cap = 4096, n = 0;
  if (fstat(fd, &info) != 0) status = FILE_UNREADABLE;
  else if (S_ISDIR(info.st_mode)) status = FILE_IS_FOLDER;
  else if (S_ISREG(info.st_mode) && info.st_size > 0) {
    if ((uintmax_t)info.st_size > limit || (uintmax_t)info.st_size > SIZE_MAX - 2) status = FILE_TOO_LARGE;
    else cap = (size_t)info.st_size + 2; /* the file, the read that finds its end, the NUL */
  }
  if (status == FILE_OK && !(bytes = alloc.fn(alloc.ctx, NULL, 0, cap))) status = FILE_NO_MEMORY;
  if (status == FILE_OK) status = read_all(fd, alloc, limit, &bytes, &cap, &n);
  close(fd);
  if (status == FILE_OK && cap != n + 1) { /* so that file_free can tell the size of the block */
    char *exact = alloc.fn(alloc.ctx, bytes, cap, n + 1);
    if (exact) bytes = exact, cap = n + 1;
    else status = FILE_NO_MEMORY;
  }
  if (status == FILE_OK) {
    bytes[n] = 0;
    *data = bytes;
    *size = n;
  } else if (bytes) {
    alloc.fn(alloc.ctx, bytes, cap, 0);
  }
  return status;
}

struct file_source {
  ppr_alloc alloc;
  int fd;
  struct stat opened;
  bool regular;
  char *kept; /* what was read of a pipe */
  size_t size, cap;
};

file_status file_source_open(file_source **out, ppr_alloc alloc, const char *path) {
  *out = NULL;
  int fd = open_retry(path, O_RDONLY);
  if (fd < 0) return status_of(errno, FILE_UNREADABLE);
  file_source *s = alloc.fn(alloc.ctx, NULL, 0, sizeof *s);
  file_status status = s ? FILE_OK : FILE_NO_MEMORY;
  if (s) *s = (file_source){.alloc = alloc, .fd = fd};
  int error = s ? EISDIR : ENOMEM;
  if (s && fstat(fd, &s->opened) != 0) {
    error = errno;
    status = FILE_UNREADABLE;
  } else if (s && S_ISDIR(s->opened.st_mode)) {
    status = FILE_IS_FOLDER;
  }
  if (status != FILE_OK) {
    if (s) alloc.fn(alloc.ctx, s, sizeof *s, 0);
    close(fd);
    errno = error;
    return status;
  }
  s->regular = S_ISREG(s->opened.st_mode);
  *out = s;
  return FILE_OK;
}

static bool keep(file_source *s, const char *data, size_t n) {
  if (s->cap - s->size < n) {
    size_t cap = s->cap * 2 > s->size + n ? s->cap * 2 : s->size + n;
    char *kept = s->alloc.fn(s->alloc.ctx, s->kept, s->cap, cap);
    if (!kept) return false;
    s->kept = kept;
    s->cap = cap;
  }
  memcpy(s->kept + s->size, data, n);
  s->size += n;
  return true;
}

long file_source_next(void *source, char *out, size_t size) {
  file_source *s = source;
  ssize_t got;
  do got = read(s->fd, out, size < TRANSFER_MOST ? size : TRANSFER_MOST);
  while (got < 0 && errno == EINTR);
  if (got > 0 && !s->regular && !keep(s, out, (size_t)got)) {
    errno = ENOMEM;
    return -1;
  }
  return (long)got;
}

size_t file_source_at(const file_source *s, uint64_t at, char *out, size_t size) {
  size_t done = 0;
  if (!s->regular) {
    size_t there = at < s->size ? s->size - (size_t)at : 0;
    done = size < there ? size : there;
    if (done) memcpy(out, s->kept + at, done);
    return done;
  }
  while (done < size) {
    size_t want = size - done < TRANSFER_MOST ? size - done : TRANSFER_MOST;
    ssize_t got = pread(s->fd, out + done, want, (off_t)(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += (size_t)got;
  }
  return done;
}

bool file_source_same(const file_source *s) {
  struct stat now;
  if (!s->regular) return true;
  return fstat(s->fd, &now) == 0 && now.st_size == s->opened.st_size && now.st_mtim.tv_sec == s->opened.st_mtim.tv_sec &&
         now.st_mtim.tv_nsec == s->opened.st_mtim.tv_nsec;
}

void file_source_close(file_source *s) {
  if (!s) return;
  close(s->fd);
  if (s->kept) s->alloc.fn(s->alloc.ctx, s->kept, s->cap, 0);
  s->alloc.fn(s->alloc.ctx, s, sizeof *s, 0);
}

struct file_sink {
  ppr_alloc alloc;
  char *path, *temporary; /* one block; temporary NULL: written straight through */
  size_t path_room;
  int fd; /* -1 after finish */
  size_t used;
  file_status status; /* the first error */
  char buffer[SINK_BUFFER];
};

/* Length of the folder part including its slash; 0 for a bare name. */
static size_t folder_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Opens a new file beside the target: hidden, and never one that exists. */
static file_status open_temporary(file_sink *s, size_t room) {
  size_t folder = folder_length(s->path);
  for (int i = 0; i < TEMPORARY_TRIES; i++) {
    snprintf(s->temporary, room, "%.*s.%s.%ld-%d.tmp", (int)folder, s->path, s->path + folder, (long)getpid(), i);
    s->fd = open_retry(s->temporary, O_WRONLY | O_CREAT | O_EXCL);
    if (s->fd >= 0) return FILE_OK;
    if (errno != EEXIST) return status_of(errno, FILE_NOT_WRITABLE);
  }
  return FILE_NOT_WRITABLE;
}

static void sink_free(file_sink *s) {
  s->alloc.fn(s->alloc.ctx, s->path, s->path_room, 0);
  s->alloc.fn(s->alloc.ctx, s, sizeof *s, 0);
}

file_status file_sink_open(file_sink **out, ppr_alloc alloc, const char *path) {
  *out = NULL;
  file_kind kind = file_kind_of(path);
  if (kind == FILE_KIND_FOLDER) return FILE_IS_FOLDER;
  size_t length = strlen(path), room = length + 48; /* of the temporary name */
  if (length == 0 || path[length - 1] == '/') return FILE_NOT_WRITABLE;
  if (length > INT32_MAX) return FILE_NOT_WRITABLE;
  file_sink *s = alloc.fn(alloc.ctx, NULL, 0, sizeof *s);
  if (!s) return FILE_NO_MEMORY;
  s->alloc = alloc;
  s->path_room = length + 1 + room;
  s->path = alloc.fn(alloc.ctx, NULL, 0, s->path_room);
  if (!s->path) {
    alloc.fn(alloc.ctx, s, sizeof *s, 0);
    return FILE_NO_MEMORY;
  }
  memcpy(s->path, path, length + 1);
  s->temporary = kind == FILE_KIND_OTHER ? NULL : s->path + length + 1;
  s->used = 0;
  if (s->temporary) s->status = open_temporary(s, room);
  else {
    s->fd = open_retry(path, O_WRONLY);
    s->status = s->fd >= 0 ? FILE_OK : status_of(errno, FILE_NOT_WRITABLE);
  }
  if (s->status == FILE_OK) {
    *out = s;
    return FILE_OK;
  }
  file_status status = s->status;
  sink_free(s);
  return status;
}

static void write_all(file_sink *s, const char *data, size_t n) {
  while (n && s->status == FILE_OK) {
    ssize_t put = write(s->fd, data, n < TRANSFER_MOST ? n : TRANSFER_MOST);
    if (put > 0) data += put, n -= (size_t)put;
    else if (put == 0 || errno != EINTR) s->status = put == 0 ? FILE_DISK_FULL : status_of(errno, FILE_NOT_WRITABLE);
  }
}

void file_sink_write(file_sink *s, const void *data, size_t n) {
  if (s->status != FILE_OK || n == 0) return;
  if (n > SINK_BUFFER - s->used) {
    write_all(s, s->buffer, s->used);
    s->used = 0;
  }
  if (n >= SINK_BUFFER) {
    write_all(s, data, n);
    return;
  }
  memcpy(s->buffer + s->used, data, n);
  s->used += n;
}

/* fsync that does not mind what cannot be synced: pipes, some file systems. */
static bool sync_fd(int fd) {
  int result;
  do result = fsync(fd);
  while (result != 0 && errno == EINTR);
  return result == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS;
}

file_status file_sink_finish(file_sink *s) {
  if (s->fd < 0) return s->status;
  write_all(s, s->buffer, s->used);
  s->used = 0;
  if (s->status == FILE_OK && !sync_fd(s->fd)) s->status = status_of(errno, FILE_NOT_WRITABLE);
  if (close(s->fd) != 0 && errno != EINTR && s->status == FILE_OK) s->status = status_of(errno, FILE_NOT_WRITABLE);
  s->fd = -1;
  return s->status;
}

/* Makes the rename last; the file itself is safe already, so failure is no error. */
static void sync_folder(char *path) {
  size_t folder = folder_length(path);
  char first = path[folder];
  path[folder] = 0;
  int fd = open_retry(folder ? path : ".", O_RDONLY | O_DIRECTORY);
  path[folder] = first;
  if (fd < 0) return;
  sync_fd(fd);
  close(fd);
}

file_status file_sink_commit(file_sink *s) {
  file_status status = file_sink_finish(s);
  if (status != FILE_OK) {
    file_sink_abort(s);
    return status;
  }
  if (s->temporary && rename(s->temporary, s->path) != 0) {
    status = status_of(errno, FILE_NOT_WRITABLE);
    file_sink_abort(s);
    return status;
  }
  if (s->temporary) sync_folder(s->path);
  sink_free(s);
  return FILE_OK;
}

void file_sink_abort(file_sink *s) {
  if (!s) return;
  if (s->fd >= 0) close(s->fd);
  if (s->temporary) unlink(s->temporary);
  sink_free(s);
}

file_status file_write_atomic(const char *path, const void *data, size_t size) {
  file_sink *s;
  file_status status = file_sink_open(&s, ppr_alloc_default, path);
  if (status != FILE_OK) return status;
  file_sink_write(s, data, size);
  return file_sink_commit(s);
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static bool ends_with(const char *name, const char *suffix) {
  size_t n = strlen(name), m = strlen(suffix);
  return n >= m && strcmp(name + n - m, suffix) == 0;
}

file_status file_list(ppr_arena *a, const char *folder, const char *suffix, const char ***paths, size_t *count) {
  *paths = NULL;
  *count = 0;
  DIR *dir = opendir(folder);
  if (!dir) return status_of(errno, FILE_UNREADABLE);
  const char **list = NULL, *slash = ends_with(folder, "/") ? "" : "/";
  size_t n = 0, cap = 0;
  file_status status = FILE_OK;
  for (;;) {
    errno = 0;
    struct dirent *entry = readdir(dir);
    if (!entry) {
      if (errno) status = FILE_UNREADABLE;
      break;
    }
    if (entry->d_name[0] == '.' || !ends_with(entry->d_name, suffix)) continue;
    const char *path = arena_printf(a, "%s%s%s", folder, slash, entry->d_name);
    list = arena_grow(a, list, n, &cap, n + 1, sizeof *list);
    if (!path || !list) {
      status = FILE_NO_MEMORY;
      break;
    }
    if (file_kind_of(path) == FILE_KIND_REGULAR) list[n++] = path;
  }
  closedir(dir);
  if (status != FILE_OK) return status;
  if (n) qsort(list, n, sizeof *list, by_name);
  *paths = list;
  *count = n;
  return FILE_OK;
}

file_status file_make_folder(const char *path) {
  if (mkdir(path, 0777) == 0) return FILE_OK;
  int error = errno;
  if (error != EEXIST) return status_of(error, FILE_NOT_WRITABLE);
  return file_kind_of(path) == FILE_KIND_FOLDER ? FILE_OK : FILE_NOT_FOLDER;
}

diag *file_report(ppr_report *r, file_status status, const char *path, size_t limit) {
  diag_code code = DIAG_PATH_UNREADABLE;
  switch (status) {
  case FILE_NOT_FOUND: code = DIAG_PATH_NOT_FOUND; break;
  case FILE_DENIED: code = DIAG_PATH_DENIED; break;
  case FILE_TOO_LARGE: code = DIAG_PATH_TOO_LARGE; break;
  case FILE_IS_FOLDER: code = DIAG_PATH_IS_FOLDER; break;
  case FILE_NOT_FOLDER: code = DIAG_PATH_NOT_FOLDER; break;
  case FILE_NOT_WRITABLE: code = DIAG_PATH_NOT_WRITABLE; break;
  case FILE_DISK_FULL: code = DIAG_PATH_DISK_FULL; break;
  case FILE_NO_MEMORY: code = DIAG_OUT_OF_MEMORY; break;
  case FILE_OK:
  case FILE_UNREADABLE: break;
  }
  char most[24];
  snprintf(most, sizeof most, "%zu", limit);
  return report_add(r, code, SPAN_NONE, path, most, NULL);
}
