/* The syntax tree of one rule file: what was written, with byte spans; nothing is resolved here. Nodes live in the compile arena.
 * Lists are linked by `next` in source order. Names are interned with single blanks (pointer comparison is not promised: use name_is). */
#ifndef PPR_LANG_AST_H
#define PPR_LANG_AST_H

#include "base/report.h"
#include <stdint.h>

typedef struct ast_name {
  const char *text;
  ppr_span span;
} ast_name; /* text NULL: absent */

typedef struct ast_named {
  ast_name name;
  struct ast_named *next;
} ast_named; /* a list of names */

typedef enum { EVIDENCE_CONFIRMED, EVIDENCE_SECONDARY, EVIDENCE_INFERRED, EVIDENCE_OPEN } ast_evidence; /* strong to weak */
typedef struct ast_cite { /* "§ 6 Abs. 2 Satz 1" including the sign, without the bracket, trimmed */
  const char *text;
  ppr_span span;
  struct ast_cite *next;
  unsigned evidence;  /* ast_evidence: what the bracket behind it says, confirmed without one */
  const char *source; /* text behind the colon of the bracket, NULL: none */
} ast_cite;

/* Type as written. */
typedef enum { AST_TYPE_NUMBER, AST_TYPE_BRUCH, AST_TYPE_BOOL, AST_TYPE_NAMED } ast_type_form;
typedef struct ast_type {
  ppr_span span;
  ast_type_form form; /* NUMBER: name(scale) incl. Zahl, Prozent; BRUCH: Bruch [unit]; NAMED: Datum, Quartal, Text, enumeration */
  ast_name name, per; /* unit or type name; `je` unit (text NULL: none). BRUCH: name is the unit or absent */
  int scale;
  unsigned states; /* bit 1 << PPR_FEHLT | … of `oder …` */
} ast_type;

/* Expressions. */
#define AST_MAX_DEPTH 200 /* passes may recurse over an expression */
typedef enum {
  EX_NUMBER, /* number, scale (decimals as written), percent flag, unit name/per */
  EX_DATE,
  EX_QUARTER,
  EX_BOOL,    /* number */
  EX_STATE,   /* state literal: entfällt, unbestimmt "reason", fehlt, keine */
  EX_EDITION, /* Fassung */
  EX_REF,     /* name, index list (args) */
  EX_CALL,    /* name, args */
  EX_NEGATE,
  EX_NOT,
  EX_BINARY,  /* op, a, b */
  EX_IS,      /* a ist [nicht] name: negated */
  EX_HAS,     /* state test on a: state (PPR_PRESENT: vorhanden) */
  EX_DEFAULT, /* a falls STATE b */
  EX_IF,      /* wenn a dann b sonst c */
  EX_SUM,
  EX_ANY,
  EX_ALL,
  EX_COUNT,
  EX_MIN,
  EX_MAX,    /* axis, filter (may be NULL), a = body (NULL for COUNT: the filter counts) */
  EX_ROUND,  /* a gerundet MODE auf number */
  EX_CONVERT /* a in unit */
} ast_expr_form;
typedef enum { BIN_ADD, BIN_SUB, BIN_MUL, BIN_DIV, BIN_EQ, BIN_NE, BIN_LT, BIN_LE, BIN_GT, BIN_GE, BIN_AND, BIN_OR } ast_binary;

typedef struct ast_axis {      /* je Bereich [als b] [spalte "…"] */
  ast_name enumeration, alias; /* alias text NULL: the enumeration's name */
  const char *column;
  ppr_span column_span;
  struct ast_axis *next;
} ast_axis;

typedef struct ast_expr {
  ast_expr_form form;
  ppr_span span;
  int64_t number;
  int scale;
  bool percent;       /* NUMBER: value * 10^scale as written (90 % is 90, scale 0, percent); DATE: day; QUARTER; BOOL; ROUND: decimals */
  bool too_large;     /* NUMBER that does not fit 18 digits (diagnosed by the lexer) */
  ast_name name, per; /* REF, CALL, IS word, NUMBER/CONVERT unit, ROUND mode word */
  const char *text;   /* STATE reason */
  ast_binary op;
  bool negated;
  unsigned state;
  unsigned depth; /* height of the tree below, at most AST_MAX_DEPTH */
  ast_axis *axis;
  struct ast_expr *a, *b, *c, *filter, *args;
  struct ast_expr *next;   /* in argument lists */
  struct check_type *type; /* left by the pass `check` */
  void *bound;             /* left by the pass `bind`: what the name means */
} ast_expr;

/* Declarations. */
typedef enum {
  DECL_UNIT,
  DECL_ENUM,
  DECL_INPUT,
  DECL_TABLE,
  DECL_LIMIT,
  DECL_SERIES,
  DECL_TIERS,
  DECL_RULE,
  DECL_READING,
  DECL_CHECK,
  DECL_OPEN,
  DECL_OUTPUT,
  DECL_TEST,
  DECL_NATIVE,
  DECL_PARAMETER,
  DECL_ASSUMPTION,
  DECL_DOMAIN,
  DECL_SURVEY
} ast_decl_form;
typedef enum { CHANGE_NONE, CHANGE_REPLACE, CHANGE_REMOVE, CHANGE_EXTEND } ast_change; /* plain, ändere, streiche, ergänze */

typedef struct ast_unit {
  ast_name name;
  bool has_factor;
  int64_t factor;
  int factor_scale;
  ast_name base;
  struct ast_unit *next;
} ast_unit;

typedef struct ast_attr {
  ast_name name;
  struct ast_attr *next;
} ast_attr;
typedef struct ast_member {
  ast_name name;
  const char *code, *label;
  ast_attr *attrs;
  struct ast_member *next;
} ast_member; /* code NULL: the name */

typedef struct ast_range {
  bool present;
  ast_expr *lo, *hi;
} ast_range; /* number, percent or date literals, perhaps negated */
typedef struct ast_field {
  ast_name name;
  ast_type type;
  ast_range range;
  const char *column;
  bool optional, sum;
  ast_expr *preset; /* fehlend VALUE */
  ast_cite *cites;
  struct ast_field *next;
} ast_field;
typedef enum { WHERE_TEXT, WHERE_KEY } ast_where_form;
typedef struct ast_where {
  const char *column;
  ppr_span span;
  ast_where_form form;
  const char *text;
  ast_name key;
  int64_t offset;
  struct ast_where *next;
} ast_where;
typedef struct ast_block {
  const char *table;
  ppr_span span;
  ast_axis *axes;
  ast_where *wheres;
  ast_field *fields;
  ast_cite *cites;
  struct ast_block *next;
  ast_named *keys; /* schlüssel: the keys its rows have, NULL: all of the record */
} ast_block;

typedef struct ast_cell {
  ast_expr *value;
  ppr_span span;
  struct ast_cell *next;
} ast_cell; /* value: literal, EX_STATE (entfällt, keine, unbestimmt for offen) or EX_REF without index (member) */
typedef struct ast_row {
  ast_name label;
  ppr_span span;
  ast_cell *cells;
  int count;
  ast_cite *cites;
  struct ast_row *next;
} ast_row;

typedef struct ast_entry { /* one line of a zeitreihe or staffel */
  ppr_span span;
  ast_expr *from, *until;
  bool from_exclusive, until_exclusive; /* zeitreihe: dates; staffel: über A, unter B are exclusive; `A:` sets both */
  ast_expr *value;
  ast_cite *cites;
  struct ast_entry *next;
} ast_entry;

typedef enum { BRANCH_BASE, BRANCH_EXCEPTION, BRANCH_CASE, BRANCH_ELSE } ast_branch_form;
typedef struct ast_before {
  ast_name label;
  struct ast_before *next;
} ast_before;
typedef struct ast_branch {
  ast_branch_form form;
  ppr_span span;
  ast_name label;
  ast_before *before;
  ast_expr *cond, *value;
  ast_cite *cites;
  struct ast_branch *next;
} ast_branch;

typedef struct ast_variant {
  ast_name name;
  bool preset;
  const char *source;
  struct ast_variant *next;
} ast_variant;

typedef struct ast_column {
  const char *name;
  ppr_span span;
  ast_expr *value;
  struct ast_column *next;
} ast_column;

typedef struct ast_assign {
  ast_expr *target, *value;
  const char *fault;
  ppr_span span;
  struct ast_assign *next;
} ast_assign; /* fault: expected code, value NULL */

typedef struct ast_param {
  ast_type type;
  struct ast_param *next;
} ast_param;

typedef struct ast_choice { /* a value a parameter or reading takes */
  ast_expr *value;          /* literal, EX_REF (variant) */
  int64_t weight;           /* of WEIGHTED, else 0 */
  struct ast_choice *next;
} ast_choice;
typedef struct ast_domain {
  unsigned form;      /* ppr_domain_form */
  bool all;           /* LIST: in alle */
  ast_choice *values; /* in the order of the section domain_value */
  ast_named *keys;    /* gezogen je …, NULL: once */
} ast_domain;

typedef struct ast_part { /* of an auswertung */
  unsigned form;          /* ppr_part_form */
  const char *name;
  ppr_span span;
  ast_expr *value;
  struct ast_part *next;
} ast_part;

typedef struct ast_decl {
  ast_decl_form form;
  ast_change change;
  ppr_span span, name_span;
  const char *name; /* ENUM, TABLE, LIMIT, SERIES, TIERS, RULE, READING, CHECK, OPEN, NATIVE, INPUT, PARAMETER, SURVEY; OUTPUT: file; TEST: title;
                       ASSUMPTION: field; DOMAIN: parameter or reading */
  ast_cite *cites;
  ast_axis *axes;      /* TABLE, LIMIT, RULE, CHECK, OUTPUT */
  ast_type type;       /* TABLE, LIMIT, SERIES, TIERS, RULE, NATIVE; axes and type are not written in CHANGE_EXTEND */
  const char *text;    /* READING question, OPEN text, CHECK message, NATIVE library */
  ast_unit *units;     /* UNIT */
  ast_member *members; /* ENUM */
  ast_field *keys;
  ast_name period, period_year, period_quarter;
  ast_block *blocks; /* INPUT */
  ast_name *header;
  int header_count;
  ast_row *rows;         /* TABLE, LIMIT */
  ast_expr *argument;    /* TIERS: nach … (EX_REF) */
  ast_entry *entries;    /* SERIES, TIERS */
  ast_branch *branches;  /* RULE, ASSUMPTION */
  ast_variant *variants; /* READING */
  ast_expr *cond;
  bool hint;                    /* CHECK; condition also of OUTPUT, SURVEY */
  ast_column *columns;          /* OUTPUT */
  ast_assign *given, *expected; /* TEST */
  ast_param *params;            /* NATIVE */
  uint32_t edition;             /* left by the pass `editions`: index of the Fassung whose text declares it */
  struct ast_decl *next;
  ast_named *removed;         /* CHANGE_REMOVE of TABLE, LIMIT, ENUM: only these rows or members; NULL: the declaration */
  ast_named *removed_columns; /* CHANGE_REMOVE of TABLE, LIMIT: only these columns */
  ast_named *summed;          /* OUTPUT: keys over which rows are added up */
  ast_field *parameter;       /* PARAMETER: name, type, range, preset */
  ast_domain *domain;         /* DOMAIN */
  ast_part *parts;            /* SURVEY */
} ast_decl;

typedef enum { BASIS_NONE, BASIS_REPLACES, BASIS_AMENDS } ast_basis;
typedef struct ast_file {
  uint32_t source; /* index in the report */
  ast_name regelwerk;
  const char *title;
  ast_name fassung;
  ppr_span head; /* head: span of the head lines */
  bool has_decision;
  int64_t decision_day;
  const char *publication;
  bool has_from, has_until;
  int64_t from_day, until_day;
  ppr_span from_span, until_span;
  ast_basis basis;
  ast_name predecessor;
  ast_name scenario; /* text NULL: the file is a Fassung, else it changes those of `targets` */
  ast_named *targets;
  bool target_range; /* the two targets and all between them */
  const char *description;
  ast_decl *decls;
  bool broken; /* syntax errors were reported */
} ast_file;

/* How strongly the outermost part of an expression binds, weak to strong: docs/language.md section 6. */
typedef enum {
  BIND_PREFIX = 1,
  BIND_DEFAULT,
  BIND_OR,
  BIND_AND,
  BIND_NOT,
  BIND_COMPARE,
  BIND_ROUND,
  BIND_SUM,
  BIND_PRODUCT,
  BIND_SIGN,
  BIND_PRIMARY
} ast_bind;
ast_bind ast_strength(const ast_expr *e);

bool name_is(ast_name n, const char *text);
/* "bestätigt" … "ungeklärt", as written in brackets and listed in the enumeration Beleg. */
const char *ast_evidence_word(unsigned evidence);
/* Makes the header line of a table its first row: `ergänze tabelle` does not say how many axes there are, and the table may have one. */
bool ast_header_to_row(ppr_arena *arena, ast_decl *table);
/* Parse source `source` of the report. Diagnoses into the report; never NULL unless out of memory; `broken` when errors were found (decls hold what
 * was understood). */
ast_file *parse_source(ppr_report *r, ppr_arena *arena, uint32_t source);
/* What a text is by the first words of its head: a Fassung, a scenario of this name, or neither. */
typedef enum { PARSE_NEITHER, PARSE_EDITION, PARSE_SCENARIO } parse_form;
parse_form parse_head(ppr_arena *arena, const char *text, size_t size, const char **scenario);
/* Tokens of parser.h that could stand behind the text of a source, which may end anywhere; at most `most` of them into kinds, and their number.
 * Errors of the text before go to the report. */
int parse_expected(ppr_report *r, ppr_arena *arena, uint32_t source, int *kinds, int most);
#endif
