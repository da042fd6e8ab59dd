/* Work beside the conversation: compiling a folder, running one test. One at a time, on texts of its own, so that nothing is shared. */
#ifndef PPR_LANG_LSP_JOB_H
#define PPR_LANG_LSP_JOB_H
#include "lsp/world.h"
#include "ppr/compile.h"
#include <pthread.h>

typedef struct job {
  ppr_engine *engine;
  ppr_alloc alloc;
  int wake[2]; /* a pipe: a byte says that the work is done; -1: none, work is done at once */
  bool busy, threaded, done;
  pthread_t thread;
  /* what is to be done */
  ppr_arena *arena;
  folder *folder; /* NULL when it is gone */
  uint64_t generation;
  ppr_source_text *files;
  size_t count;
  const char *test_file; /* NULL: compile */
  uint32_t test_line;
  ppr_language language;
  /* what came of it */
  ppr_report *report;
  ppr_status status;
  bool found, passed;
  const char *title, *details; /* in the arena */
} job;

void job_init(job *j, ppr_engine *engine, ppr_alloc alloc);
/* Allows threads: false when that is not possible, and work is then done at once. */
bool job_threads(job *j);
/* Starts compiling the texts of a folder, or with a test running it. False when busy or out of memory. */
bool job_start(job *j, folder *f, const char *test_path, uint32_t test_line, ppr_language language);
/* Whether the work is done; waits for the thread if asked. */
bool job_ended(job *j, bool wait);
/* Gives back what the work used; the report too unless it was taken (set to NULL). */
void job_clear(job *j);
void job_fini(job *j);
#endif
