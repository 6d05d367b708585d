// The activations and their derivatives; included once per variant.

INLINE V TK_FN(relu)(V x) { return x < 0.0f ? (V)0.0f : x; }

INLINE V TK_FN(relu_slope)(V x) { return TK_FN(select)(x > 0.0f, (V)1.0f, (V)0.0f); }

/// 1/2 + an odd function that levels off at 1/2; exactly 0 beyond the lower end.
INLINE V TK_FN(step)(V x, float end, const float *p, const float *q, int count) {
    return TK_FN(zero_where)(x < -end, 0.5f + TK_FN(odd_ratio)(x, end, p, q, count));
}

/// x Phi(x), Phi(x) = 1/2 + erf(x / sqrt 2) / 2 within 2e-7: where that is small, its digits are those that the sum
/// leaves, as in other libraries.
INLINE V TK_FN(gelu)(V x) {
    static const float p[] = {0.398942262f, 0.0339285135f, 0.00467731012f, 0.000168922852f, 6.28963653e-06f, 2.22972201e-08f};
    static const float q[] = {1.0f, 0.251712501f, 0.0286772382f, 0.00188545592f, 7.33416382e-05f, 1.17964078e-06f};
    return x * TK_FN(step)(x, 5.6f, p, q, 6);
}

/// Phi(x) + x phi(x)
INLINE V TK_FN(gelu_slope)(V x) {
    static const float p[] = {0.797884583f, -0.035261862f, 0.0147152944f, -4.27557025e-05f,
                              4.02417754e-05f, 3.28439143e-07f, 2.90373343e-08f, 8.5929687e-11f};
    static const float q[] = {1.0f, 0.289139122f, 0.0398226306f, 0.00343990885f,
                              0.000205775577f, 8.80959124e-06f, 2.64991769e-07f, 5.22320542e-09f};
    return TK_FN(step)(x, 6.2f, p, q, 8);
}

/// x (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3); the ratio is that of tanh(u) / 2.
INLINE V TK_FN(gelu_tanh)(V x) {
    static const float p[] = {0.398942292f, 0.030991869f, 0.00363120739f, 0.000135928349f, 6.74830744e-06f, 2.12859277e-08f};
    static const float q[] = {1.0f, 0.245176926f, 0.0245948993f, 0.00130733487f, 7.50585386e-05f, 1.21471419e-06f};
    return x * TK_FN(step)(x, 5.0f, p, q, 6);
}

/// (1 + tanh u) / 2 + x u' (1 - tanh(u)^2) / 2
INLINE V TK_FN(gelu_tanh_slope)(V x) {
    static const float p[] = {0.797884583f, -0.0543744788f, 0.0138912015f, -0.000372343871f,
                              3.31201663e-05f, -1.38203205e-07f, 1.55718869e-08f, 2.27368214e-13f};
    static const float q[] = {1.0f, 0.266834944f, 0.0300803185f, 0.00160368881f,
                              0.000119655801f, 3.75078434e-06f, 1.2948297e-07f, 1.70824721e-09f};
    return TK_FN(step)(x, 5.4f, p, q, 8);
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

#undef TK_LINE
#undef TK_FAR
/// Floats in a line of cache, and how many of them ahead memory is asked for: the work on each is long enough that the
/// processor, left to itself, would ask too late.
#define TK_LINE 16
#define TK_FAR 512

/// Defines the loops of one activation: y = f(x), and dx = dy * f'(x).
#define TK_ACTIVATION_LOOPS(name)                                                                                   \
    static void TK_FN(name##_forward)(const float *x, float *y, int64_t count) {                                    \
        int64_t i = 0;                                                                                              \
        for (; i + TK_LINE <= count; i += TK_LINE) {                                                                \
            __builtin_prefetch(x + i + TK_FAR, 0);                                                                  \
            __builtin_prefetch(y + i + TK_FAR, 1);                                                                  \
            for (int64_t j = i; j < i + TK_LINE; j += TK_LANES) TK_FN(store)(y + j, TK_FN(name)(TK_FN(load)(x + j))); \
        }                                                                                                           \
        for (; i < count; i += TK_LANES) {                                                                          \
            V v = TK_FN(load_up_to)(x + i, count - i);                                                              \
            TK_FN(store_up_to)(y + i, TK_FN(name)(v), count - i);                                                   \
        }                                                                                                           \
    }                                                                                                               \
    static void TK_FN(name##_backward)(const float *x, const float *dy, float *dx, int64_t count) {                 \
        int64_t i = 0;                                                                                              \
        for (; i + TK_LINE <= count; i += TK_LINE) {                                                                \
            __builtin_prefetch(x + i + TK_FAR, 0);                                                                  \
            __builtin_prefetch(dy + i + TK_FAR, 0);                                                                 \
            __builtin_prefetch(dx + i + TK_FAR, 1);                                                                 \
            for (int64_t j = i; j < i + TK_LINE; j += TK_LANES) {                                                   \
                TK_FN(store)(dx + j, TK_FN(load)(dy + j) * TK_FN(name##_slope)(TK_FN(load)(x + j)));                \
            }                                                                                                       \
        }                                                                                                           \
        for (; i < count; i += TK_LANES) {                                                                          \
            V slope = TK_FN(name##_slope)(TK_FN(load_up_to)(x + i, count - i));                                     \
            TK_FN(store_up_to)(dx + i, TK_FN(load_up_to)(dy + i, count - i) * slope, count - i);                    \
        }                                                                                                           \
    }

TK_ACTIVATION_LOOPS(relu)
TK_ACTIVATION_LOOPS(gelu)
TK_ACTIVATION_LOOPS(gelu_tanh)
TK_ACTIVATION_LOOPS(silu)
TK_ACTIVATION_LOOPS(tanh)
