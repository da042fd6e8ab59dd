/* The thread beside the conversation. It reads its own copies of the texts and the engine, which nobody changes meanwhile. */
#include "lsp/job.h"
#include "compile.h"
#include "engine.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

void job_init(job *j, ppr_engine *engine, ppr_alloc alloc) { *j = (job){.engine = engine, .alloc = alloc, .wake = {-1, -1}}; }

bool job_threads(job *j) { return j->threaded = pipe(j->wake) == 0; }

static void take_result(const ppr_test_result *r, void *ctx) {
  job *j = ctx;
  j->found = true;
  j->passed = r->passed != 0;
  j->title = arena_strndup(j->arena, r->title, strlen(r->title));
  j->details = arena_strndup(j->arena, r->details, strlen(r->details));
}

static void work(job *j) {
  if (j->test_file) {
    j->status = tests_run_one(j->engine, j->files, j->count, j->test_file, j->test_line, j->language, j->report, take_result, j);
    return;
  }
  ppr_program *program = NULL;
  j->status = ppr_compile(&program, j->engine, j->files, j->count, j->report);
  ppr_program_free(program);
}

static void *run(void *ctx) {
  job *j = ctx;
  work(j);
  while (write(j->wake[1], "", 1) < 0 && errno == EINTR) {}
  return NULL;
}

/* Signals stay with the thread of the host. */
static bool start_thread(job *j) {
  sigset_t all, before;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) return false;
  bool started = pthread_create(&j->thread, NULL, run, j) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

static bool copy_texts(job *j, const folder *f) {
  j->count = f->n;
  if (!(j->files = arena_array(j->arena, f->n + 1, sizeof *j->files))) return false;
  for (size_t i = 0; i < f->n; i++) {
    const rule_text *t = f->texts[i];
    j->files[i] = (ppr_source_text){arena_strndup(j->arena, t->path, strlen(t->path)),
                                    arena_strndup(j->arena, t->text.data ? t->text.data : "", t->text.size), t->text.size};
    if (!j->files[i].name || !j->files[i].text) return false;
  }
  return true;
}

bool job_start(job *j, folder *f, const char *test_path, uint32_t test_line, ppr_language language) {
  if (j->busy) return false;
  j->arena = arena_new(j->alloc);
  j->report = report_new(j->alloc);
  j->folder = f;
  j->generation = f->generation;
  j->language = language;
  j->test_line = test_line;
  j->busy = true;
  j->done = j->found = false;
  bool ready = j->arena && j->report && copy_texts(j, f);
  j->test_file = ready && test_path ? arena_strndup(j->arena, test_path, strlen(test_path)) : NULL;
  if (!ready || (test_path && !j->test_file)) {
    job_clear(j);
    return false;
  }
  if (j->threaded && start_thread(j)) return true;
  work(j);
  j->done = true;
  return true;
}

bool job_ended(job *j, bool wait) {
  if (!j->busy || j->done) return j->busy;
  struct pollfd pipe = {j->wake[0], POLLIN, 0};
  if (!wait && poll(&pipe, 1, 0) != 1) return false;
  char byte;
  while (read(j->wake[0], &byte, 1) < 0 && errno == EINTR) {}
  pthread_join(j->thread, NULL);
  return j->done = true;
}

void job_clear(job *j) {
  arena_free(j->arena);
  report_free(j->report);
  j->arena = NULL;
  j->report = NULL;
  j->folder = NULL;
  j->busy = j->done = false;
}

void job_fini(job *j) {
  if (job_ended(j, true)) job_clear(j);
  for (int i = 0; i < 2; i++)
    if (j->wake[i] >= 0) close(j->wake[i]);
  j->wake[0] = j->wake[1] = -1;
}
