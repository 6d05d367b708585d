// Products of packed weights; included once per way of multiplying, which defines before
//   SUMS                     the vector that sums are in
//   WORDS                    words of the operand for each line
//   TK_FN(factor)(line, part, p)   what word p of the operand is multiplied with, of a vector of a line's rows
//   TK_FN(add)(sum, word, factor)

#undef LINE_VECTORS
#undef GROUP_ROWS
#undef PAIR_ROWS
#undef QUAD_ROWS
#undef AHEAD
#define LINE_VECTORS (TK_PANEL_ROWS / TK_LANES)
/// Lines that are asked of memory before they are needed.
#define AHEAD 64
/// Rows that are multiplied with one panel, with two and with four at once, at most.
#define GROUP_ROWS (TK_LANES == 16 ? 12 : 6)
#define PAIR_ROWS (TK_LANES == 16 ? 12 : TK_LANES == 8 ? 3 : 0)
#define QUAD_ROWS (TK_LANES == 16 ? 6 : TK_LANES == 8 ? 1 : 0)

/// `rows` x `panels` panels of sums; both are constants where this is inlined.
INLINE void TK_FN(micro)(const int rows, const int panels, const tk_share *t, const uint32_t *words,
                         const uint32_t *lines, char *sums) {
    SUMS s[TK_MOST_GROUP_ROWS][4 * LINE_VECTORS];
    const int vectors = panels * LINE_VECTORS;
    int64_t row_bytes = t->panels * TK_LINE_WORDS * 4, panel_stride = t->panel_stride;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) {
            s[i][j] = (SUMS){0};
            if (t->adds) memcpy(&s[i][j], sums + i * row_bytes + j * sizeof(SUMS), sizeof(SUMS));
        }
    }
    for (int64_t line = 0; line < t->depth; line++, lines += TK_LINE_WORDS, words += rows * WORDS) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) __builtin_prefetch(lines + j * panel_stride + AHEAD * TK_LINE_WORDS);
#pragma clang loop unroll(full)
        for (int p = 0; p < WORDS; p++) {
            // Read again for the second word: kept meanwhile, the lines would drive sums out of the registers.
            if (p > 0) __asm__("" : "+r"(lines));
            VI factors[4 * LINE_VECTORS];
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) {
                factors[j] = TK_FN(factor)(lines + j / LINE_VECTORS * panel_stride, j % LINE_VECTORS, p);
            }
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                VI word = (VI)(int32_t)words[i * WORDS + p];
#pragma clang loop unroll(full)
                for (int j = 0; j < vectors; j++) s[i][j] = TK_FN(add)(s[i][j], word, factors[j]);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) memcpy(sums + i * row_bytes + j * sizeof(SUMS), &s[i][j], sizeof(SUMS));
    }
}

/// Defines a group of up to `most` rows with some panels.
#define TK_GROUP(name, most, panels)                                                                                 \
    static void TK_FN(name)(int64_t rows, const tk_share *t, const uint32_t *words, const uint32_t *lines,           \
                            char *sums) {                                                                            \
        if (rows == 1 && most >= 1) TK_FN(micro)(1, panels, t, words, lines, sums);                                  \
        if (rows == 2 && most >= 2) TK_FN(micro)(2, panels, t, words, lines, sums);                                  \
        if (rows == 3 && most >= 3) TK_FN(micro)(3, panels, t, words, lines, sums);                                  \
        if (rows == 4 && most >= 4) TK_FN(micro)(4, panels, t, words, lines, sums);                                  \
        if (rows == 5 && most >= 5) TK_FN(micro)(5, panels, t, words, lines, sums);                                  \
        if (rows == 6 && most >= 6) TK_FN(micro)(6, panels, t, words, lines, sums);                                  \
        if (rows == 7 && most >= 7) TK_FN(micro)(7, panels, t, words, lines, sums);                                  \
        if (rows == 8 && most >= 8) TK_FN(micro)(8, panels, t, words, lines, sums);                                  \
        if (rows == 9 && most >= 9) TK_FN(micro)(9, panels, t, words, lines, sums);                                  \
        if (rows == 10 && most >= 10) TK_FN(micro)(10, panels, t, words, lines, sums);                               \
        if (rows == 11 && most >= 11) TK_FN(micro)(11, panels, t, words, lines, sums);                               \
        if (rows == 12 && most >= 12) TK_FN(micro)(12, panels, t, words, lines, sums);                               \
    }

TK_GROUP(one_panel, GROUP_ROWS, 1)
TK_GROUP(two_panels, PAIR_ROWS, 2)
TK_GROUP(four_panels, QUAD_ROWS, 4)

/// All groups of rows with each panel, or with as many panels at once as the sums of a group leave registers for:
/// several are read from memory faster than one.
static void TK_FN(multiply)(const tk_share *t) {
    int64_t groups = tk_ceil_divide(t->rows, GROUP_ROWS), most = tk_ceil_divide(t->rows, groups), step = 1;
    for (int64_t panel = 0; panel < t->panels; panel += step) {
        int64_t left = t->panels - panel;
        step = left >= 4 && most <= QUAD_ROWS ? 4 : left >= 2 && most <= PAIR_ROWS ? 2 : 1;
        for (int64_t group = 0, first = 0; group < groups; group++) {
            int64_t last = t->rows * (group + 1) / groups, rows = last - first;
            const uint32_t *words = t->words + first * t->row_words + t->first_line * rows * WORDS;
            const uint32_t *lines = t->lines + panel * t->panel_stride;
            char *sums = (char *)t->sums + (first * t->panels + panel) * TK_LINE_WORDS * 4;
            if (step == 4) {
                TK_FN(four_panels)(rows, t, words, lines, sums);
            } else if (step == 2) {
                TK_FN(two_panels)(rows, t, words, lines, sums);
            } else {
                TK_FN(one_panel)(rows, t, words, lines, sums);
            }
            first = last;
        }
    }
}

static const tk_way TK_FN(way) = {TK_FN(multiply), GROUP_ROWS};
#undef TK_GROUP
