// Own kernels for products of floats, in float32 or rounded to bfloat16. OpenBLAS packs both operands and passes over the
// result once more for every call, which for the small products of training costs as much as half of the multiplications.
#include "blocks.h"

#include "parallel.h"

#define TK_LOOPS "float_blocks.h"
#include "each_variant.h"

static const tk_block_kernels *kernels_for(tk_operands operands) {
    const tk_block_kernels *pairs = operands == TK_OPERANDS_BFLOAT16 ? tk_pair_kernels() : NULL;
    return pairs != NULL ? pairs : TK_PICK(&block_kernels);
}

void tk_multiply_block(const tk_block *block) {
    if (block->m > 0 && block->n > 0) kernels_for(block->operands)->multiply(block);
}

int64_t tk_panel_floats(tk_operands operands, int64_t n, int64_t k) {
    const tk_block_kernels *kernels = kernels_for(operands);
    return tk_ceil_divide(n, kernels->width) * kernels->width * tk_ceil_divide(k, kernels->step);
}

typedef struct {
    const tk_block_kernels *kernels;
    const float *b;
    int64_t b_row, b_step, n, k;
    tk_operands operands;
    float *panels;
} packing;

/// Words of rows of op(B), a few at a time for all panels, so that long rows are read along memory.
static void pack_rows_range(void *context, int64_t first, int64_t last) {
    const packing *p = context;
    int64_t grain = p->kernels->step, width = p->kernels->width, words = tk_ceil_divide(p->k, grain);
    for (int64_t word = first; word < last; word += PACKED_WORDS) {
        int64_t step = word * grain, steps = tk_min(tk_min(PACKED_WORDS, last - word) * grain, p->k - step);
        for (int64_t column = 0; column < p->n; column += width) {
            float *panel = p->panels + column * words + word * p->kernels->panel_row(p->n, column);
            p->kernels->pack(p->b + step * p->b_row, p->b_row, 1, p->n, column, steps, p->operands, panel);
        }
    }
}

static void pack_columns_range(void *context, int64_t first, int64_t last) {
    const packing *p = context;
    int64_t width = p->kernels->width, words = tk_ceil_divide(p->k, p->kernels->step);
    for (int64_t column = first * width; column < tk_min(last * width, p->n); column += width) {
        float *panel = p->panels + column * words;
        p->kernels->pack(p->b, p->b_row, p->b_step, p->n, column, p->k, p->operands, panel);
    }
}

void tk_pack_panels(const float *b, int64_t b_row, int64_t b_step, int64_t n, int64_t k, tk_operands operands,
                    float *panels) {
    packing p = {kernels_for(operands), b, b_row, b_step, n, k, operands, panels};
    int64_t step = p.kernels->step, width = p.kernels->width;
    if (b_step == 1) {
        tk_parallel_ranges(tk_ceil_divide(k, step), tk_rows_per_tile(n * step), pack_rows_range, &p);
    } else {
        tk_parallel_ranges(tk_ceil_divide(n, width), tk_rows_per_tile(width * k), pack_columns_range, &p);
    }
}

typedef struct {
    const float *x;
    float *y;
} rounding;

static void round_range(void *context, int64_t first, int64_t last) {
    const rounding *r = context;
    TK_PICK(round_run)(r->x + first, r->y + first, last - first);
}

void tk_round_bfloat16(const float *x, float *y, int64_t count) {
    rounding r = {x, y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, round_range, &r);
}

typedef struct {
    const float *x;
    int64_t parts, stride;
    float beta;
    float *y;
} parts_sum;

static void add_range(void *context, int64_t first, int64_t last) {
    const parts_sum *s = context;
    TK_PICK(add_parts)(s->x + first, s->parts, s->stride, s->beta, s->y + first, last - first);
}

void tk_add_parts(const float *x, int64_t parts, int64_t stride, float beta, float *y, int64_t count) {
    parts_sum s = {x, parts, stride, beta, y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, add_range, &s);
}
