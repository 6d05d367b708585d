#include "few_rows.h"

#include "parallel.h"

#define TK_LOOPS "few_rows_loops.h"
#include "each_variant.h"

typedef struct {
    const float *x, *weight, *bias;
    float *y;
    int64_t rows, inputs, outputs;
} few;

static void few_range(void *context, int64_t first, int64_t last) {
    const few *f = context;
    TK_PICK(few_rows)(f->x, f->rows, f->weight + first * f->inputs, last - first, f->inputs,
                      f->bias != NULL ? f->bias + first : NULL, f->y + first, f->outputs);
}

bool tk_multiply_few_rows(const float *x, const float *weight, const float *bias, float *y, int64_t rows, int64_t inputs,
                          int64_t outputs) {
    enum { GROUP = 4 };
    if (rows > TK_FEW_ROWS || outputs < GROUP) return false;
    few f = {x, weight, bias, y, rows, inputs, outputs};
    // Groups of four rows of the weight, and never fewer than four in the last range.
    int64_t grain = tk_max(GROUP, tk_rows_per_tile(inputs) / GROUP * GROUP);
    while (outputs % grain != 0 && outputs % grain < GROUP && grain > GROUP) grain -= GROUP;
    if (outputs % grain != 0 && outputs % grain < GROUP) grain = outputs;
    tk_parallel_ranges(outputs, grain, few_range, &f);
    return true;
}
