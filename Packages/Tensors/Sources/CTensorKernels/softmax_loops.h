// Softmax, its logarithm and cross-entropy of one row; included once per variant.

INLINE float TK_FN(row_max)(const float *x, int64_t width) {
    V m = (V)-INFINITY;
    int64_t i = 0;
    for (; i + TK_LANES <= width; i += TK_LANES) m = TK_FN(larger)(TK_FN(load)(x + i), m);
    if (i < width) m = TK_FN(larger)(TK_FN(load_some)(x + i, width - i, -INFINITY), m);
    return TK_FN(maximum)(m);
}

/// Elements summed before the sum joins the total: one running sum over a vocabulary would lose digits.
#undef TK_SUM_BLOCK
#define TK_SUM_BLOCK 1024

/// Sum of e^(x - shift), none above 1; y keeps these powers, or x - shift, or nothing. What lies a row ahead is fetched meanwhile:
/// the first pass over a row waits for memory, this one computes.
INLINE float TK_FN(row_exp)(const float *x, float shift, kept_values kept, float *y, int64_t width) {
    V total = (V)0.0f;
    int64_t i = 0;
    while (i + TK_LANES <= width) {
        V part = (V)0.0f;
        for (int64_t end = tk_min(i + TK_SUM_BLOCK, width); i + TK_LANES <= end; i += TK_LANES) {
            __builtin_prefetch(x + i + width);
            V v = TK_FN(load)(x + i) - shift;
            V e = TK_FN(exp_of_negative)(v);
            if (kept != KEEP_NOTHING) TK_FN(store)(y + i, kept == KEEP_POWERS ? e : v);
            part += e;
        }
        total += part;
    }
    if (i < width) {
        V v = TK_FN(load_some)(x + i, width - i, -INFINITY) - shift;
        V e = TK_FN(exp_of_negative)(v);
        if (kept != KEEP_NOTHING) TK_FN(store_some)(y + i, kept == KEEP_POWERS ? e : v, width - i);
        total += e;
    }
    return TK_FN(sum)(total);
}

/// y = factor * x + offset.
INLINE void TK_FN(row_affine)(const float *x, float factor, float offset, float *y, int64_t width) {
    int64_t i = 0;
    for (; i + TK_LANES <= width; i += TK_LANES) TK_FN(store)(y + i, TK_FN(load)(x + i) * factor + offset);
    if (i < width) {
        TK_FN(store_some)(y + i, TK_FN(load_some)(x + i, width - i, 0.0f) * factor + offset, width - i);
    }
}

/// Sum of a * b, or of b alone where a is NULL.
INLINE float TK_FN(row_dot)(const float *a, const float *b, int64_t width) {
    V total = (V)0.0f;
    int64_t i = 0;
    while (i + TK_LANES <= width) {
        V part = (V)0.0f;
        for (int64_t end = tk_min(i + TK_SUM_BLOCK, width); i + TK_LANES <= end; i += TK_LANES) {
            V w = TK_FN(load)(b + i);
            part += a != NULL ? TK_FN(load)(a + i) * w : w;
        }
        total += part;
    }
    if (i < width) {
        V w = TK_FN(load_some)(b + i, width - i, 0.0f);
        total += a != NULL ? TK_FN(load_some)(a + i, width - i, 0.0f) * w : w;
    }
    return TK_FN(sum)(total);
}

static void TK_FN(softmax_row)(const float *x, float *y, int64_t width) {
    float total = TK_FN(row_exp)(x, TK_FN(row_max)(x, width), KEEP_POWERS, y, width);
    TK_FN(row_affine)(y, 1.0f / total, 0.0f, y, width);
}

/// dx = y * (dy - sum of y * dy).
static void TK_FN(softmax_row_backward)(const float *y, const float *dy, float *dx, int64_t width) {
    float mean = TK_FN(row_dot)(y, dy, width);
    int64_t i = 0;
    for (; i + TK_LANES <= width; i += TK_LANES) {
        TK_FN(store)(dx + i, TK_FN(load)(y + i) * (TK_FN(load)(dy + i) - mean));
    }
    if (i < width) {
        V v = TK_FN(load_some)(y + i, width - i, 0.0f) * (TK_FN(load_some)(dy + i, width - i, 0.0f) - mean);
        TK_FN(store_some)(dx + i, v, width - i);
    }
}

static void TK_FN(log_softmax_row)(const float *x, float *y, int64_t width) {
    float total = TK_FN(row_exp)(x, TK_FN(row_max)(x, width), KEEP_SHIFTED, y, width);
    TK_FN(row_affine)(y, 1.0f, -logf(total), y, width);
}

/// dx = dy - e^y * sum of dy.
static void TK_FN(log_softmax_row_backward)(const float *y, const float *dy, float *dx, int64_t width) {
    float total = TK_FN(row_dot)(NULL, dy, width);
    int64_t i = 0;
    for (; i + TK_LANES <= width; i += TK_LANES) {
        TK_FN(store)(dx + i, TK_FN(load)(dy + i) - TK_FN(exp_of_negative)(TK_FN(load)(y + i)) * total);
    }
    if (i < width) {
        V v = TK_FN(exp_of_negative)(TK_FN(load_some)(y + i, width - i, 0.0f)) * total;
        TK_FN(store_some)(dx + i, TK_FN(load_some)(dy + i, width - i, 0.0f) - v, width - i);
    }
}

/// Loss of one row: (1 - smoothing) * -log p[label] + smoothing * mean of -log p.
static float TK_FN(cross_entropy_row)(const float *x, int32_t label, float smoothing, int64_t classes,
                                      float *log_sum_exp) {
    float shift = TK_FN(row_max)(x, classes);
    float log_total = logf(TK_FN(row_exp)(x, shift, KEEP_NOTHING, NULL, classes));
    *log_sum_exp = shift + log_total;
    // Relative to the maximum, because the difference of two large numbers would lose the digits of the loss.
    float loss = log_total - (x[label] - shift);
    if (smoothing == 0.0f) return loss;
    float mean = TK_FN(row_dot)(NULL, x, classes) / (float)classes;
    return (1.0f - smoothing) * loss + smoothing * (log_total - (mean - shift));
}

/// dx = scale * (softmax - (1 - smoothing) * [label] - smoothing / classes).
static void TK_FN(cross_entropy_row_backward)(const float *x, int32_t label, float log_sum_exp, float smoothing,
                                              float scale, float *dx, int64_t classes) {
    // The powers would sum to 1, had log_sum_exp all its digits; of large logits it has few.
    float total = TK_FN(row_exp)(x, log_sum_exp, KEEP_POWERS, dx, classes);
    TK_FN(row_affine)(dx, scale / total, -scale * smoothing / (float)classes, dx, classes);
    dx[label] -= scale * (1.0f - smoothing);
}
