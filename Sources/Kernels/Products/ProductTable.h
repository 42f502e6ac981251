// The functions of Gemm.h and Convolution.h for one instruction set.
#pragma once

#include "Convolution.h"
#include "Gemm.h"

// Every function once: result, name, parameters, and the names of the arguments. One list defines
// the table, fills it for each instruction set, and writes the public functions.
#define RESIDUAL_PRODUCT_FUNCTIONS(X) \
    X(void, pack_panel, \
      (const float *b, long row_stride, bool transposed, long k, long columns, float *panel), \
      (b, row_stride, transposed, k, columns, panel)) \
    X(void, pack_rows, \
      (const float *a, long row_stride, bool transposed, long rows, long k, float *packed), \
      (a, row_stride, transposed, rows, k, packed)) \
    X(void, packed_product, \
      (const float *packed_a, long rows, long k, const float *packed_b, long panel_stride, \
       long columns, const float *bias, bool accumulate, float *c, long row_stride), \
      (packed_a, rows, k, packed_b, panel_stride, columns, bias, accumulate, c, row_stride)) \
    X(void, transposed_product, \
      (const float *a, long a_stride, const float *b, long b_stride, long rows, long columns, \
       long k, const float *bias, bool accumulate, float *c, long row_stride), \
      (a, a_stride, b, b_stride, rows, columns, k, bias, accumulate, c, row_stride)) \
    X(void, sum_parts, \
      (const float *parts, long part_count, long stride, long count, float *y), \
      (parts, part_count, stride, count, y)) \
    X(long, gather_scratch, (const residual_gather *g, long rows, long columns), \
      (g, rows, columns)) \
    X(void, gather_product, \
      (const residual_gather *g, const float *source, const float *packed_filter, \
       long panel_stride, const residual_epilogue *epilogue, long columns, long first_row, \
       long rows, float *destination, float *scratch), \
      (g, source, packed_filter, panel_stride, epilogue, columns, first_row, rows, destination, \
       scratch)) \
    X(long, gather_gradient_scratch, (long rows), (rows)) \
    X(void, gather_gradient, \
      (const residual_gather *g, const float *source, const float *dy, long dy_channels, \
       long columns, long first_row, long rows, long first_pixel, long pixels, float *dw, \
       long row_stride, float *scratch), \
      (g, source, dy, dy_channels, columns, first_row, rows, first_pixel, pixels, dw, row_stride, \
       scratch)) \
    X(void, gather_lines, \
      (const residual_gather *g, const float *source, long first_row, long rows, \
       long first_pixel, long pixels, float *lines, long stride), \
      (g, source, first_row, rows, first_pixel, pixels, lines, stride)) \
    X(void, lines_product, \
      (const float *lines, long line_stride, long rows, const float *packed_dy, \
       long panel_stride, long columns, long pixels, bool accumulate, float *dw, \
       long row_stride), \
      (lines, line_stride, rows, packed_dy, panel_stride, columns, pixels, accumulate, dw, \
       row_stride)) \
    X(void, winograd_filter, \
      (const residual_winograd *g, const float *w, bool rotated, long first_input, \
       long first_output, float *transformed), \
      (g, w, rotated, first_input, first_output, transformed)) \
    X(long, winograd_scratch, (const residual_winograd *g, long tiles), (g, tiles)) \
    X(void, winograd_product, \
      (const residual_winograd *g, const float *source, const float *transformed, \
       const residual_epilogue *epilogue, long first_tile, long tiles, float *destination, \
       float *scratch), \
      (g, source, transformed, epilogue, first_tile, tiles, destination, scratch)) \
    X(long, winograd_buffer, (const residual_winograd *g, long tiles, long row), (g, tiles, row)) \
    X(void, winograd_source_tiles, \
      (const residual_winograd *g, const float *source, long first_tile, long first, long count, \
       long tiles, long row, float *transformed), \
      (g, source, first_tile, first, count, tiles, row, transformed)) \
    X(void, winograd_gradient_tiles, \
      (const residual_winograd *g, const float *dy, long first_tile, long first, long count, \
       long tiles, long row, float *transformed), \
      (g, dy, first_tile, first, count, tiles, row, transformed)) \
    X(void, winograd_gradient_product, \
      (const residual_winograd *g, long c, const float *source_tiles, long source_row, \
       const float *gradient_tiles, long gradient_row, long tiles, long first_input, \
       long inputs, bool accumulate, float *result), \
      (g, c, source_tiles, source_row, gradient_tiles, gradient_row, tiles, first_input, inputs, \
       accumulate, result)) \
    X(void, winograd_gradient_filter, \
      (const residual_winograd *g, const float *gradients, long part_count, long first_row, \
       long rows, float *dw), \
      (g, gradients, part_count, first_row, rows, dw)) \
    X(void, depthwise_product, \
      (const residual_depthwise *g, const float *x, const float *w, \
       const residual_epilogue *epilogue, long first_row, long rows, float *y), \
      (g, x, w, epilogue, first_row, rows, y)) \
    X(void, depthwise_input_gradient, \
      (const residual_depthwise *g, const float *dy, const float *w, long first_row, long rows, \
       float *dx), \
      (g, dy, w, first_row, rows, dx)) \
    X(void, depthwise_filter_gradient, \
      (const residual_depthwise *g, const float *dy, const float *x, long first_row, long rows, \
       float *dw), \
      (g, dy, x, first_row, rows, dw))

typedef struct {
#define RESIDUAL_MEMBER(result, name, parameters, arguments) result(*name) parameters;
    RESIDUAL_PRODUCT_FUNCTIONS(RESIDUAL_MEMBER)
#undef RESIDUAL_MEMBER
} residual_product_table;

extern const residual_product_table residual_products_portable;
#if defined(__x86_64__)
extern const residual_product_table residual_products_avx2;
extern const residual_product_table residual_products_avx512;
#endif
