// The losses of Losses.h.

// The weighted, smoothed target of a row: w · ((1 − ε) · t + ε / C) from column i on.
INLINE floats target_mass(const residual_targets *t, long row, long i, long left) {
    const ints places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    floats mass;
    if (t->labels) {
        mass = keep(places + (int32_t)i == t->labels[row], splat(1));
    } else {
        mass = load(t->distributions + row * t->columns + i, left);
    }
    if (t->smoothing != 0) {
        mass = mass * (1 - t->smoothing) + t->smoothing / (float)t->columns;
    }
    return t->class_weights ? mass * load(t->class_weights + i, left) : mass;
}

INLINE bool is_plain(const residual_targets *t) { return t->labels && t->smoothing == 0; }

INLINE bool is_ignored(const residual_targets *t, long row) {
    return t->labels && t->labels[row] == t->ignore_index;
}

INLINE float label_weight(const residual_targets *t, long row) {
    return t->labels && t->class_weights ? t->class_weights[t->labels[row]] : 1;
}

static void cross_entropy(
    const float *logits, residual_targets targets, long rows, float *losses, float *row_weights
) {
    const residual_targets *t = &targets;
    const long columns = t->columns;
    for (long row = 0; row < rows; row++) {
        const float *x = logits + row * columns;
        if (is_ignored(t, row)) {
            losses[row] = row_weights[row] = 0;
            continue;
        }
        float top = row_maximum(x, columns);
        float logarithm = (float)log(sum_of_exponentials(x, top, columns));
        row_weights[row] = label_weight(t, row);
        if (is_plain(t)) {
            losses[row] = row_weights[row] * (logarithm - (x[t->labels[row]] - top));
        } else {
            double loss = 0;
            SUM_VECTORS(
                loss, columns,
                target_mass(t, row, i, left) * (logarithm - (load(x + i, left) - top)));
            losses[row] = (float)loss;
        }
    }
}

static void cross_entropy_gradient(
    const float *d_losses, const float *logits, residual_targets targets, long rows,
    float *d_logits
) {
    const residual_targets *t = &targets;
    const long columns = t->columns;
    for (long row = 0; row < rows; row++) {
        float *dx = d_logits + row * columns;
        if (is_ignored(t, row)) {
            memset(dx, 0, (size_t)columns * sizeof *dx);
            continue;
        }
        const float *x = logits + row * columns;
        double total = store_exponentials(x, row_maximum(x, columns), columns, dx);
        double mass = 0;
        if (is_plain(t)) mass = label_weight(t, row);
        else SUM_VECTORS(mass, columns, target_mass(t, row, i, left));
        const float factor = (float)(mass / total), d = d_losses[row];
        FOR_VECTORS(i, columns, {
            floats slope = load(dx + i, left) * factor - target_mass(t, row, i, left);
            store(dx + i, slope * d, left);
        });
    }
}

INLINE floats column_weights(const float *weights, long i, long left) {
    return weights ? load(weights + i, left) : splat(1);
}

static void binary_cross_entropy(
    const float *logits, const float *targets, const float *weights, long rows, long columns,
    float *losses
) {
    for (long row = 0; row < rows; row++) {
        const float *x = logits + row * columns, *t = targets + row * columns;
        FOR_VECTORS(i, columns, {
            floats v = load(x + i, left), share = load(t + i, left);
            // −log σ(x) = log(1 + e⁻ˣ), and −log(1 − σ(x)) is that of −x.
            floats loss = column_weights(weights, i, left) * share * softplus_of(minus(v))
                + (1.0f - share) * softplus_of(v);
            store(losses + row * columns + i, loss, left);
        });
    }
}

static void binary_cross_entropy_gradient(
    const float *d_losses, const float *logits, const float *targets, const float *weights,
    long rows, long columns, float *d_logits
) {
    for (long row = 0; row < rows; row++) {
        const float *x = logits + row * columns, *t = targets + row * columns;
        FOR_VECTORS(i, columns, {
            floats v = load(x + i, left), share = load(t + i, left);
            floats slope = (1.0f - share) * sigmoid_of(v)
                - column_weights(weights, i, left) * share * sigmoid_of(minus(v));
            long at = row * columns + i;
            store(d_logits + at, slope * load(d_losses + at, left), left);
        });
    }
}
