/* Bytes ⇄ program. Little-endian; magic, format version, minimum reader version, sections with lengths, SHA-256 checksum over everything before it.
 */
#ifndef PPR_CODE_IMAGE_H
#define PPR_CODE_IMAGE_H
#include "base/buf.h"
#include "base/report.h"
#include "code/program.h"
#include "ppr/ppr.h"

/* Append the image of p to out. Deterministic. */
void image_encode(ppr_buf *out, const ppr_program *p);
/* Decode and verify. PPR_FORMAT, PPR_VERSION, PPR_INVALID_PROGRAM with a diagnostic in r; never undefined behaviour for any bytes. */
ppr_status image_decode(ppr_program **out, ppr_alloc alloc, const void *bytes, size_t size, ppr_report *r);
#endif
