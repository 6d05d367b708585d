#include "few_rows.h"

#include "parallel.h"

#define TK_LOOPS "few_rows_loops.h"
#include "each_variant.h"

typedef void (*few_rows_loop)(const float *x, int64_t m, const void *w, int64_t n, int64_t k, const float *bias,
                              float *y, int64_t y_row);

typedef struct {
    few_rows_loop loop;
    const float *x;
    int64_t m;
    const tk_weights *weights;
    int64_t row_bytes;
    const float *bias;
    float *y;
} few;

static void few_range(void *context, int64_t first, int64_t last) {
    const few *f = context;
    const tk_weights *w = f->weights;
    f->loop(f->x, f->m, (const char *)w->data + first * f->row_bytes, last - first, w->inputs,
            f->bias != NULL ? f->bias + first : NULL, f->y + first, w->outputs);
}

bool tk_multiply_few_rows(const float *x, int64_t m, const tk_weights *weights, const float *bias, float *y) {
    enum { FEW = 8, GROUP = 4 };
    int64_t n = weights->outputs, k = weights->inputs;
    if (m > FEW || n < GROUP) return false;
    bool is_half = weights->element == TK_FLOAT16;
    few_rows_loop loop = is_half ? TK_PICK(few_rows_float16) : TK_PICK(few_rows_float32);
    few f = {loop, x, m, weights, k * (is_half ? 2 : 4), bias, y};
    // Groups of four rows, and never fewer than four in the last range.
    int64_t grain = tk_max(GROUP, tk_rows_per_tile(k) / GROUP * GROUP);
    while (n % grain != 0 && n % grain < GROUP && grain > GROUP) grain -= GROUP;
    if (n % grain != 0 && n % grain < GROUP) grain = n;
    tk_parallel_ranges(n, grain, few_range, &f);
    return true;
}
