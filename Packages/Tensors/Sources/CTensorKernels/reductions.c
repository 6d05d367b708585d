// Sums and extremes. Long sums are cut into blocks of a fixed size whose sums are added in pairs: the order follows
// from the shape alone, and the rounding error grows with the logarithm of the length.
#include "reductions.h"

#include "parallel.h"

#include <stdatomic.h>

#define TK_LOOPS "reduction_loops.h"
#include "each_variant.h"

void tk_add_pairwise(float *partials, int64_t count, int64_t width) {
    for (int64_t step = 1; step < count; step *= 2) {
        for (int64_t i = 0; i + step < count; i += 2 * step) {
            float *a = partials + i * width;
            const float *b = a + step * width;
            for (int64_t k = 0; k < width; k++) a[k] += b[k];
        }
    }
}

enum { RUN_BLOCK = 4096, ROW_BLOCK = 64, COLUMN_BLOCK = 1024 };

typedef struct {
    const float *x, *dy;
    float *y;
    int32_t *index;
    int64_t axis, inner, blocks, columns;
} reduction;

/// One block of one run: partial[outer, block].
static void sum_run_blocks(void *context, int64_t first, int64_t last) {
    const reduction *r = context;
    for (int64_t i = first; i < last; i++) {
        int64_t start = i % r->blocks * RUN_BLOCK;
        r->y[i] = TK_PICK(run_sum)(r->x + i / r->blocks * r->axis + start, tk_min(RUN_BLOCK, r->axis - start));
    }
}

static void sum_runs(const float *x, float *y, int64_t outer, int64_t axis) {
    reduction r = {.x = x, .y = y, .axis = axis, .blocks = tk_max(1, tk_ceil_divide(axis, RUN_BLOCK))};
    if (r.blocks > 1) r.y = tk_scratch(TK_SCRATCH_SHARED, outer * r.blocks);
    tk_parallel_ranges(outer * r.blocks, tk_rows_per_tile(tk_min(axis, RUN_BLOCK)), sum_run_blocks, &r);
    if (r.blocks == 1) return;
    for (int64_t o = 0; o < outer; o++) {
        tk_add_pairwise(r.y + o * r.blocks, r.blocks, 1);
        y[o] = r.y[o * r.blocks];
    }
}

/// One block of rows and of columns: partial[outer, block, inner].
static void sum_row_block(void *context, int64_t tile) {
    const reduction *r = context;
    int64_t column = tile % r->columns * COLUMN_BLOCK, block = tile / r->columns % r->blocks;
    int64_t outer = tile / r->columns / r->blocks, row = block * ROW_BLOCK;
    TK_PICK(rows_sum)
    (r->x + (outer * r->axis + row) * r->inner + column, r->inner, tk_min(ROW_BLOCK, r->axis - row),
     r->y + (outer * r->blocks + block) * r->inner + column, tk_min(COLUMN_BLOCK, r->inner - column));
}

/// Runs of tiles small enough to be worth a region together.
static void sum_row_blocks(void *context, int64_t first, int64_t last) {
    for (int64_t tile = first; tile < last; tile++) sum_row_block(context, tile);
}

void tk_sum_axis(const float *x, float *y, int64_t outer, int64_t axis, int64_t inner) {
    if (inner == 1) {
        sum_runs(x, y, outer, axis);
        return;
    }
    reduction r = {.x = x, .y = y, .axis = axis, .inner = inner};
    r.blocks = tk_max(1, tk_ceil_divide(axis, ROW_BLOCK));
    r.columns = tk_ceil_divide(inner, COLUMN_BLOCK);
    if (r.blocks > 1) r.y = tk_scratch(TK_SCRATCH_SHARED, outer * r.blocks * inner);
    int64_t grain = tk_rows_per_tile(tk_min(axis, ROW_BLOCK) * tk_min(inner, COLUMN_BLOCK));
    tk_parallel_ranges(outer * r.blocks * r.columns, grain, sum_row_blocks, &r);
    if (r.blocks == 1) return;
    for (int64_t o = 0; o < outer; o++) {
        float *partials = r.y + o * r.blocks * inner;
        tk_add_pairwise(partials, r.blocks, inner);
        memcpy(y + o * inner, partials, (size_t)inner * sizeof(float));
    }
}

static void max_range(void *context, int64_t first, int64_t last) {
    const reduction *r = context;
    for (int64_t o = first; o < last; o++) {
        const float *x = r->x + o * r->axis * r->inner;
        if (r->inner == 1) {
            r->y[o] = TK_PICK(run_max)(x, r->axis);
        } else {
            TK_PICK(rows_max)(x, r->inner, r->axis, r->y + o * r->inner, r->inner);
        }
    }
}

void tk_max_axis(const float *x, float *y, int64_t outer, int64_t axis, int64_t inner) {
    reduction r = {.x = x, .y = y, .axis = axis, .inner = inner};
    tk_parallel_ranges(outer, tk_rows_per_tile(axis * inner), max_range, &r);
}

static void max_backward_range(void *context, int64_t first, int64_t last) {
    const reduction *r = context;
    int64_t size = r->axis * r->inner;
    for (int64_t o = first; o < last; o++) {
        const float *x = r->x + o * size;
        float *dx = r->y + o * size;
        memset(dx, 0, (size_t)size * sizeof(float));
        for (int64_t n = 0; n < r->inner && r->axis > 0; n++) {
            int64_t best = 0;
            for (int64_t i = 0; i < r->axis; i++) {
                float value = x[i * r->inner + n], known = x[best * r->inner + n];
                if (value > known || (value != value && known == known)) best = i;
            }
            dx[best * r->inner + n] = r->dy[o * r->inner + n];
        }
    }
}

void tk_max_axis_backward(const float *x, const float *dy, float *dx, int64_t outer, int64_t axis, int64_t inner) {
    reduction r = {.x = x, .dy = dy, .y = dx, .axis = axis, .inner = inner};
    tk_parallel_ranges(outer, tk_rows_per_tile(axis * inner), max_backward_range, &r);
}

typedef struct {
    const float *x;
    double *partials;
    atomic_bool finite;
} scan;

static void squares_range(void *context, int64_t first, int64_t last) {
    const scan *s = context;
    s->partials[first / TK_ELEMENTS_PER_TILE] = TK_PICK(run_squares)(s->x + first, last - first);
}

double tk_sum_of_squares(const float *x, int64_t count) {
    int64_t blocks = tk_ceil_divide(count, TK_ELEMENTS_PER_TILE);
    scan s = {.x = x, .partials = (double *)(void *)tk_scratch(TK_SCRATCH_SHARED, 2 * blocks)};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, squares_range, &s);
    double total = 0.0;
    for (int64_t block = 0; block < blocks; block++) total += s.partials[block];
    return total;
}

static void finite_range(void *context, int64_t first, int64_t last) {
    scan *s = context;
    if (!atomic_load_explicit(&s->finite, memory_order_relaxed)) return;
    if (!TK_PICK(run_finite)(s->x + first, last - first)) atomic_store(&s->finite, false);
}

bool tk_all_finite(const float *x, int64_t count) {
    scan s = {.x = x};
    atomic_init(&s.finite, true);
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, finite_range, &s);
    return atomic_load(&s.finite);
}

static void argmax_range(void *context, int64_t first, int64_t last) {
    const reduction *r = context;
    for (int64_t row = first; row < last; row++) {
        const float *x = r->x + row * r->axis;
        r->index[row] = (int32_t)TK_PICK(run_find)(x, r->axis, TK_PICK(run_max)(x, r->axis));
    }
}

void tk_argmax_rows(const float *x, int32_t *y, int64_t rows, int64_t width) {
    reduction r = {.x = x, .index = y, .axis = width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), argmax_range, &r);
}

static void argmin_range(void *context, int64_t first, int64_t last) {
    const reduction *r = context;
    for (int64_t row = first; row < last; row++) {
        const float *x = r->x + row * r->axis;
        int64_t best = 0;
        for (int64_t i = 1; i < r->axis; i++) {
            if (x[i] < x[best] || (x[i] != x[i] && x[best] == x[best])) best = i;
        }
        r->index[row] = (int32_t)best;
    }
}

void tk_argmin_rows(const float *x, int32_t *y, int64_t rows, int64_t width) {
    reduction r = {.x = x, .index = y, .axis = width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), argmin_range, &r);
}
