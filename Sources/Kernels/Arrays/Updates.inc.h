// Updates.h.

INLINE floats sgd_gradient(const residual_sgd *step, floats gradient, floats parameter) {
    return gradient * step->gradient_scale + parameter * step->weight_decay;
}

static void sgd_step(
    const residual_sgd *step, const float *gradient, long count, float *parameter, float *momentum
) {
    const residual_sgd s = *step;
    if (!momentum) {
        FOR_VECTORS(i, count, {
            floats p = load(parameter + i, left);
            floats g = sgd_gradient(&s, load(gradient + i, left), p);
            store(parameter + i, p - g * s.learning_rate, left);
        });
        return;
    }
    FOR_VECTORS(i, count, {
        floats p = load(parameter + i, left);
        floats g = sgd_gradient(&s, load(gradient + i, left), p), v = g;
        if (!s.is_first) v = load(momentum + i, left) * s.momentum + g * s.kept;
        store(momentum + i, v, left);
        if (s.nesterov) v = g + v * s.momentum;
        store(parameter + i, p - v * s.learning_rate, left);
    });
}

static void adamw_step(
    const residual_adamw *step, const float *gradient, long count, float *parameter, float *first,
    float *second
) {
    const residual_adamw s = *step;
    FOR_VECTORS(i, count, {
        floats g = load(gradient + i, left) * s.gradient_scale;
        floats m = load(first + i, left) * s.beta1 + g * s.rest1;
        floats v = load(second + i, left) * s.beta2 + g * g * s.rest2;
        store(first + i, m, left);
        store(second + i, v, left);
        floats deviation = __builtin_elementwise_sqrt(v) * s.root_scale + s.epsilon;
        store(parameter + i, load(parameter + i, left) * s.decay - m / deviation * s.rate, left);
    });
}

static void weighted_sum(
    const float *x, float x_weight, const float *y, float y_weight, long count, float *sum
) {
    FOR_VECTORS(i, count, {
        _Pragma("clang fp contract(off)")
        floats first = load(x + i, left) * x_weight, second = load(y + i, left) * y_weight;
        store(sum + i, first + second, left);
    });
}
