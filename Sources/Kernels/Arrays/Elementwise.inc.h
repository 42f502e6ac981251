// Elementwise.h, but for dropout.

#define MAP_UNARY(value) \
    FOR_VECTORS(i, count, { \
        floats v = load(x + i, left); \
        store(y + i, value, left); \
    })

static void unary(residual_unary_function function, const VALUE *x, long count, VALUE *y) {
    switch (function) {
    case RESIDUAL_RELU: MAP_UNARY(choose(v < 0.0f, splat(0), v)); break;
    case RESIDUAL_GELU: MAP_UNARY(v * normal_of(v).below); break;
    case RESIDUAL_SILU: MAP_UNARY(v * sigmoid_of(v)); break;
    case RESIDUAL_SIGMOID: MAP_UNARY(sigmoid_of(v)); break;
    case RESIDUAL_TANH: MAP_UNARY(tanh_of(v)); break;
    case RESIDUAL_EXP: MAP_UNARY(exp_of(v)); break;
    case RESIDUAL_LOG: MAP_UNARY(log_of(v)); break;
    }
}

INLINE floats gelu_slope(floats x) {
    normal_values n = normal_of(x);
    return n.below + clamped(x, -20.0f, 20.0f) * (n.density * 0.39894228040143268f);
}

INLINE floats silu_slope(floats x) {
    floats s = sigmoid_of(x);
    // Beyond the bounds the product is 0, but ∞ · 0 would not be.
    return s + s * sigmoid_of(minus(x)) * clamped(x, -128.0f, 128.0f);
}

#define MAP_GRADIENT(value) \
    FOR_VECTORS(i, count, { \
        floats v = load(saved + i, left), d = load(dy + i, left); \
        store(dx + i, value, left); \
    })

static void unary_gradient(
    residual_unary_function function, const VALUE *saved, const VALUE *dy, long count, VALUE *dx
) {
    switch (function) {
    case RESIDUAL_RELU: MAP_GRADIENT(keep(v > 0.0f, d)); break;
    case RESIDUAL_GELU: MAP_GRADIENT(d * gelu_slope(v)); break;
    case RESIDUAL_SILU: MAP_GRADIENT(d * silu_slope(v)); break;
    case RESIDUAL_SIGMOID: MAP_GRADIENT(d * (v * (1.0f - v))); break;
    case RESIDUAL_TANH: MAP_GRADIENT(d * ((1.0f - v) * (1.0f + v))); break;
    case RESIDUAL_EXP: MAP_GRADIENT(d * v); break;
    case RESIDUAL_LOG: MAP_GRADIENT(d / v); break;
    }
}

INLINE floats combine(residual_binary_function function, floats a, floats b) {
    switch (function) {
    case RESIDUAL_ADD: return a + b;
    case RESIDUAL_SUBTRACT: return a - b;
    case RESIDUAL_MULTIPLY: return a * b;
    case RESIDUAL_DIVIDE: return a / b;
    case RESIDUAL_EQUAL: return keep(a == b, splat(1));
    case RESIDUAL_WHERE: return keep(a != 0.0f, b);
    }
}

// Rows of x and y as vectors: element i of a row that is repeated is element 0.
INLINE floats operand(const VALUE *row, long step, long i, long left) {
    return step ? load(row + i, left) : splat(element(row));
}

// `residual_operand` of the type that is compiled for.
typedef struct {
    const VALUE *data;
    long row_step, column_step;
} value_operand;

INLINE void combine_rows(
    residual_binary_function function, value_operand x, value_operand y, long x_step,
    long y_step, long rows, long columns, VALUE *z, long z_step
) {
    for (long row = 0; row < rows; row++) {
        const VALUE *a = x.data + row * x.row_step, *b = y.data + row * y.row_step;
        VALUE *to = z + row * z_step;
        FOR_VECTORS(i, columns, {
            floats v = combine(
                function, operand(a, x_step, i, left), operand(b, y_step, i, left));
            store(to + i, v, left);
        });
    }
}

// Short rows: 16 of them are a whole number of vectors.
#define GROUP 16
#define GROUP_COLUMNS 16

// Writes out 16 rows of a repeated operand once; false if the operand differs from row to row in
// another way than by lying one after the other.
INLINE bool group(value_operand *o, long columns, VALUE *space) {
    if (o->column_step == 1 && o->row_step == columns) {
        o->row_step *= GROUP;
        return true;
    }
    if (o->row_step != 0) return false;
    for (long i = 0; i < GROUP * columns; i++) space[i] = o->data[i % columns * o->column_step];
    o->data = space;
    o->column_step = 1;
    return true;
}

INLINE void combine_all(
    residual_binary_function function, value_operand x, value_operand y, long rows,
    long columns, VALUE *z, long z_step
) {
    VALUE spaces[2][GROUP * GROUP_COLUMNS];
    value_operand wide_x = x, wide_y = y;
    if (columns < GROUP_COLUMNS && rows >= GROUP && z_step == columns
        && group(&wide_x, columns, spaces[0]) && group(&wide_y, columns, spaces[1])) {
        long groups = rows / GROUP, done = groups * GROUP;
        combine_rows(
            function, wide_x, wide_y, 1, 1, groups, columns * GROUP, z, columns * GROUP);
        x.data += done * x.row_step;
        y.data += done * y.row_step;
        z += done * z_step;
        rows -= done;
    }
    if (x.column_step && y.column_step) {
        combine_rows(function, x, y, 1, 1, rows, columns, z, z_step);
    } else if (x.column_step) {
        combine_rows(function, x, y, 1, 0, rows, columns, z, z_step);
    } else if (y.column_step) {
        combine_rows(function, x, y, 0, 1, rows, columns, z, z_step);
    } else {
        combine_rows(function, x, y, 0, 0, rows, columns, z, z_step);
    }
}

static void binary(
    residual_binary_function function, residual_operand x, residual_operand y, long rows,
    long columns, VALUE *z, long z_step
) {
    const value_operand a = {x.values.data, x.row_step, x.column_step};
    const value_operand b = {y.values.data, y.row_step, y.column_step};
#define COMBINE(name) \
    case name: combine_all(name, a, b, rows, columns, z, z_step); break
    switch (function) {
        COMBINE(RESIDUAL_ADD);
        COMBINE(RESIDUAL_SUBTRACT);
        COMBINE(RESIDUAL_MULTIPLY);
        COMBINE(RESIDUAL_DIVIDE);
        COMBINE(RESIDUAL_EQUAL);
        COMBINE(RESIDUAL_WHERE);
    }
}

static void scale(const VALUE *x, float scale, float offset, long count, VALUE *y) {
    FOR_VECTORS(i, count, { store(y + i, load(x + i, left) * scale + offset, left); });
}

static void accumulate(const VALUE *x, long count, VALUE *sum) {
    ADD_RUN(x, count, sum);
}

static void clamp(const VALUE *x, float lower, float upper, long count, VALUE *y) {
    FOR_VECTORS(i, count, { store(y + i, clamped(load(x + i, left), lower, upper), left); });
}

static void fill(float value, long count, VALUE *y) {
    FOR_VECTORS(i, count, { store(y + i, splat(value), left); });
}
