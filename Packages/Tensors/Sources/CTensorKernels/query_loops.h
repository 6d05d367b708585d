// Products of a query with keys; included once per variant.

static float TK_FN(dot_row)(const float *a, const float *b, int64_t count) {
    V total = (V)0.0f;
    int64_t i = 0;
    for (; i + TK_LANES <= count; i += TK_LANES) total += TK_FN(load)(a + i) * TK_FN(load)(b + i);
    float sum = TK_FN(sum)(total);
    for (; i < count; i++) sum += a[i] * b[i];
    return sum;
}

/// y = the products of a query with four keys.
INLINE void TK_FN(query_four)(const float *query, const float *const keys[4], int64_t width, float *y) {
    V sums[4] = {(V)0.0f, (V)0.0f, (V)0.0f, (V)0.0f};
    int64_t whole = width / TK_LANES * TK_LANES;
    for (int64_t i = 0; i < whole; i += TK_LANES) {
        V q = TK_FN(load)(query + i);
#pragma clang loop unroll(full)
        for (int k = 0; k < 4; k++) sums[k] = q * TK_FN(load)(keys[k] + i) + sums[k];
    }
    for (int k = 0; k < 4; k++) {
        y[k] = TK_FN(sum)(sums[k]);
        for (int64_t i = whole; i < width; i++) y[k] += query[i] * keys[k][i];
    }
}
