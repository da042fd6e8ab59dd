/* The program ppr-evidence: computes the steps of an evidence file again, knowing neither compiler nor machine. The format is docs/evidence.md. */
#include "base/decimal.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/quarter.h"
#include "evidence/document.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
