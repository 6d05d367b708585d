// One AdamW step over a run; included once per variant.

static void TK_FN(adamw_run)(const tk_adamw_factors *f, const float *gradient, float *parameter, float *first_moment,
                             float *second_moment, int64_t count) {
    for (int64_t i = 0; i < count; i += TK_LANES) {
        int64_t lanes = tk_min(TK_LANES, count - i);
        bool whole = lanes == TK_LANES;
        V g = whole ? TK_FN(load)(gradient + i) : TK_FN(load_some)(gradient + i, lanes, 0.0f);
        V m = whole ? TK_FN(load)(first_moment + i) : TK_FN(load_some)(first_moment + i, lanes, 0.0f);
        V v = whole ? TK_FN(load)(second_moment + i) : TK_FN(load_some)(second_moment + i, lanes, 0.0f);
        V p = whole ? TK_FN(load)(parameter + i) : TK_FN(load_some)(parameter + i, lanes, 0.0f);
        m = m + (g - m) * f->first_share;
        v = v * f->beta2 + g * g * f->second_share;
        V divisor = __builtin_elementwise_sqrt(v) / f->second_root + f->epsilon;
        p = p * f->kept - f->step_size * (m / divisor);
        if (whole) {
            TK_FN(store)(first_moment + i, m);
            TK_FN(store)(second_moment + i, v);
            TK_FN(store)(parameter + i, p);
        } else {
            TK_FN(store_some)(first_moment + i, m, lanes);
            TK_FN(store_some)(second_moment + i, v, lanes);
            TK_FN(store_some)(parameter + i, p, lanes);
        }
    }
}
