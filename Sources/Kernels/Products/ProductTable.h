// The functions of Gemm.h and Convolution.h for one instruction set.
#pragma once

#include "Convolution.h"
#include "Gemm.h"
#include "../Select.h"
#include "Values.h"

// Every function on tensors of either type once: name, the parameter whose type decides, parameters,
// and the names of the arguments. One list defines the tables, fills them for each instruction set
// and type, and writes the public functions.
#define RESIDUAL_PRODUCT_VALUE_FUNCTIONS(X) \
    X(pack_panel, b, \
      (IN(b), long row_stride, bool transposed, long k, long columns, float *panel), \
      (AT(b), row_stride, transposed, k, columns, panel)) \
    X(gather_product, source, \
      (const residual_gather *g, IN(source), const float *packed_filter, long panel_stride, \
       const residual_epilogue *epilogue, long columns, long first_row, long rows, \
       OUT(destination), float *scratch), \
      (g, AT(source), packed_filter, panel_stride, epilogue, columns, first_row, rows, \
       AT(destination), scratch)) \
    X(gather_gradient, source, \
      (const residual_gather *g, IN(source), IN(dy), long dy_channels, long columns, \
       long first_row, long rows, long first_pixel, long pixels, float *dw, long row_stride, \
       float *scratch), \
      (g, AT(source), AT(dy), dy_channels, columns, first_row, rows, first_pixel, pixels, dw, \
       row_stride, scratch)) \
    X(gather_lines, source, \
      (const residual_gather *g, IN(source), long first_row, long rows, long first_pixel, \
       long pixels, float *lines, long stride), \
      (g, AT(source), first_row, rows, first_pixel, pixels, lines, stride)) \
    X(winograd_product, source, \
      (const residual_winograd *g, IN(source), const float *transformed, \
       const residual_epilogue *epilogue, long first_tile, long tiles, long first_column, \
       long columns, OUT(destination), float *scratch), \
      (g, AT(source), transformed, epilogue, first_tile, tiles, first_column, columns, \
       AT(destination), scratch)) \
    X(winograd_source_tiles, source, \
      (const residual_winograd *g, IN(source), long first_tile, long first, long count, \
       long tiles, long row, float *transformed), \
      (g, AT(source), first_tile, first, count, tiles, row, transformed)) \
    X(winograd_gradient_tiles, dy, \
      (const residual_winograd *g, IN(dy), long first_tile, long first, long count, \
       long tiles, long row, float *transformed), \
      (g, AT(dy), first_tile, first, count, tiles, row, transformed))

// The functions on Float32 alone: result, name, parameters, arguments.
#define RESIDUAL_PRODUCT_FUNCTIONS(X) \
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
    X(long, gather_scratch, \
      (residual_element element, const residual_gather *g, long rows, long columns), \
      (element, g, rows, columns)) \
    X(long, gather_gradient_scratch, (const residual_gather *g, long rows), (g, rows)) \
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
    X(long, winograd_buffer, (const residual_winograd *g, long tiles, long row), (g, tiles, row)) \
    X(void, winograd_gradient_product, \
      (const residual_winograd *g, long c, const float *source_tiles, long source_row, \
       const float *gradient_tiles, long gradient_row, long tiles, long first_input, \
       long inputs, bool accumulate, bool streams, float *result), \
      (g, c, source_tiles, source_row, gradient_tiles, gradient_row, tiles, first_input, inputs, \
       accumulate, streams, result)) \
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

#define RESIDUAL_MEMBER(result, name, parameters, arguments) result(*name) parameters;
#define RESIDUAL_VALUE_MEMBER(name, values, parameters, arguments) void(*name) parameters;
typedef struct {
    RESIDUAL_PRODUCT_FUNCTIONS(RESIDUAL_MEMBER)
} residual_product_table;

#define IN(x) const float *x
#define OUT(x) float *x
typedef struct {
    RESIDUAL_PRODUCT_VALUE_FUNCTIONS(RESIDUAL_VALUE_MEMBER)
} residual_float32_product_table;
#undef IN
#undef OUT

#define IN(x) const residual_bfloat16 *x
#define OUT(x) residual_bfloat16 *x
typedef struct {
    RESIDUAL_PRODUCT_VALUE_FUNCTIONS(RESIDUAL_VALUE_MEMBER)
} residual_bfloat16_product_table;
#undef IN
#undef OUT
#undef RESIDUAL_MEMBER
#undef RESIDUAL_VALUE_MEMBER

RESIDUAL_DECLARE_TABLES(residual_product_table, residual_products)
RESIDUAL_DECLARE_TABLES(residual_float32_product_table, residual_float32_products)
RESIDUAL_DECLARE_TABLES(residual_bfloat16_product_table, residual_bfloat16_products)
