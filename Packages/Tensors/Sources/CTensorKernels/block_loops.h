// Products of packed panels; included once per way of multiplying, which defines before
//   STEP                                        elements of a word: what a lane multiplies and adds at once
//   TK_FN(multiply_add)(sum, left, right)       of words
//   TK_FN(across)(x, stride, elements, rounds)  the words of neighbours, their elements `stride` apart
//   TK_FN(across_some)(..., count)              of the first `count` of them
//   TK_FN(along)(x, elements, rounds, room)     the words of a run: in `room`, or as they lie
// A word is a float, or two bfloat16 in the bits of one.
//
// A micro-kernel keeps BLOCK_ROWS x PANEL_VECTORS vectors of sums in registers, reads op(A) word by word and op(B) in
// panels that lie in the order in which they are read. Goto, van de Geijn: Anatomy of High-Performance Matrix
// Multiplication, 2008.

#undef PANEL_VECTORS
#undef PANEL_WIDTH
#define PANEL_VECTORS (TK_LANES == 16 ? 4 : 2)
#define PANEL_WIDTH (PANEL_VECTORS * TK_LANES)

/// Where the sums of a micro-kernel go.
typedef struct {
    float alpha, beta;
    const float *bias;  // of the first column, or NULL
} TK_FN(target);

/// How words of op(A) lie: how far from a row to the next within a block, along a row, and from block to block.
typedef struct {
    const float *first;
    int64_t row, step, block;
} TK_FN(rows);

/// Adds a step of the depth to `rows` x `vectors` sums.
INLINE void TK_FN(add_step)(const int rows, const int vectors, V sums[BLOCK_ROWS][4], const float *a, int64_t a_row,
                            const float *b) {
    V right[4];
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) right[j] = TK_FN(load)(b + j * TK_LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        V left = (V)a[i * a_row];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sums[i][j] = TK_FN(multiply_add)(sums[i][j], left, right[j]);
    }
}

/// Scales sums, adds what is in c already and the bias, and stores them.
INLINE void TK_FN(store_sums)(const int rows, const int vectors, V sums[BLOCK_ROWS][4], const TK_FN(target) t,
                              float *c, int64_t ldc) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) {
            sums[i][j] *= t.alpha;
            if (t.beta != 0.0f) sums[i][j] += t.beta * TK_FN(load)(c + i * ldc + j * TK_LANES);
            if (t.bias != NULL) sums[i][j] += TK_FN(load)(t.bias + j * TK_LANES);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) TK_FN(store)(c + i * ldc + j * TK_LANES, sums[i][j]);
    }
}

/// `rows` x `vectors` sums over `depth` words, `steps` of which are written out; constants where this is inlined.
INLINE void TK_FN(micro)(const int rows, const int vectors, const int steps, TK_FN(rows) a, const float *b,
                         int64_t b_step, int64_t depth, const TK_FN(target) * t, float *c, int64_t ldc) {
    V sums[BLOCK_ROWS][4];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        // The result's lines are on their way while the sums grow.
        for (int j = 0; j < vectors * TK_LANES; j += 16) __builtin_prefetch(c + i * ldc + j, 1);
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sums[i][j] = (V)0.0f;
    }
    int64_t ahead = a.block;
    for (; steps > 1 && depth >= steps; depth -= steps) {
        if (a.step == 1) {
            __builtin_prefetch(a.first + ahead);
            __builtin_prefetch(a.first + ahead + a.row);
            __builtin_prefetch(a.first + ahead + 2 * a.row);
            ahead = 2 * a.block + 3 * a.row - ahead;
        }
#pragma clang loop unroll(full)
        for (int p = 0; p < steps; p++) {
            TK_FN(add_step)(rows, vectors, sums, a.first + p * a.step, a.row, b + p * b_step);
        }
        a.first += steps * a.step;
        b += steps * b_step;
    }
#pragma clang loop unroll(disable)
    for (; depth > 0; depth--, a.first += a.step, b += b_step) {
        TK_FN(add_step)(rows, vectors, sums, a.first, a.row, b);
    }
    TK_FN(store_sums)(rows, vectors, sums, *t, c, ldc);
}

/// Whole blocks of rows against one panel.
INLINE void TK_FN(panel_blocks)(const int vectors, const int steps, int64_t blocks, TK_FN(rows) a, const float *b,
                                int64_t b_step, int64_t depth, const TK_FN(target) * t, float *c, int64_t ldc) {
    for (int64_t i = 0; i < blocks; i++, a.first += a.block, c += BLOCK_ROWS * ldc) {
        TK_FN(micro)(BLOCK_ROWS, vectors, steps, a, b, b_step, depth, t, c, ldc);
    }
}

/// All rows of a block against one panel of `vectors` vectors, all of whose columns are there.
INLINE void TK_FN(panel_rows)(const int vectors, int64_t m, TK_FN(rows) a, const float *b, int64_t b_step,
                              int64_t depth, const TK_FN(target) * t, float *c, int64_t ldc) {
    const int width = vectors * TK_LANES;
    int64_t blocks = m / BLOCK_ROWS;
    // With constant steps the loop computes no addresses: a fifth of its instructions, which bound it where another
    // thread keeps the same core busy.
    if (b_step == width && a.step == 1) {
        TK_FN(rows) along = {a.first, a.row, 1, a.block};
        TK_FN(panel_blocks)(vectors, UNROLLED_STEPS, blocks, along, b, width, depth, t, c, ldc);
    } else if (b_step == width && a.step == BLOCK_ROWS && a.row == 1) {
        TK_FN(rows) packed = {a.first, 1, BLOCK_ROWS, a.block};
        TK_FN(panel_blocks)(vectors, UNROLLED_STEPS, blocks, packed, b, width, depth, t, c, ldc);
    } else {
        TK_FN(panel_blocks)(vectors, 1, blocks, a, b, b_step, depth, t, c, ldc);
    }
    a.first += blocks * a.block;
    c += blocks * BLOCK_ROWS * ldc;
    switch (m % BLOCK_ROWS) {
    case 5: TK_FN(micro)(5, vectors, 1, a, b, b_step, depth, t, c, ldc); break;
    case 4: TK_FN(micro)(4, vectors, 1, a, b, b_step, depth, t, c, ldc); break;
    case 3: TK_FN(micro)(3, vectors, 1, a, b, b_step, depth, t, c, ldc); break;
    case 2: TK_FN(micro)(2, vectors, 1, a, b, b_step, depth, t, c, ldc); break;
    case 1: TK_FN(micro)(1, vectors, 1, a, b, b_step, depth, t, c, ldc); break;
    default: break;
    }
}

static void TK_FN(whole_panel)(int64_t width, int64_t m, TK_FN(rows) a, const float *b, int64_t b_step,
                               int64_t depth, const TK_FN(target) * t, float *c, int64_t ldc) {
    if (width == TK_LANES) {
        TK_FN(panel_rows)(1, m, a, b, b_step, depth, t, c, ldc);
    } else if (width == 2 * TK_LANES) {
        TK_FN(panel_rows)(2, m, a, b, b_step, depth, t, c, ldc);
    } else {
        TK_FN(panel_rows)(PANEL_VECTORS, m, a, b, b_step, depth, t, c, ldc);
    }
}

/// The same where only the first `columns` of the panel are there: through a buffer.
static void TK_FN(part_panel)(int64_t width, int64_t columns, int64_t m, TK_FN(rows) a, const float *b,
                              int64_t b_step, int64_t depth, const TK_FN(target) * t, float *c, int64_t ldc) {
    float buffer[BLOCK_ROWS * PANEL_WIDTH];
    TK_FN(target) plain = {.alpha = t->alpha};
    for (; m > 0; m -= BLOCK_ROWS, a.first += a.block) {
        int64_t rows = tk_min(BLOCK_ROWS, m);
        TK_FN(whole_panel)(width, rows, a, b, b_step, depth, &plain, buffer, width);
        for (int64_t i = 0; i < rows; i++, c += ldc) {
            for (int64_t j = 0; j < columns; j++) {
                float v = buffer[i * width + j];
                if (t->beta != 0.0f) v += t->beta * c[j];
                c[j] = t->bias != NULL ? v + t->bias[j] : v;
            }
        }
    }
}

/// Words of a row of the panel that begins at a column: 1, 2 or 4 vectors.
static int64_t TK_FN(panel_row)(int64_t n, int64_t column) {
    int64_t rest = n - column;
    return rest <= TK_LANES ? TK_LANES : rest <= 2 * TK_LANES ? 2 * TK_LANES : PANEL_WIDTH;
}

#include "panel_loops.h"

/// The panels of one cut of the depth.
static void TK_FN(multiply_cut)(const tk_block *t, int64_t first, int64_t depth) {
    bool isFirst = first == 0, isLast = first + depth == t->k;
    const float *b = t->b + first * t->b_row;
    TK_FN(rows) a = {t->a + first * t->a_step, t->a_row, t->a_step, BLOCK_ROWS * t->a_row};
    bool rounds = t->operands == TK_OPERANDS_BFLOAT16;
    bool competes = t->a_row % COMPETING == 0 && t->n > 2 * PANEL_WIDTH;
    if (t->a_row != 1 && (rounds || competes)) {
        a = TK_FN(copy_rows)(t, a.first, depth, rounds);
    } else if (rounds || (t->a_row == 1 && t->a_step >= FAR && t->n > PANEL_WIDTH)) {
        a = TK_FN(pack_blocks)(t, a.first, depth);
    }
    int64_t words = tk_ceil_divide(depth, STEP), before = tk_ceil_divide(first, STEP);
    int64_t group = 0, packed = 0;  // the columns whose panels are packed here, from the first of a group on
    for (int64_t column = 0; column < t->n; column += PANEL_WIDTH) {
        int64_t columns = tk_min(PANEL_WIDTH, t->n - column), width = TK_FN(panel_row)(t->n, column), b_step = width;
        TK_FN(target) target = {.alpha = t->alpha,
                                .beta = isFirst ? t->beta : 1.0f,
                                .bias = isLast && t->bias != NULL ? t->bias + column : NULL};
        const float *panel = t->panels + column * tk_ceil_divide(t->k, STEP) + before * width;
        bool isNear = t->m <= 2 * BLOCK_ROWS || depth <= NEAR;
        if (t->panels == NULL && !rounds && t->b_step == 1 && columns == width && isNear) {
            panel = b + column;  // read too seldom to be worth packing, or in cache as it lies
            b_step = t->b_row;
        } else if (t->panels == NULL) {
            float *own = tk_scratch(TK_SCRATCH_PANEL, PANEL_WIDTH * BLOCK_DEPTH * PANEL_GROUP);
            if (column >= packed) {
                group = column;
                packed = column + PANEL_WIDTH * PANEL_GROUP;
                TK_FN(pack_group)(t, b, column, depth, own);
            }
            panel = own + (column - group) * words;
        }
        float *c = t->c + column;
        if (columns == width) {
            TK_FN(whole_panel)(width, t->m, a, panel, b_step, words, &target, c, t->ldc);
        } else {
            TK_FN(part_panel)(width, columns, t->m, a, panel, b_step, words, &target, c, t->ldc);
        }
    }
}

static void TK_FN(multiply_block)(const tk_block *t) {
    // Cuts of equal depth: a short one at the end would cost as much as a long one.
    int64_t words = tk_ceil_divide(t->k, STEP), cuts = tk_max(1, tk_ceil_divide(words, BLOCK_DEPTH));
    int64_t depth = tk_ceil_divide(words, cuts) * STEP, first = 0;
    do {
        TK_FN(multiply_cut)(t, first, tk_min(depth, t->k - first));
        first += depth;
    } while (first < t->k);
}

static const tk_block_kernels TK_FN(block_kernels) = {
    STEP, PANEL_WIDTH, TK_FN(panel_row), TK_FN(pack_panel), TK_FN(multiply_block),
};
