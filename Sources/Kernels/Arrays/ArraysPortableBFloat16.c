// Everything but products of bfloat16 for the compiler's baseline (SSE2, NEON).
#define ARRAY_TABLE_BFLOAT16 residual_bfloat16_arrays_portable
#include "Arrays.inc.h"
