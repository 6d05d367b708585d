// The activations and their derivatives; included once per variant.

INLINE V TK_FN(relu)(V x) { return x < 0.0f ? (V)0.0f : x; }

INLINE V TK_FN(relu_slope)(V x) { return TK_FN(select)(x > 0.0f, (V)1.0f, (V)0.0f); }

/// 1/2 + an odd function that levels off at 1/2; exactly 0 beyond the lower end.
INLINE V TK_FN(step)(V x, float end, const float *p, const float *q, int count) {
    return TK_FN(zero_where)(x < -end, 0.5f + TK_FN(odd_ratio)(x, end, p, q, count));
}

/// x Phi(x), Phi(x) = 1/2 + erf(x / sqrt 2) / 2 within 1e-7: where that is small, its digits are those that the sum
/// leaves, as in other libraries.
INLINE V TK_FN(gelu)(V x) {
    static const float p[] = {0.398942262f, 0.0339280181f, 0.0046772724f, 0.000168916871f, 6.28951466e-06f, 2.22971011e-08f};
    static const float q[] = {1.0f, 0.251711249f, 0.0286769364f, 0.00188542227f, 7.33393026e-05f, 1.17962827e-06f};
    return x * TK_FN(step)(x, 5.6f, p, q, 6);
}

/// Phi(x) + x phi(x)
INLINE V TK_FN(gelu_slope)(V x) {
    static const float p[] = {0.797884583f, -0.035261862f, 0.0147152944f, -4.27557352e-05f,
                              4.02417754e-05f, 3.28439057e-07f, 2.90373343e-08f, 8.5929687e-11f};
    static const float q[] = {1.0f, 0.289139122f, 0.0398226306f, 0.00343990885f,
                              0.000205775577f, 8.80959124e-06f, 2.64991741e-07f, 5.22320587e-09f};
    return TK_FN(step)(x, 6.2f, p, q, 8);
}

/// x (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3); the ratio is that of tanh(u) / 2.
INLINE V TK_FN(gelu_tanh)(V x) {
    static const float p[] = {0.398942292f, 0.0309921633f, 0.00363121578f, 0.000135930211f, 6.74824287e-06f, 2.12852225e-08f};
    static const float q[] = {1.0f, 0.245177671f, 0.0245950446f, 0.00130734465f, 7.50587569e-05f, 1.21468872e-06f};
    return x * TK_FN(step)(x, 5.0f, p, q, 6);
}

/// (1 + tanh u) / 2 + x u' (1 - tanh(u)^2) / 2
INLINE V TK_FN(gelu_tanh_slope)(V x) {
    static const float p[] = {0.797884583f, -0.0543744639f, 0.0138911977f, -0.000372343435f,
                              3.31201118e-05f, -1.38201486e-07f, 1.55717679e-08f, 2.2656585e-13f};
    static const float q[] = {1.0f, 0.266834974f, 0.0300803203f, 0.00160368858f,
                              0.000119655735f, 3.75077843e-06f, 1.29482842e-07f, 1.70821224e-09f};
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
            int64_t some = count - i < TK_LANES ? count - i : TK_LANES;                                             \
            TK_FN(store_some)(y + i, TK_FN(name)(TK_FN(load_some)(x + i, some, 0.0f)), some);                       \
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
            int64_t some = count - i < TK_LANES ? count - i : TK_LANES;                                             \
            V slope = TK_FN(name##_slope)(TK_FN(load_some)(x + i, some, 0.0f));                                     \
            TK_FN(store_some)(dx + i, TK_FN(load_some)(dy + i, some, 0.0f) * slope, some);                          \
        }                                                                                                           \
    }

TK_ACTIVATION_LOOPS(relu)
TK_ACTIVATION_LOOPS(gelu)
TK_ACTIVATION_LOOPS(gelu_tanh)
TK_ACTIVATION_LOOPS(silu)
TK_ACTIVATION_LOOPS(tanh)
