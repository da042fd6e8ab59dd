/* A JSON document as a tree; numbers stay text. */
#ifndef PPR_EVIDENCE_DOCUMENT_H
#define PPR_EVIDENCE_DOCUMENT_H
#include "base/arena.h"

typedef enum { DOC_NULL, DOC_TRUTH, DOC_NUMBER, DOC_TEXT, DOC_LIST, DOC_OBJECT } doc_kind;

typedef struct doc {
  doc_kind kind;
  const char *name; /* of a member of an object */
  const char *text; /* of texts and numbers; true and false as words */
  size_t n;         /* items or members */
  struct doc *first, *last, *next, *parent;
} doc;

/* NULL when the bytes are no JSON document, or a text in it holds a NUL, an object names a member twice, or it nests too deep. */
const doc *doc_read(ppr_arena *arena, const char *bytes, size_t size);
/* A member of an object; NULL when there is none (or no object). */
const doc *doc_member(const doc *object, const char *name);
#endif
