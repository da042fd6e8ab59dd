/* Positions of the protocol and byte offsets; changes of a text; and the names of files in the protocol. */
#ifndef PPR_LANG_LSP_PLACE_H
#define PPR_LANG_LSP_PLACE_H
#include "base/report.h"
#include "lsp/json.h"

/* What a `character` of a position counts. A line ends with LF; a CR before it is no part of the line. */
typedef enum { PLACE_UTF16, PLACE_UTF8, PLACE_UTF32 } place_encoding;

/* Byte offset of a position; beyond the end of its line it is that end, beyond the last line the end of the text. */
size_t place_offset(const char *text, size_t size, place_encoding encoding, int64_t line, int64_t character);
/* The same of {"line", "character"}; false when it is none. */
bool place_read(const json *position, const char *text, size_t size, place_encoding encoding, size_t *offset);
/* {"start": …, "end": …} of bytes of a source. */
void place_put_range(ppr_buf *out, const ppr_source *source, place_encoding encoding, size_t begin, size_t end);
void place_put_position(ppr_buf *out, const ppr_source *source, place_encoding encoding, size_t offset);

/* Where two texts differ: [begin, old_end) of the old one became [begin, new_end). */
typedef struct place_change {
  size_t begin, old_end, new_end;
} place_change;
place_change place_compare(const char *old_text, size_t old_size, const char *new_text, size_t new_size);
/* Where an offset of the old text is in the new one; inside the change: its beginning. */
size_t place_moved(place_change change, size_t offset);

/* Path of a file: URI, NULL for others. */
const char *place_path(ppr_arena *arena, const char *uri);
const char *place_uri(ppr_arena *arena, const char *path);
#endif
