/* Bytes ⇄ program. Little-endian; magic, format version, minimum reader version, sections with lengths, CRC-32C over everything before it. */
#ifndef PPR_CODE_IMAGE_H
#define PPR_CODE_IMAGE_H
#include "base/buf.h"
#include "base/report.h"
#include "code/program.h"
#include "ppr/ppr.h"

/* Append the image of p, whose code is there, to out. Deterministic. */
void image_encode(ppr_buf *out, const ppr_program *p);
/* Decode and verify. PPR_FORMAT, PPR_VERSION, PPR_INVALID_PROGRAM with a diagnostic in r; never undefined behaviour for any bytes. */
ppr_status image_decode(ppr_program **out, ppr_alloc alloc, const void *bytes, size_t size, ppr_report *r);
/* The same, but code and explanation stay in the bytes, which must not change or go as long as the program or a selection of it lives. Everything else
 * is decoded and proved. */
ppr_status image_open(ppr_program **out, ppr_alloc alloc, const void *bytes, size_t size, ppr_report *r);
/* Sees to it that code and explanation of an edition are there, decoded and proved. To be called before they are read: a program that was compiled or
 * decoded has them at once. Threads may call it at the same time. r NULL: only the status is wanted. */
ppr_status image_code(const ppr_program *p, uint32_t edition, ppr_report *r);
/* What image_open holds besides the arena of p; nothing for other programs. */
void image_forget(ppr_program *p);
#endif
