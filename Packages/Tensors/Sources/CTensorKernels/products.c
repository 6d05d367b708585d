// Matrix products: OpenBLAS, single-threaded, on tiles of the result that follow from the shape alone.
#include "activation.h"
#include "conversion.h"
#include "parallel.h"
#include "reductions.h"

#include <cblas.h>
#include <string.h>

/// Products of fewer multiplications than this run inline: a region costs about as much.
enum { INLINE_WORK = 32768, TILE_ROWS = 128, TILE_COLUMNS = 256, SPLIT_DEPTH = 512, SPLIT_TILES = 8 };

typedef struct {
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
    int64_t tile_rows, tile_columns, row_tiles, column_tiles;
    int64_t depth, depth_tiles;  // of a split over k: c is then partial[depth_tiles, m, n]
    const float *bias;           // of tk_linear
    tk_activation_loop activate;
    float *before;
} product;

static void plan(product *p, int64_t batch) {
    p->tile_rows = tk_min(p->m, TILE_ROWS);
    p->tile_columns = tk_min(p->n, TILE_COLUMNS);
    if (batch == 1 && p->tile_rows * p->tile_columns >= p->m * p->n) {
        if (p->m >= p->n) {
            p->tile_rows = tk_ceil_divide(tk_ceil_divide(p->m, 2), 16) * 16;
        } else {
            p->tile_columns = tk_ceil_divide(tk_ceil_divide(p->n, 2), 16) * 16;
        }
    }
    if (p->m * p->n * p->k < INLINE_WORK) {
        p->tile_rows = p->m;
        p->tile_columns = p->n;
    }
    p->row_tiles = tk_ceil_divide(p->m, p->tile_rows);
    p->column_tiles = tk_ceil_divide(p->n, p->tile_columns);
    p->depth = p->k;
    p->depth_tiles = 1;
}

/// Bias and activation of a tile that is still in cache.
static void finish_tile(const product *p, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    for (int64_t i = row; i < row + rows; i++) {
        float *y = p->c + i * p->ldc + column;
        if (p->bias != NULL) {
            for (int64_t j = 0; j < columns; j++) y[j] += p->bias[column + j];
        }
        if (p->before != NULL) memcpy(p->before + i * p->ldc + column, y, (size_t)columns * sizeof(float));
        if (p->activate != NULL) p->activate(y, y, columns);
    }
}

static void run_tile(void *context, int64_t tile) {
    const product *p = context;
    int64_t column = tile % p->column_tiles * p->tile_columns;
    int64_t row = tile / p->column_tiles % p->row_tiles * p->tile_rows;
    int64_t entry = tile / p->column_tiles / p->row_tiles, part = 0;
    if (p->depth_tiles > 1) {
        part = entry;
        entry = 0;
    }
    int64_t rows = tk_min(p->tile_rows, p->m - row), columns = tk_min(p->tile_columns, p->n - column);
    int64_t first = part * p->depth, depth = tk_min(p->depth, p->k - first);
    const float *a = p->a + entry * p->a_stride + (p->transpose_a ? first * p->lda + row : row * p->lda + first);
    const float *b = p->b + entry * p->b_stride + (p->transpose_b ? column * p->ldb + first : first * p->ldb + column);
    float *c = p->c + (entry + part) * p->c_stride + row * p->ldc + column;
    cblas_sgemm(CblasRowMajor, p->transpose_a ? CblasTrans : CblasNoTrans, p->transpose_b ? CblasTrans : CblasNoTrans,
                (int)rows, (int)columns, (int)depth, p->alpha, a, (int)p->lda, b, (int)p->ldb, p->beta, c,
                (int)p->ldc);
    if (p->bias != NULL || p->activate != NULL) finish_tile(p, row, rows, column, columns);
}

/// A small result of a long sum: parts of k in parallel, added in pairs.
static bool run_split(product *p) {
    if (p->k < 2 * SPLIT_DEPTH || p->row_tiles * p->column_tiles >= SPLIT_TILES) return false;
    product parts = *p;
    parts.depth = SPLIT_DEPTH;
    parts.depth_tiles = tk_ceil_divide(p->k, SPLIT_DEPTH);
    parts.c = tk_scratch(TK_SCRATCH_SHARED, parts.depth_tiles * p->m * p->n);
    parts.ldc = p->n;
    parts.c_stride = p->m * p->n;
    parts.beta = 0.0f;
    tk_parallel(parts.row_tiles * parts.column_tiles * parts.depth_tiles, run_tile, &parts);
    tk_add_pairwise(parts.c, parts.depth_tiles, p->m * p->n);
    for (int64_t i = 0; i < p->m; i++) {
        for (int64_t j = 0; j < p->n; j++) {
            float sum = parts.c[i * p->n + j];
            p->c[i * p->ldc + j] = p->beta == 0.0f ? sum : sum + p->beta * p->c[i * p->ldc + j];
        }
    }
    return true;
}

void tk_product_batched(int64_t batch, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k,
                        float alpha, const float *a, int64_t lda, int64_t a_stride, const float *b, int64_t ldb,
                        int64_t b_stride, float beta, float *c, int64_t ldc, int64_t c_stride) {
    if (batch <= 0 || m <= 0 || n <= 0) return;
    product p = {.transpose_a = transpose_a, .transpose_b = transpose_b, .m = m, .n = n, .k = k, .alpha = alpha,
                 .a = a, .lda = lda, .b = b, .ldb = ldb, .beta = beta, .c = c, .ldc = ldc,
                 .a_stride = a_stride, .b_stride = b_stride, .c_stride = c_stride};
    plan(&p, batch);
    if (batch == 1 && run_split(&p)) return;
    tk_parallel(batch * p.row_tiles * p.column_tiles, run_tile, &p);
}

void tk_product(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
    tk_product_batched(1, transpose_a, transpose_b, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0);
}

void tk_linear(const float *x, const float *weight, const float *bias, tk_activation activation, float *before,
               float *y, int64_t rows, int64_t inputs, int64_t outputs) {
    if (rows <= 0 || outputs <= 0) return;
    product p = {.transpose_b = true, .m = rows, .n = outputs, .k = inputs, .alpha = 1.0f, .a = x, .lda = inputs,
                 .b = weight, .ldb = inputs, .c = y, .ldc = outputs, .bias = bias,
                 .activate = tk_loop_of_activation(activation)};
    p.before = p.activate != NULL ? before : NULL;
    plan(&p, 1);
    tk_parallel(p.row_tiles * p.column_tiles, run_tile, &p);
}

typedef struct {
    tk_widening_loop widen;
    const float *x;
    const uint16_t *weight;
    float *y;
    int64_t rows, inputs, outputs;
} halves;

enum { PANEL = 64 };

/// y columns of one panel of weight rows.
static void panel_forward(void *context, int64_t panel) {
    const halves *h = context;
    int64_t first = panel * PANEL, count = tk_min(PANEL, h->outputs - first);
    float *wide = tk_scratch(TK_SCRATCH_TILE, PANEL * h->inputs);
    h->widen(h->weight + first * h->inputs, wide, count * h->inputs);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)h->rows, (int)count, (int)h->inputs, 1.0f, h->x,
                (int)h->inputs, wide, (int)h->inputs, 0.0f, h->y + first, (int)h->outputs);
}

static void linear_halves(tk_widening_loop widen, const float *x, const uint16_t *weight, float *y, int64_t rows,
                          int64_t inputs, int64_t outputs) {
    if (rows <= 0) return;
    halves h = {widen, x, weight, y, rows, inputs, outputs};
    tk_parallel(tk_ceil_divide(outputs, PANEL), panel_forward, &h);
}

void tk_linear_bfloat16(const float *x, const uint16_t *weight, float *y, int64_t rows, int64_t inputs,
                        int64_t outputs) {
    linear_halves(tk_loop_widening_bfloat16(), x, weight, y, rows, inputs, outputs);
}

void tk_linear_float16(const float *x, const uint16_t *weight, float *y, int64_t rows, int64_t inputs,
                       int64_t outputs) {
    linear_halves(tk_loop_widening_float16(), x, weight, y, rows, inputs, outputs);
}

enum { INPUT_PANEL = 256, OUTPUT_PANEL = 128 };

/// dx columns of one panel of weight columns, over the weight rows in blocks.
static void panel_backward(void *context, int64_t panel) {
    const halves *h = context;
    int64_t first = panel * INPUT_PANEL, count = tk_min(INPUT_PANEL, h->inputs - first);
    float *wide = tk_scratch(TK_SCRATCH_TILE, OUTPUT_PANEL * INPUT_PANEL);
    for (int64_t row = 0; row < h->outputs; row += OUTPUT_PANEL) {
        int64_t depth = tk_min(OUTPUT_PANEL, h->outputs - row);
        for (int64_t i = 0; i < depth; i++) {
            h->widen(h->weight + (row + i) * h->inputs + first, wide + i * count, count);
        }
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)h->rows, (int)count, (int)depth, 1.0f,
                    h->x + row, (int)h->outputs, wide, (int)count, row == 0 ? 0.0f : 1.0f, h->y + first,
                    (int)h->inputs);
    }
}

static void linear_halves_backward(tk_widening_loop widen, const float *dy, const uint16_t *weight, float *dx,
                                   int64_t rows, int64_t inputs, int64_t outputs) {
    if (rows <= 0) return;
    halves h = {widen, dy, weight, dx, rows, inputs, outputs};
    tk_parallel(tk_ceil_divide(inputs, INPUT_PANEL), panel_backward, &h);
}

void tk_linear_bfloat16_backward(const float *dy, const uint16_t *weight, float *dx, int64_t rows, int64_t inputs,
                                 int64_t outputs) {
    linear_halves_backward(tk_loop_widening_bfloat16(), dy, weight, dx, rows, inputs, outputs);
}

void tk_linear_float16_backward(const float *dy, const uint16_t *weight, float *dx, int64_t rows, int64_t inputs,
                                int64_t outputs) {
    linear_halves_backward(tk_loop_widening_float16(), dy, weight, dx, rows, inputs, outputs);
}
