/* Natives: the table of an engine, allowed libraries, and calls through libffi (only this file knows it). Everything in the table has been checked
 * once: the signature, and the call interface libffi needs. */
#include "vm/native_table.h"
#include <dlfcn.h>
#include <ffi.h>
#include <stdio.h>
#include <string.h>

typedef struct native_entry {
  ppr_native native; /* first: the public pointer is the entry */
  const char *library;
  unsigned arity;
  ffi_cif cif;
  ffi_type *types[PPR_NATIVE_PARAMS + 1];
  struct native_entry *next;
} native_entry;

typedef struct native_library {
  const char *name, *path;
  void *handle; /* NULL until a native of it is linked */
  struct native_library *next;
} native_library;

struct native_table {
  ppr_arena *arena;
  native_entry *first, **end;
  native_library *libraries;
  size_t count;
};

native_table *natives_new(ppr_alloc alloc) {
  ppr_arena *arena = arena_new(alloc);
  native_table *t = arena ? arena_alloc(arena, sizeof *t) : NULL;
  if (!t) {
    arena_free(arena);
    return NULL;
  }
  t->arena = arena;
  t->end = &t->first;
  return t;
}

void natives_free(native_table *t) {
  if (!t) return;
  for (native_library *l = t->libraries; l; l = l->next)
    if (l->handle) dlclose(l->handle);
  arena_free(t->arena);
}

/* --- signatures: TYPE(TYPE,TYPE), where a type may carry a scale in parentheses --- */

/* The end of one type: up to a comma or parenthesis that is not its scale. NULL when there is none. */
static const char *type_end(const char *p) {
  const char *start = p;
  while (*p && !strchr("(),", *p)) p++;
  if (p == start) return NULL;
  if (*p != '(' || p[1] < '0' || p[1] > '9') return p;
  const char *scale = p++;
  while (*p >= '0' && *p <= '9') p++;
  if (*p != ')' || p - scale > 3) return NULL;
  for (p++; *p == ' '; p++) {}
  return p;
}

/* Walks a signature; wanted: type whose text is stored (-1 the result, -2 none). Returns the number of parameters or -1. */
static int walk(const char *p, int wanted, const char **begin, const char **end) {
  const char *stop = type_end(p);
  if (!stop || *stop != '(') return -1;
  if (wanted == -1) *begin = p, *end = stop;
  p = stop + 1;
  int n = 0;
  if (*p == ')') return p[1] ? -1 : 0;
  for (;; n++) {
    while (*p == ' ') p++;
    stop = type_end(p);
    if (!stop || n == PPR_NATIVE_PARAMS) return -1;
    if (wanted == n) *begin = p, *end = stop;
    if (*stop == ')') return stop[1] ? -1 : n + 1;
    if (*stop != ',') return -1;
    p = stop + 1;
  }
}

int native_arity(const char *signature) {
  const char *begin, *end;
  return walk(signature, -2, &begin, &end);
}

bool native_type(const char *signature, int index, char *out) {
  const char *begin = NULL, *end = NULL;
  if (walk(signature, index, &begin, &end) < 0 || !begin) return false;
  while (end > begin && end[-1] == ' ') end--;
  size_t n = (size_t)(end - begin);
  if (n >= 64) return false;
  memcpy(out, begin, n);
  out[n] = 0;
  return true;
}

bool native_same_signature(const char *a, const char *b) {
  for (;; a++, b++) {
    while (*a == ' ') a++;
    while (*b == ' ') b++;
    if (*a != *b) return false;
    if (!*a) return true;
  }
}

/* --- the table --- */

const ppr_native *natives_find(const native_table *t, const char *name) {
  for (const native_entry *e = t->first; e; e = e->next)
    if (strcmp(e->native.name, name) == 0) return &e->native;
  return NULL;
}

size_t natives_count(const native_table *t) { return t->count; }

const ppr_native *natives_at(const native_table *t, size_t index) {
  const native_entry *e = t->first;
  while (e && index--) e = e->next;
  return e ? &e->native : NULL;
}

static ppr_status add(native_table *t, const ppr_native *native, const char *library) {
  if (!native || !native->name || !*native->name || !native->signature || !native->fn || native->lo > native->hi) return PPR_MISUSE;
  int arity = native_arity(native->signature);
  if (arity < 0 || natives_find(t, native->name)) return PPR_MISUSE;
  native_entry *e = arena_alloc(t->arena, sizeof *e);
  if (!e) return PPR_NOMEM;
  e->native = *native;
  e->library = library;
  e->arity = (unsigned)arity;
  e->types[0] = &ffi_type_pointer;
  for (unsigned i = 1; i <= e->arity; i++) e->types[i] = &ffi_type_sint64;
  if (ffi_prep_cif(&e->cif, FFI_DEFAULT_ABI, e->arity + 1, &ffi_type_sint, e->types) != FFI_OK) return PPR_MISUSE;
  *t->end = e;
  t->end = &e->next;
  t->count++;
  return PPR_OK;
}

ppr_status natives_register(native_table *t, const ppr_native *native) { return add(t, native, NULL); }

int natives_call(const native_table *t, const ppr_native *native, int64_t *out, const int64_t *args, unsigned n) {
  (void)t;
  /* The entry begins with the public struct; libffi takes its interface and arguments through pointers it does not write to. */
  native_entry *e = (native_entry *)(uintptr_t)native;
  int64_t copy[PPR_NATIVE_PARAMS];
  void *values[PPR_NATIVE_PARAMS + 1];
  ffi_arg code = 0;
  if (n != e->arity) return -1;
  values[0] = &out;
  for (unsigned i = 0; i < n; i++) {
    copy[i] = args[i];
    values[i + 1] = &copy[i];
  }
  ffi_call(&e->cif, e->native.fn, &code, values);
  return (int)code;
}

/* --- libraries --- */

static native_library *library_find(const native_table *t, const char *name) {
  for (native_library *l = t->libraries; l; l = l->next)
    if (strcmp(l->name, name) == 0) return l;
  return NULL;
}

ppr_status natives_allow(native_table *t, const char *name, const char *path) {
  if (!name || !*name || !path || !*path || library_find(t, name)) return PPR_MISUSE;
  native_library *l = arena_alloc(t->arena, sizeof *l);
  char *own_name = arena_strndup(t->arena, name, strlen(name)), *own_path = arena_strndup(t->arena, path, strlen(path));
  if (!l || !own_name || !own_path) return PPR_NOMEM;
  *l = (native_library){own_name, own_path, NULL, t->libraries};
  t->libraries = l;
  return PPR_OK;
}

/* A function's symbol is its name with `_` for blanks and hyphens. */
static char *symbol_of(ppr_arena *arena, const char *name) {
  char *symbol = arena_strndup(arena, name, strlen(name));
  for (char *p = symbol; p && *p; p++)
    if (*p == ' ' || *p == '-') *p = '_';
  return symbol;
}

/* Loads one function a program asks for out of an allowed library. */
static ppr_status load(native_table *t, const char *name, const char *signature, const char *library, ppr_report *r) {
  native_library *l = library_find(t, library);
  if (!l) {
    report_add(r, DIAG_NATIVE_REFUSED, SPAN_NONE, name, library, NULL);
    return PPR_DIAGNOSED;
  }
  if (!l->handle) l->handle = dlopen(l->path, RTLD_NOW | RTLD_LOCAL);
  if (!l->handle) {
    const char *why = dlerror();
    report_add(r, DIAG_NATIVE_LIBRARY, SPAN_NONE, library, why ? why : l->path, NULL);
    return PPR_DIAGNOSED;
  }
  char *symbol = symbol_of(t->arena, name), *own = arena_strndup(t->arena, signature, strlen(signature));
  char *own_name = arena_strndup(t->arena, name, strlen(name));
  if (!symbol || !own || !own_name) return PPR_NOMEM;
  void *address = dlsym(l->handle, symbol);
  if (!address) {
    report_add(r, DIAG_NATIVE_SYMBOL, SPAN_NONE, name, library, symbol, NULL);
    return PPR_DIAGNOSED;
  }
  ppr_native native = {.name = own_name, .signature = own, .doc_de = "", .doc_en = "", .example = "", .lo = INT64_MIN, .hi = INT64_MAX};
  memcpy(&native.fn, &address, sizeof native.fn); /* POSIX: an object pointer that is a function pointer */
  ppr_status status = add(t, &native, l->name);
  if (status != PPR_MISUSE) return status;
  report_add(r, DIAG_NATIVE_SIGNATURE, SPAN_NONE, name, signature, "TYPE(TYPE,…)", NULL);
  return PPR_DIAGNOSED;
}

/* Finds or loads what one import names. */
static ppr_status link_one(native_table *t, const char *name, const char *signature, const char *library, ppr_report *r) {
  const native_entry *e = (const native_entry *)(const void *)natives_find(t, name);
  if (!e && *library) return load(t, name, signature, library, r);
  if (!e) {
    report_add(r, DIAG_NATIVE_UNKNOWN, SPAN_NONE, name, NULL);
    return PPR_DIAGNOSED;
  }
  if (!native_same_signature(e->native.signature, signature) || strcmp(e->library ? e->library : "", library) != 0) {
    report_add(r, DIAG_NATIVE_SIGNATURE, SPAN_NONE, name, signature, e->native.signature, NULL);
    return PPR_DIAGNOSED;
  }
  return PPR_OK;
}

ppr_status natives_link(native_table *t, ppr_program *p, ppr_report *r) {
  ppr_status status = PPR_OK;
  for (uint32_t i = 0; i < p->n_editions; i++) {
    const ppr_edition *e = &p->editions[i];
    for (uint32_t j = 0; j < e->n_import; j++) {
      const ppr_import *want = &e->import[j];
      ppr_status one = link_one(t, program_string(p, want->name), program_string(p, want->signature), program_string(p, want->library), r);
      if (one == PPR_NOMEM) return one;
      if (one != PPR_OK) status = one;
    }
  }
  if (status == PPR_OK) p->natives = t;
  return status;
}
