// Matrix products on tiles of the result that follow from the shape alone: by own kernels or by OpenBLAS, single-threaded.
#include "activation.h"
#include "blas.h"
#include "blocks.h"
#include "few_rows.h"
#include "parallel.h"

enum {
    INLINE_WORK = 32768,      // multiplications below which a product runs on the caller: a region costs as much
    WANTED_TILES = 8,         // of a product, so that two, four or eight threads get equal shares
    SOME_ROWS = 24,           // of the first operand, worth packing the second for
    MANY_ROWS = 192,          // from here on rows alone make the tiles
    TILE_ROWS = 144,          // at most, by own kernels
    TILE_COLUMNS = 512,       // at most
    COLUMN_GRAIN = 64,        // a multiple of every variant's panels
    PART_DEPTH = 256,         // least, of a sum that is cut among tiles
    CACHED_PANELS = 1 << 20,  // elements of the second operand that stay in cache from tile to tile
    SHARED_LIMIT = 1 << 24,   // and beyond which tiles pack what they need, to save memory
    SMALL_OPERAND = 1 << 20,  // elements up to which own kernels are the faster ones whatever the processor
    LONG_ROWS = 288,          // at most, of tiles that pack both operands: rows that the second cache holds
    BLAS_COLUMNS = 256,
};

typedef struct {
    tk_operands operands;
    bool transpose_a, transpose_b;
    int64_t m, n, k;
    float alpha;
    const float *a;
    int64_t lda;
    const float *b;
    int64_t ldb;
    float beta;
    float *c;
    int64_t ldc;
    int64_t a_stride, b_stride, c_stride;  // between the matrices of a batch
    bool by_blocks;                        // own kernels
    const float *panels;                   // op(B) packed for all tiles, or NULL
    int64_t tile_rows, tile_columns, row_tiles, column_tiles;
    int64_t depth, parts;  // of a sum over k that is cut: c is then partial[parts, m, n]
    const float *bias;     // of tk_linear
    tk_activation_loop activate;
    float *activated;
} product;

static int64_t rounded_up(int64_t value, int64_t grain) { return tk_ceil_divide(value, grain) * grain; }

/// The size of a share at most, where all are about equal.
static int64_t even_share(int64_t whole, int64_t limit) { return tk_ceil_divide(whole, tk_ceil_divide(whole, limit)); }

/// Whether tiles pack what they need of the second operand, a cut at a time in cache: packed for all of them first it would
/// come from memory again for each tile of rows. Rounding costs more than that, unless it is across the sum.
static bool packs_in_tiles(const product *p) {
    return p->n * p->k > CACHED_PANELS && (p->transpose_a || p->operands == TK_OPERANDS_FLOAT32);
}

/// Whether own kernels multiply: with AVX2 they are as fast as OpenBLAS for all but a few rows, else for small operands.
static bool suits_blocks(const product *p) {
    // Operands are rounded where they are packed, which OpenBLAS does itself.
    if (p->operands == TK_OPERANDS_BFLOAT16 || !tk_blas_knows_processor()) return true;
    if (tk_current_variant() == TK_AVX2 && p->m >= SOME_ROWS) return true;
    return p->n * p->k <= SMALL_OPERAND || (p->transpose_a && p->m * p->n <= SMALL_OPERAND);
}

/// Tiles of OpenBLAS's, which packs both operands for each: large ones, unless threads would be left without.
static void plan_blas(product *p) {
    p->tile_columns = tk_min(p->n, BLAS_COLUMNS);
    int64_t tiles = tk_ceil_divide(p->m, LONG_ROWS) * tk_ceil_divide(p->n, p->tile_columns);
    p->tile_rows = even_share(p->m, tiles < WANTED_TILES ? LONG_ROWS / 2 : LONG_ROWS);
}

/// Tiles of columns that leave memory least to do, together with as many parts of a sum that is cut as make up the
/// wanted tiles: each tile reads all rows, and each part is written and read.
static int64_t wanted_column_tiles(const product *p, int64_t wanted) {
    int64_t best = wanted, least = wanted * p->k;
    for (int64_t parts = 2; parts <= wanted && p->k >= parts * PART_DEPTH; parts *= 2) {
        int64_t tiles = wanted / parts, cost = tiles * p->k + 2 * parts * p->n;
        if (cost >= least) continue;
        best = tiles;
        least = cost;
    }
    return best;
}

/// Tiles of rows where there are many, else of columns too; then the sum is cut.
static void plan_blocks(product *p, bool may_cut) {
    enum { ROW_GRAIN = 6 };
    p->tile_rows = p->m;
    if (packs_in_tiles(p)) {
        p->tile_rows = rounded_up(even_share(p->m, LONG_ROWS), ROW_GRAIN);
    } else if (p->m >= MANY_ROWS) {
        int64_t tiles = WANTED_TILES * tk_ceil_divide(p->m, WANTED_TILES * TILE_ROWS);
        p->tile_rows = rounded_up(tk_ceil_divide(p->m, tiles), ROW_GRAIN);
    }
    p->row_tiles = tk_ceil_divide(p->m, p->tile_rows);
    int64_t wanted = tk_max(1, WANTED_TILES / p->row_tiles);
    if (may_cut) wanted = wanted_column_tiles(p, wanted);
    p->tile_columns = tk_min(TILE_COLUMNS, rounded_up(tk_ceil_divide(p->n, wanted), COLUMN_GRAIN));
    p->tile_columns = tk_min(p->tile_columns, p->n);
    p->column_tiles = tk_ceil_divide(p->n, p->tile_columns);
    if (!may_cut) return;
    int64_t tiles = p->row_tiles * p->column_tiles;
    while (p->parts < TK_MAXIMAL_PARTS && tiles * p->parts < WANTED_TILES && p->k >= 2 * p->parts * PART_DEPTH) {
        p->parts *= 2;
    }
}

static void plan(product *p, int64_t batch) {
    p->parts = 1;
    p->by_blocks = suits_blocks(p);
    if (p->m * p->n * p->k < INLINE_WORK) {
        p->tile_rows = p->m;
        p->tile_columns = p->n;
    } else if (p->by_blocks) {
        // Bias and activation come after the whole sum.
        plan_blocks(p, batch == 1 && p->bias == NULL && p->activate == NULL);
    } else {
        plan_blas(p);
    }
    p->row_tiles = tk_ceil_divide(p->m, p->tile_rows);
    p->column_tiles = tk_ceil_divide(p->n, p->tile_columns);
    p->depth = tk_ceil_divide(p->k, p->parts);
}

/// Activation of a tile that is still in cache.
static void finish_tile(const product *p, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    for (int64_t i = row; i < row + rows; i++) {
        float *c = p->c + i * p->ldc + column;
        if (p->bias != NULL && !p->by_blocks) {
            for (int64_t j = 0; j < columns; j++) c[j] += p->bias[column + j];
        }
        if (p->activate != NULL) p->activate(c, p->activated + i * p->ldc + column, columns);
    }
}

static void run_tile(void *context, int64_t tile) {
    const product *p = context;
    int64_t column = tile % p->column_tiles * p->tile_columns;
    int64_t row = tile / p->column_tiles % p->row_tiles * p->tile_rows;
    int64_t entry = tile / p->column_tiles / p->row_tiles, part = 0;
    if (p->parts > 1) {
        part = entry;
        entry = 0;
    }
    int64_t rows = tk_min(p->tile_rows, p->m - row), columns = tk_min(p->tile_columns, p->n - column);
    int64_t first = part * p->depth, depth = tk_min(p->depth, p->k - first);
    const float *a = p->a + entry * p->a_stride + (p->transpose_a ? first * p->lda + row : row * p->lda + first);
    const float *b = p->b + entry * p->b_stride + (p->transpose_b ? column * p->ldb + first : first * p->ldb + column);
    float *c = p->c + (entry + part) * p->c_stride + row * p->ldc + column;
    if (p->by_blocks) {
        tk_block block = {.m = rows, .n = columns, .k = depth,
                          .a = a, .a_row = p->transpose_a ? 1 : p->lda, .a_step = p->transpose_a ? p->lda : 1,
                          .b = b, .b_row = p->transpose_b ? 1 : p->ldb, .b_step = p->transpose_b ? p->ldb : 1,
                          .operands = p->operands,
                          .alpha = p->alpha, .beta = p->beta, .c = c, .ldc = p->ldc,
                          .bias = p->bias != NULL ? p->bias + column : NULL};
        if (p->panels != NULL) block.panels = p->panels + tk_panel_floats(p->operands, column, p->k);
        tk_multiply_block(&block);
    } else {
        tk_multiply_on_thread(p->transpose_a, p->transpose_b, rows, columns, depth, p->alpha, a, p->lda, b, p->ldb,
                              p->beta, c, p->ldc);
    }
    if (p->activate != NULL || (p->bias != NULL && !p->by_blocks)) finish_tile(p, row, rows, column, columns);
}

/// A small result of a long sum: parts of the sum in parallel, added in pairs.
static void run_parts(product *p) {
    product parts = *p;
    parts.c = tk_scratch(TK_SCRATCH_SHARED, p->parts * p->m * p->n);
    parts.ldc = p->n;
    parts.c_stride = p->m * p->n;
    parts.beta = 0.0f;
    tk_parallel(p->row_tiles * p->column_tiles * p->parts, run_tile, &parts);
    if (p->ldc == p->n) {
        tk_add_parts(parts.c, p->parts, parts.c_stride, p->beta, p->c, p->m * p->n);
        return;
    }
    for (int64_t i = 0; i < p->m; i++) {
        tk_add_parts(parts.c + i * p->n, p->parts, parts.c_stride, p->beta, p->c + i * p->ldc, p->n);
    }
}

static void run(product *p, int64_t batch) {
    plan(p, batch);
    if (p->parts > 1) {
        run_parts(p);
        return;
    }
    if (batch == 1 && p->by_blocks && p->row_tiles > 1 && !packs_in_tiles(p) && p->n * p->k <= SHARED_LIMIT) {
        float *panels = tk_scratch(TK_SCRATCH_SHARED, tk_panel_floats(p->operands, p->n, p->k));
        tk_pack_panels(p->b, p->transpose_b ? 1 : p->ldb, p->transpose_b ? p->ldb : 1, p->n, p->k, p->operands,
                       panels);
        p->panels = panels;
    }
    tk_parallel(batch * p->row_tiles * p->column_tiles, run_tile, p);
}

void tk_product_batched(int64_t batch, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k,
                        float alpha, const float *a, int64_t lda, int64_t a_stride, const float *b, int64_t ldb,
                        int64_t b_stride, float beta, float *c, int64_t ldc, int64_t c_stride) {
    if (batch <= 0 || m <= 0 || n <= 0) return;
    product p = {.transpose_a = transpose_a, .transpose_b = transpose_b, .m = m, .n = n, .k = k, .alpha = alpha,
                 .a = a, .lda = lda, .b = b, .ldb = ldb, .beta = beta, .c = c, .ldc = ldc,
                 .a_stride = a_stride, .b_stride = b_stride, .c_stride = c_stride};
    run(&p, batch);
}

void tk_product(tk_operands operands, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
    if (m <= 0 || n <= 0) return;
    product p = {.operands = operands, .transpose_a = transpose_a, .transpose_b = transpose_b, .m = m, .n = n, .k = k,
                 .alpha = alpha, .a = a, .lda = lda, .b = b, .ldb = ldb, .beta = beta, .c = c, .ldc = ldc};
    run(&p, 1);
}

void tk_linear(tk_operands operands, const float *x, const float *weight, const float *bias, tk_activation activation,
               float *before, float *y, int64_t rows, int64_t inputs, int64_t outputs) {
    if (rows <= 0 || outputs <= 0) return;
    tk_activation_loop activate = tk_loop_of_activation(activation);
    float *c = activate != NULL && before != NULL ? before : y;
    if (operands == TK_OPERANDS_FLOAT32 && tk_multiply_few_rows(x, weight, bias, c, rows, inputs, outputs)) {
        if (activate != NULL) tk_activate(activation, c, y, rows * outputs);
        return;
    }
    product p = {.operands = operands, .transpose_b = true, .m = rows, .n = outputs, .k = inputs, .alpha = 1.0f, .a = x,
                 .lda = inputs, .b = weight, .ldb = inputs, .c = c, .ldc = outputs, .bias = bias, .activate = activate,
                 .activated = y};
    run(&p, 1);
}
