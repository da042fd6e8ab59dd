/* What a job on files is about: its editions; and all records of an input at once, for jobs that look at them more than once. */
#ifndef PPR_IO_HOLD_H
#define PPR_IO_HOLD_H
#include "io/store.h"

typedef struct held_input {
  ppr_arena *arena;
  io_schema *schema;
  record_store store;
} held_input;

/* The editions opts->record and opts->as_of ask for; *selected NULL: all of the program, else to be freed. PPR_DIAGNOSED: there are none. */
ppr_status input_select(ppr_program **selected, const ppr_program *program, const ppr_run_opts *opts, ppr_report *report);
/* Reads opts->input (not stdin) in opts->form with opts->readings. PPR_DIAGNOSED as the readers. hold_close in any case. */
ppr_status hold_open(held_input *h, ppr_alloc alloc, const ppr_program *p, const ppr_run_opts *opts, ppr_report *report);
void hold_close(held_input *h);
#endif
