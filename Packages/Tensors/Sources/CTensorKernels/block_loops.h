// Products of packed panels; included once per variant.
//
// A micro-kernel keeps BLOCK_ROWS x PANEL_VECTORS vectors of sums in registers, reads op(A) element by element and
// op(B) in panels that lie in the order in which they are read. Goto, van de Geijn: Anatomy of High-Performance Matrix
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

/// How rows of op(A) lie: steps from a row to the next within a block, along a row, and from block to block.
typedef struct {
    const float *first;
    int64_t row, step, block;
} TK_FN(rows);

/// `rows` x `vectors` sums over `depth` steps; both are constants where this is inlined.
INLINE void TK_FN(micro)(const int rows, const int vectors, TK_FN(rows) a, const float *b, int64_t b_step,
                         int64_t depth, const TK_FN(target) * t, float *c, int64_t ldc) {
    V sums[BLOCK_ROWS][4];
    const float *row[BLOCK_ROWS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        row[i] = a.first + i * a.row;
        // The result's lines are on their way while the sums grow.
        for (int j = 0; j < vectors * TK_LANES; j += 16) __builtin_prefetch(c + i * ldc + j, 1);
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sums[i][j] = (V)0.0f;
    }
    for (int64_t p = 0; p < depth; p++, b += b_step) {
        V right[4];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) right[j] = TK_FN(load)(b + j * TK_LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            V left = (V)row[i][p * a.step];
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) sums[i][j] = left * right[j] + sums[i][j];
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) {
            float *y = c + i * ldc + j * TK_LANES;
            V v = sums[i][j] * t->alpha;
            if (t->beta != 0.0f) v += t->beta * TK_FN(load)(y);
            if (t->bias != NULL) v += TK_FN(load)(t->bias + j * TK_LANES);
            TK_FN(store)(y, v);
        }
    }
}

/// All rows of a block against one panel of `vectors` vectors, all of whose columns are there.
INLINE void TK_FN(panel_rows)(const int vectors, int64_t m, TK_FN(rows) a, const float *b, int64_t b_step,
                              int64_t depth, const TK_FN(target) * t, float *c, int64_t ldc) {
    for (; m >= BLOCK_ROWS; m -= BLOCK_ROWS) {
        TK_FN(micro)(BLOCK_ROWS, vectors, a, b, b_step, depth, t, c, ldc);
        a.first += a.block;
        c += BLOCK_ROWS * ldc;
    }
    switch (m) {
    case 5: TK_FN(micro)(5, vectors, a, b, b_step, depth, t, c, ldc); break;
    case 4: TK_FN(micro)(4, vectors, a, b, b_step, depth, t, c, ldc); break;
    case 3: TK_FN(micro)(3, vectors, a, b, b_step, depth, t, c, ldc); break;
    case 2: TK_FN(micro)(2, vectors, a, b, b_step, depth, t, c, ldc); break;
    case 1: TK_FN(micro)(1, vectors, a, b, b_step, depth, t, c, ldc); break;
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

/// Floats of a row of the panel that begins at a column: 1, 2 or 4 vectors.
static int64_t TK_FN(panel_row)(int64_t n, int64_t column) {
    int64_t rest = n - column;
    return rest <= TK_LANES ? TK_LANES : rest <= 2 * TK_LANES ? 2 * TK_LANES : PANEL_WIDTH;
}

/// To the nearest bfloat16, to even where two are as near; a NaN stays one.
INLINE V TK_FN(rounded)(V x) {
    typedef uint32_t U __attribute__((ext_vector_type(TK_LANES)));
    U bits;
    memcpy(&bits, &x, sizeof bits);
    U nearest = bits + 0x7fff + ((bits >> 16) & 1), quiet = bits | 0x400000;
    VI number = x == x;
    VI result;
    memcpy(&result, &nearest, sizeof result);
    VI other;
    memcpy(&other, &quiet, sizeof other);
    return TK_FN(as_floats)(((number & result) | (~number & other)) & ~0xffff);
}

/// y = x rounded; the two may be the same.
static void TK_FN(round_run)(const float *x, float *y, int64_t count) {
    int64_t i = 0;
    for (; i + TK_LANES <= count; i += TK_LANES) TK_FN(store)(y + i, TK_FN(rounded)(TK_FN(load)(x + i)));
    if (i < count) TK_FN(store_some)(y + i, TK_FN(rounded)(TK_FN(load_some)(x + i, count - i, 0.0f)), count - i);
}

/// Rows of B that lie one after the other.
static void TK_FN(pack_rows)(const float *b, int64_t b_row, int64_t columns, int64_t depth, float *panel,
                             int64_t panel_row) {
    for (int64_t p = 0; p < depth; p++, b += b_row, panel += panel_row) {
        int64_t j = 0;
        for (; j + TK_LANES <= columns; j += TK_LANES) TK_FN(store)(panel + j, TK_FN(load)(b + j));
        if (j < columns) TK_FN(store)(panel + j, TK_FN(load_some)(b + j, columns - j, 0.0f));
    }
}

/// Columns of B that lie one after the other, transposed in squares of four.
static void TK_FN(pack_columns)(const float *b, int64_t b_step, int64_t columns, int64_t depth, float *panel,
                                int64_t panel_row) {
    typedef float four __attribute__((ext_vector_type(4)));
    int64_t j = 0;
    for (; j + 4 <= columns; j += 4) {
        const float *x = b + j * b_step;
        float *y = panel + j;
        int64_t p = 0;
        for (; p + 4 <= depth; p += 4) {
            four r[4];
            for (int i = 0; i < 4; i++) memcpy(&r[i], x + i * b_step + p, sizeof r[i]);
            four a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5), c = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
            four d = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5), e = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
            four s[4] = {__builtin_shufflevector(a, d, 0, 1, 4, 5), __builtin_shufflevector(a, d, 2, 3, 6, 7),
                         __builtin_shufflevector(c, e, 0, 1, 4, 5), __builtin_shufflevector(c, e, 2, 3, 6, 7)};
            for (int i = 0; i < 4; i++) memcpy(y + (p + i) * panel_row, &s[i], sizeof s[i]);
        }
        for (; p < depth; p++) {
            for (int i = 0; i < 4; i++) y[p * panel_row + i] = x[i * b_step + p];
        }
    }
    for (; j < panel_row; j++) {
        for (int64_t p = 0; p < depth; p++) panel[p * panel_row + j] = j < columns ? b[j * b_step + p] : 0.0f;
    }
}

/// One panel of op(B) from a column on.
static void TK_FN(pack_panel)(const float *b, int64_t b_row, int64_t b_step, int64_t n, int64_t column, int64_t depth,
                              tk_operands operands, float *panel) {
    int64_t columns = tk_min(PANEL_WIDTH, n - column), panel_row = TK_FN(panel_row)(n, column);
    if (b_step == 1) {
        TK_FN(pack_rows)(b + column, b_row, columns, depth, panel, panel_row);
    } else {
        TK_FN(pack_columns)(b + column * b_step, b_step, columns, depth, panel, panel_row);
    }
    if (operands == TK_OPERANDS_BFLOAT16) TK_FN(round_run)(panel, panel, depth * panel_row);
}

/// Rows of op(A) that lie one after the other, rounded.
static TK_FN(rows) TK_FN(round_rows)(const tk_block *t, const float *a, int64_t depth) {
    float *rounded = tk_scratch(TK_SCRATCH_BLOCK, t->m * depth);
    for (int64_t i = 0; i < t->m; i++) TK_FN(round_run)(a + i * t->a_row, rounded + i * depth, depth);
    return (TK_FN(rows)){rounded, depth, 1, BLOCK_ROWS * depth};
}

/// Some panels of one cut, a few rows at a time for all of them, so that long rows are read along memory.
static void TK_FN(pack_group)(const tk_block *t, const float *b, int64_t first, int64_t depth, float *panels) {
    int64_t last = tk_min(t->n, first + PANEL_WIDTH * PANEL_GROUP);
    int64_t grain = t->b_step == 1 ? PACKED_STEPS : depth;
    for (int64_t step = 0; step < depth; step += grain) {
        int64_t steps = tk_min(grain, depth - step);
        for (int64_t column = first; column < last; column += PANEL_WIDTH) {
            float *panel = panels + (column - first) * depth + step * TK_FN(panel_row)(t->n, column);
            TK_FN(pack_panel)(b + step * t->b_row, t->b_row, t->b_step, t->n, column, steps, t->operands, panel);
        }
    }
}

/// Rows of op(A) that lie across memory, brought side by side block by block, a few steps of all blocks at a time.
static TK_FN(rows) TK_FN(pack_blocks)(const tk_block *t, const float *a, int64_t depth) {
    float *packed = tk_scratch(TK_SCRATCH_BLOCK, tk_ceil_divide(t->m, BLOCK_ROWS) * BLOCK_ROWS * depth);
    int64_t whole = t->m / BLOCK_ROWS * BLOCK_ROWS;
    for (int64_t first = 0; first < depth; first += PACKED_STEPS) {
        int64_t last = tk_min(first + PACKED_STEPS, depth);
        for (int64_t i = 0; i < whole; i += BLOCK_ROWS) {
            for (int64_t p = first; p < last; p++) {
                memcpy(packed + i * depth + p * BLOCK_ROWS, a + p * t->a_step + i, BLOCK_ROWS * sizeof(float));
            }
        }
        for (int64_t p = first; p < last; p++) {
            float *y = packed + whole * depth + p * BLOCK_ROWS;
            for (int64_t i = whole; i < t->m; i++) y[i - whole] = a[p * t->a_step + i];
        }
    }
    if (t->operands == TK_OPERANDS_BFLOAT16) {
        TK_FN(round_run)(packed, packed, tk_ceil_divide(t->m, BLOCK_ROWS) * BLOCK_ROWS * depth);
    }
    return (TK_FN(rows)){packed, 1, BLOCK_ROWS, BLOCK_ROWS * depth};
}

/// The panels of one cut of the depth.
static void TK_FN(multiply_cut)(const tk_block *t, int64_t first, int64_t depth) {
    bool isFirst = first == 0, isLast = first + depth == t->k;
    const float *b = t->b + first * t->b_row;
    TK_FN(rows) a = {t->a + first * t->a_step, t->a_row, t->a_step, BLOCK_ROWS * t->a_row};
    bool rounds = t->operands == TK_OPERANDS_BFLOAT16;
    if (rounds && t->a_row != 1) {
        a = TK_FN(round_rows)(t, a.first, depth);
    } else if (rounds || (t->a_row == 1 && t->a_step >= FAR && t->n > PANEL_WIDTH)) {
        a = TK_FN(pack_blocks)(t, a.first, depth);
    }
    int64_t group = 0, packed = 0;  // the columns whose panels are packed here, from the first of a group on
    for (int64_t column = 0; column < t->n; column += PANEL_WIDTH) {
        int64_t columns = tk_min(PANEL_WIDTH, t->n - column), width = TK_FN(panel_row)(t->n, column), b_step = width;
        TK_FN(target) target = {.alpha = t->alpha,
                                .beta = isFirst ? t->beta : 1.0f,
                                .bias = isLast && t->bias != NULL ? t->bias + column : NULL};
        const float *panel = t->panels + column * t->k + first * width;
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
            panel = own + (column - group) * depth;
        }
        float *c = t->c + column;
        if (columns == width) {
            TK_FN(whole_panel)(width, t->m, a, panel, b_step, depth, &target, c, t->ldc);
        } else {
            TK_FN(part_panel)(width, columns, t->m, a, panel, b_step, depth, &target, c, t->ldc);
        }
    }
}

static void TK_FN(multiply_block)(const tk_block *t) {
    // Cuts of equal depth: a short one at the end would cost as much as a long one.
    int64_t depth = tk_ceil_divide(t->k, tk_max(1, tk_ceil_divide(t->k, BLOCK_DEPTH))), first = 0;
    do {
        TK_FN(multiply_cut)(t, first, tk_min(depth, t->k - first));
        first += depth;
    } while (first < t->k);
}

static int64_t TK_FN(width_of_panels)(void) { return PANEL_WIDTH; }

/// Sums of runs in pairs.
static void TK_FN(add_parts)(const float *x, int64_t parts, int64_t stride, float beta, float *y, int64_t count) {
    for (int64_t i = 0; i < count; i += TK_LANES) {
        int64_t lanes = tk_min(TK_LANES, count - i);
        bool whole = lanes == TK_LANES;
        V sums[TK_MAXIMAL_PARTS];
        for (int64_t part = 0; part < parts; part++) {
            const float *run = x + part * stride + i;
            sums[part] = whole ? TK_FN(load)(run) : TK_FN(load_some)(run, lanes, 0.0f);
        }
        for (int64_t step = 1; step < parts; step *= 2) {
            for (int64_t part = 0; part + step < parts; part += 2 * step) sums[part] += sums[part + step];
        }
        if (beta != 0.0f) sums[0] += beta * (whole ? TK_FN(load)(y + i) : TK_FN(load_some)(y + i, lanes, 0.0f));
        if (whole) {
            TK_FN(store)(y + i, sums[0]);
        } else {
            TK_FN(store_some)(y + i, sums[0], lanes);
        }
    }
}
