// Own kernels for float32 products. OpenBLAS packs both operands and passes over the result once more for every call,
// which for the small products of training costs as much as half of the multiplications.
#include "blocks.h"

#include "parallel.h"

/// Rows of a micro-kernel; depth after which sums go to memory, so that a panel's part stays in the first cache; steps
/// from which on neighbours in a column compete for the same lines of it; depth up to which rows fit it as they lie;
/// steps that are packed at a time, and panels.
enum { BLOCK_ROWS = 6, BLOCK_DEPTH = 320, FAR = 256, NEAR = 80, PACKED_STEPS = 16, PANEL_GROUP = 4 };

#define TK_LOOPS "block_loops.h"
#include "each_variant.h"

void tk_multiply_block(const tk_block *block) {
    if (block->m > 0 && block->n > 0) TK_PICK(multiply_block)(block);
}

int64_t tk_panel_width(void) { return TK_PICK(width_of_panels)(); }

int64_t tk_panel_floats(int64_t n, int64_t k) {
    int64_t width = tk_panel_width();
    return tk_ceil_divide(n, width) * width * k;
}

typedef struct {
    const float *b;
    int64_t b_row, b_step, n, k, width;
    tk_operands operands;
    float *panels;
} packing;

/// Rows of op(B), a few at a time for all panels, so that long rows are read along memory.
static void pack_rows_range(void *context, int64_t first, int64_t last) {
    const packing *p = context;
    for (int64_t step = first; step < last; step += PACKED_STEPS) {
        int64_t steps = tk_min(PACKED_STEPS, last - step);
        for (int64_t column = 0; column < p->n; column += p->width) {
            float *panel = p->panels + column * p->k + step * TK_PICK(panel_row)(p->n, column);
            TK_PICK(pack_panel)(p->b + step * p->b_row, p->b_row, 1, p->n, column, steps, p->operands, panel);
        }
    }
}

static void pack_columns_range(void *context, int64_t first, int64_t last) {
    const packing *p = context;
    for (int64_t column = first * p->width; column < tk_min(last * p->width, p->n); column += p->width) {
        TK_PICK(pack_panel)(p->b, p->b_row, p->b_step, p->n, column, p->k, p->operands, p->panels + column * p->k);
    }
}

void tk_pack_panels(const float *b, int64_t b_row, int64_t b_step, int64_t n, int64_t k, tk_operands operands,
                    float *panels) {
    packing p = {b, b_row, b_step, n, k, tk_panel_width(), operands, panels};
    if (b_step == 1) {
        tk_parallel_ranges(k, tk_rows_per_tile(n), pack_rows_range, &p);
    } else {
        tk_parallel_ranges(tk_ceil_divide(n, p.width), tk_rows_per_tile(p.width * k), pack_columns_range, &p);
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
