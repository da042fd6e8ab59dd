/* The grammar of `.ppr` files: tokens to tree, nothing else. One mark stands between declarations (END), one before each row of a table (LINE);
 * after an error the parse goes on at the next mark, branch, block or column. */
%require "3.8"
%define api.pure full
%define api.prefix {ppr_yy}
%define api.token.prefix {T_}
%define api.location.type {ppr_span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%parse-param {syntax *s}
%lex-param {syntax *s}

%code requires {
#include "syntax.h"
#include "code/program.h"
}

%code {
#include <string.h>

/* The stack never grows: what does not fit is nested too deeply. */
#define YYINITDEPTH 4000
#define YYMAXDEPTH YYINITDEPTH

#define YYLLOC_DEFAULT(current, rhs, n)                                                        \
  do {                                                                                         \
    if (n) (current) = (ppr_span){YYRHSLOC(rhs, 1).file, YYRHSLOC(rhs, 1).begin, YYRHSLOC(rhs, n).end}; \
    else (current) = (ppr_span){YYRHSLOC(rhs, 0).file, YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end};     \
  } while (0)

#define NEED(pointer) do { if (!(pointer)) YYNOMEM; } while (0)
#define MAKE(pointer) NEED((pointer) = ast_item(s, sizeof *(pointer)))
#define NOTHING ((ast_name){0})
#define MOST_WEIGHT 1000000000

static int ppr_yylex(PPR_YYSTYPE *value, ppr_span *span, syntax *s);
static void ppr_yyerror(const ppr_span *span, syntax *s, const char *message);
}

%union {
  ast_name name;
  const char *text;
  ast_expr *expr;
  ast_cite *cites;
  ast_decl *decl;
  ast_field *field;
  ast_block *block;
  ast_type type;
  ast_range range;
  ast_entry entry;
  ast_axis *axis;
  ast_member *member;
  ast_unit *unit;
  ast_where *where;
  ast_variant *variant;
  ast_assign *assign;
  ast_expr_list exprs;
  ast_axis_list axes;
  ast_unit_list units;
  ast_member_list members;
  ast_field_list fields;
  ast_where_list wheres;
  ast_cell_list cells;
  ast_before_list befores;
  ast_attr_list attrs;
  ast_branch branch;
  ast_variant_list variants;
  ast_assign_list assigns;
  ast_param_list params;
  ast_named_list names;
  ast_choice_list choices;
  ast_decl_form form;
  ast_expr_form aggregate;
  unsigned state;
  bool flag;
}

/* Reserved words: keywords.def has their spelling. */
%token REGELWERK FASSUNG BESCHLUSS GILT ERSETZT AENDERT SZENARIO
%token EINHEIT AUFZAEHLUNG EINGABE TABELLE GRENZE ZEITREIHE STAFFEL REGEL AUSLEGUNG PRUEFUNG OFFEN AUSGABE TEST FUNKTION AENDERE STREICHE
%token ERGAENZE PARAMETER ANNAHME FUER AUSWERTUNG
%token JE ALS SPALTE SCHLUESSEL ZEITRAUM AUS WO OPTIONAL FEHLEND SUMME AUSNAHME FALL VOR VORGABE FEHLER HINWEIS GEGEBEN ERWARTE FEHLERCODE
%token AB BIS UEBER UNTER NACH BRUCH VON SCHRITT GEZOGEN GLEICHVERTEILT DREIECKIG NORMAL STREUUNG GRUPPE ANTEIL VERTEILUNG
%token WENN DANN SONST UND ODER NICHT IST VORHANDEN FEHLT ENTFAELLT UNBESTIMMT KEINE FALLS GERUNDET AUF IN KLEINSTE GROESSTE IRGENDEIN ALLE ANZAHL MIT
%token JA NEIN EDITION_NAME

%token PLUS MINUS TIMES SLASH EQUAL NOT_EQUAL LESS AT_MOST GREATER AT_LEAST OPEN CLOSE INDEX INDEX_END COLON SEMICOLON COMMA RANGE
%token <name> NAME UNIT EDITION
%token <text> TEXT
%token <expr> NUMBER DATE QUARTER
%token <cites> CITE
%token VALUE LINE END

%type <text> text_opt
%type <cites> cites
%type <expr> literal number bound preset constant expr ref filter limit amount
%type <choices> amounts weighted
%type <decl> parameter domain survey
%type <exprs> args args_opt
%type <axis> axis block_axis
%type <axes> axes je_opt block_axes
%type <decl> decl removed extension more_rows more_entries more_input
%type <decl> unit_decl enum_decl input_decl input table_decl series tiers rule_head rule reading check open output_head output test native survey_head
%type <unit> unit
%type <units> units
%type <member> member
%type <members> members
%type <attrs> words words_opt
%type <type> type plain_type
%type <range> range
%type <field> field_head field key
%type <fields> keys fields
%type <block> block_head block
%type <where> where
%type <wheres> wheres
%type <cells> cells
%type <entry> tier_bounds dated_entry
%type <befores> befores
%type <branch> before_opt
%type <variant> variant
%type <variants> variants
%type <assign> given expected
%type <assigns> givens expecteds
%type <params> params
%type <names> names parts_opt summed_opt editions drawn_for
%type <form> named_form limit_form
%type <aggregate> spanning quantifier
%type <state> absent counted
%type <flag> hint

%precedence WEAKEST /* wenn … sonst, aggregates: as far as they can reach */
%left FALLS
%left ODER
%left UND
%precedence NICHT
%left EQUAL NOT_EQUAL LESS AT_MOST GREATER AT_LEAST IST VORHANDEN FEHLT ENTFAELLT UNBESTIMMT
%precedence GERUNDET IN
%left PLUS MINUS
%left TIMES SLASH
%precedence NEGATIVE

%%

file: head END decls
  | error END { yyerrok; } decls
  ;
decls: %empty
  | decls decl END { ast_add_decl(s, CHANGE_NONE, @decl, $decl); }
  | decls AENDERE decl END { ast_add_decl(s, CHANGE_REPLACE, @decl, $decl); }
  | decls STREICHE removed END { ast_add_decl(s, CHANGE_REMOVE, @removed, $removed); }
  | decls ERGAENZE extension END {
      NEED(ast_end_extension(s, $extension));
      ast_add_decl(s, CHANGE_EXTEND, @extension, $extension);
    }
  | decls error END { yyerrok; }
  ;

/* Head */
head: REGELWERK NAME text_opt FASSUNG EDITION {
      s->file->regelwerk = $NAME;
      s->file->title = $text_opt;
      s->file->fassung = $EDITION;
      s->file->head = @$;
    }
  | REGELWERK NAME text_opt SZENARIO TEXT AUF FASSUNG editions text_opt[description] {
      s->file->regelwerk = $NAME;
      s->file->title = $3;
      s->file->scenario = (ast_name){$TEXT, @TEXT};
      s->file->targets = $editions.first;
      s->file->description = $description;
      s->file->head = @$;
    }
  | REGELWERK NAME text_opt SZENARIO TEXT AUF FASSUNG EDITION[from] BIS EDITION[until] text_opt[description] {
      ast_named *first, *last;
      MAKE(first);
      MAKE(last);
      *first = (ast_named){$from, last};
      *last = (ast_named){$until, NULL};
      s->file->regelwerk = $NAME;
      s->file->title = $3;
      s->file->scenario = (ast_name){$TEXT, @TEXT};
      s->file->targets = first;
      s->file->target_range = true;
      s->file->description = $description;
      s->file->head = @$;
    }
  | head BESCHLUSS DATE text_opt {
      s->file->has_decision = ast_edition_head(s, @BESCHLUSS);
      s->file->decision_day = $DATE->number;
      s->file->publication = $text_opt;
      s->file->head = @$;
    }
  | head GILT AB DATE {
      s->file->has_from = ast_edition_head(s, @GILT);
      s->file->from_day = $DATE->number;
      s->file->from_span = @DATE;
      s->file->head = @$;
    }
  | head GILT AB DATE[from] BIS DATE[until] {
      s->file->has_from = s->file->has_until = ast_edition_head(s, @GILT);
      s->file->from_day = $from->number;
      s->file->until_day = $until->number;
      s->file->from_span = @from;
      s->file->until_span = @until;
      s->file->head = @$;
    }
  | head ERSETZT FASSUNG EDITION {
      s->file->basis = ast_edition_head(s, @ERSETZT) ? BASIS_REPLACES : BASIS_NONE;
      s->file->predecessor = $EDITION;
      s->file->head = @$;
    }
  | head AENDERT FASSUNG EDITION {
      s->file->basis = ast_edition_head(s, @AENDERT) ? BASIS_AMENDS : BASIS_NONE;
      s->file->predecessor = $EDITION;
      s->file->head = @$;
    }
  ;
editions: EDITION { ast_named *n; MAKE(n); n->name = $EDITION; $$ = (ast_named_list){n, n}; }
  | editions[list] COMMA EDITION { ast_named *n; MAKE(n); n->name = $EDITION; $$ = $list; AST_APPEND($$, n); }
  ;

/* Parts many declarations share */
text_opt: %empty { $$ = NULL; } | TEXT;
cites: %empty { $$ = NULL; } | cites[list] CITE { $$ = $list; ast_add_cites(&$$, $CITE); };
eq: EQUAL | VALUE;
names: NAME { ast_named *n; MAKE(n); n->name = $NAME; $$ = (ast_named_list){n, n}; }
  | names[list] COMMA NAME { ast_named *n; MAKE(n); n->name = $NAME; $$ = $list; AST_APPEND($$, n); }
  ;
axis: NAME { MAKE($$); $$->enumeration = $NAME; }
  | NAME[name] ALS NAME[alias] { MAKE($$); $$->enumeration = $name; $$->alias = $alias; }
  ;
axes: axis { $$ = (ast_axis_list){$axis, $axis}; } | axes[list] COMMA axis { $$ = $list; AST_APPEND($$, $axis); };
je_opt: %empty { $$ = (ast_axis_list){0}; } | JE axes { $$ = $axes; };

type: plain_type
  | type[base] ODER absent { $$ = $base; $$.states |= 1u << $absent; $$.span = @$; }
  ;
plain_type: NAME OPEN NUMBER CLOSE { $$ = ast_number_type(s, @$, $NAME, NOTHING, $NUMBER); }
  | NAME[unit] JE NAME[per] OPEN NUMBER CLOSE { $$ = ast_number_type(s, @$, $unit, $per, $NUMBER); }
  | NAME { $$ = (ast_type){.span = @$, .form = AST_TYPE_NAMED, .name = $NAME}; }
  | BRUCH { $$ = (ast_type){.span = @$, .form = AST_TYPE_BRUCH}; }
  | BRUCH UNIT { $$ = (ast_type){.span = @$, .form = AST_TYPE_BRUCH, .name = $UNIT}; }
  | BRUCH UNIT[unit] JE NAME[per] { $$ = (ast_type){.span = @$, .form = AST_TYPE_BRUCH, .name = $unit, .per = $per}; }
  | JA SLASH NEIN { $$ = (ast_type){.span = @$, .form = AST_TYPE_BOOL}; }
  ;
absent: FEHLT { $$ = PPR_FEHLT; } | ENTFAELLT { $$ = PPR_ENTFAELLT; } | UNBESTIMMT { $$ = PPR_UNBESTIMMT; };

/* Values without computation */
literal: DATE | QUARTER
  | JA { NEED($$ = ast_make(s, EX_BOOL, @$)); $$->number = 1; }
  | NEIN { NEED($$ = ast_make(s, EX_BOOL, @$)); }
  ;
number: NUMBER
  | NUMBER UNIT { NEED($$ = ast_with_unit(s, @$, $NUMBER, $UNIT, NOTHING)); }
  | NUMBER UNIT JE NAME { NEED($$ = ast_with_unit(s, @$, $NUMBER, $UNIT, $NAME)); }
  ;
bound: NUMBER | DATE | MINUS NUMBER { NEED($$ = ast_negative(s, @$, $NUMBER)); };
preset: NUMBER | literal
  | MINUS NUMBER { NEED($$ = ast_negative(s, @$, $NUMBER)); }
  | NAME { NEED($$ = ast_reference(s, $NAME, @$)); }
  ;
constant: number | literal
  | MINUS number { NEED($$ = ast_negative(s, @$, $number)); }
  | NAME { NEED($$ = ast_reference(s, $NAME, @$)); }
  | ENTFAELLT { NEED($$ = ast_state(s, PPR_ENTFAELLT, @$, NULL, NULL)); }
  | KEINE { NEED($$ = ast_state(s, PPR_ENTFAELLT, @$, "keine", NULL)); }
  | OFFEN { NEED($$ = ast_state(s, PPR_UNBESTIMMT, @$, NULL, NULL)); }
  | UNBESTIMMT TEXT { NEED($$ = ast_state(s, PPR_UNBESTIMMT, @$, NULL, $TEXT)); }
  ;
range: %empty { $$ = (ast_range){0}; }
  | bound[lo] RANGE bound[hi] { $$ = (ast_range){true, $lo, $hi}; }
  ;

/* Declarations */
decl: unit_decl | enum_decl | input_decl | table_decl | series | tiers | rule | reading | check | open | output | test | native | parameter | domain
  | survey
  ;

removed: named_form NAME { NEED($$ = ast_declare(s, $named_form, @NAME, $NAME)); }
  | AUFZAEHLUNG NAME parts_opt {
      NEED($$ = ast_declare(s, DECL_ENUM, @NAME, $NAME));
      $$->removed = $parts_opt.first;
    }
  | limit_form NAME parts_opt {
      NEED($$ = ast_declare(s, $limit_form, @NAME, $NAME));
      $$->removed = $parts_opt.first;
    }
  | limit_form NAME SPALTE names {
      NEED($$ = ast_declare(s, $limit_form, @NAME, $NAME));
      $$->removed_columns = $names.first;
    }
  | EINHEIT NAME {
      NEED($$ = ast_declare(s, DECL_UNIT, @NAME, NOTHING));
      MAKE($$->units);
      $$->units->name = $NAME;
    }
  | AUSGABE TEXT { NEED($$ = ast_declare(s, DECL_OUTPUT, @TEXT, (ast_name){$TEXT, @TEXT})); }
  | AUSWERTUNG TEXT { NEED($$ = ast_declare(s, DECL_SURVEY, @TEXT, (ast_name){$TEXT, @TEXT})); }
  ;
named_form: EINGABE { $$ = DECL_INPUT; } | ZEITREIHE { $$ = DECL_SERIES; } | STAFFEL { $$ = DECL_TIERS; } | REGEL { $$ = DECL_RULE; }
  | AUSLEGUNG { $$ = DECL_READING; } | PRUEFUNG { $$ = DECL_CHECK; } | OFFEN { $$ = DECL_OPEN; } | FUNKTION { $$ = DECL_NATIVE; }
  | PARAMETER { $$ = DECL_PARAMETER; } | ANNAHME { $$ = DECL_ASSUMPTION; } | FUER { $$ = DECL_DOMAIN; }
  ;
parts_opt: %empty { $$ = (ast_named_list){0}; } | COLON names { $$ = $names; };

/* What an amendment adds to a declaration: its head is the name alone. */
extension: more_rows | enum_decl | more_entries | more_input;
more_rows: limit_form NAME restated cites {
      NEED($$ = ast_declare(s, $limit_form, @NAME, $NAME));
      $$->cites = $cites;
    }
  | more_rows[head] LINE cells cites { $$ = $head; NEED(ast_add_line(s, $$, $cells.first, $cites)); }
  | more_rows error { $$ = $1; }
  ;
more_entries: ZEITREIHE NAME restated cites {
      NEED($$ = ast_declare(s, DECL_SERIES, @NAME, $NAME));
      $$->cites = $cites;
    }
  | more_entries[head] dated_entry { $$ = $head; NEED(ast_add_entry(s, $$, $dated_entry)); }
  | more_entries error { $$ = $1; }
  ;
more_input: EINGABE NAME cites {
      NEED($$ = ast_declare(s, DECL_INPUT, @NAME, $NAME));
      $$->cites = $cites;
    }
  | more_input[head] block { $$ = $head; ast_add_block(s, $$, $block); }
  | more_input error { $$ = $1; }
  ;
restated: %empty | JE axes COLON type { ast_refuse_restated(s, @$); } | COLON type { ast_refuse_restated(s, @$); };

unit_decl: EINHEIT units { NEED($$ = ast_declare(s, DECL_UNIT, @EINHEIT, NOTHING)); $$->units = $units.first; };
units: unit { $$ = (ast_unit_list){$unit, $unit}; } | units[list] COMMA unit { $$ = $list; AST_APPEND($$, $unit); };
unit: NAME { MAKE($$); $$->name = $NAME; }
  | NAME eq NUMBER UNIT {
      MAKE($$);
      *$$ = (ast_unit){.name = $NAME, .has_factor = true, .factor = $NUMBER->number, .factor_scale = $NUMBER->scale, .base = $UNIT};
    }
  ;

enum_decl: AUFZAEHLUNG NAME cites[head] colon_opt members cites[tail] {
      NEED($$ = ast_declare(s, DECL_ENUM, @NAME, $NAME));
      $$->cites = $head;
      ast_add_cites(&$$->cites, $tail);
      $$->members = $members.first;
    };
colon_opt: %empty | COLON;
members: member { $$ = (ast_member_list){$member, $member}; } | members[list] COMMA member { $$ = $list; AST_APPEND($$, $member); };
member: words { NEED($$ = ast_make_member(s, $words.first, NULL, NULL, NULL)); }
  | words TEXT words_opt { NEED($$ = ast_make_member(s, $words.first, NULL, $TEXT, $words_opt.first)); }
  | words eq TEXT words_opt { NEED($$ = ast_make_member(s, $words.first, $TEXT, NULL, $words_opt.first)); }
  | words eq TEXT[code] TEXT[label] words_opt { NEED($$ = ast_make_member(s, $words.first, $code, $label, $words_opt.first)); }
  ;
words: NAME { $$ = (ast_attr_list){0}; NEED(ast_add_attrs(s, &$$, $NAME)); }
  | words[list] NAME { $$ = $list; NEED(ast_add_attrs(s, &$$, $NAME)); }
  ;
words_opt: %empty { $$ = (ast_attr_list){0}; } | words;

input_decl: input { $$ = $input; };
input: EINGABE NAME cites SCHLUESSEL keys {
      NEED($$ = ast_declare(s, DECL_INPUT, @NAME, $NAME));
      $$->cites = $cites;
      $$->keys = $keys.first;
    }
  | input[head] ZEITRAUM NAME[period] eq NAME[year] COMMA NAME[quarter] {
      $$ = $head;
      $$->period = $period;
      $$->period_year = $year;
      $$->period_quarter = $quarter;
    }
  | input[head] block {
      $$ = $head;
      ast_add_block(s, $$, $block);
    }
  | input error { $$ = $1; }
  ;
keys: key { $$ = (ast_field_list){$key, $key}; } | keys[list] COMMA key { $$ = $list; AST_APPEND($$, $key); };
key: field_head | key[head] SPALTE TEXT { $$ = $head; $$->column = $TEXT; };
fields: %empty { $$ = (ast_field_list){0}; } | fields[list] field { $$ = $list; AST_APPEND($$, $field); };
field_head: NAME COLON type range {
      MAKE($$);
      $$->name = $NAME;
      $$->type = $type;
      $$->range = $range;
    };
field: field_head
  | field[head] SPALTE TEXT { $$ = $head; $$->column = $TEXT; }
  | field[head] OPTIONAL { $$ = $head; $$->optional = true; }
  | field[head] FEHLEND preset { $$ = $head; $$->preset = $preset; }
  | field[head] SUMME { $$ = $head; $$->sum = true; }
  | field[head] CITE { $$ = $head; ast_add_cites(&$$->cites, $CITE); }
  ;
block: block_head fields { $$ = $block_head; $$->fields = $fields.first; };
block_head: AUS TEXT { MAKE($$); $$->table = $TEXT; $$->span = @$; }
  | block_head[head] JE block_axes {
      $$ = $head;
      ast_axis **link = &$$->axes;
      while (*link) link = &(*link)->next;
      *link = $block_axes.first;
      $$->span = @$;
    }
  | block_head[head] WO wheres {
      $$ = $head;
      ast_where **link = &$$->wheres;
      while (*link) link = &(*link)->next;
      *link = $wheres.first;
      $$->span = @$;
    }
  | block_head[head] SCHLUESSEL names {
      $$ = $head;
      ast_named **link = &$$->keys;
      while (*link) link = &(*link)->next;
      *link = $names.first;
      $$->span = @$;
    }
  | block_head[head] CITE { $$ = $head; ast_add_cites(&$$->cites, $CITE); }
  ;
block_axes: block_axis { $$ = (ast_axis_list){$1, $1}; } | block_axes[list] COMMA block_axis { $$ = $list; AST_APPEND($$, $block_axis); };
block_axis: axis
  | axis SPALTE TEXT { $$ = $axis; $$->column = $TEXT; $$->column_span = @TEXT; }
  ;
wheres: where { $$ = (ast_where_list){$where, $where}; } | wheres[list] COMMA where { $$ = $list; AST_APPEND($$, $where); };
where: TEXT[column] eq TEXT[text] { MAKE($$); *$$ = (ast_where){.column = $column, .span = @$, .form = WHERE_TEXT, .text = $text}; }
  | TEXT eq NAME { MAKE($$); *$$ = (ast_where){.column = $TEXT, .span = @$, .form = WHERE_KEY, .key = $NAME}; }
  | TEXT eq NAME PLUS NUMBER {
      MAKE($$);
      *$$ = (ast_where){.column = $TEXT, .span = @$, .form = WHERE_KEY, .key = $NAME, .offset = ast_whole(s, $NUMBER, 0, 1000000)};
    }
  | TEXT eq NAME MINUS NUMBER {
      MAKE($$);
      *$$ = (ast_where){.column = $TEXT, .span = @$, .form = WHERE_KEY, .key = $NAME, .offset = -ast_whole(s, $NUMBER, 0, 1000000)};
    }
  ;

table_decl: limit_form NAME JE axes COLON type cites {
      NEED($$ = ast_declare(s, $limit_form, @NAME, $NAME));
      $$->axes = $axes.first;
      $$->type = $type;
      $$->cites = $cites;
    }
  | table_decl[head] LINE cells cites { $$ = $head; NEED(ast_add_line(s, $$, $cells.first, $cites)); }
  | table_decl error { $$ = $1; }
  ;
limit_form: TABELLE { $$ = DECL_TABLE; } | GRENZE { $$ = DECL_LIMIT; };
cells: %empty { $$ = (ast_cell_list){0}; }
  | cells[list] NAME { $$ = $list; NEED(ast_add_words(s, &$$, $NAME)); }
  | cells[list] UNIT { $$ = $list; NEED(ast_add_words(s, &$$, $UNIT)); }
  | cells[list] NUMBER { $$ = $list; NEED(ast_add_cell(s, &$$, $NUMBER)); }
  | cells[list] MINUS NUMBER { $$ = $list; NEED(ast_add_cell(s, &$$, ast_negative(s, (ppr_span){@MINUS.file, @MINUS.begin, @NUMBER.end}, $NUMBER))); }
  | cells[list] literal { $$ = $list; NEED(ast_add_cell(s, &$$, $literal)); }
  | cells[list] ENTFAELLT { $$ = $list; NEED(ast_add_cell(s, &$$, ast_state(s, PPR_ENTFAELLT, @ENTFAELLT, NULL, NULL))); }
  | cells[list] KEINE { $$ = $list; NEED(ast_add_cell(s, &$$, ast_state(s, PPR_ENTFAELLT, @KEINE, "keine", NULL))); }
  | cells[list] OFFEN { $$ = $list; NEED(ast_add_cell(s, &$$, ast_state(s, PPR_UNBESTIMMT, @OFFEN, NULL, NULL))); }
  ;

series: ZEITREIHE NAME COLON type cites {
      NEED($$ = ast_declare(s, DECL_SERIES, @NAME, $NAME));
      $$->type = $type;
      $$->cites = $cites;
    }
  | series[head] dated_entry { $$ = $head; NEED(ast_add_entry(s, $$, $dated_entry)); }
  | series error { $$ = $1; }
  ;
dated_entry: AB DATE COLON constant cites {
      $$ = (ast_entry){.span = {@AB.file, @AB.begin, @constant.end}, .from = $DATE, .value = $constant, .cites = $cites};
    }
  | AB DATE[from] BIS DATE[until] COLON constant cites {
      $$ = (ast_entry){.span = {@AB.file, @AB.begin, @constant.end}, .from = $from, .until = $until, .value = $constant, .cites = $cites};
    }
  ;
tiers: STAFFEL NAME NACH ref COLON type cites {
      NEED($$ = ast_declare(s, DECL_TIERS, @NAME, $NAME));
      $$->argument = $ref;
      $$->type = $type;
      $$->cites = $cites;
    }
  | tiers[head] tier_bounds COLON constant cites {
      $$ = $head;
      ast_entry entry = $tier_bounds;
      entry.span = (ppr_span){@tier_bounds.file, @tier_bounds.begin, @constant.end};
      entry.value = $constant;
      entry.cites = $cites;
      NEED(ast_add_entry(s, $$, entry));
    }
  | tiers error { $$ = $1; }
  ;
limit: number | DATE | MINUS number { NEED($$ = ast_negative(s, @$, $number)); };
tier_bounds: limit { $$ = (ast_entry){.from = $limit, .until = $limit}; }
  | UEBER limit { $$ = (ast_entry){.from = $limit, .from_exclusive = true}; }
  | AB limit { $$ = (ast_entry){.from = $limit}; }
  | BIS limit { $$ = (ast_entry){.until = $limit}; }
  | UNTER limit { $$ = (ast_entry){.until = $limit, .until_exclusive = true}; }
  | UEBER limit[from] BIS limit[until] { $$ = (ast_entry){.from = $from, .until = $until, .from_exclusive = true}; }
  | UEBER limit[from] UNTER limit[until] { $$ = (ast_entry){.from = $from, .until = $until, .from_exclusive = true, .until_exclusive = true}; }
  | AB limit[from] BIS limit[until] { $$ = (ast_entry){.from = $from, .until = $until}; }
  | AB limit[from] UNTER limit[until] { $$ = (ast_entry){.from = $from, .until = $until, .until_exclusive = true}; }
  ;

rule_head: REGEL NAME je_opt COLON type cites {
      NEED($$ = ast_declare(s, DECL_RULE, @NAME, $NAME));
      $$->axes = $je_opt.first;
      $$->type = $type;
      $$->cites = $cites;
    }
  | ANNAHME NAME cites {
      NEED($$ = ast_declare(s, DECL_ASSUMPTION, @NAME, $NAME));
      $$->cites = $cites;
    }
  ;
rule: rule_head
  | rule_head EQUAL expr cites {
      $$ = $rule_head;
      NEED(ast_add_branch(s, $$, (ast_branch){.form = BRANCH_BASE, .span = @expr, .value = $expr, .cites = $cites}));
    }
  | rule[head] VALUE expr cites {
      $$ = $head;
      NEED(ast_add_branch(s, $$, (ast_branch){.form = BRANCH_BASE, .span = @expr, .value = $expr, .cites = $cites}));
    }
  | rule[head] AUSNAHME NAME cites[a] before_opt WENN expr[cond] cites[b] VALUE expr[value] cites[c] {
      $$ = $head;
      ast_branch branch = {.form = BRANCH_EXCEPTION, .span = {@AUSNAHME.file, @AUSNAHME.begin, @value.end}, .label = $NAME,
                           .before = $before_opt.before, .cond = $cond, .value = $value, .cites = $a};
      ast_add_cites(&branch.cites, $before_opt.cites);
      ast_add_cites(&branch.cites, $b);
      ast_add_cites(&branch.cites, $c);
      NEED(ast_add_branch(s, $$, branch));
    }
  | rule[head] FALL NAME cites[a] before_opt WENN expr[cond] cites[b] VALUE expr[value] cites[c] {
      $$ = $head;
      ast_branch branch = {.form = BRANCH_CASE, .span = {@FALL.file, @FALL.begin, @value.end}, .label = $NAME, .before = $before_opt.before,
                           .cond = $cond, .value = $value, .cites = $a};
      ast_add_cites(&branch.cites, $before_opt.cites);
      ast_add_cites(&branch.cites, $b);
      ast_add_cites(&branch.cites, $c);
      NEED(ast_add_branch(s, $$, branch));
    }
  | rule[head] SONST cites[a] eq expr cites[b] {
      $$ = $head;
      ast_branch branch = {.form = BRANCH_ELSE, .span = {@SONST.file, @SONST.begin, @expr.end}, .value = $expr, .cites = $a};
      ast_add_cites(&branch.cites, $b);
      NEED(ast_add_branch(s, $$, branch));
    }
  | rule error { $$ = $1; }
  ;
before_opt: %empty { $$ = (ast_branch){0}; } | VOR befores cites { $$ = (ast_branch){.before = $befores.first, .cites = $cites}; };
befores: NAME { ast_before *b; MAKE(b); b->label = $NAME; $$ = (ast_before_list){b, b}; }
  | befores[list] COMMA NAME { ast_before *b; MAKE(b); b->label = $NAME; $$ = $list; AST_APPEND($$, b); }
  ;

reading: AUSLEGUNG NAME TEXT cites variants {
      NEED($$ = ast_declare(s, DECL_READING, @NAME, $NAME));
      $$->text = $TEXT;
      $$->cites = $cites;
      $$->variants = $variants.first;
    };
variants: variant { $$ = (ast_variant_list){$1, $1}; } | variants[list] COMMA variant { $$ = $list; AST_APPEND($$, $variant); };
variant: NAME TEXT { MAKE($$); $$->name = $NAME; $$->source = $TEXT; }
  | VORGABE NAME TEXT { MAKE($$); $$->name = $NAME; $$->source = $TEXT; $$->preset = true; }
  ;

check: PRUEFUNG NAME je_opt hint cites[a] WENN expr TEXT cites[b] {
      NEED($$ = ast_declare(s, DECL_CHECK, @NAME, $NAME));
      $$->axes = $je_opt.first;
      $$->hint = $hint;
      $$->cites = $a;
      ast_add_cites(&$$->cites, $b);
      $$->cond = $expr;
      $$->text = $TEXT;
    };
hint: FEHLER { $$ = false; } | HINWEIS { $$ = true; };

open: OFFEN NAME TEXT cites {
      NEED($$ = ast_declare(s, DECL_OPEN, @NAME, $NAME));
      $$->text = $TEXT;
      $$->cites = $cites;
    };

output_head: AUSGABE TEXT je_opt summed_opt cites {
      NEED($$ = ast_declare(s, DECL_OUTPUT, @TEXT, (ast_name){$TEXT, @TEXT}));
      $$->axes = $je_opt.first;
      $$->summed = $summed_opt.first;
      $$->cites = $cites;
    };
summed_opt: %empty { $$ = (ast_named_list){0}; } | SUMME UEBER names { $$ = $names; };
output: output_head
  | output_head[head] WENN expr cites {
      $$ = $head;
      $$->cond = $expr;
      ast_add_cites(&$$->cites, $cites);
    }
  | output[head] SPALTE TEXT eq expr cites { $$ = $head; ast_add_cites(&$$->cites, $cites); NEED(ast_add_column(s, $$, $TEXT, @TEXT, $expr)); }
  | output error { $$ = $1; }
  ;

test: TEST TEXT cites {
      NEED($$ = ast_declare(s, DECL_TEST, @TEXT, (ast_name){$TEXT, @TEXT}));
      $$->cites = $cites;
    }
  | test[head] GEGEBEN givens {
      $$ = $head;
      ast_assign **link = &$$->given;
      while (*link) link = &(*link)->next;
      *link = $givens.first;
    }
  | test[head] ERWARTE expecteds {
      $$ = $head;
      ast_assign **link = &$$->expected;
      while (*link) link = &(*link)->next;
      *link = $expecteds.first;
    }
  | test error { $$ = $1; }
  ;
givens: given { $$ = (ast_assign_list){$given, $given}; }
  | givens[list] semicolon_opt given { $$ = $list; AST_APPEND($$, $given); }
  ;
expecteds: expected { $$ = (ast_assign_list){$expected, $expected}; }
  | expecteds[list] semicolon_opt expected { $$ = $list; AST_APPEND($$, $expected); }
  ;
semicolon_opt: %empty | SEMICOLON;
given: ref eq expr { MAKE($$); *$$ = (ast_assign){.target = $ref, .value = $expr, .span = @$}; }
  | ref eq UNBESTIMMT {
      MAKE($$);
      *$$ = (ast_assign){.target = $ref, .span = @$};
      NEED($$->value = ast_state(s, PPR_UNBESTIMMT, @UNBESTIMMT, NULL, NULL));
    }
  ;
expected: given
  | ref eq FEHLERCODE TEXT { MAKE($$); *$$ = (ast_assign){.target = $ref, .fault = $TEXT, .span = @$}; }
  ;

/* What scenarios add: values a run may set, how they vary, what is counted. */
parameter: PARAMETER NAME COLON type range VORGABE amount cites {
      NEED($$ = ast_declare(s, DECL_PARAMETER, @NAME, $NAME));
      MAKE($$->parameter);
      *$$->parameter = (ast_field){.name = $NAME, .type = $type, .range = $range, .preset = $amount, .cites = $cites};
      $$->cites = $cites;
    };
amount: number | literal
  | MINUS number { NEED($$ = ast_negative(s, @$, $number)); }
  | NAME { NEED($$ = ast_reference(s, $NAME, @$)); }
  ;
amounts: amount { $$ = (ast_choice_list){0}; NEED(ast_add_choice(s, &$$, $amount, 0)); }
  | amounts[list] SEMICOLON amount { $$ = $list; NEED(ast_add_choice(s, &$$, $amount, 0)); }
  ;
weighted: amount COLON NUMBER { $$ = (ast_choice_list){0}; NEED(ast_add_choice(s, &$$, $amount, ast_whole(s, $NUMBER, 1, MOST_WEIGHT))); }
  | weighted[list] SEMICOLON amount COLON NUMBER { $$ = $list; NEED(ast_add_choice(s, &$$, $amount, ast_whole(s, $NUMBER, 1, MOST_WEIGHT))); }
  ;
domain: FUER NAME VON amount[from] BIS amount[until] SCHRITT amount[step] cites {
      ast_choice_list values = {0};
      NEED(ast_add_choice(s, &values, $from, 0) && ast_add_choice(s, &values, $until, 0) && ast_add_choice(s, &values, $step, 0));
      NEED($$ = ast_vary(s, $NAME, PPR_DOMAIN_RANGE, values.first, NULL, $cites));
    }
  | FUER NAME IN amounts cites { NEED($$ = ast_vary(s, $NAME, PPR_DOMAIN_LIST, $amounts.first, NULL, $cites)); }
  | FUER NAME IN ALLE cites { NEED($$ = ast_vary(s, $NAME, PPR_DOMAIN_LIST, NULL, NULL, $cites)); $$->domain->all = true; }
  | FUER NAME GEZOGEN drawn_for GLEICHVERTEILT VON amount[from] BIS amount[until] cites {
      ast_choice_list values = {0};
      NEED(ast_add_choice(s, &values, $from, 0) && ast_add_choice(s, &values, $until, 0));
      NEED($$ = ast_vary(s, $NAME, PPR_DOMAIN_UNIFORM, values.first, $drawn_for.first, $cites));
    }
  | FUER NAME GEZOGEN drawn_for DREIECKIG amount[from] SEMICOLON amount[mode] SEMICOLON amount[until] cites {
      ast_choice_list values = {0};
      NEED(ast_add_choice(s, &values, $from, 0) && ast_add_choice(s, &values, $mode, 0) && ast_add_choice(s, &values, $until, 0));
      NEED($$ = ast_vary(s, $NAME, PPR_DOMAIN_TRIANGLE, values.first, $drawn_for.first, $cites));
    }
  | FUER NAME GEZOGEN drawn_for NORMAL amount[mean] STREUUNG amount[deviation] cites {
      ast_choice_list values = {0};
      NEED(ast_add_choice(s, &values, $mean, 0) && ast_add_choice(s, &values, $deviation, 0));
      NEED($$ = ast_vary(s, $NAME, PPR_DOMAIN_NORMAL, values.first, $drawn_for.first, $cites));
    }
  | FUER NAME GEZOGEN drawn_for AUS weighted cites {
      NEED($$ = ast_vary(s, $NAME, PPR_DOMAIN_WEIGHTED, $weighted.first, $drawn_for.first, $cites));
    }
  ;
drawn_for: %empty { $$ = (ast_named_list){0}; } | JE names { $$ = $names; };
survey_head: AUSWERTUNG TEXT je_opt cites {
      NEED($$ = ast_declare(s, DECL_SURVEY, @TEXT, (ast_name){$TEXT, @TEXT}));
      $$->axes = $je_opt.first;
      $$->cites = $cites;
    };
survey: survey_head
  | survey_head[head] WENN expr cites {
      $$ = $head;
      $$->cond = $expr;
      ast_add_cites(&$$->cites, $cites);
    }
  | survey[head] counted TEXT eq expr cites {
      $$ = $head;
      ast_add_cites(&$$->cites, $cites);
      NEED(ast_add_part(s, $$, (ast_part){.form = $counted, .name = $TEXT, .span = @TEXT, .value = $expr}));
    }
  | survey error { $$ = $1; }
  ;
counted: GRUPPE { $$ = PPR_PART_GROUP; } | ANTEIL { $$ = PPR_PART_SHARE; } | SUMME { $$ = PPR_PART_SUM; } | VERTEILUNG { $$ = PPR_PART_SPREAD; };

native: FUNKTION NAME OPEN params CLOSE COLON type AUS TEXT cites {
      NEED($$ = ast_declare(s, DECL_NATIVE, @NAME, $NAME));
      $$->params = $params.first;
      $$->type = $type;
      $$->text = $TEXT;
      $$->cites = $cites;
    };
params: type { ast_param *p; MAKE(p); p->type = $type; $$ = (ast_param_list){p, p}; }
  | params[list] COMMA type { ast_param *p; MAKE(p); p->type = $type; $$ = $list; AST_APPEND($$, p); }
  ;

/* Expressions: docs/language.md, section 6 */
ref: NAME { NEED($$ = ast_reference(s, $NAME, @$)); }
  | NAME INDEX args INDEX_END {
      NEED($$ = ast_reference(s, $NAME, @$));
      $$->args = $args.first;
      $$ = ast_seal(s, $$);
    }
  ;
args: expr { $$ = (ast_expr_list){$expr, $expr}; } | args[list] COMMA expr { $$ = $list; AST_APPEND($$, $expr); };
args_opt: %empty { $$ = (ast_expr_list){0}; } | args;
filter: %empty { $$ = NULL; } | MIT expr { $$ = $expr; };
spanning: SUMME { $$ = EX_SUM; } | KLEINSTE { $$ = EX_MIN; } | GROESSTE { $$ = EX_MAX; };
quantifier: IRGENDEIN { $$ = EX_ANY; } | ALLE { $$ = EX_ALL; };
expr: number | literal | ref
  | OPEN expr[inner] CLOSE { $$ = $inner; $$->span = @$; }
  | NAME OPEN args_opt CLOSE {
      NEED($$ = ast_reference(s, $NAME, @$));
      $$->form = EX_CALL;
      $$->args = $args_opt.first;
      $$ = ast_seal(s, $$);
    }
  | EDITION_NAME { NEED($$ = ast_make(s, EX_EDITION, @$)); }
  | FEHLT { NEED($$ = ast_state(s, PPR_FEHLT, @$, NULL, NULL)); }
  | ENTFAELLT { NEED($$ = ast_state(s, PPR_ENTFAELLT, @$, NULL, NULL)); }
  | KEINE { NEED($$ = ast_state(s, PPR_ENTFAELLT, @$, "keine", NULL)); }
  | UNBESTIMMT TEXT { NEED($$ = ast_state(s, PPR_UNBESTIMMT, @$, NULL, $TEXT)); }
  | MINUS expr[a] %prec NEGATIVE { NEED($$ = ast_unary(s, EX_NEGATE, @$, $a)); }
  | NICHT expr[a] { NEED($$ = ast_unary(s, EX_NOT, @$, $a)); }
  | expr[a] PLUS expr[b] { NEED($$ = ast_infix(s, BIN_ADD, @$, $a, $b)); }
  | expr[a] MINUS expr[b] { NEED($$ = ast_infix(s, BIN_SUB, @$, $a, $b)); }
  | expr[a] TIMES expr[b] { NEED($$ = ast_infix(s, BIN_MUL, @$, $a, $b)); }
  | expr[a] SLASH expr[b] { NEED($$ = ast_infix(s, BIN_DIV, @$, $a, $b)); }
  | expr[a] EQUAL expr[b] { NEED($$ = ast_infix(s, BIN_EQ, @$, $a, $b)); }
  | expr[a] NOT_EQUAL expr[b] { NEED($$ = ast_infix(s, BIN_NE, @$, $a, $b)); }
  | expr[a] LESS expr[b] { NEED($$ = ast_infix(s, BIN_LT, @$, $a, $b)); }
  | expr[a] AT_MOST expr[b] { NEED($$ = ast_infix(s, BIN_LE, @$, $a, $b)); }
  | expr[a] GREATER expr[b] { NEED($$ = ast_infix(s, BIN_GT, @$, $a, $b)); }
  | expr[a] AT_LEAST expr[b] { NEED($$ = ast_infix(s, BIN_GE, @$, $a, $b)); }
  | expr[a] UND expr[b] { NEED($$ = ast_infix(s, BIN_AND, @$, $a, $b)); }
  | expr[a] ODER expr[b] { NEED($$ = ast_infix(s, BIN_OR, @$, $a, $b)); }
  | expr[a] IST NAME { NEED($$ = ast_unary(s, EX_IS, @$, $a)); $$->name = $NAME; }
  | expr[a] IST NICHT NAME { NEED($$ = ast_unary(s, EX_IS, @$, $a)); $$->name = $NAME; $$->negated = true; }
  | expr[a] VORHANDEN { NEED($$ = ast_unary(s, EX_HAS, @$, $a)); $$->state = PPR_PRESENT; }
  | expr[a] FEHLT { NEED($$ = ast_unary(s, EX_HAS, @$, $a)); $$->state = PPR_FEHLT; }
  | expr[a] ENTFAELLT { NEED($$ = ast_unary(s, EX_HAS, @$, $a)); $$->state = PPR_ENTFAELLT; }
  | expr[a] UNBESTIMMT { NEED($$ = ast_unary(s, EX_HAS, @$, $a)); $$->state = PPR_UNBESTIMMT; }
  | expr[a] FALLS absent expr[b] %prec FALLS {
      NEED($$ = ast_make(s, EX_DEFAULT, @$));
      $$->a = $a;
      $$->b = $b;
      $$->state = $absent;
      $$ = ast_seal(s, $$);
    }
  | expr[a] GERUNDET NAME AUF NUMBER {
      NEED($$ = ast_unary(s, EX_ROUND, @$, $a));
      $$->name = $NAME;
      $$->number = ast_whole(s, $NUMBER, 0, 18);
    }
  | expr[a] IN NAME { NEED($$ = ast_unary(s, EX_CONVERT, @$, $a)); $$->name = $NAME; }
  | expr[a] IN NAME[unit] JE NAME[per] { NEED($$ = ast_unary(s, EX_CONVERT, @$, $a)); $$->name = $unit; $$->per = $per; }
  | WENN expr[a] DANN expr[b] SONST expr[c] %prec WEAKEST {
      NEED($$ = ast_make(s, EX_IF, @$));
      $$->a = $a;
      $$->b = $b;
      $$->c = $c;
      $$ = ast_seal(s, $$);
    }
  | spanning UEBER axis filter COLON expr[body] %prec WEAKEST { NEED($$ = ast_aggregate(s, $spanning, @$, $axis, $filter, $body)); }
  | quantifier axis filter COLON expr[body] %prec WEAKEST { NEED($$ = ast_aggregate(s, $quantifier, @$, $axis, $filter, $body)); }
  | ANZAHL axis MIT expr[cond] %prec WEAKEST { NEED($$ = ast_aggregate(s, EX_COUNT, @$, $axis, $cond, NULL)); }
  ;

%%

static int ppr_yylex(PPR_YYSTYPE *value, ppr_span *span, syntax *s) {
  s->earlier = s->before;
  s->before = s->at;
  s->at = layout_next(&s->lex);
  *span = s->at.span;
  switch (s->at.kind) {
  case T_NAME:
  case T_UNIT:
  case T_EDITION: value->name = s->at.name; break;
  case T_TEXT: value->text = s->at.text; break;
  case T_NUMBER:
  case T_DATE:
  case T_QUARTER: value->expr = s->at.literal; break;
  case T_CITE: value->cites = s->at.cites; break;
  default: break;
  }
  return s->lex.failed ? T_YYEOF : s->at.kind;
}

static int yyreport_syntax_error(const yypcontext_t *context, syntax *s) {
  if (s->lex.failed) return 0;
  yysymbol_kind_t symbols[YYNTOKENS];
  int expected[YYNTOKENS], count = 0, n = yypcontext_expected_tokens(context, symbols, YYNTOKENS);
  for (int kind = T_REGELWERK; kind <= T_END; kind++)
    for (int i = 0; i < n; i++)
      if (symbols[i] == YYTRANSLATE(kind)) expected[count++] = kind;
  if (s->at.kind == T_PPR_YYUNDEF) { /* no error of the author: parse_expected asks */
    for (int i = 0; i < count && s->n_expected < s->most_expected; i++) s->expected[s->n_expected++] = expected[i];
    return 0;
  }
  syntax_error(s, &s->at, expected, count);
  return 0;
}

/* Bison calls this only when its stack is full or an action ran out of memory. */
static void ppr_yyerror(const ppr_span *span, syntax *s, const char *message) {
  (void)message;
  if (!s->lex.failed && !arena_failed(s->lex.arena)) syntax_too_deep(s, *span);
}

ast_file *parse_source(ppr_report *r, ppr_arena *arena, uint32_t source) {
  syntax s = {0};
  s.file = arena_alloc(arena, sizeof *s.file);
  if (!s.file) return NULL;
  s.file->source = source;
  bool complete = !lexer_init(&s.lex, r, arena, source) || ppr_yyparse(&s) == 0;
  if (s.lex.failed || arena_failed(arena)) return NULL;
  s.file->broken = s.lex.broken || !complete;
  return s.file;
}

parse_form parse_head(ppr_arena *arena, const char *text, size_t size, const char **scenario) {
  parse_form form = PARSE_NEITHER;
  ppr_report *r = report_new(ppr_alloc_default); /* of the head alone: nothing anybody has to see */
  lexer l;
  *scenario = "";
  if (r && lexer_init(&l, r, arena, report_add_source(r, "", text, size)) && lexer_scan(&l).kind == T_REGELWERK) {
    token t = lexer_scan(&l); /* its name, perhaps its title */
    while (t.kind == T_NAME || t.kind == T_TEXT) t = lexer_scan(&l);
    if (t.kind == T_FASSUNG) form = PARSE_EDITION;
    if (t.kind == T_SZENARIO) form = PARSE_SCENARIO;
    if (form == PARSE_SCENARIO && (t = lexer_scan(&l)).kind == T_TEXT) *scenario = t.text;
  }
  report_free(r);
  return form;
}

int parse_expected(ppr_report *r, ppr_arena *arena, uint32_t source, int *kinds, int most) {
  syntax s = {.expected = kinds, .most_expected = most};
  s.file = arena_alloc(arena, sizeof *s.file);
  if (!s.file || !lexer_init(&s.lex, r, arena, source)) return 0;
  s.lex.asking = true;
  ppr_yyparse(&s);
  return s.n_expected;
}
