// One AdamW step over a run; included once per variant.

static void TK_FN(adamw_run)(const tk_adamw_factors *f, const float *gradient, float *parameter, float *first_moment,
                             float *second_moment, int64_t count) {
    for (int64_t i = 0; i < count; i += TK_LANES) {
        int64_t left = count - i;
        V g = TK_FN(load_up_to)(gradient + i, left), p = TK_FN(load_up_to)(parameter + i, left);
        V m = TK_FN(load_up_to)(first_moment + i, left), v = TK_FN(load_up_to)(second_moment + i, left);
        m = m + (g - m) * f->first_share;
        v = v * f->beta2 + g * g * f->second_share;
        V divisor = __builtin_elementwise_sqrt(v) / f->second_root + f->epsilon;
        p = p * f->kept - f->step_size * (m / divisor);
        TK_FN(store_up_to)(first_moment + i, m, left);
        TK_FN(store_up_to)(second_moment + i, v, left);
        TK_FN(store_up_to)(parameter + i, p, left);
    }
}
