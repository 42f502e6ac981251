// Elementary functions of sixteen numbers. Measured over their whole range: exp and log within one
// unit in the last place, tanh and sigmoid within about two, silu within three, gelu within five.
//
// exp, log and tanh: range reductions and polynomials of the Cephes library (Moshier). The tail of
// the normal distribution: an own fit, so that small values keep their digits.

INLINE floats clamped(floats x, float lower, float upper) {
    x = choose(x < lower, splat(lower), x);
    return choose(x > upper, splat(upper), x);
}

// e^(x + low) for |low| much smaller than 1 and x in −104 … 89 or NaN.
INLINE floats exp_sum(floats x, floats low) {
    const float magic = 0x1.8p23f; // adding it rounds to an integer
    floats n = (x * 1.44269504088896341f + magic) - magic;
    floats r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    r = r + low;
    floats p = splat(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    // 2ⁿ in two factors, because n may be outside of the exponents of one.
    ints exponent = __builtin_convertvector(choose(n == n, n, splat(0)), ints);
    ints half = exponent >> 1;
    floats a = (floats)((half + 127) << 23);
    floats b = (floats)((exponent - half + 127) << 23);
    return p * a * b;
}

// Beyond the bounds the result is 0 or ∞ by itself.
INLINE floats exp_of(floats x) { return exp_sum(clamped(x, -104.0f, 89.0f), splat(0)); }

INLINE floats log_of(floats x) {
    ints tiny = x < 0x1p-126f;
    floats scaled = choose(tiny, x * 0x1p23f, x);
    ints bits = (ints)scaled;
    ints exponent = (bits >> 23) - 126 - (tiny & 23);
    floats m = (floats)((bits & 0x007FFFFF) | 0x3F000000); // 0.5 ..< 1
    ints low = m < 0.707106781186547524f;
    floats e = __builtin_convertvector(exponent + low, floats);
    m = m + keep(low, m) - 1.0f;
    floats z = m * m;
    floats p = splat(7.0376836292e-2f);
    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    floats y = p * m * z;
    y = y - e * 2.12194440e-4f;
    y = y - z * 0.5f;
    floats result = (m + y) + e * 0.693359375f;
    result = choose(x == 0.0f, splat(-__builtin_inff()), result);
    result = choose(x < 0.0f, splat(__builtin_nanf("")), result);
    return choose(x < __builtin_inff(), result, x); // ∞ and NaN are their own logarithms
}

// log(1 + x) for x from 0 to 1 (Kahan's correction of the rounding of 1 + x).
INLINE floats log1p_of(floats x) {
    floats sum = x + 1.0f;
    floats rest = sum - 1.0f;
    ints lost = rest == 0.0f;
    floats y = log_of(sum) * (x / choose(lost, splat(1), rest));
    return choose(lost, x, y);
}

// log(1 + eˣ).
INLINE floats softplus_of(floats x) {
    floats positive = choose(x < 0.0f, splat(0), x);
    return positive + log1p_of(exp_of(minus(magnitude(x))));
}

INLINE floats sigmoid_of(floats x) {
    floats e = exp_of(minus(magnitude(x)));
    return choose(x < 0.0f, e, splat(1)) / (e + 1.0f);
}

INLINE floats tanh_of(floats x) {
    floats a = magnitude(x);
    floats far = 1.0f - 2.0f / (exp_of(choose(a > 20.0f, splat(40), a + a)) + 1.0f);
    floats z = x * x;
    floats p = splat(-5.70498872745e-3f);
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    floats near = x + x * (z * p);
    floats signed_far = (floats)((ints)far | ((ints)x & INT32_MIN));
    return choose(a < 0.625f, near, signed_far);
}

// Φ(x) and φ(x)·√(2π) = e^(−x²/2).
typedef struct {
    floats below, density;
} normal_values;

// Φ(−|x|) = e^(−z²) · erfcx(z) / 2 with z = |x|/√2, and (1 + 2z) · erfcx(z) is a smooth function of
// (z − 2)/(z + 2). x² is formed in two parts, or its rounding would cost digits of the exponential.
INLINE normal_values normal_of(floats x) {
    floats a = magnitude(x);
    a = choose(a > 15.5f, splat(15.5f), a);
    floats head = (floats)((ints)a & ~0xFFF);
    floats density = exp_sum(head * head * -0.5f, (a - head) * (a + head) * -0.5f);
    floats z = a * 0.707106781186547524f;
    floats s = (z - 2.0f) / (z + 2.0f);
    floats p = splat(-0.0003906807687599212f);
    p = p * s - 0.001213303068652749f;
    p = p * s + 0.001311037689447403f;
    p = p * s + 0.008617536164820194f;
    p = p * s - 0.008061939850449562f;
    p = p * s - 0.05420047417283058f;
    p = p * s + 0.16405600309371948f;
    p = p * s - 0.16603176295757294f;
    p = p * s - 0.09276401996612549f;
    p = p * s + 1.2769783735275269f;
    floats tail = density * 0.5f * (p / (z + z + 1.0f));
    return (normal_values){choose(x > 0.0f, 1.0f - tail, tail), density};
}
