// Sums, extremes and tests over runs and over rows; included once per variant.

/// Sum of a run, in four interleaved vectors.
static float TK_FN(run_sum)(const float *x, int64_t count) {
    V a = (V)0.0f, b = (V)0.0f, c = (V)0.0f, d = (V)0.0f;
    int64_t i = 0;
    for (; i + 4 * TK_LANES <= count; i += 4 * TK_LANES) {
        a += TK_FN(load)(x + i);
        b += TK_FN(load)(x + i + TK_LANES);
        c += TK_FN(load)(x + i + 2 * TK_LANES);
        d += TK_FN(load)(x + i + 3 * TK_LANES);
    }
    for (; i + TK_LANES <= count; i += TK_LANES) a += TK_FN(load)(x + i);
    if (i < count) b += TK_FN(load_some)(x + i, count - i, 0.0f);
    return TK_FN(sum)((a + b) + (c + d));
}

/// y += four rows, one after the other; y stays in the nearest cache while the rows stream past.
INLINE void TK_FN(add_rows)(const float *x, int64_t stride, float *y, int64_t width) {
    const float *a = x, *b = a + stride, *c = b + stride, *d = c + stride;
    int64_t i = 0;
    for (; i + TK_LANES <= width; i += TK_LANES) {
        V sum = TK_FN(load)(y + i) + TK_FN(load)(a + i);
        sum += TK_FN(load)(b + i);
        sum += TK_FN(load)(c + i);
        sum += TK_FN(load)(d + i);
        TK_FN(store)(y + i, sum);
    }
    for (; i < width; i++) y[i] = y[i] + a[i] + b[i] + c[i] + d[i];
}

/// y = sum of `rows` rows that lie `stride` apart, in the order of the rows.
static void TK_FN(rows_sum)(const float *x, int64_t stride, int64_t rows, float *y, int64_t width) {
    memset(y, 0, (size_t)width * sizeof(float));
    int64_t row = 0;
    for (; row + 4 <= rows; row += 4) TK_FN(add_rows)(x + row * stride, stride, y, width);
    for (; row < rows; row++) {
        for (int64_t i = 0; i < width; i++) y[i] += x[row * stride + i];
    }
}

/// Largest element of a run; NaN if there is one.
static float TK_FN(run_max)(const float *x, int64_t count) {
    V m = (V)-INFINITY;
    int64_t i = 0;
    for (; i < count; i += TK_LANES) {
        V v = i + TK_LANES <= count ? TK_FN(load)(x + i) : TK_FN(load_some)(x + i, count - i, x[i]);
        m = TK_FN(select)((v > m) | (v != v), v, m);
    }
    float best = m[0];
    for (int lane = 1; lane < TK_LANES; lane++) best = m[lane] > best || m[lane] != m[lane] ? m[lane] : best;
    return best;
}

/// Index of the first element equal to `value`, or of the first NaN if `value` is one.
static int64_t TK_FN(run_find)(const float *x, int64_t count, float value) {
    int64_t i = 0;
    for (; i + TK_LANES <= count; i += TK_LANES) {
        V v = TK_FN(load)(x + i);
        VI hit = value == value ? v == value : v != v;
        int32_t any = 0;
        for (int lane = 0; lane < TK_LANES; lane++) any |= hit[lane];
        if (any != 0) break;
    }
    while (i < count && x[i] != value && x[i] == x[i]) i++;
    return i;
}

/// y = maximum of `rows` rows that lie `stride` apart.
static void TK_FN(rows_max)(const float *x, int64_t stride, int64_t rows, float *y, int64_t width) {
    for (int64_t i = 0; i < width; i += TK_LANES) {
        int64_t lanes = tk_min(TK_LANES, width - i);
        V m = (V)-INFINITY;
        for (int64_t row = 0; row < rows; row++) {
            const float *p = x + row * stride + i;
            V v = TK_FN(load_up_to)(p, lanes);
            m = TK_FN(select)((v > m) | (v != v), v, m);
        }
        TK_FN(store_up_to)(y + i, m, lanes);
    }
}

static double TK_FN(run_squares)(const float *x, int64_t count) {
    typedef double wide __attribute__((ext_vector_type(TK_LANES)));
    wide a = (wide)0.0, b = (wide)0.0;
    int64_t i = 0;
    for (; i + 2 * TK_LANES <= count; i += 2 * TK_LANES) {
        wide v = __builtin_convertvector(TK_FN(load)(x + i), wide);
        wide w = __builtin_convertvector(TK_FN(load)(x + i + TK_LANES), wide);
        a += v * v;
        b += w * w;
    }
    double total = 0.0;
    a += b;
    for (int lane = 0; lane < TK_LANES; lane++) total += a[lane];
    for (; i < count; i++) total += (double)x[i] * (double)x[i];
    return total;
}

static bool TK_FN(run_finite)(const float *x, int64_t count) {
    // v - v is 0 for a finite v and NaN otherwise, and NaN stays in the sum.
    V a = (V)0.0f, b = (V)0.0f;
    int64_t i = 0;
    for (; i + 2 * TK_LANES <= count; i += 2 * TK_LANES) {
        V v = TK_FN(load)(x + i), w = TK_FN(load)(x + i + TK_LANES);
        a += v - v;
        b += w - w;
    }
    float rest = TK_FN(sum)(a + b);
    for (; i < count; i++) rest += x[i] - x[i];
    return rest == 0.0f;
}
