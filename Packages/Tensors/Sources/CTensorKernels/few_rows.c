#include "few_rows.h"

#include "parallel.h"

#define TK_LOOPS "few_rows_loops.h"
#include "each_variant.h"

typedef void (*few_rows_loop)(const float *x, int64_t m, const void *w, const float *scales, int64_t n, int64_t k,
                              const float *bias, float *y, int64_t y_row);

typedef struct {
    few_rows_loop loop;
    const float *x;
    int64_t m;
    const tk_weights *weights;
    int64_t row_bytes;
    const float *bias;
    float *y;
} few;

static few_rows_loop loop_of(tk_element element) {
    switch (element) {
    case TK_BFLOAT16: return TK_PICK(few_rows_bfloat16);
    case TK_FLOAT16: return TK_PICK(few_rows_float16);
    case TK_INT8: return TK_PICK(few_rows_int8);
    default: return TK_PICK(few_rows_float32);
    }
}

static int64_t bytes_of(tk_element element) {
    switch (element) {
    case TK_INT8: return 1;
    case TK_FLOAT32: return 4;
    default: return 2;
    }
}

static void few_range(void *context, int64_t first, int64_t last) {
    const few *f = context;
    const tk_weights *w = f->weights;
    f->loop(f->x, f->m, (const char *)w->data + first * f->row_bytes, w->scales != NULL ? w->scales + first : NULL,
            last - first, w->inputs, f->bias != NULL ? f->bias + first : NULL, f->y + first, w->outputs);
}

bool tk_multiply_few_rows(const float *x, int64_t m, const tk_weights *weights, const float *bias, float *y) {
    enum { FEW = 8, GROUP = 4 };
    int64_t n = weights->outputs, k = weights->inputs;
    if (m > FEW || n < GROUP) return false;
    few f = {loop_of(weights->element), x, m, weights, k * bytes_of(weights->element), bias, y};
    // Groups of four rows, and never fewer than four in the last range.
    int64_t grain = tk_max(GROUP, tk_rows_per_tile(k) / GROUP * GROUP);
    while (n % grain != 0 && n % grain < GROUP && grain > GROUP) grain -= GROUP;
    if (n % grain != 0 && n % grain < GROUP) grain = n;
    tk_parallel_ranges(n, grain, few_range, &f);
    return true;
}
