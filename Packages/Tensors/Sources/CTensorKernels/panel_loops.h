// Packing of both operands into words in the order in which micro-kernels read them; included by block_loops.h.

/// Words of a run that are in a buffer at a time.
#define RUN 64

/// Four runs of words side by side.
INLINE void TK_FN(transpose_four)(const float *const x[4], int64_t count, float *y, int64_t y_row) {
    typedef float four __attribute__((ext_vector_type(4)));
    int64_t p = 0;
    for (; p + 4 <= count; p += 4) {
        four r[4];
        for (int i = 0; i < 4; i++) memcpy(&r[i], x[i] + p, sizeof r[i]);
        four a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5), c = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
        four d = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5), e = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
        four s[4] = {__builtin_shufflevector(a, d, 0, 1, 4, 5), __builtin_shufflevector(a, d, 2, 3, 6, 7),
                     __builtin_shufflevector(c, e, 0, 1, 4, 5), __builtin_shufflevector(c, e, 2, 3, 6, 7)};
        for (int i = 0; i < 4; i++) memcpy(y + (p + i) * y_row, &s[i], sizeof s[i]);
    }
    for (; p < count; p++) {
        for (int i = 0; i < 4; i++) y[p * y_row + i] = x[i][p];
    }
}

/// Rows of B that lie one after the other.
static void TK_FN(pack_rows)(const float *b, int64_t b_row, int64_t columns, int64_t depth, bool rounds, float *panel,
                             int64_t panel_row) {
    for (int64_t p = 0; p < depth; p += STEP, b += STEP * b_row, panel += panel_row) {
        int64_t j = 0, elements = tk_min(STEP, depth - p);
        // The rows lie too far apart for the processor to guess the next ones.
        for (int64_t step = 0; step < STEP; step++) {
            const float *next = b + (PACKED_WORDS * STEP + step) * b_row;
            for (int64_t i = 0; i < columns; i += 16) __builtin_prefetch(next + i);
        }
        for (; j + TK_LANES <= columns; j += TK_LANES) {
            TK_FN(store)(panel + j, TK_FN(across)(b + j, b_row, elements, rounds));
        }
        if (j < columns) {
            TK_FN(store)(panel + j, TK_FN(across_some)(b + j, b_row, elements, rounds, columns - j));
            j += TK_LANES;
        }
        for (; j < panel_row; j += TK_LANES) TK_FN(store)(panel + j, (V)0.0f);
    }
}

/// Columns of B that lie one after the other.
static void TK_FN(pack_columns)(const float *b, int64_t b_step, int64_t columns, int64_t depth, bool rounds,
                                float *panel, int64_t panel_row) {
    float room[4][RUN];
    for (int64_t first = 0; first < depth; first += RUN * STEP, panel += RUN * panel_row) {
        int64_t elements = tk_min(RUN * STEP, depth - first), words = tk_ceil_divide(elements, STEP), j = 0;
        for (; j + 4 <= columns; j += 4) {
            const float *runs[4];
            for (int i = 0; i < 4; i++) {
                runs[i] = TK_FN(along)(b + (j + i) * b_step + first, elements, rounds, room[i]);
            }
            TK_FN(transpose_four)(runs, words, panel + j, panel_row);
        }
        for (; j < panel_row; j++) {
            const float *run = j < columns ? TK_FN(along)(b + j * b_step + first, elements, rounds, *room) : NULL;
            for (int64_t p = 0; p < words; p++) panel[p * panel_row + j] = run != NULL ? run[p] : 0.0f;
        }
    }
}

/// One panel of op(B) from a column on.
static void TK_FN(pack_panel)(const float *b, int64_t b_row, int64_t b_step, int64_t n, int64_t column, int64_t depth,
                              tk_operands operands, float *panel) {
    int64_t columns = tk_min(PANEL_WIDTH, n - column), panel_row = TK_FN(panel_row)(n, column);
    bool rounds = operands == TK_OPERANDS_BFLOAT16;
    if (b_step == 1) {
        TK_FN(pack_rows)(b + column, b_row, columns, depth, rounds, panel, panel_row);
    } else {
        TK_FN(pack_columns)(b + column * b_step, b_step, columns, depth, rounds, panel, panel_row);
    }
}

/// Some panels of one cut, a few rows at a time for all of them, so that long rows are read along memory.
static void TK_FN(pack_group)(const tk_block *t, const float *b, int64_t first, int64_t depth, float *panels) {
    int64_t last = tk_min(t->n, first + PANEL_WIDTH * PANEL_GROUP), words = tk_ceil_divide(depth, STEP);
    int64_t grain = t->b_step == 1 ? PACKED_WORDS : words;
    for (int64_t word = 0; word < words; word += grain) {
        int64_t step = word * STEP, steps = tk_min(grain * STEP, depth - step);
        for (int64_t column = first; column < last; column += PANEL_WIDTH) {
            float *panel = panels + (column - first) * words + word * TK_FN(panel_row)(t->n, column);
            TK_FN(pack_panel)(b + step * t->b_row, t->b_row, t->b_step, t->n, column, steps, t->operands, panel);
        }
    }
}

/// Rows of op(A) that lie one after the other, copied and perhaps rounded.
static TK_FN(rows) TK_FN(copy_rows)(const tk_block *t, const float *a, int64_t depth, bool rounds) {
    int64_t words = tk_ceil_divide(depth, STEP);
    float *copy = tk_scratch(TK_SCRATCH_BLOCK, t->m * words);
    for (int64_t i = 0; i < t->m; i++) {
        const float *row = TK_FN(along)(a + i * t->a_row, depth, rounds, copy + i * words);
        if (!rounds) memcpy(copy + i * words, row, (size_t)words * sizeof(float));
    }
    return (TK_FN(rows)){copy, words, 1, BLOCK_ROWS * words};
}

/// Words of some rows and steps of op(A) that lie across memory: [words, PACKED_ROWS].
static void TK_FN(words_across)(const float *a, int64_t a_step, int64_t rows, int64_t depth, float *words) {
    for (int64_t p = 0; p < depth; p += STEP, a += STEP * a_step, words += PACKED_ROWS) {
        int64_t elements = tk_min(STEP, depth - p);
        if (rows < TK_LANES) TK_FN(store)(words, TK_FN(across_some)(a, a_step, elements, true, rows));
        for (int64_t i = 0; i < rows && rows >= TK_LANES; i += TK_LANES) {
            int64_t at = tk_min(i, rows - TK_LANES);  // the last ones again, rather than fewer
            for (int e = 0; e < STEP; e++) __builtin_prefetch(a + at + (PACKED_WORDS * STEP + e) * a_step);
            TK_FN(store)(words + at, TK_FN(across)(a + at, a_step, elements, true));
        }
    }
}

/// Some steps of rows of op(A) one after the other, in blocks that lie `block` apart. What takes several elements is
/// rounded before, what takes one after: there it lies in one run.
static void TK_FN(pack_steps)(const tk_block *t, const float *a, int64_t rows, int64_t depth, float *packed,
                              int64_t block) {
    float room[PACKED_WORDS * PACKED_ROWS];
    bool rounds = t->operands == TK_OPERANDS_BFLOAT16;
    int64_t stride = t->a_step, words = tk_ceil_divide(depth, STEP);
    if (STEP > 1 && rounds) {
        TK_FN(words_across)(a, t->a_step, rows, depth, room);
        a = room;
        stride = PACKED_ROWS;
    }
    for (; rows >= BLOCK_ROWS; rows -= BLOCK_ROWS, a += BLOCK_ROWS, packed += block) {
        for (int64_t p = 0; p < words; p++) {
            __builtin_prefetch(a + (p + PACKED_WORDS) * stride);  // of the steps after these
            memcpy(packed + p * BLOCK_ROWS, a + p * stride, BLOCK_ROWS * sizeof(float));
        }
        if (STEP == 1 && rounds) TK_FN(along)(packed, BLOCK_ROWS * words, true, packed);
    }
    for (int64_t p = 0; p < words && rows > 0; p++) {
        for (int64_t i = 0; i < rows; i++) packed[p * BLOCK_ROWS + i] = a[p * stride + i];
        if (STEP == 1 && rounds) TK_FN(along)(packed + p * BLOCK_ROWS, rows, true, packed + p * BLOCK_ROWS);
    }
}

/// Rows of op(A) that lie across memory, brought side by side block by block, a few steps of many blocks at a time.
static TK_FN(rows) TK_FN(pack_blocks)(const tk_block *t, const float *a, int64_t depth) {
    int64_t block = BLOCK_ROWS * tk_ceil_divide(depth, STEP);
    float *packed = tk_scratch(TK_SCRATCH_BLOCK, tk_ceil_divide(t->m, BLOCK_ROWS) * block);
    for (int64_t row = 0; row < t->m; row += PACKED_ROWS) {
        float *to = packed + row / BLOCK_ROWS * block;
        int64_t rows = tk_min(PACKED_ROWS, t->m - row);
        for (int64_t step = 0; step < depth; step += PACKED_WORDS * STEP, to += PACKED_WORDS * BLOCK_ROWS) {
            int64_t steps = tk_min(PACKED_WORDS * STEP, depth - step);
            TK_FN(pack_steps)(t, a + step * t->a_step + row, rows, steps, to, block);
        }
    }
    return (TK_FN(rows)){packed, 1, BLOCK_ROWS, block};
}
#undef RUN
