// The activations and their derivatives; included once per variant.

INLINE V TK_FN(relu)(V x) { return x < 0.0f ? (V)0.0f : x; }

INLINE V TK_FN(relu_slope)(V x) { return TK_FN(select)(x > 0.0f, (V)1.0f, (V)0.0f); }

/// x * Phi(x) = max(x, 0) - |x| * Phi(-|x|): from the upper tail, which keeps the result accurate relative to itself.
INLINE V TK_FN(gelu)(V x) {
    V size = TK_FN(absolute)(x);
    size = size > TK_GAUSSIAN_END ? (V)TK_GAUSSIAN_END : size;
    return TK_FN(relu)(x) - size * TK_FN(normal_tail)(size, TK_FN(gaussian)(size));
}

/// Phi(x) + x * phi(x).
INLINE V TK_FN(gelu_slope)(V x) {
    V c = TK_FN(clamp)(x, TK_GAUSSIAN_END);
    V gaussian = TK_FN(gaussian)(c);
    V tail = TK_FN(normal_tail)(c, gaussian);
    return TK_FN(select)(x < 0.0f, tail, 1.0f - tail) + c * gaussian * 0.398942280f;
}

/// 2 * sqrt(2 / pi) * (x + 0.044715 x^3): the argument of the sigmoid that equals (1 + tanh) / 2.
INLINE V TK_FN(gelu_tanh_argument)(V x) { return x * (1.59576912f + 0.0713548163f * (x * x)); }

INLINE V TK_FN(gelu_tanh)(V x) { return x * TK_FN(sigmoid)(TK_FN(gelu_tanh_argument)(x)); }

INLINE V TK_FN(gelu_tanh_slope)(V x) {
    V c = TK_FN(clamp)(x, 64.0f), s;
    V slope = TK_FN(sigmoid_slope)(TK_FN(gelu_tanh_argument)(c), &s);
    return s + c * slope * (1.59576912f + 0.214064449f * (c * c));
}

INLINE V TK_FN(silu)(V x) { return x * TK_FN(sigmoid)(x); }

INLINE V TK_FN(silu_slope)(V x) {
    V s;
    V slope = TK_FN(sigmoid_slope)(x, &s);
    return s + x * slope;
}

INLINE V TK_FN(tanh_slope)(V x) {
    V y = TK_FN(tanh)(x);
    return 1.0f - y * y;
}

/// Defines the loops of one activation: y = f(x), and dx = dy * f'(x).
#define TK_ACTIVATION_LOOPS(name)                                                                     \
    static void TK_FN(name##_forward)(const float *x, float *y, int64_t count) {                      \
        int64_t i = 0;                                                                                \
        for (; i + TK_LANES <= count; i += TK_LANES) TK_FN(store)(y + i, TK_FN(name)(TK_FN(load)(x + i)));      \
        if (i < count) {                                                                              \
            V v = TK_FN(load_some)(x + i, count - i, 0.0f);                                           \
            TK_FN(store_some)(y + i, TK_FN(name)(v), count - i);                                      \
        }                                                                                             \
    }                                                                                                 \
    static void TK_FN(name##_backward)(const float *x, const float *dy, float *dx, int64_t count) {   \
        int64_t i = 0;                                                                                \
        for (; i + TK_LANES <= count; i += TK_LANES) {                                                \
            V slope = TK_FN(name##_slope)(TK_FN(load)(x + i));                                        \
            TK_FN(store)(dx + i, TK_FN(load)(dy + i) * slope);                                        \
        }                                                                                             \
        if (i < count) {                                                                              \
            V slope = TK_FN(name##_slope)(TK_FN(load_some)(x + i, count - i, 0.0f));                  \
            TK_FN(store_some)(dx + i, TK_FN(load_some)(dy + i, count - i, 0.0f) * slope, count - i);  \
        }                                                                                             \
    }

TK_ACTIVATION_LOOPS(relu)
TK_ACTIVATION_LOOPS(gelu)
TK_ACTIVATION_LOOPS(gelu_tanh)
TK_ACTIVATION_LOOPS(silu)
TK_ACTIVATION_LOOPS(tanh)
