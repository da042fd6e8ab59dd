/* The canonical layout: where lines begin in each declaration. Expressions and columns have files of their own. */
#include "fmt.h"
#include "compile.h"
#include "base/file.h"
#include "engine.h"
#include "fmt_expr.h"
#include "fmt_table.h"
#include "parser.h"
#include "print.h"
#include <string.h>

enum { NO_LINE = -1, ROWS_MARGIN = 2 };

/* ---- what begins where ---- */

static void mark(fmt *f, ppr_span span, fmt_item item) {
  size_t i = fmt_line_find(f, span.begin);
  if (i < f->n && f->tokens[i].span.begin == span.begin) f->tokens[i].item = item;
}

static void mark_root(fmt *f, const ast_expr *e) {
  if (e) f->tokens[fmt_line_find(f, e->span.begin)].root = e;
}

static void mark_decl(fmt *f, const ast_decl *d) {
  for (const ast_block *b = d->blocks; b; b = b->next)
    for (const ast_field *x = b->fields; x; x = x->next) mark(f, x->name.span, FMT_FIELD);
  for (const ast_member *m = d->members; m; m = m->next) mark(f, m->name.span, FMT_MEMBER);
  for (const ast_entry *e = d->entries; e; e = e->next) mark(f, e->span, FMT_ENTRY);
  for (const ast_branch *b = d->branches; b; b = b->next) {
    mark_root(f, b->cond);
    mark_root(f, b->value);
  }
  for (const ast_column *c = d->columns; c; c = c->next) mark_root(f, c->value);
  for (const ast_part *p = d->parts; p; p = p->next) mark_root(f, p->value);
  mark_root(f, d->cond);
  const ast_assign *const lists[] = {d->given, d->expected};
  for (size_t i = 0; i < 2; i++)
    for (const ast_assign *a = lists[i]; a; a = a->next) {
      mark(f, a->target->span, FMT_ASSIGN);
      mark_root(f, a->value);
    }
}

/* ---- one declaration ---- */

typedef struct layout {
  fmt *f;
  const ast_decl *d; /* NULL: the head of the file */
  size_t end;        /* token behind it */
  int part;          /* keyword of the part at work: AUS, AUSNAHME, FALL, SONST; 0 */
  unsigned depth;    /* open brackets */
  size_t cites;      /* column of the citations of entries, 0: behind one blank */
  size_t hang;       /* of the line that line_of asked for */
} layout;

static int at(layout *l, size_t margin, size_t hang) {
  l->hang = hang;
  return (int)margin;
}

/* Whether the author begins a line with a member of a list; `;` may stand before or behind the line end. */
static bool kept(const fmt *f, size_t i) {
  if (f->tokens[i].kind == T_SEMICOLON) return f->tokens[i].fresh || f->tokens[i + 1].fresh;
  return f->tokens[i].fresh && i > 0 && f->tokens[i - 1].kind == T_COMMA;
}

static int line_of_head(layout *l, size_t i) {
  const fmt_token *t = &l->f->tokens[i];
  switch (t->kind) {
  case T_REGELWERK: return at(l, 0, 4);
  case T_FASSUNG:
    return l->f->tokens[i - 1].kind == T_ERSETZT || l->f->tokens[i - 1].kind == T_AENDERT || l->f->tokens[i - 1].kind == T_AUF ? NO_LINE
                                                                                                                               : at(l, 0, 4);
  case T_SZENARIO: return at(l, 0, 4);
  case T_BESCHLUSS:
  case T_GILT:
  case T_ERSETZT:
  case T_AENDERT: return at(l, 2, 6);
  case T_TEXT: return l->f->tokens[i - 1].kind == T_EDITION ? at(l, 2, 4) : NO_LINE; /* what the scenario is about */
  default: return NO_LINE;
  }
}

static int line_of_input(layout *l, size_t i) {
  const fmt_token *t = &l->f->tokens[i];
  if (t->item == FMT_FIELD) return at(l, 4, 8);
  if (t->kind == T_AUS) l->part = T_AUS;
  if (t->kind == T_AUS || t->kind == T_ZEITRAUM) return at(l, 2, 6);
  if (t->kind == T_SCHLUESSEL && !l->part) return at(l, 2, 4);
  return !l->part && l->depth == 0 && kept(l->f, i) ? at(l, 4, 4) : NO_LINE;
}

static int line_of_rule(layout *l, size_t i) {
  const fmt_token *t = &l->f->tokens[i];
  switch (t->kind) {
  case T_AUSNAHME:
  case T_FALL:
  case T_SONST: l->part = t->kind; return at(l, 2, 6);
  case T_WENN: return at(l, 4, 6);
  case T_VALUE:
  case T_EQUAL: {
    int part = l->part;
    l->part = 0;
    if (part == T_SONST) return l->f->shut ? at(l, 4, 6) : NO_LINE;
    return part ? at(l, 4, 6) : at(l, 2, 4);
  }
  default: return NO_LINE;
  }
}

static int line_of_reading(layout *l, size_t i) {
  const fmt_token *t = &l->f->tokens[i];
  int before = l->f->tokens[i - 1].kind;
  bool variant = t->kind == T_VORGABE || (t->kind == T_NAME && before != T_VORGABE && before != T_AUSLEGUNG);
  return variant ? at(l, 2, 6) : NO_LINE;
}

/* Margin of the line that begins with token i, NO_LINE: it goes on with it. */
static int line_of(layout *l, size_t i) {
  const fmt_token *t = &l->f->tokens[i];
  if (t->decl) return at(l, 0, l->d && (l->d->form == DECL_UNIT || l->d->form == DECL_ENUM) ? 2 : 4);
  if (t->root) return NO_LINE; /* its `wenn` is none of the rule */
  if (!l->d) return line_of_head(l, i);
  if (l->d->change == CHANGE_REMOVE) return NO_LINE;
  switch (l->d->form) {
  case DECL_UNIT: return kept(l->f, i) ? at(l, 2, 2) : NO_LINE;
  case DECL_ENUM:
    if (t->item != FMT_MEMBER) return NO_LINE;
    return kept(l->f, i) || l->f->shut || (t->fresh && l->f->tokens[i - 1].kind != T_COMMA) ? at(l, 2, 2) : NO_LINE;
  case DECL_INPUT: return line_of_input(l, i);
  case DECL_SERIES:
  case DECL_TIERS: return t->item == FMT_ENTRY ? at(l, ROWS_MARGIN, 6) : NO_LINE;
  case DECL_RULE:
  case DECL_ASSUMPTION: return line_of_rule(l, i);
  case DECL_SURVEY: {
    bool part = t->kind == T_GRUPPE || t->kind == T_ANTEIL || t->kind == T_SUMME || t->kind == T_VERTEILUNG;
    return part ? at(l, 2, 6) : NO_LINE;
  }
  case DECL_READING: return line_of_reading(l, i);
  case DECL_CHECK: return t->kind == T_WENN || t->kind == T_TEXT ? at(l, 2, 4) : NO_LINE;
  case DECL_OUTPUT: return t->kind == T_SPALTE ? at(l, 2, 6) : NO_LINE;
  case DECL_TEST:
    if (t->kind == T_GEGEBEN || t->kind == T_ERWARTE) return at(l, 2, 4);
    if (t->kind == T_SEMICOLON && kept(l->f, i)) return at(l, 4, 4);
    return t->item == FMT_ASSIGN && t->fresh && l->f->tokens[i - 1].kind != T_SEMICOLON && l->f->tokens[i - 1].kind != T_GEGEBEN &&
                   l->f->tokens[i - 1].kind != T_ERWARTE
               ? at(l, 4, 4)
               : NO_LINE;
  case DECL_TABLE:
  case DECL_LIMIT:
  case DECL_OPEN:
  case DECL_PARAMETER:
  case DECL_DOMAIN:
  case DECL_NATIVE: return NO_LINE;
  }
  return NO_LINE;
}

/* Whether a line that grows too long may end before token i. */
static bool may_end(const layout *l, size_t i) {
  const fmt_token *t = &l->f->tokens[i];
  if (l->depth > 0) return false;
  if (i > 0 && l->f->tokens[i - 1].kind == T_COMMA) return true;
  if (!l->d) return false;
  if (l->d->form == DECL_INPUT) return l->part == T_AUS && (t->kind == T_JE || t->kind == T_WO || t->kind == T_SCHLUESSEL);
  if (l->d->form == DECL_RULE || l->d->form == DECL_ASSUMPTION) return t->kind == T_VOR;
  if (l->d->form == DECL_DOMAIN) return i > 0 && l->f->tokens[i - 1].kind == T_SEMICOLON;
  return l->d->form == DECL_TEST && t->kind == T_SEMICOLON;
}

/* The last token before the next place where the line may end. */
static size_t chunk_end(layout *l, size_t i) {
  layout ahead = *l; /* only looks */
  size_t k = i;
  for (;;) {
    const fmt_token *t = &l->f->tokens[k];
    if (t->kind == T_OPEN || t->kind == T_INDEX) ahead.depth++;
    if ((t->kind == T_CLOSE || t->kind == T_INDEX_END) && ahead.depth > 0) ahead.depth--;
    if (k + 1 >= l->end || l->f->tokens[k + 1].kind == T_CITE || may_end(&ahead, k + 1) || line_of(&ahead, k + 1) != NO_LINE) return k;
    k++;
  }
}

/* Margin of the further lines of the expression at token i. */
static size_t expr_margin(const layout *l, int line) {
  if (l->d->form == DECL_TEST) return 6;
  if (l->d->form == DECL_OUTPUT || l->d->form == DECL_SURVEY) return line ? 6 : 4;
  return (size_t)line + 2;
}

static bool put_decl(layout *l, ppr_arena *arena, size_t i) {
  fmt *f = l->f;
  int line = 0;
  while (i < l->end) {
    const fmt_token *t = &f->tokens[i];
    if (t->row) return fmt_table_rows(f, arena, i, l->end, l->d->header_count > 0);
    int margin = line_of(l, i);
    if (margin != NO_LINE) {
      line = margin;
      fmt_line_start(f, i, (size_t)margin, l->hang);
    } else if (f->open && may_end(l, i) && !fmt_line_fits(f, i, chunk_end(l, i), 0)) {
      fmt_line_end(f, f->hang);
    }
    if (t->kind == T_OPEN || t->kind == T_INDEX) l->depth++;
    if ((t->kind == T_CLOSE || t->kind == T_INDEX_END) && l->depth > 0) l->depth--;
    if (t->root) {
      i = fmt_expr(f, i, expr_margin(l, line));
      continue;
    }
    if (t->kind == T_CITE) fmt_line_put_at(f, i, line ? l->cites : 0);
    else fmt_line_put(f, i);
    i++;
  }
  return true;
}

/* ---- a file ---- */

bool fmt_file(ppr_buf *out, ppr_report *r, ppr_arena *arena, const ast_file *file) {
  fmt f = {.out = out};
  if (!fmt_line_read(&f, r, arena, file->source)) return false;
  const ast_decl *d = NULL;
  size_t begin = 0;
  while (begin < f.n) {
    size_t end = begin + 1;
    while (!f.tokens[end].decl) end++;
    layout l = {.f = &f, .d = d, .end = end};
    if (d) mark_decl(&f, d);
    if (d && (d->form == DECL_SERIES || d->form == DECL_TIERS)) l.cites = fmt_table_entries(&f, begin, end);
    if (!put_decl(&l, arena, begin)) return false;
    d = d ? d->next : file->decls;
    begin = end;
  }
  fmt_line_start(&f, f.n, 0, 0);
  return !out->failed && !arena_failed(arena);
}

bool fmt_text(ppr_buf *out, ppr_report *r, ppr_arena *arena, const char *name, const char *text, size_t size) {
  uint32_t source = report_add_source(r, name, text, size);
  const ast_file *file = source == UINT32_MAX ? NULL : parse_source(r, arena, source);
  return file && !file->broken && fmt_file(out, r, arena, file);
}

/* Whether two files have the same tree. */
static bool same_tree(const ast_file *a, const ast_file *b) {
  ppr_buf x, y;
  buf_init(&x, ppr_alloc_default, SIZE_MAX);
  buf_init(&y, ppr_alloc_default, SIZE_MAX);
  print_file(&x, a);
  print_file(&y, b);
  bool same = !x.failed && !y.failed && x.size == y.size && memcmp(x.data, y.data, x.size) == 0;
  buf_fini(&x);
  buf_fini(&y);
  return same;
}

/* The text of a source in canonical layout. PPR_DIAGNOSED: it has syntax errors. */
static ppr_status format_source(ppr_buf *out, ppr_report *r, ppr_engine *engine, uint32_t source) {
  ppr_status status = PPR_OK;
  ppr_arena *arena = arena_new(engine->alloc);
  ppr_report *own = report_new(engine->alloc); /* of the result: nothing the author has to see */
  const ast_file *file = arena ? parse_source(r, arena, source) : NULL, *again = NULL;
  if (!file || !own) status = PPR_NOMEM;
  else if (file->broken) status = PPR_DIAGNOSED;
  else if (!fmt_file(out, r, arena, file)) status = PPR_NOMEM;
  if (status == PPR_OK) {
    uint32_t result = report_add_source(own, "", out->data, out->size);
    again = result == UINT32_MAX ? NULL : parse_source(own, arena, result);
    if (!again) status = PPR_NOMEM;
    else if (again->broken || !same_tree(file, again)) {
      report_add(r, DIAG_FORMAT_MEANING, SPAN_NONE, report_source(r, source)->name, NULL);
      status = PPR_DIAGNOSED;
    }
  }
  report_free(own);
  arena_free(arena);
  return status;
}

ppr_status ppr_format(ppr_engine *engine, const ppr_source_text *file, char **text, ppr_report *report) {
  if (!engine || !file || !text || !report) return PPR_MISUSE;
  *text = NULL;
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  uint32_t source = report_add_source(report, file->name, file->text, file->size);
  ppr_status status = source == UINT32_MAX ? PPR_NOMEM : format_source(&out, report, engine, source);
  if (status == PPR_OK) *text = out.data;
  else buf_fini(&out);
  return status;
}

static ppr_status format_file(ppr_engine *engine, const ppr_source_text *file, int write, ppr_format_fn fn, void *ctx, ppr_report *report) {
  char *text;
  ppr_status status = ppr_format(engine, file, &text, report);
  if (status != PPR_OK) return status;
  size_t size = strlen(text);
  ppr_formatted result = {.file = file->name, .text = text, .size = size};
  result.changed = size != file->size || memcmp(text, file->text, size) != 0;
  file_status written = write && result.changed ? file_write_atomic(file->name, text, size) : FILE_OK;
  if (written != FILE_OK) {
    file_report(report, written, file->name, 0);
    status = PPR_DIAGNOSED;
  } else if (fn) fn(&result, ctx);
  ppr_free(text);
  return status;
}

ppr_status ppr_format_path(ppr_engine *engine, const char *path, int write, ppr_format_fn fn, void *ctx, ppr_report *report) {
  if (!engine || !path || !report) return PPR_MISUSE;
  ppr_arena *arena = arena_new(engine->alloc);
  ppr_source_text *files = NULL;
  size_t count = 0;
  ppr_status status = arena ? compile_read(report, arena, NULL, path, &files, &count) : PPR_NOMEM;
  bool diagnosed = false; /* a file that is refused does not keep the others from it */
  for (size_t i = 0; status == PPR_OK && i < count; i++) {
    status = format_file(engine, &files[i], write, fn, ctx, report);
    diagnosed = diagnosed || status == PPR_DIAGNOSED;
    if (status == PPR_DIAGNOSED) status = PPR_OK;
  }
  if (diagnosed && status == PPR_OK) status = PPR_DIAGNOSED;
  arena_free(arena);
  return status;
}
