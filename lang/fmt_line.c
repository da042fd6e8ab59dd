/* Tokens in canonical spelling, the comments between them, and the line being written. */
#include "fmt_line.h"
#include "base/text.h"
#include "parser.h"
#include "print.h"
#include "syntax.h"
#include <string.h>

/* ---- reading ---- */

static bool ends_operand(int kind) {
  switch (kind) {
  case T_NAME:
  case T_UNIT:
  case T_NUMBER:
  case T_DATE:
  case T_QUARTER:
  case T_EDITION:
  case T_TEXT:
  case T_CLOSE:
  case T_INDEX_END:
  case T_JA:
  case T_NEIN:
  case T_VORHANDEN:
  case T_FEHLT:
  case T_ENTFAELLT:
  case T_UNBESTIMMT:
  case T_KEINE:
  case T_EDITION_NAME: return true;
  default: return false;
  }
}

/* Behind a type begins the lower end of a range. */
static bool is_sign(const fmt *f, size_t i) {
  bool lower = i + 2 < f->n && f->tokens[i + 2].kind == T_RANGE;
  return f->tokens[i].kind == T_MINUS && (i == 0 || lower || !ends_operand(f->tokens[i - 1].kind));
}

/* Whether a blank stands before token i within a line. */
static bool wants_blank(const fmt *f, size_t i) {
  if (i == 0) return false;
  int before = f->tokens[i - 1].kind, kind = f->tokens[i].kind;
  switch (before) {
  case T_OPEN:
  case T_INDEX:
  case T_RANGE: return false;
  case T_MINUS: return !is_sign(f, i - 1);
  case T_SLASH:
    if (kind == T_NEIN && i > 1 && f->tokens[i - 2].kind == T_JA) return false;
    break;
  default: break;
  }
  switch (kind) {
  case T_COMMA:
  case T_SEMICOLON:
  case T_CLOSE:
  case T_INDEX:
  case T_INDEX_END:
  case T_RANGE: return false;
  case T_OPEN: return before != T_NAME && before != T_UNIT;
  case T_SLASH: return !(before == T_JA && f->tokens[i + 1].kind == T_NEIN);
  default: return true;
  }
}

static const char *number_text(ppr_arena *arena, const char *text, const ast_expr *literal) {
  return literal->percent ? arena_printf(arena, "%.*s %%", (int)strspn(text, "0123456789,"), text) : text;
}

static const char *spell(ppr_arena *arena, const token *t, const ppr_source *s) {
  const char *written = arena_strndup(arena, s->text + t->span.begin, t->span.end - t->span.begin);
  switch (t->kind) {
  case T_NAME:
  case T_UNIT:
  case T_EDITION: return t->name.text;
  case T_TEXT:
  case T_DATE:
  case T_QUARTER: return written;
  case T_NUMBER: return written ? number_text(arena, written, t->literal) : NULL;
  case T_CITE: {
    ppr_buf cites;
    buf_init(&cites, ppr_alloc_default, SIZE_MAX);
    print_cites(&cites, t->cites);
    const char *text = cites.failed ? NULL : arena_strndup(arena, cites.size ? cites.data : "", cites.size);
    buf_fini(&cites);
    return text;
  }
  case T_VALUE: return "=";
  case T_YYEOF: return "";
  default: return syntax_spelling(t->kind);
  }
}

static fmt_note *add_note(fmt *f, ppr_arena *arena) {
  f->notes = arena_grow(arena, f->notes, f->n_notes, &f->cap_notes, f->n_notes + 1, sizeof *f->notes);
  return f->notes ? &f->notes[f->n_notes++] : NULL;
}

/* Comments and empty lines in the gap before a token. */
static bool read_gap(fmt *f, ppr_arena *arena, const char *p, const char *end, fmt_token *t) {
  const char *begin = p;
  uint32_t lines = 0;
  bool first = f->n == 1; /* the file begins like a line */
  t->notes = (uint32_t)f->n_notes;
  for (; p < end; p++) {
    if (*p == '\n') lines++;
    if (*p != '#') continue;
    const char *stop = memchr(p, '\n', (size_t)(end - p)), *last = stop ? stop : end;
    fmt_note *note = add_note(f, arena);
    if (!note) return false;
    while (last > p && strchr(" \t\r", last[-1])) last--;
    *note = (fmt_note){.text = p, .size = (size_t)(last - p), .trailing = lines == 0 && !first};
    note->flush = p == begin || p[-1] == '\n';
    note->blanks = lines > (first ? 0 : 1) ? lines - (first ? 0 : 1) : 0;
    t->n_notes++;
    first = false;
    lines = 0;
    p = stop ? stop - 1 : end;
  }
  t->blanks = lines > 1 ? lines - 1 : 0;
  return true;
}

static bool add_token(fmt *f, ppr_arena *arena, const token *t, const ppr_source *s) {
  f->tokens = arena_grow(arena, f->tokens, f->n, &f->cap, f->n + 2, sizeof *f->tokens);
  if (!f->tokens) return false;
  uint32_t begin = f->n ? f->tokens[f->n - 1].span.end : (uint32_t)text_bom(s->text, s->size);
  fmt_token *item = &f->tokens[f->n++];
  *item = (fmt_token){.kind = t->kind, .span = t->span, .text = spell(arena, t, s), .fresh = t->fresh};
  if (!item->text) return false;
  item->width = text_length(item->text, strlen(item->text));
  uint32_t end = t->kind == T_YYEOF ? (uint32_t)s->size : t->span.begin;
  return read_gap(f, arena, s->text + begin, s->text + end, item);
}

/* What depends on the neighbours of a token. */
static bool join(fmt *f, ppr_arena *arena) {
  size_t *open = arena_array(arena, f->n + 1, sizeof *open), depth = 0;
  if (!open) return false;
  for (size_t i = 0; i <= f->n; i++) {
    fmt_token *t = &f->tokens[i];
    t->blank_before = i < f->n && wants_blank(f, i);
    t->sum = (i ? f->tokens[i - 1].sum : 0) + t->blank_before + t->width;
    if (t->kind == T_OPEN || t->kind == T_INDEX) open[depth++] = i;
    if ((t->kind == T_CLOSE || t->kind == T_INDEX_END) && depth > 0) f->tokens[open[--depth]].match = i;
  }
  return true;
}

bool fmt_line_read(fmt *f, ppr_report *r, ppr_arena *arena, uint32_t source) {
  const ppr_source *s = report_source(r, source);
  lexer l;
  bool decl = false, row = false;
  if (!lexer_init(&l, r, arena, source)) return false;
  for (token t; (t = layout_next(&l)).kind != T_YYEOF;) {
    if (t.kind == T_END) decl = true;
    else if (t.kind == T_LINE) row = true;
    else {
      if (!add_token(f, arena, &t, s)) return false;
      f->tokens[f->n - 1].decl = decl;
      f->tokens[f->n - 1].row = row;
      decl = row = false;
    }
  }
  token end = {.kind = T_YYEOF};
  if (l.failed || l.broken || !add_token(f, arena, &end, s)) return false;
  f->n--;
  f->tokens[f->n].decl = true;
  return join(f, arena);
}

size_t fmt_line_find(const fmt *f, uint32_t offset) {
  size_t low = 0, high = f->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (f->tokens[middle].span.begin < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* ---- writing ---- */

size_t fmt_line_width(const fmt *f, size_t first, size_t last) { return f->tokens[last].sum - f->tokens[first].sum + f->tokens[first].width; }

bool fmt_line_joined(const fmt *f, size_t first, size_t last) {
  return f->tokens[last].notes + f->tokens[last].n_notes == f->tokens[first].notes + f->tokens[first].n_notes;
}

bool fmt_line_fits(const fmt *f, size_t first, size_t last, size_t trail) {
  if (f->behind || f->shut || !fmt_line_joined(f, first, last)) return false;
  size_t start = f->open ? f->col + f->tokens[first].blank_before : f->margin;
  return start + fmt_line_width(f, first, last) + trail <= FMT_WIDTH;
}

static void put_blanks(fmt *f, size_t n) {
  while (n-- > 0) buf_putc(f->out, ' ');
}

void fmt_line_end(fmt *f, size_t margin) {
  if (f->open) {
    if (f->behind) {
      buf_puts(f->out, "  ");
      buf_put(f->out, f->behind->text, f->behind->size);
    }
    buf_putc(f->out, '\n');
    f->lines++;
  }
  f->open = f->shut = false;
  f->behind = NULL;
  f->col = 0;
  f->margin = margin;
}

/* `# ----- title` begins a section: two empty lines may stand before it. */
static bool is_section(const fmt_note *note) {
  size_t i = 1;
  while (i < note->size && note->text[i] == ' ') i++;
  return note->size - i >= 3 && (memcmp(note->text + i, "---", 3) == 0 || memcmp(note->text + i, "===", 3) == 0);
}

static void put_empty(fmt *f, uint32_t wanted, uint32_t most) {
  for (uint32_t i = 0; i < wanted && i < most && f->out->size > 0; i++) buf_putc(f->out, '\n');
}

static void put_note(fmt *f, const fmt_note *note, size_t margin) {
  put_blanks(f, margin);
  buf_put(f->out, note->text, note->size);
  buf_putc(f->out, '\n');
  f->lines++;
}

void fmt_line_start(fmt *f, size_t i, size_t margin, size_t hang) {
  const fmt_token *t = &f->tokens[i];
  fmt_line_end(f, margin);
  bool inside = t->decl && i > 0; /* indented comments behind a declaration are about it */
  for (uint32_t k = 0; k < t->n_notes; k++) {
    const fmt_note *note = &f->notes[t->notes + k];
    if (note->trailing) continue; /* written */
    inside = inside && !note->flush;
    put_empty(f, note->blanks, is_section(note) ? 2 : 1);
    put_note(f, note, inside ? 2 : margin);
  }
  if (i < f->n) put_empty(f, t->blanks, 1);
  f->noted = i;
  f->hang = hang;
}

/* Before token i: what has to end the line, its comments, a blank. */
static void approach(fmt *f, size_t i) {
  const fmt_token *t = &f->tokens[i];
  if (f->open && (f->behind || f->shut)) fmt_line_end(f, f->hang);
  for (uint32_t k = 0; k < t->n_notes && i > f->noted; k++) {
    const fmt_note *note = &f->notes[t->notes + k];
    if (note->trailing) continue;
    fmt_line_end(f, f->hang);
    put_note(f, note, f->margin);
  }
  if (i > f->noted) f->noted = i;
  if (f->open && t->blank_before) {
    buf_putc(f->out, ' ');
    f->col++;
  }
  if (f->open) return;
  put_blanks(f, f->margin);
  f->col = f->margin;
}

void fmt_line_put_text(fmt *f, size_t first, size_t last, const char *text, size_t width) {
  approach(f, first);
  buf_puts(f->out, text);
  f->col += width;
  f->open = true;
  f->shut = f->tokens[last].kind == T_CITE;
  const fmt_token *next = &f->tokens[last + 1];
  const fmt_note *note = next->n_notes ? &f->notes[next->notes] : NULL;
  f->behind = note && note->trailing ? note : NULL;
}

void fmt_line_put(fmt *f, size_t i) { fmt_line_put_text(f, i, i, f->tokens[i].text, f->tokens[i].width); }

void fmt_line_put_all(fmt *f, size_t first, size_t last) {
  for (size_t i = first; i <= last; i++) fmt_line_put(f, i);
}

void fmt_line_put_at(fmt *f, size_t i, size_t column) {
  const fmt_token *t = &f->tokens[i];
  bool follows = f->open && !f->behind && !f->shut && t->n_notes == 0;
  size_t start = f->col + 1 > column ? f->col + 1 : column;
  if (follows && start + t->width > FMT_WIDTH && f->col <= FMT_WIDTH) {
    fmt_line_end(f, f->hang); /* where that helps: a line too long in itself is left alone */
  } else if (follows) {
    put_blanks(f, start - 1 - f->col);
    f->col = start - 1;
  }
  fmt_line_put(f, i);
}
