// Rows of attention scores; included once per variant.

#include "query_loops.h"

/// Scores below it count as equal to it: a row that is masked everywhere becomes uniform instead of NaN.
#define TK_LOWEST -3.40282347e+38f

/// x = max(x * scale + bias, lowest), bias moving by `step` (0, 1 or another); returns the largest.
static float TK_FN(score_row)(float *x, float scale, const float *bias, int64_t step, int64_t count) {
    V m = (V)TK_LOWEST;
    int64_t i = 0;
    if (bias != NULL && step != 0 && step != 1) {
        for (int64_t k = 0; k < count; k++) x[k] = x[k] * scale + bias[k * step];
        return TK_FN(score_row)(x, 1.0f, NULL, 0, count);
    }
    V constant = (V)(bias != NULL && step == 0 ? *bias : 0.0f);
    bool moves = bias != NULL && step == 1;
    for (; i + TK_LANES <= count; i += TK_LANES) {
        V v = TK_FN(load)(x + i) * scale + (moves ? TK_FN(load)(bias + i) : constant);
        v = v < TK_LOWEST ? (V)TK_LOWEST : v;
        TK_FN(store)(x + i, v);
        m = TK_FN(larger)(v, m);
    }
    if (i < count) {
        int64_t rest = count - i;
        V v = TK_FN(load_some)(x + i, rest, 0.0f) * scale;
        v += moves ? TK_FN(load_some)(bias + i, rest, 0.0f) : constant;
        v = v < TK_LOWEST ? (V)TK_LOWEST : v;
        TK_FN(store_some)(x + i, v, rest);
        for (int64_t lane = rest; lane < TK_LANES; lane++) v[lane] = TK_LOWEST;
        m = TK_FN(larger)(v, m);
    }
    return TK_FN(maximum)(m);
}

/// x = e^(x - shift); returns the sum.
static float TK_FN(exp_row)(float *x, float shift, int64_t count) {
    V total = (V)0.0f;
    int64_t i = 0;
    for (; i + TK_LANES <= count; i += TK_LANES) {
        V e = TK_FN(exp_of_negative)(TK_FN(load)(x + i) - shift);
        TK_FN(store)(x + i, e);
        total += e;
    }
    if (i < count) {
        V e = TK_FN(exp_of_negative)(TK_FN(load_some)(x + i, count - i, -INFINITY) - shift);
        TK_FN(store_some)(x + i, e, count - i);
        total += e;
    }
    return TK_FN(sum)(total);
}

static void TK_FN(scale_row)(float *x, float factor, int64_t count) {
    for (int64_t i = 0; i < count; i++) x[i] *= factor;
}

/// y = the products of a query with keys that lie `stride` apart, as they lie.
static void TK_FN(query_row)(const float *query, const float *keys, int64_t stride, int64_t count, int64_t width,
                             float *y) {
    int64_t j = 0;
    for (; j + 4 <= count; j += 4, keys += 4 * stride) {
        const float *four[4] = {keys, keys + stride, keys + 2 * stride, keys + 3 * stride};
        TK_FN(query_four)(query, four, width, y + j);
    }
    for (; j < count; j++, keys += stride) y[j] = TK_FN(dot_row)(query, keys, width);
}

/// gradient = p * (gradient - mean): the derivative with respect to the scores.
static void TK_FN(score_gradient_row)(const float *p, float mean, float *gradient, int64_t count) {
    for (int64_t i = 0; i < count; i++) gradient[i] = p[i] * (gradient[i] - mean);
}
