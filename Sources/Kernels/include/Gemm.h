// Blocks of matrix products: packing and the product of one packed block.
//
// A block of C = A · B is computed from packed operands, so that the innermost loop sees constant
// distances only, whatever the operands looked like:
//
//   packed A  row panels of at most 14 rows, all nearly equal (a panel of 6 to 14 rows runs at the
//             processor's peak, a left-over of 1 or 2 would not): panel p of `rows` rows holds rows
//             rows·p/P ..< rows·(p+1)/P with P = ⌈rows/14⌉. Within it element (m, k) is at
//             (k/16)·16·panelRows + 16·m + k%16: 16 terms of a row side by side, because channels
//             come in runs. Each row has k rounded up to 16 places.
//   packed B  panels of 32 columns: element (k, n) is at (n/32)·panelStride + 32·k + n%32, the last
//             panel filled up with zeros.
//
// Sums run over k in order, in chunks of RESIDUAL_PRODUCT_CHUNK terms that are added in order: the
// result of an element depends on k alone, never on the block it is computed in. The error of an
// element is at most about (chunk + k/chunk) · 2⁻²⁴ · Σ|a·b|; random signs give ~3e-7 relative to
// the norm of the result.
#pragma once

#include <stdbool.h>

#include "Values.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The terms that are summed in registers before they are added to the result.
#define RESIDUAL_PRODUCT_CHUNK 512
/// The columns of a panel of B.
#define RESIDUAL_PANEL_COLUMNS 32
/// The most rows of a panel of A.
#define RESIDUAL_PANEL_ROWS 14

/// Packs `columns` ≤ 32 columns of B, of either type, into one panel. B is [k, n], or [n, k] if `transposed`; `b`
/// points to its first wanted element and neighbouring rows of memory are `row_stride` apart.
void residual_pack_panel(
    residual_values b, long row_stride, bool transposed, long k, long columns, float *panel);

/// Packs rows of A, which is [m, k], or [k, m] if `transposed`.
void residual_pack_rows(
    const float *a, long row_stride, bool transposed, long rows, long k, float *packed);

/// C = packed A · packed B (+ bias on each row), or C += … if `accumulate`. `panel_stride` is the
/// distance of the panels of B; `bias` may be null.
void residual_packed_product(
    const float *packed_a, long rows, long k, const float *packed_b, long panel_stride,
    long columns, const float *bias, bool accumulate, float *c, long row_stride);

/// C[rows ≤ 14, columns ≤ 32] (+)= Aᵀ · B with A [k, rows] and B [k, columns] in plain memory, rows
/// of B readable up to a multiple of 16 columns.
void residual_transposed_product(
    const float *a, long a_stride, const float *b, long b_stride, long rows, long columns, long k,
    const float *bias, bool accumulate, float *c, long row_stride);

/// y[i] = Σ_s parts[s·stride + i] in the order of s, for `count` elements.
void residual_sum_parts(const float *parts, long part_count, long stride, long count, float *y);

#ifdef __cplusplus
}
#endif
