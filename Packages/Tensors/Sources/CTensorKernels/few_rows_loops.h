// Dot products of a few rows with a weight in float32 that lies row by row; included once per variant.

/// y[i, j] = x[i] . w[j] + bias[j] for `rows` rows of x and `columns` of w, which are constants where this is inlined.
INLINE void TK_FN(dots)(const int rows, const int columns, const float *x, const float *w, int64_t k, const float *bias,
                        float *y, int64_t y_row) {
    V sums[6][4];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < columns; j++) sums[i][j] = (V)0.0f;
    }
    int64_t p = 0;
    for (; p + TK_LANES <= k; p += TK_LANES) {
        V right[4];
#pragma clang loop unroll(full)
        for (int j = 0; j < columns; j++) right[j] = TK_FN(load)(w + j * k + p);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            V left = TK_FN(load)(x + i * k + p);
#pragma clang loop unroll(full)
            for (int j = 0; j < columns; j++) sums[i][j] = left * right[j] + sums[i][j];
        }
    }
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            float sum = TK_FN(sum)(sums[i][j]);
            for (int64_t rest = p; rest < k; rest++) sum += x[i * k + rest] * w[j * k + rest];
            y[i * y_row + j] = bias != NULL ? sum + bias[j] : sum;
        }
    }
}

/// Four rows of w, read once for all rows of x: at a time where x has up to three, as registers allow, else two.
INLINE void TK_FN(four)(const int rows, const float *x, const float *w, int64_t k, const float *bias, float *y,
                        int64_t y_row) {
    if (rows <= 3) {
        TK_FN(dots)(rows, 4, x, w, k, bias, y, y_row);
        return;
    }
    TK_FN(dots)(rows, 2, x, w, k, bias, y, y_row);
    TK_FN(dots)(rows, 2, x, w + 2 * k, k, bias != NULL ? bias + 2 : NULL, y + 2, y_row);
}

/// For `m` rows of x and `n` of w, at least four.
static void TK_FN(few_rows)(const float *x, int64_t m, const float *weight, int64_t n, int64_t k, const float *bias,
                            float *y, int64_t y_row) {
    for (int64_t j = 0; j < n; j += 4) {
        // The last rows of w are taken again rather than apart.
        if (j + 4 > n) j = n - 4;
        const float *w = weight + j * k, *offset = bias != NULL ? bias + j : NULL;
        for (int64_t i = 0; i < m;) {
            int64_t rows = m - i <= 6 ? m - i : 4;
            const float *left = x + i * k;
            float *to = y + i * y_row + j;
            switch (rows) {
            case 1: TK_FN(four)(1, left, w, k, offset, to, y_row); break;
            case 2: TK_FN(four)(2, left, w, k, offset, to, y_row); break;
            case 3: TK_FN(four)(3, left, w, k, offset, to, y_row); break;
            case 4: TK_FN(four)(4, left, w, k, offset, to, y_row); break;
            case 5: TK_FN(four)(5, left, w, k, offset, to, y_row); break;
            default: TK_FN(four)(6, left, w, k, offset, to, y_row); break;
            }
            i += rows;
        }
    }
}
