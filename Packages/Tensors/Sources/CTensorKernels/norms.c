// Layer norm, RMS norm and L2 normalisation of rows.
#include "parallel.h"
#include "reductions.h"

#define TK_LOOPS "norm_loops.h"
#include "each_variant.h"

typedef struct {
    const float *x, *weight, *bias;
    float epsilon;
    float *y, *mean, *scale;
    int64_t width;
} forward;

static void layer_norm_range(void *context, int64_t first, int64_t last) {
    const forward *f = context;
    for (int64_t row = first; row < last; row++) {
        TK_PICK(layer_norm_row)
        (f->x + row * f->width, f->weight, f->bias, f->epsilon, f->y + row * f->width, f->mean + row, f->scale + row,
         f->width);
    }
}

void tk_layer_norm(const float *x, const float *weight, const float *bias, float epsilon, float *y, float *mean,
                   float *inverse_deviation, int64_t rows, int64_t width) {
    forward f = {x, weight, bias, epsilon, y, mean, inverse_deviation, width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), layer_norm_range, &f);
}

static void rms_norm_range(void *context, int64_t first, int64_t last) {
    const forward *f = context;
    for (int64_t row = first; row < last; row++) {
        TK_PICK(rms_norm_row)
        (f->x + row * f->width, f->weight, f->epsilon, f->y + row * f->width, f->scale + row, f->width);
    }
}

void tk_rms_norm(const float *x, const float *weight, float epsilon, float *y, float *inverse_rms, int64_t rows,
                 int64_t width) {
    forward f = {.x = x, .weight = weight, .epsilon = epsilon, .y = y, .scale = inverse_rms, .width = width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), rms_norm_range, &f);
}

static void l2_range(void *context, int64_t first, int64_t last) {
    const forward *f = context;
    for (int64_t row = first; row < last; row++) {
        TK_PICK(l2_normalize_row)
        (f->x + row * f->width, f->epsilon, f->y + row * f->width, f->scale + row, f->width);
    }
}

void tk_l2_normalize_rows(const float *x, float epsilon, float *y, float *norms, int64_t rows, int64_t width) {
    forward f = {.x = x, .epsilon = epsilon, .y = y, .scale = norms, .width = width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), l2_range, &f);
}

/// Rows whose weight gradients are added up before the fixed tree takes them.
enum { ROW_BLOCK = 64 };

typedef void (*backward_loop)(const float *x, const float *weight, float mean, float factor, const float *dy,
                              float *dx, float *dweight, float *dbias, int64_t width);

typedef struct {
    backward_loop loop;
    const float *x, *weight, *mean, *scale, *dy;
    float epsilon;
    float *dx, *dweight, *dbias;
    int64_t rows, width;
} backward;

/// One block of rows; dweight and dbias hold a partial sum per block.
static void backward_block(void *context, int64_t block) {
    const backward *b = context;
    int64_t width = b->width, first = block * ROW_BLOCK, last = tk_min(first + ROW_BLOCK, b->rows);
    float *dweight = b->dweight != NULL ? b->dweight + block * width : NULL;
    float *dbias = b->dbias != NULL ? b->dbias + block * width : NULL;
    if (dweight != NULL) memset(dweight, 0, (size_t)width * sizeof(float));
    if (dbias != NULL) memset(dbias, 0, (size_t)width * sizeof(float));
    for (int64_t row = first; row < last; row++) {
        b->loop(b->x + row * width, b->weight, b->mean != NULL ? b->mean[row] : 0.0f, b->scale[row],
                b->dy + row * width, b->dx + row * width, dweight, dbias, width);
    }
}

/// Adds the blocks' partial sums into the gradient, or leaves zeros where there was no row.
static void finish(float *partials, int64_t blocks, float *gradient, int64_t width) {
    if (gradient == NULL) return;
    if (blocks == 0) {
        memset(gradient, 0, (size_t)width * sizeof(float));
        return;
    }
    tk_add_pairwise(partials, blocks, width);
    memcpy(gradient, partials, (size_t)width * sizeof(float));
}

static void run_backward(backward *b, float *dweight, float *dbias) {
    int64_t blocks = tk_ceil_divide(b->rows, ROW_BLOCK);
    float *partials = tk_scratch(TK_SCRATCH_SHARED, 2 * blocks * b->width);
    if (dweight != NULL) b->dweight = partials;
    if (dbias != NULL) b->dbias = partials + blocks * b->width;
    tk_parallel(blocks, backward_block, b);
    finish(b->dweight, blocks, dweight, b->width);
    finish(b->dbias, blocks, dbias, b->width);
}

void tk_layer_norm_backward(const float *x, const float *weight, const float *mean, const float *inverse_deviation,
                            const float *dy, float *dx, float *dweight, float *dbias, int64_t rows, int64_t width) {
    backward b = {.loop = TK_PICK(layer_norm_row_backward),
                  .x = x,
                  .weight = weight,
                  .mean = mean,
                  .scale = inverse_deviation,
                  .dy = dy,
                  .dx = dx,
                  .rows = rows,
                  .width = width};
    run_backward(&b, dweight, dbias);
}

void tk_rms_norm_backward(const float *x, const float *weight, const float *inverse_rms, const float *dy, float *dx,
                          float *dweight, int64_t rows, int64_t width) {
    backward b = {.loop = TK_PICK(rms_norm_row_backward),
                  .x = x,
                  .weight = weight,
                  .scale = inverse_rms,
                  .dy = dy,
                  .dx = dx,
                  .rows = rows,
                  .width = width};
    run_backward(&b, dweight, NULL);
}

static void l2_backward_range(void *context, int64_t first, int64_t last) {
    const backward *b = context;
    for (int64_t row = first; row < last; row++) {
        int64_t start = row * b->width;
        TK_PICK(l2_normalize_row_backward)
        (b->x + start, b->scale[row], b->epsilon, b->dy + start, b->dx + start, b->width);
    }
}

void tk_l2_normalize_rows_backward(const float *y, const float *norms, float epsilon, const float *dy, float *dx,
                                   int64_t rows, int64_t width) {
    backward b = {.x = y, .scale = norms, .epsilon = epsilon, .dy = dy, .dx = dx, .rows = rows, .width = width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), l2_backward_range, &b);
}
