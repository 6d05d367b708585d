// Runs of random draws; included once per variant. Integer arithmetic and single products only: every variant gives
// the same bits.

/// The 24-bit draw of element `counter`: two elements share a word.
INLINE uint32_t TK_FN(draw)(uint64_t key, uint64_t counter) {
    uint64_t word = tk_mix(key, counter >> 1);
    return (uint32_t)(word >> ((counter & 1) != 0 ? 40 : 8)) & 0xffffffu;
}

/// Both draws of each word; `first` is even.
INLINE void TK_FN(draw_pairs)(uint64_t key, uint64_t first, uint32_t *draws, int64_t pairs) {
    for (int64_t i = 0; i < pairs; i++) {
        uint64_t word = tk_mix(key, (first >> 1) + (uint64_t)i);
        draws[2 * i] = (uint32_t)(word >> 8) & 0xffffffu;
        draws[2 * i + 1] = (uint32_t)(word >> 40);
    }
}

static void TK_FN(draw_run)(uint64_t key, uint64_t first, uint32_t *draws, int64_t count) {
    if (count > 0 && (first & 1) != 0) {
        *draws++ = TK_FN(draw)(key, first++);
        count--;
    }
    TK_FN(draw_pairs)(key, first, draws, count / 2);
    if ((count & 1) != 0) draws[count - 1] = TK_FN(draw)(key, first + (uint64_t)count - 1);
}

static void TK_FN(uniform_run)(uint64_t key, uint64_t first, float *y, int64_t count) {
    uint32_t draws[TK_DRAW_PIECE];
    for (int64_t start = 0; start < count; start += TK_DRAW_PIECE) {
        int64_t length = tk_min(TK_DRAW_PIECE, count - start);
        TK_FN(draw_run)(key, first + (uint64_t)start, draws, length);
        for (int64_t i = 0; i < length; i++) y[start + i] = (float)(int32_t)draws[i] * 0x1p-24f;
    }
}

/// y = x * factor where the draw is at least `threshold`, else 0.
static void TK_FN(dropout_run)(const float *x, float factor, uint32_t threshold, uint64_t key, uint64_t first,
                               float *y, int64_t count) {
    uint32_t draws[TK_DRAW_PIECE];
    for (int64_t start = 0; start < count; start += TK_DRAW_PIECE) {
        int64_t length = tk_min(TK_DRAW_PIECE, count - start);
        TK_FN(draw_run)(key, first + (uint64_t)start, draws, length);
        for (int64_t i = 0; i < length; i++) {
            float kept = x[start + i] * factor;
            y[start + i] = (int32_t)draws[i] >= (int32_t)threshold ? kept : 0.0f;
        }
    }
}
