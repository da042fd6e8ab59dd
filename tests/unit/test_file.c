/* Files: reading with a limit, writing whole or not at all, listing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "support/memory.h"

static char folder[64]; /* of this run */

static const char *in_folder(const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static int make_folder(void **state) {
  (void)state;
  const char *tmp = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/ppr-file-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
  return mkdtemp(folder) ? 0 : -1;
}

static size_t entries(void) {
  ppr_arena *a = arena_new(ppr_alloc_default);
  const char **paths;
  size_t n;
  assert_int_equal(file_list(a, folder, "", &paths, &n), FILE_OK);
  for (int i = 0; i < 4; i++) { /* the temporary names this process would use */
    char hidden[160];
    snprintf(hidden, sizeof hidden, "%s/.t.csv.%ld-%d.tmp", folder, (long)getpid(), i);
    assert_int_equal(file_kind_of(hidden), FILE_KIND_NONE);
  }
  arena_free(a);
  return n;
}

static int remove_all(void **state) {
  (void)state;
  ppr_arena *a = arena_new(ppr_alloc_default);
  const char **paths;
  size_t n;
  file_list(a, folder, "", &paths, &n);
  for (size_t i = 0; i < n; i++) unlink(paths[i]);
  arena_free(a);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  return rmdir(folder);
}

static void check_file(const char *name, const char *want, size_t size) {
  memory m = {0};
  char *data;
  size_t n;
  assert_int_equal(file_read(memory_alloc(&m), in_folder(name), SIZE_MAX, &data, &n), FILE_OK);
  assert_int_equal(n, size);
  assert_memory_equal(data, want, n);
  assert_int_equal(data[n], 0);
  assert_int_equal(m.bytes, size + 1);
  file_free(memory_alloc(&m), data, n);
  assert_int_equal(m.bytes, 0);
}

static void test_write_read(void **state) {
  (void)state;
  assert_int_equal(file_write_atomic(in_folder("t.csv"), "abc", 3), FILE_OK);
  check_file("t.csv", "abc", 3);
  assert_int_equal(file_write_atomic(in_folder("t.csv"), "", 0), FILE_OK);
  check_file("t.csv", "", 0);
  assert_int_equal(entries(), 1);
  char *big = malloc(300000);
  for (int i = 0; i < 300000; i++) big[i] = (char)(i * 7);
  assert_int_equal(file_write_atomic(in_folder("t.csv"), big, 300000), FILE_OK);
  check_file("t.csv", big, 300000);
  free(big);
}

static void test_limit(void **state) {
  (void)state;
  memory m = {0};
  char *data;
  size_t n;
  assert_int_equal(file_write_atomic(in_folder("t.csv"), "0123456789", 10), FILE_OK);
  assert_int_equal(file_read(memory_alloc(&m), in_folder("t.csv"), 10, &data, &n), FILE_OK);
  assert_int_equal(n, 10);
  file_free(memory_alloc(&m), data, n);
  assert_int_equal(file_read(memory_alloc(&m), in_folder("t.csv"), 9, &data, &n), FILE_TOO_LARGE);
  assert_null(data);
  assert_int_equal(n, 0);
  /* a device tells no size; reading stops at the limit */
  assert_int_equal(file_read(memory_alloc(&m), "/dev/zero", 100000, &data, &n), FILE_TOO_LARGE);
  assert_int_equal(file_read(memory_alloc(&m), "/dev/null", 0, &data, &n), FILE_OK);
  assert_int_equal(n, 0);
  file_free(memory_alloc(&m), data, n);
  file_free(memory_alloc(&m), NULL, 0);
  assert_int_equal(m.bytes, 0);
}

static void test_pipe(void **state) {
  (void)state;
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], "a;b\n", 4), 4);
  close(ends[1]);
  char path[32], *data;
  size_t n;
  snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
  assert_int_equal(file_read(ppr_alloc_default, path, 100, &data, &n), FILE_OK);
  assert_int_equal(n, 4);
  assert_string_equal(data, "a;b\n");
  file_free(ppr_alloc_default, data, n);
  close(ends[0]);
}

static void test_read_errors(void **state) {
  (void)state;
  char *data;
  size_t n;
  assert_int_equal(file_read(ppr_alloc_default, in_folder("none"), 100, &data, &n), FILE_NOT_FOUND);
  assert_int_equal(file_read(ppr_alloc_default, folder, 100, &data, &n), FILE_IS_FOLDER);
  assert_int_equal(file_write_atomic(in_folder("t.csv"), "abc", 3), FILE_OK);
  assert_int_equal(file_read(ppr_alloc_default, in_folder("t.csv/x"), 100, &data, &n), FILE_NOT_FOLDER);
  if (geteuid() != 0) {
    chmod(in_folder("t.csv"), 0);
    assert_int_equal(file_read(ppr_alloc_default, in_folder("t.csv"), 100, &data, &n), FILE_DENIED);
  }
  file_status status = FILE_NO_MEMORY;
  for (size_t k = 1; k < 10 && status == FILE_NO_MEMORY; k++) {
    memory m = {.fail_at = k};
    status = file_read(memory_alloc(&m), "/dev/zero", 20000, &data, &n);
    assert_int_equal(m.bytes, 0);
  }
  assert_int_equal(status, FILE_TOO_LARGE);
}

static void test_sink(void **state) {
  (void)state;
  memory m = {0};
  file_sink *s;
  assert_int_equal(file_write_atomic(in_folder("t.csv"), "old", 3), FILE_OK);
  assert_int_equal(file_sink_open(&s, memory_alloc(&m), in_folder("t.csv")), FILE_OK);
  for (int i = 0; i < 50000; i++) file_sink_write(s, "0123456789", 10); /* more than its buffer */
  check_file("t.csv", "old", 3);                                        /* nothing to be seen before the commit */
  file_sink_abort(s);
  check_file("t.csv", "old", 3);
  assert_int_equal(entries(), 1);
  assert_int_equal(m.bytes, 0);

  assert_int_equal(file_sink_open(&s, memory_alloc(&m), in_folder("t.csv")), FILE_OK);
  file_sink_write(s, "new", 3);
  assert_int_equal(file_sink_finish(s), FILE_OK);
  assert_int_equal(file_sink_finish(s), FILE_OK);
  check_file("t.csv", "old", 3);
  assert_int_equal(file_sink_commit(s), FILE_OK);
  check_file("t.csv", "new", 3);
  assert_int_equal(entries(), 1);
  assert_int_equal(m.bytes, 0);
  file_sink_abort(NULL);

  file_sink *other; /* two writers of one name: the last commit stays, whole */
  assert_int_equal(file_sink_open(&s, memory_alloc(&m), in_folder("t.csv")), FILE_OK);
  assert_int_equal(file_sink_open(&other, memory_alloc(&m), in_folder("t.csv")), FILE_OK);
  file_sink_write(s, "first", 5);
  file_sink_write(other, "second", 6);
  assert_int_equal(file_sink_commit(other), FILE_OK);
  assert_int_equal(file_sink_commit(s), FILE_OK);
  check_file("t.csv", "first", 5);
  assert_int_equal(entries(), 1);
  assert_int_equal(m.bytes, 0);
}

static void test_sink_errors(void **state) {
  (void)state;
  memory m = {0};
  file_sink *s;
  assert_int_equal(file_sink_open(&s, memory_alloc(&m), folder), FILE_IS_FOLDER);
  assert_null(s);
  assert_int_equal(file_sink_open(&s, memory_alloc(&m), in_folder("none/x")), FILE_NOT_FOUND);
  assert_int_equal(file_sink_open(&s, memory_alloc(&m), in_folder("x/")), FILE_NOT_WRITABLE);
  assert_int_equal(file_sink_open(&s, memory_alloc(&m), ""), FILE_NOT_WRITABLE);
  /* a device is not replaced by a file */
  assert_int_equal(file_write_atomic("/dev/null", "abc", 3), FILE_OK);
  assert_int_equal(file_kind_of("/dev/null"), FILE_KIND_OTHER);
  if (file_kind_of("/dev/full") == FILE_KIND_OTHER) {
    assert_int_equal(file_sink_open(&s, memory_alloc(&m), "/dev/full"), FILE_OK);
    file_sink_write(s, "abc", 3);
    assert_int_equal(file_sink_commit(s), FILE_DISK_FULL);
  }
  for (size_t k = 1; k <= 2; k++) {
    memory little = {.fail_at = k};
    assert_int_equal(file_sink_open(&s, memory_alloc(&little), in_folder("t.csv")), FILE_NO_MEMORY);
    assert_int_equal(little.bytes, 0);
  }
  assert_int_equal(entries(), 0);
  assert_int_equal(m.bytes, 0);
}

static void test_list(void **state) {
  (void)state;
  ppr_arena *a = arena_new(ppr_alloc_default);
  const char **paths;
  size_t n;
  assert_int_equal(file_list(a, folder, ".ppr", &paths, &n), FILE_OK);
  assert_int_equal(n, 0);
  static const char *const names[] = {"2024-07.ppr", "2024-01.ppr", "a.txt", ".hidden.ppr", "B.ppr", "ä.ppr", "a.ppr~", "ppr"};
  for (size_t i = 0; i < 8; i++) assert_int_equal(file_write_atomic(in_folder(names[i]), "", 0), FILE_OK);
  assert_int_equal(mkdir(in_folder("sub.ppr"), 0777), 0);
  assert_int_equal(file_list(a, folder, ".ppr", &paths, &n), FILE_OK);
  static const char *const want[] = {"2024-01.ppr", "2024-07.ppr", "B.ppr", "ä.ppr"};
  assert_int_equal(n, 4);
  for (size_t i = 0; i < n; i++) assert_string_equal(paths[i], in_folder(want[i]));
  assert_int_equal(file_list(a, in_folder("none"), ".ppr", &paths, &n), FILE_NOT_FOUND);
  assert_int_equal(file_list(a, in_folder("a.txt"), ".ppr", &paths, &n), FILE_NOT_FOLDER);
  rmdir(in_folder("sub.ppr"));
  unlink(in_folder(".hidden.ppr"));
  arena_free(a);
}

static void test_make_folder(void **state) {
  (void)state;
  assert_int_equal(file_make_folder(in_folder("out")), FILE_OK);
  assert_int_equal(file_kind_of(in_folder("out")), FILE_KIND_FOLDER);
  assert_int_equal(file_make_folder(in_folder("out")), FILE_OK);
  assert_int_equal(file_make_folder(in_folder("none/out")), FILE_NOT_FOUND);
  rmdir(in_folder("out"));
  assert_int_equal(file_write_atomic(in_folder("t.csv"), "", 0), FILE_OK);
  assert_int_equal(file_kind_of(in_folder("t.csv")), FILE_KIND_REGULAR);
  assert_int_equal(file_make_folder(in_folder("t.csv")), FILE_NOT_FOLDER);
}

static void test_report(void **state) {
  (void)state;
  static const struct {
    file_status status;
    const char *text;
  } rows[] = {
      {FILE_NOT_FOUND, "Datei oder Ordner nicht gefunden: x.csv"},
      {FILE_UNREADABLE, "Datei nicht lesbar: x.csv"},
      {FILE_DENIED, "Keine Berechtigung für: x.csv"},
      {FILE_TOO_LARGE, "Datei zu groß: x.csv (zulässig sind 4096 Byte)"},
      {FILE_IS_FOLDER, "Das ist ein Ordner, keine Datei: x.csv"},
      {FILE_NOT_FOLDER, "Das ist kein Ordner: x.csv"},
      {FILE_NOT_WRITABLE, "Datei kann nicht geschrieben werden: x.csv"},
      {FILE_DISK_FULL, "Kein Platz auf dem Datenträger für: x.csv"},
      {FILE_NO_MEMORY, "Der Speicher reicht nicht."},
  };
  ppr_report *r = report_new(ppr_alloc_default);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    ppr_buf out;
    buf_init(&out, ppr_alloc_default, SIZE_MAX);
    diag_message(&out, file_report(r, rows[i].status, "x.csv", 4096), PPR_LANG_DE);
    assert_string_equal(out.data, rows[i].text);
    buf_fini(&out);
  }
  report_free(r);
}

/* Reads to the end, then again at every place, to the end and beyond. */
static void check_source(const char *name, const char *want, size_t size, bool regular) {
  char path[128];
  snprintf(path, sizeof path, "%s", in_folder(name));
  file_source *s;
  char *all = calloc(1, size + 64);
  size_t have = 0;
  assert_int_equal(file_source_open(&s, ppr_alloc_default, path), FILE_OK);
  for (long got; (got = file_source_next(s, all + have, 7)) > 0;) have += (size_t)got;
  assert_int_equal(have, size);
  assert_memory_equal(all, want, size);
  for (size_t at = 0; at <= size; at += 5) {
    char some[16];
    size_t there = size - at < 11 ? size - at : 11;
    assert_int_equal(file_source_at(s, at, some, 11), there);
    assert_memory_equal(some, want + at, there);
  }
  assert_int_equal(file_source_at(s, size + 1, all, 1), 0);
  assert_true(file_source_same(s));
  if (regular) {
    assert_int_equal(file_write_atomic(in_folder("other"), "x", 1), FILE_OK);
    assert_true(file_source_same(s));
    assert_int_equal(truncate(path, (off_t)size - 1), 0);
    assert_false(file_source_same(s));
    assert_int_equal(file_source_at(s, size - 1, all, 1), 0);
  }
  file_source_close(s);
  free(all);
}

static void test_source(void **state) {
  (void)state;
  static const char text[] = "Jahr;Quartal\n2024;1\n2024;2\n";
  file_source *s;
  assert_int_equal(file_write_atomic(in_folder("s.csv"), text, sizeof text - 1), FILE_OK);
  check_source("s.csv", text, sizeof text - 1, true);
  assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    FILE *f = fopen(in_folder("pipe"), "wb");
    bool fine = f && fwrite(text, 1, sizeof text - 1, f) == sizeof text - 1 && fclose(f) == 0;
    _exit(fine ? 0 : 1);
  }
  check_source("pipe", text, sizeof text - 1, false);
  int status = -1;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  unlink(in_folder("pipe"));
  assert_int_equal(file_source_open(&s, ppr_alloc_default, in_folder("none")), FILE_NOT_FOUND);
  assert_int_equal(file_source_open(&s, ppr_alloc_default, folder), FILE_IS_FOLDER);
  assert_null(s);
}

#define IN_FOLDER(test) cmocka_unit_test_teardown(test, remove_all)

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_FOLDER(test_write_read),  IN_FOLDER(test_limit), IN_FOLDER(test_pipe),        IN_FOLDER(test_read_errors), IN_FOLDER(test_sink),
      IN_FOLDER(test_sink_errors), IN_FOLDER(test_list),  IN_FOLDER(test_make_folder), IN_FOLDER(test_report),      IN_FOLDER(test_source),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
