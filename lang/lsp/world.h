/* The texts the server knows: open documents, and beside them the rule files of their folders. A folder is one Regelwerk; a scenario is
 * one with the Fassungen of the folder above its own. */
#ifndef PPR_LANG_LSP_WORLD_H
#define PPR_LANG_LSP_WORLD_H
#include "lsp/place.h"

typedef struct rule_text {
  const char *path, *uri; /* path: what messages show, and the key; of a document that is no file the same as its URI */
  ppr_buf text, good;     /* good: the last text without syntax errors */
  bool has_good, looked;  /* looked: some snapshot has read the text */
  bool open, on_disk;
  bool shown; /* diagnostics are on display */
  int64_t version;
} rule_text;

typedef struct folder {
  ppr_arena *arena;  /* paths */
  const char *path;  /* of the folder; of a document that is no file its URI; of a scenario its file */
  const char *rules; /* of a scenario: the folder whose Fassungen it changes; else NULL */
  rule_text **texts; /* sorted by path */
  size_t n, cap;
  uint64_t generation;    /* counts the changes of texts */
  int64_t quiet_since;    /* milliseconds: the last of them */
  struct snapshot *now;   /* what the texts mean; NULL: not looked at yet */
  ppr_report *checked;    /* of the last compilation, its sources in the order of the texts then; NULL: none */
  uint64_t checked_for;   /* generation */
  uint64_t published_for; /* generation whose syntax errors were told */
  bool syntax_shown;      /* syntax errors are on display */
  struct folder *next;
} folder;

typedef struct world {
  ppr_alloc alloc;
  folder *folders;
} world;

void world_free(world *w);
/* The open document, NULL when there is none; its folder too. */
rule_text *world_find(const world *w, const char *uri, folder **in);
/* The text of a path in a folder. */
rule_text *folder_find(const folder *f, const char *path);
/* A document is opened: its text counts in place of the file's. NULL when out of memory. */
rule_text *world_open(world *w, const char *uri, const char *text, size_t size, int64_t version, folder **in);
/* The file's text counts again. The folder goes with its last document (*in is then NULL). */
void world_close(world *w, const char *uri, folder **in);
/* Reads again what is on disk of a folder; texts of open documents stay. */
void folder_refresh(world *w, folder *f);
/* Puts `insert` in place of the bytes; false when out of memory. */
bool folder_edit(folder *f, rule_text *t, size_t begin, size_t end, const char *insert, size_t size);
void folder_changed(folder *f);
#endif
