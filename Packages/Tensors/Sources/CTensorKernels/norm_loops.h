// Normalisation of one row, and its derivative; included once per variant.

/// Sum of x * y over a row, or of x alone where y is NULL.
INLINE float TK_FN(dot)(const float *x, const float *y, int64_t width) {
    V a = (V)0.0f, b = (V)0.0f;
    int64_t i = 0;
    for (; i + 2 * TK_LANES <= width; i += 2 * TK_LANES) {
        V v = TK_FN(load)(x + i), w = TK_FN(load)(x + i + TK_LANES);
        a += y != NULL ? v * TK_FN(load)(y + i) : v;
        b += y != NULL ? w * TK_FN(load)(y + i + TK_LANES) : w;
    }
    for (; i < width; i += TK_LANES) {
        V v = TK_FN(load_up_to)(x + i, width - i);
        if (y != NULL) v *= TK_FN(load_up_to)(y + i, width - i);
        a += v;
    }
    return TK_FN(sum)(a + b);
}

/// Sum of (x - mean)^2.
INLINE float TK_FN(deviations)(const float *x, float mean, int64_t width) {
    V a = (V)0.0f, b = (V)0.0f;
    int64_t i = 0;
    for (; i + 2 * TK_LANES <= width; i += 2 * TK_LANES) {
        V v = TK_FN(load)(x + i) - mean, w = TK_FN(load)(x + i + TK_LANES) - mean;
        a += v * v;
        b += w * w;
    }
    for (; i < width; i += TK_LANES) {
        int64_t lanes = tk_min(TK_LANES, width - i);
        V v = (lanes == TK_LANES ? TK_FN(load)(x + i) : TK_FN(load_some)(x + i, lanes, mean)) - mean;
        a += v * v;
    }
    return TK_FN(sum)(a + b);
}

/// y = (x - mean) * factor * weight + bias, without bias where it is NULL.
INLINE void TK_FN(scaled_row)(const float *x, float mean, float factor, const float *weight, const float *bias,
                              float *y, int64_t width) {
    int64_t i = 0;
    for (; i + TK_LANES <= width; i += TK_LANES) {
        V v = (TK_FN(load)(x + i) - mean) * factor * TK_FN(load)(weight + i);
        TK_FN(store)(y + i, bias != NULL ? v + TK_FN(load)(bias + i) : v);
    }
    for (; i < width; i++) {
        float v = (x[i] - mean) * factor * weight[i];
        y[i] = bias != NULL ? v + bias[i] : v;
    }
}

static void TK_FN(layer_norm_row)(const float *x, const float *weight, const float *bias, float epsilon, float *y,
                                  float *mean, float *inverse_deviation, int64_t width) {
    *mean = TK_FN(dot)(x, NULL, width) / (float)width;
    *inverse_deviation = 1.0f / sqrtf(TK_FN(deviations)(x, *mean, width) / (float)width + epsilon);
    TK_FN(scaled_row)(x, *mean, *inverse_deviation, weight, bias, y, width);
}

static void TK_FN(rms_norm_row)(const float *x, const float *weight, float epsilon, float *y, float *inverse_rms,
                                int64_t width) {
    *inverse_rms = 1.0f / sqrtf(TK_FN(dot)(x, x, width) / (float)width + epsilon);
    TK_FN(scaled_row)(x, 0.0f, *inverse_rms, weight, NULL, y, width);
}

/// dx = factor * (g - mean(g) - n * mean(g * n)) with g = dy * weight and n = (x - mean) * factor the normalised
/// row; mean(g) is left out where the norm does not centre. dweight += dy * n and dbias += dy unless NULL.
INLINE void TK_FN(norm_row_backward)(const float *x, const float *weight, float mean, float factor, bool centred,
                                     const float *dy, float *dx, float *dweight, float *dbias, int64_t width) {
    V sum = (V)0.0f, product = (V)0.0f;
    int64_t i = 0;
    for (; i + TK_LANES <= width; i += TK_LANES) {
        V d = TK_FN(load)(dy + i);
        V n = (TK_FN(load)(x + i) - mean) * factor;
        V g = d * TK_FN(load)(weight + i);
        sum += g;
        product += g * n;
        if (dweight != NULL) TK_FN(store)(dweight + i, TK_FN(load)(dweight + i) + d * n);
        if (dbias != NULL) TK_FN(store)(dbias + i, TK_FN(load)(dbias + i) + d);
    }
    float total = TK_FN(sum)(sum), along = TK_FN(sum)(product);
    for (; i < width; i++) {
        float n = (x[i] - mean) * factor, g = dy[i] * weight[i];
        total += g;
        along += g * n;
        if (dweight != NULL) dweight[i] += dy[i] * n;
        if (dbias != NULL) dbias[i] += dy[i];
    }
    total = centred ? total / (float)width : 0.0f;
    along /= (float)width;
    for (i = 0; i + TK_LANES <= width; i += TK_LANES) {
        V n = (TK_FN(load)(x + i) - mean) * factor;
        V g = TK_FN(load)(dy + i) * TK_FN(load)(weight + i);
        TK_FN(store)(dx + i, (g - total - n * along) * factor);
    }
    for (; i < width; i++) {
        float n = (x[i] - mean) * factor, g = dy[i] * weight[i];
        dx[i] = (g - total - n * along) * factor;
    }
}

static void TK_FN(layer_norm_row_backward)(const float *x, const float *weight, float mean, float factor,
                                           const float *dy, float *dx, float *dweight, float *dbias,
                                           int64_t width) {
    TK_FN(norm_row_backward)(x, weight, mean, factor, true, dy, dx, dweight, dbias, width);
}

static void TK_FN(rms_norm_row_backward)(const float *x, const float *weight, float mean, float factor,
                                         const float *dy, float *dx, float *dweight, float *dbias, int64_t width) {
    TK_FN(norm_row_backward)(x, weight, mean, factor, false, dy, dx, dweight, dbias, width);
}

static void TK_FN(l2_normalize_row)(const float *x, float epsilon, float *y, float *norm, int64_t width) {
    float length = sqrtf(TK_FN(dot)(x, x, width));
    *norm = length > epsilon ? length : epsilon;
    for (int64_t i = 0; i < width; i++) y[i] = x[i] / *norm;
}

/// dx = (dy - y * (y . dy)) / |x|; where |x| was raised to epsilon the divisor is a constant and dx = dy / epsilon.
static void TK_FN(l2_normalize_row_backward)(const float *y, float norm, float epsilon, const float *dy, float *dx,
                                             int64_t width) {
    float along = norm > epsilon ? TK_FN(dot)(y, dy, width) : 0.0f;
    for (int64_t i = 0; i < width; i++) dx[i] = (dy[i] - y[i] * along) / norm;
}
