/* The table of what refers to what; see references.h. */
#include "code/references.h"
#include "base/decimal.h"
#include "base/report.h"

#define TEXT(section, member)                                                                                                                        \
  { SEC_##section, REF_TEXT, 0, offsetof(ppr_##section, member), 0, 0, #member }
#define INDEX(section, member, target)                                                                                                               \
  { SEC_##section, REF_INDEX, SEC_##target, offsetof(ppr_##section, member), 0, 0, #member }
#define MAYBE(section, member, target)                                                                                                               \
  { SEC_##section, REF_MAYBE, SEC_##target, offsetof(ppr_##section, member), 0, 0, #member }
#define SLICE(section, member, count, target)                                                                                                        \
  { SEC_##section, REF_SLICE, SEC_##target, offsetof(ppr_##section, member), offsetof(ppr_##section, count), 0, #member }
#define WORD(section, member, last)                                                                                                                  \
  { SEC_##section, REF_WORD, 0, offsetof(ppr_##section, member), 0, last, #member }

enum { FIELD_FLAGS = PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET | PPR_FIELD_SUM | PPR_FIELD_KEY | PPR_FIELD_PERIOD | PPR_FIELD_SET };

/* What cannot be said here is in references.h. */
static const reference rows[] = {
    WORD(reg, type, PPR_T_WIDE),
    TEXT(table, name),
    TEXT(pos, file),
    TEXT(import, name),
    TEXT(import, signature),
    TEXT(import, library),
    TEXT(enumeration, name),
    SLICE(enumeration, first, count, member),
    TEXT(member, name),
    TEXT(member, code),
    TEXT(member, label),
    TEXT(block, table),
    MAYBE(block, axis1, enumeration),
    MAYBE(block, axis2, enumeration),
    SLICE(block, first_cond, conds, cond),
    SLICE(block, first_field, fields, field),
    TEXT(block, column1),
    TEXT(block, column2),
    SLICE(block, first_key, keys, block_key),
    TEXT(cond, column),
    MAYBE(cond, key, key),
    TEXT(cond, text),
    TEXT(field, name),
    WORD(field, kind, PPR_KIND_TEXT),
    MAYBE(field, enumeration, enumeration),
    TEXT(field, unit),
    WORD(field, flags, FIELD_FLAGS),
    MAYBE(field, block, block),
    MAYBE(field, axis1, enumeration),
    MAYBE(field, axis2, enumeration),
    SLICE(field, first_input, inputs, input),
    TEXT(field, column),
    TEXT(field, cite),
    TEXT(field, file),
    TEXT(input, label),
    INDEX(input, field, field),
    WORD(input, type, PPR_T_INT),
    INDEX(key, field, field),
    INDEX(block_key, key, key),
    TEXT(output, label),
    WORD(output, kind, PPR_KIND_ENUM),
    MAYBE(output, enumeration, enumeration),
    TEXT(output, unit),
    WORD(output, flags, FIELD_FLAGS),
    INDEX(output, reg, reg),
    MAYBE(output, state, reg),
    MAYBE(output, inst, inst),
    TEXT(file, name),
    SLICE(file, first_col, cols, col),
    TEXT(col, name),
    INDEX(line, file, file),
    MAYBE(line, when, output),
    SLICE(line, first_cell, cells, cell),
    WORD(cell, kind, PPR_CELL_FIELD),
    INDEX(sum_key, file, file),
    INDEX(sum_key, key, key),
    TEXT(check, name),
    WORD(check, severity, PPR_SEV_HINT),
    TEXT(check, text),
    INDEX(check, output, output),
    TEXT(check, cite),
    TEXT(check, file),
    TEXT(check, label),
    TEXT(inst, label),
    INDEX(inst, rule, rule),
    WORD(inst, kind, PPR_KIND_ENUM),
    MAYBE(inst, enumeration, enumeration),
    TEXT(inst, unit),
    WORD(inst, flags, FIELD_FLAGS),
    INDEX(inst, reg, reg),
    MAYBE(inst, state, reg),
    MAYBE(inst, den, reg),
    SLICE(inst, first_branch, branches, branch),
    TEXT(rule, name),
    WORD(rule, form, PPR_RULE_CHECK),
    TEXT(rule, cite),
    TEXT(rule, file),
    TEXT(rule, edition),
    TEXT(branch, label),
    TEXT(branch, cite),
    TEXT(branch, formula),
    MAYBE(branch, cond, reg),
    WORD(branch, form, PPR_BRANCH_ELSE),
    SLICE(branch, first_dep, deps, dep),
    SLICE(branch, first_round, rounds, round),
    WORD(dep, kind, PPR_DEP_CONST),
    TEXT(dep, label),
    INDEX(round, reg, reg),
    INDEX(round, num, reg),
    INDEX(round, den, reg),
    WORD(round, mode, PPR_ROUND_MODES - 1),
    WORD(round, scale, DEC_MAX_SCALE),
    WORD(round, type, PPR_T_WIDE),
    TEXT(reading, name),
    INDEX(reading, field, field),
    TEXT(reading, question),
    TEXT(reading, cite),
    TEXT(open, name),
    TEXT(open, text),
    TEXT(open, cite),
    TEXT(parameter, name),
    INDEX(parameter, field, field),
    TEXT(parameter, cite),
    INDEX(domain, field, field),
    WORD(domain, form, PPR_DOMAIN_WEIGHTED),
    SLICE(domain, first, values, domain_value),
    SLICE(domain, first_key, keys, domain_key),
    WORD(domain, every, 1),
    TEXT(domain, file),
    INDEX(domain_key, key, key),
    TEXT(survey, name),
    MAYBE(survey, when, output),
    SLICE(survey, first_part, parts, part),
    TEXT(survey, file),
    TEXT(part, name),
    WORD(part, form, PPR_PART_SPREAD),
    INDEX(part, output, output),
};

const reference *references(size_t *n) {
  *n = sizeof rows / sizeof *rows;
  return rows;
}

section_rows references_rows(const ppr_edition *e, uint32_t section) {
  switch (section) {
#define SECTION(number, name, members)                                                                                                               \
  case SEC_##name:                                                                                                                                   \
    return (section_rows){#name, (char *)e->name, sizeof *e->name, e->n_##name};
#include "code/sections.def"
#undef SECTION
  default: return (section_rows){"", NULL, 0, 0};
  }
}

void references_rename(ppr_edition *e, const uint32_t *now) {
  for (const reference *f = rows; f < rows + sizeof rows / sizeof *rows; f++) {
    if (f->form != REF_TEXT) continue;
    section_rows s = references_rows(e, f->section);
    for (uint32_t i = 0; i < s.count; i++) {
      char *word = s.rows + i * s.size + f->at;
      memcpy(word, &now[references_word(word, 0)], sizeof *now);
    }
  }
  for (uint32_t i = 0; i < e->n_cell; i++)
    if (e->cell[i].kind == PPR_CELL_TEXT) e->cell[i].value = now[e->cell[i].value];
  e->name = now[e->name];
  e->decision = now[e->decision];
  e->title = now[e->title];
  e->record = now[e->record];
}
