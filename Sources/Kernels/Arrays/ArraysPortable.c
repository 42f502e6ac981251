// Everything but products in plain C for the compiler's baseline (SSE2, NEON).
#define ARRAY_TABLE residual_arrays_portable
#define ARRAY_TABLE_FLOAT32 residual_float32_arrays_portable
#include "Arrays.inc.h"
