/* Structure: which declarations two consolidated texts do not share, as the amendment that makes the new text of the old one. */
#include "amend.h"
#include "base/quarter.h"
#include "diff/diff.h"
#include "fmt.h"
#include "print.h"
#include <ctype.h>
#include <string.h>

const char *diff_form_word(ast_decl_form form) { return print_form_word(form); }

const char *diff_take(diffing *d, ppr_buf *text) {
  const char *kept = text->failed ? NULL : arena_strndup(d->arena, text->data ? text->data : "", text->size);
  buf_fini(text);
  d->failed = d->failed || !kept;
  return kept;
}

const char *diff_layout(diffing *d, const ppr_buf *text) {
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  if (text->failed || !fmt_text(&out, d->spare, d->arena, "", text->data ? text->data : "", text->size)) d->failed = true;
  return diff_take(d, &out);
}

/* A letter of a name, or a byte of one beyond ASCII. */
static bool in_name(char c) { return isalnum((unsigned char)c) || c == '_' || c == '-' || (c & 0x80); }

bool diff_mentions(const char *text, const char *name) {
  size_t n = strlen(name);
  for (const char *at = strstr(text, name); at; at = strstr(at + 1, name))
    if ((at == text || !in_name(at[-1])) && !in_name(at[n])) return true;
  return false;
}

/* ---- what is compared: declarations by form and name; each unit, and all blocks of a result file, are one ---- */

typedef struct thing {
  ast_decl_form form;
  const char *name, *text;
  ast_decl **decls;
  size_t n;
} thing;
typedef struct thing_list {
  thing *at;
  size_t n, cap;
} thing_list;

static ast_decl *copy(diffing *d, const ast_decl *decl, ast_change change) {
  ast_decl *made = arena_alloc(d->arena, sizeof *made);
  if (!made) {
    d->failed = true;
    return NULL;
  }
  *made = *decl;
  made->change = change;
  made->next = NULL;
  return made;
}

static const char *decls_text(diffing *d, ast_decl *const *decls, size_t n) {
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  for (size_t i = 0; i < n && decls[i]; i++) print_decl(&out, decls[i]);
  return diff_take(d, &out);
}

static thing *find(const thing_list *list, ast_decl_form form, const char *name) {
  for (size_t i = 0; i < list->n; i++)
    if (list->at[i].form == form && !strcmp(list->at[i].name, name)) return &list->at[i];
  return NULL;
}

static void add(diffing *d, thing_list *list, const char *name, const ast_decl *decl) {
  thing *t = decl->form == DECL_OUTPUT ? find(list, decl->form, name) : NULL;
  if (!t) {
    thing *grown = arena_grow(d->arena, list->at, list->n, &list->cap, list->n + 1, sizeof *grown);
    if (!grown) {
      d->failed = true;
      return;
    }
    list->at = grown;
    t = &list->at[list->n++];
    *t = (thing){.form = decl->form, .name = name};
  }
  ast_decl **decls = arena_array(d->arena, t->n + 1, sizeof *decls), *own = copy(d, decl, CHANGE_NONE);
  if (!decls || !own) {
    d->failed = true;
    return;
  }
  if (t->n) memcpy(decls, t->decls, t->n * sizeof *decls);
  decls[t->n++] = own;
  t->decls = decls;
}

static void add_units(diffing *d, thing_list *list, const ast_decl *decl) {
  for (const ast_unit *u = decl->units; u && !d->failed; u = u->next) {
    ast_decl one = *decl;
    ast_unit *alone = arena_alloc(d->arena, sizeof *alone);
    if (!alone) {
      d->failed = true;
      return;
    }
    *alone = *u;
    alone->next = NULL;
    one.units = alone;
    add(d, list, u->name.text, &one);
  }
}

static thing_list things_of(diffing *d, const edition_text *text) {
  thing_list list = {0};
  for (size_t i = 0; i < text->n_decls && !d->failed; i++) {
    const ast_decl *decl = text->decls[i];
    if (decl->form == DECL_UNIT) add_units(d, &list, decl);
    else if (decl->form != DECL_TEST) add(d, &list, decl->name, decl); /* tests are no law, and are not inherited */
  }
  for (size_t i = 0; i < list.n && !d->failed; i++) list.at[i].text = decls_text(d, list.at[i].decls, list.at[i].n);
  return list;
}

/* ---- amendments in part ---- */

typedef struct amending {
  diffing *d;
  const ast_decl *a, *b;
  ast_decl *made[3];
  size_t n;
} amending;

static ast_decl *part(amending *x, ast_change change) {
  ast_decl *p = arena_alloc(x->d->arena, sizeof *p);
  if (!p) {
    x->d->failed = true;
    return NULL;
  }
  *p = (ast_decl){.form = x->b->form, .change = change, .name = x->b->name, .span = x->b->span, .name_span = x->b->name_span};
  x->made[x->n++] = p;
  return p;
}

static void name(diffing *d, ast_named **list, ast_name what) {
  ast_named **end = list, *made = arena_alloc(d->arena, sizeof *made);
  if (!made) {
    d->failed = true;
    return;
  }
  while (*end) end = &(*end)->next;
  *made = (ast_named){.name = what};
  *end = made;
}

static const ast_row *row_of(const ast_decl *d, ast_name label) {
  const ast_row *r = d->rows;
  while (r && !name_is(r->label, label.text)) r = r->next;
  return r;
}

/* The row as the only one of a table, as text. */
static bool same_row(diffing *d, const ast_decl *table, const ast_row *a, const ast_row *b) {
  ast_decl one[2] = {*table, *table};
  ast_row rows[2] = {*a, *b};
  const char *text[2];
  for (int i = 0; i < 2; i++) {
    ast_decl *only = &one[i];
    rows[i].next = NULL;
    one[i].rows = &rows[i];
    text[i] = decls_text(d, &only, 1);
  }
  return text[0] && text[1] && !strcmp(text[0], text[1]);
}

/* The old row without the columns that go. */
static bool in_part(amending *x, const ast_decl *narrowed, const ast_row *row) {
  const ast_row *old = row_of(narrowed, row->label);
  return old && same_row(x->d, x->b, old, row);
}

static void amend_table(amending *x) {
  ast_named *rows = NULL, *columns = NULL;
  const ast_decl *left = x->a;
  for (const ast_row *r = x->a->rows; r; r = r->next)
    if (!row_of(x->b, r->label)) name(x->d, &rows, r->label);
  for (int i = 0; i < x->a->header_count; i++) {
    bool there = false;
    for (int k = 0; k < x->b->header_count; k++) there = there || name_is(x->a->header[i], x->b->header[k].text);
    if (!there) name(x->d, &columns, x->a->header[i]);
  }
  ast_decl *p;
  if (rows && (p = part(x, CHANGE_REMOVE))) p->removed = rows;
  if (columns && (p = part(x, CHANGE_REMOVE))) {
    p->removed_columns = columns;
    left = amend_parts(x->d->spare, x->d->arena, left, p);
  }
  ast_row *fresh = NULL, **end = &fresh;
  for (const ast_row *r = x->b->rows; r && left && !x->d->failed; r = r->next) {
    if (in_part(x, left, r)) continue;
    ast_row *own = arena_alloc(x->d->arena, sizeof *own);
    if (!own) {
      x->d->failed = true;
      return;
    }
    *own = *r;
    own->next = NULL;
    *end = own;
    end = &own->next;
  }
  if (!fresh || !(p = part(x, CHANGE_EXTEND))) return;
  p->rows = fresh;
  p->header = x->b->header;
  p->header_count = x->b->header_count;
}

static const char *member_text(diffing *d, const ast_member *m) {
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  print_member(&out, m);
  return diff_take(d, &out);
}

static void amend_enum(amending *x) {
  ast_named *gone = NULL;
  ast_member *fresh = NULL, **end = &fresh;
  for (const ast_member *m = x->a->members; m; m = m->next) {
    const ast_member *now = x->b->members;
    while (now && !name_is(now->name, m->name.text)) now = now->next;
    if (!now) name(x->d, &gone, m->name);
  }
  for (const ast_member *m = x->b->members; m && !x->d->failed; m = m->next) {
    const ast_member *old = x->a->members;
    while (old && !name_is(old->name, m->name.text)) old = old->next;
    const char *now = member_text(x->d, m), *was = old ? member_text(x->d, old) : NULL;
    if (was && now && !strcmp(was, now)) continue;
    ast_member *own = arena_alloc(x->d->arena, sizeof *own);
    if (!own) {
      x->d->failed = true;
      return;
    }
    *own = *m;
    own->next = NULL;
    *end = own;
    end = &own->next;
  }
  ast_decl *p;
  if (gone && (p = part(x, CHANGE_REMOVE))) p->removed = gone;
  if (fresh && (p = part(x, CHANGE_EXTEND))) p->members = fresh;
}

static const char *entry_text(diffing *d, const ast_entry *e) {
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  print_entry(&out, e);
  return diff_take(d, &out);
}

/* From the first entry that is not the same on, entries stand alone. */
static void amend_series(amending *x) {
  const ast_entry *a = x->a->entries, *b = x->b->entries;
  while (a && b) {
    const char *old = entry_text(x->d, a), *now = entry_text(x->d, b);
    if (!old || !now || strcmp(old, now)) break;
    a = a->next;
    b = b->next;
  }
  /* an entry that only ends earlier because the next one begins there */
  if (a && b && b->next && a->from && b->from && a->from->number == b->from->number && b->until) b = b->next;
  ast_decl *p = b ? part(x, CHANGE_EXTEND) : NULL;
  if (!p) return;
  ast_entry **end = &p->entries;
  for (; b; b = b->next) {
    ast_entry *own = arena_alloc(x->d->arena, sizeof *own);
    if (!own) {
      x->d->failed = true;
      return;
    }
    *own = *b;
    own->next = NULL;
    *end = own;
    end = &own->next;
  }
}

/* Blocks behind those there were. */
static void amend_input(amending *x) {
  const ast_block *fresh = x->b->blocks;
  for (const ast_block *a = x->a->blocks; a && fresh; a = a->next) fresh = fresh->next;
  ast_decl *p = fresh ? part(x, CHANGE_EXTEND) : NULL;
  if (p) p->blocks = (ast_block *)(uintptr_t)fresh;
}

/* Whether the parts make the new declaration of the old one. */
static bool amounts_to(amending *x) {
  ast_decl *made = (ast_decl *)(uintptr_t)x->a;
  for (size_t i = 0; i < x->n && made; i++) made = amend_parts(x->d->spare, x->d->arena, made, x->made[i]);
  if (!made || x->n == 0) return false;
  ast_decl *is = copy(x->d, made, CHANGE_NONE), *wanted = copy(x->d, x->b, CHANGE_NONE);
  const char *a = is ? decls_text(x->d, &is, 1) : NULL, *b = wanted ? decls_text(x->d, &wanted, 1) : NULL;
  return a && b && !strcmp(a, b);
}

/* ---- changes ---- */

static void amend_by(diffing *d, diff_change *c, ast_decl *const *decls, size_t n, ast_change change) {
  c->amending = arena_array(d->arena, n + 1, sizeof *c->amending);
  for (size_t i = 0; i < n && c->amending; i++) c->amending[i] = change == CHANGE_EXTEND ? decls[i] : copy(d, decls[i], change);
  c->n_amending = n;
  c->text = c->amending ? decls_text(d, c->amending, n) : NULL;
}

/* In part where that is shorter than the whole declaration. */
static void amend_in_part(diffing *d, diff_change *c, const thing *a, const thing *b) {
  amending x = {d, a->decls[0], b->decls[0], {NULL}, 0};
  if (c->form == DECL_TABLE || c->form == DECL_LIMIT) amend_table(&x);
  if (c->form == DECL_ENUM) amend_enum(&x);
  if (c->form == DECL_SERIES) amend_series(&x);
  if (c->form == DECL_INPUT) amend_input(&x);
  if (d->failed || !amounts_to(&x)) return;
  const char *text = decls_text(d, x.made, x.n);
  if (text && c->text && strlen(text) < strlen(c->text)) amend_by(d, c, x.made, x.n, CHANGE_EXTEND);
}

static diff_change *new_change(diffing *d, diff_how how, const thing *t) {
  diff_structure *s = &d->structure;
  diff_change *grown = arena_grow(d->arena, s->changes, s->n, &s->cap, s->n + 1, sizeof *grown);
  if (!grown) {
    d->failed = true;
    return NULL;
  }
  s->changes = grown;
  diff_change *c = &s->changes[s->n++];
  *c = (diff_change){.how = how, .form = t->form, .word = print_form_word(t->form), .name = t->name, .old_text = "", .new_text = ""};
  return c;
}

static const char *block_name(diffing *d, const thing *t, size_t i) {
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  print_axes(&out, t->decls[i]->axes);
  if (t->decls[i]->cond) {
    buf_puts(&out, " wenn ");
    print_expr(&out, t->decls[i]->cond);
  }
  return diff_take(d, &out);
}

static void details_of(diffing *d, diff_change *c, const thing *a, const thing *b) {
  size_t n = a->n < b->n ? a->n : b->n;
  if (c->form == DECL_UNIT) {
    diff_add_detail(d, &c->details, &c->n_details, &c->cap_details, (diff_detail){PART_VALUE, "", a->text, b->text});
    return;
  }
  for (size_t i = 0; i < n && !d->failed; i++) diff_details(d, c, a->decls[i], b->decls[i]);
  for (size_t i = n; i < a->n || i < b->n; i++) {
    diff_detail extra = {PART_BLOCK, "", i < a->n ? block_name(d, a, i) : NULL, i < b->n ? block_name(d, b, i) : NULL};
    diff_add_detail(d, &c->details, &c->n_details, &c->cap_details, extra);
  }
}

static void removed(diffing *d, const thing_list *a, const thing_list *b) {
  for (size_t i = 0; i < a->n && !d->failed; i++) {
    const thing *t = &a->at[i];
    if (find(b, t->form, t->name)) continue;
    diff_change *c = new_change(d, CHANGED_REMOVED, t);
    if (!c) return;
    c->old_text = t->text;
    if (t->form == DECL_UNIT) t->decls[0]->units->has_factor = false; /* its name alone is struck */
    amend_by(d, c, t->decls, 1, CHANGE_REMOVE);                       /* all blocks of a file go together */
  }
}

static void changed(diffing *d, const thing_list *a, const thing_list *b) {
  for (size_t i = 0; i < a->n && !d->failed; i++) {
    const thing *t = &a->at[i], *now = find(b, t->form, t->name);
    if (!now || !strcmp(t->text, now->text)) continue;
    diff_change *c = new_change(d, CHANGED_CHANGED, now);
    if (!c) return;
    c->old_text = t->text;
    c->new_text = now->text;
    amend_by(d, c, now->decls, now->n, CHANGE_REPLACE);
    if (now->form != DECL_UNIT && now->form != DECL_OUTPUT) amend_in_part(d, c, t, now);
    details_of(d, c, t, now);
  }
}

static void added(diffing *d, const thing_list *a, const thing_list *b) {
  for (size_t i = 0; i < b->n && !d->failed; i++) {
    const thing *t = &b->at[i];
    if (find(a, t->form, t->name)) continue;
    diff_change *c = new_change(d, CHANGED_ADDED, t);
    if (!c) return;
    c->new_text = t->text;
    amend_by(d, c, t->decls, t->n, CHANGE_NONE);
  }
}

/* ---- heads and the whole amendment ---- */

static const char *day_text(diffing *d, bool has, int64_t day) {
  char out[16];
  if (!has) return NULL;
  day_print(out, day);
  return arena_strndup(d->arena, out, strlen(out));
}

static void heads(diffing *d) {
  diff_structure *s = &d->structure;
  const ast_file *a = d->side[0].text->file, *b = d->side[1].text->file;
  const diff_detail parts[] = {
      {PART_HEAD, "regelwerk", a->regelwerk.text, b->regelwerk.text},
      {PART_HEAD, "titel", a->title, b->title},
      {PART_HEAD, "fassung", a->fassung.text, b->fassung.text},
      {PART_HEAD, "beschluss", day_text(d, a->has_decision, a->decision_day), day_text(d, b->has_decision, b->decision_day)},
      {PART_HEAD, "fundstelle", a->publication, b->publication},
      {PART_HEAD, "gilt ab", day_text(d, a->has_from, a->from_day), day_text(d, b->has_from, b->from_day)},
      {PART_HEAD, "gilt bis", day_text(d, a->has_until, a->until_day), day_text(d, b->has_until, b->until_day)},
  };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) diff_add_detail(d, &s->head, &s->n_head, &s->cap_head, parts[i]);
}

/* What makes the new text of the old one: an amending Fassung, of one and the same Fassung a scenario. */
static void put_amendment(diffing *d) {
  const edition_text *a = d->side[0].text, *b = d->side[1].text;
  ast_file file = *b->file;
  ast_named target = {.name = {b->name, SPAN_NONE}};
  ast_decl **end = &file.decls;
  file.basis = BASIS_AMENDS;
  file.predecessor.text = a->name;
  file.fassung.text = b->name;
  file.decls = NULL;
  if (!strcmp(a->name, b->name) && b->n_scenarios) {
    file = (ast_file){.regelwerk = file.regelwerk, .title = file.title, .scenario = b->scenarios[b->n_scenarios - 1]->scenario, .targets = &target};
    end = &file.decls;
  }
  for (size_t i = 0; i < d->structure.n; i++)
    for (size_t k = 0; k < d->structure.changes[i].n_amending && !d->failed; k++) {
      ast_decl *own = copy(d, d->structure.changes[i].amending[k], d->structure.changes[i].amending[k]->change);
      if (!own) return;
      *end = own;
      end = &own->next;
    }
  ppr_buf plain;
  buf_init(&plain, ppr_alloc_default, SIZE_MAX);
  print_file(&plain, &file);
  d->structure.amendment = d->structure.n && !d->failed ? diff_layout(d, &plain) : "";
  buf_fini(&plain);
}

void diff_structures(diffing *d) {
  thing_list a = things_of(d, d->side[0].text), b = things_of(d, d->side[1].text);
  heads(d);
  removed(d, &a, &b);
  changed(d, &a, &b);
  added(d, &a, &b);
  put_amendment(d);
}
