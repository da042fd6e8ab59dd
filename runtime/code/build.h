/* Append-only builder of a program: strings, then per edition the rows of every section. Used by the compiler and by tests. */
#ifndef PPR_CODE_BUILD_H
#define PPR_CODE_BUILD_H
#include "code/program.h"

typedef struct ppr_builder ppr_builder;
ppr_builder *build_new(ppr_alloc alloc); /* NULL when out of memory */
void build_discard(ppr_builder *b);
uint32_t build_string(ppr_builder *b, const char *text); /* interned; NULL and "" give 0 */
void build_name(ppr_builder *b, const char *regelwerk);
void build_source(ppr_builder *b, const char *name, const uint8_t sha256[32]);
/* Starts an edition; the pointer is valid until build_finish and never NULL; scalar members may be set directly (cost and period too: open end and no
 * period are preset), rows only by build_<section>. */
ppr_edition *build_edition(ppr_builder *b);
/* Appends a row to the current edition and returns its index. */
#define U(member)
#define L(member)
#define SECTION(number, name, members) uint32_t build_##name(ppr_builder *b, ppr_##name row);
#include "code/sections.def"
#undef SECTION
#undef U
#undef L
/* An edition on its way from one builder to another. */
typedef struct ppr_parcel ppr_parcel;
/* The last edition of a builder, with its strings: the builder may then be used again. What only build_append needs is in `passing`, the rows are in
 * memory of their own. NULL when out of memory or when the builder has failed. */
ppr_parcel *build_pack(const ppr_builder *b, ppr_arena *passing);
/* The parcel as the next edition here, as if it had been written here. Its rows become those of the program, without being copied; the parcel is
 * gone. Both builders have the same alloc. */
void build_append(ppr_builder *b, ppr_parcel *parcel);
void build_parcel_discard(ppr_parcel *parcel); /* NULL allowed */
/* Forgets every edition, source and string; their memory stays for the next ones. */
void build_again(ppr_builder *b);
bool build_failed(const ppr_builder *b);
/* Seals the program (editions sorted by from_day); frees the builder. NULL when out of memory. */
ppr_program *build_finish(ppr_builder *b);
void program_free(ppr_program *p);
#endif
