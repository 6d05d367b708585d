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

/// y = x * factor where the draw is at least `threshold`, else 0; `counter` + count stays within 32 bits.
INLINE void TK_FN(dropout_piece)(const float *x, float factor, int32_t threshold, uint64_t salt, uint32_t counter,
                                 float *y, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        int32_t draw = (int32_t)(tk_mix_short(salt, counter + (uint32_t)i) >> 8);
        float kept = x[i] * factor;
        y[i] = draw >= threshold ? kept : 0.0f;
    }
}

/// Dropout of a run whose first element has the counter `first`; each 2^32 counters have a salt of their own.
static void TK_FN(dropout_run)(const float *x, float factor, uint32_t threshold, uint64_t key, uint64_t first,
                               float *y, int64_t count) {
    while (count > 0) {
        int64_t length = tk_min(count, (int64_t)(0x100000000u - (first & 0xffffffffu)));
        TK_FN(dropout_piece)(x, factor, (int32_t)threshold, tk_mix(key, first >> 32), (uint32_t)first, y, length);
        x += length;
        y += length;
        first += (uint64_t)length;
        count -= length;
    }
}
