/* ppr: extend the engine by functions of the host or of an allowed shared library. Natives are pure: same arguments, same result; several
 * threads may call one at once.
 * All values are int64_t as described in ppr.h; the signature carries the static types for the checker. */
#ifndef PPR_NATIVE_H
#define PPR_NATIVE_H
#include <ppr/ppr.h>
#ifdef __cplusplus
extern "C" {
#endif

/* A native returns 0 and sets *out, or a nonzero code of its own (the record then has fault PPR5205). It takes one int64_t per parameter:
 *   int f(int64_t *out, int64_t a, int64_t b);                    called through libffi by its signature */
typedef void (*ppr_native_fn)(void);

typedef struct ppr_native {
  const char *name;      /* as written in rule files, e.g. "plustage" */
  const char *signature; /* "Datum(Datum,Zahl(0))": types as in rule files, without units other than Tag */
  ppr_native_fn fn;
  const char *doc_de, *doc_en, *example; /* example: "plustage(01.07.2024, 14) = 15.07.2024" */
  int64_t lo, hi;                        /* range of the result, for interval analysis */
} ppr_native;

/* Register a host function; the struct is copied, the strings are borrowed until the engine is freed. PPR_MISUSE: bad signature or name taken. */
PPR_API ppr_status ppr_engine_register(ppr_engine *engine, const ppr_native *native);

#ifdef __cplusplus
}
#endif
#endif
