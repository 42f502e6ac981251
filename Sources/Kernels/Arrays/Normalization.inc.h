// Normalization.h: the second pass over the data. The first is in ColumnPairs.inc.h.

INLINE void put(VALUE *p, floats v, bool streams, long left) {
    if (streams) stream(p, v);
    else store(p, v, left);
}

// Streamed stores are not ordered by the atomics with which a thread says that it is done.
INLINE void finish_streams(bool streams) {
    if (streams) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

INLINE void normalize_rows(
    const VALUE *x, const VALUE *residual, residual_normalization n, bool has_residual, bool relu,
    bool streams, long rows, long columns, VALUE *y
) {
    for (long r = 0; r < rows; r++) {
        long row = r * columns;
        FOR_VECTORS(c, columns, {
            floats v = (load(x + row + c, left) - load(n.mean + c, left))
                * load(n.factor + c, left) + load(n.shift + c, left);
            if (has_residual) v += load(residual + row + c, left);
            if (relu) v = choose(v < 0.0f, splat(0), v);
            put(y + row + c, v, streams, left);
        });
    }
    finish_streams(streams);
}

static void normalize(
    const VALUE *x, const VALUE *residual, residual_normalization n, bool relu, bool streams,
    long rows, long columns, VALUE *y
) {
#define NORMALIZE(has_residual, relu, streams) \
    normalize_rows(x, residual, n, has_residual, relu, streams, rows, columns, y)
#define NORMALIZE_STREAMS(has_residual, relu) \
    (streams ? NORMALIZE(has_residual, relu, true) : NORMALIZE(has_residual, relu, false))
    if (residual) relu ? NORMALIZE_STREAMS(true, true) : NORMALIZE_STREAMS(true, false);
    else relu ? NORMALIZE_STREAMS(false, true) : NORMALIZE_STREAMS(false, false);
}

// Which of the parts of a gradient there are: constants, so that every combination is a loop
// without branches.
typedef struct {
    residual_cut cut;
    bool centred, input, residual, streams;
} gradient_parts;

INLINE void gradient_rows(
    const VALUE *dy, const VALUE *x, const VALUE *y, residual_gate gate,
    residual_normalization_slope n, gradient_parts parts, long rows, long columns, VALUE *dx, VALUE *d_residual
) {
    const bool reads_input = parts.centred || parts.cut == RESIDUAL_CUT_BY_INPUT;
    for (long r = 0; r < rows; r++) {
        long row = r * columns;
        FOR_VECTORS(c, columns, {
            column_values values = values_of_columns(gate.normalization, parts.cut, c, left);
            floats centred = reads_input ? load(x + row + c, left) - values.mean : splat(0);
            floats g = gated_gradient(dy, y, parts.cut, values, centred, row + c, left);
            if (parts.residual) put(d_residual + row + c, g, parts.streams, left);
            if (parts.input) {
                floats v = g;
                if (parts.centred) {
                    v = (v - load(n.offset + c, left)) - load(n.slope + c, left) * centred;
                }
                floats factor = load(gate.normalization.factor + c, left);
                put(dx + row + c, factor * v, parts.streams, left);
            }
        });
    }
    finish_streams(parts.streams);
}

static void normalization_gradient(
    const VALUE *dy, const VALUE *x, const VALUE *y, residual_gate gate,
    residual_normalization_slope n, bool streams, long rows, long columns, VALUE *dx, VALUE *d_residual
) {
    const gradient_parts p = {gate.cut, dx && n.slope, dx != NULL, d_residual != NULL, streams};
#define GRADIENT(cut, centred, input, residual, streams) \
    gradient_rows( \
        dy, x, y, gate, n, (gradient_parts){cut, centred, input, residual, streams}, rows, \
        columns, dx, d_residual)
#define GRADIENT_STREAMS(...) \
    (p.streams ? GRADIENT(__VA_ARGS__, true) : GRADIENT(__VA_ARGS__, false))
#define GRADIENT_RESIDUAL(...) \
    (p.residual ? GRADIENT_STREAMS(__VA_ARGS__, true) : GRADIENT_STREAMS(__VA_ARGS__, false))
#define GRADIENT_INPUT(cut) \
    (p.centred ? GRADIENT_RESIDUAL(cut, true, true) \
               : p.input ? GRADIENT_RESIDUAL(cut, false, true) \
                         : GRADIENT_RESIDUAL(cut, false, false))
    switch (p.cut) {
    case RESIDUAL_NO_CUT: GRADIENT_INPUT(RESIDUAL_NO_CUT); break;
    case RESIDUAL_CUT_BY_RESULT: GRADIENT_INPUT(RESIDUAL_CUT_BY_RESULT); break;
    case RESIDUAL_CUT_BY_INPUT: GRADIENT_INPUT(RESIDUAL_CUT_BY_INPUT); break;
    }
}
