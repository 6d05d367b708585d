// Permutation of axes, after merging axes that stay neighbours.
#include "parallel.h"

#include <string.h>

enum { MAXIMAL_RANK = 8, BLOCK = 16 };

/// The axes of the result, outermost first, with their steps in x.
typedef struct {
    const float *x;
    float *y;
    int64_t shape[MAXIMAL_RANK], steps[MAXIMAL_RANK];
    int32_t rank;
    int64_t rows, width;  // of the result's last two merged axes
    int64_t row_step, step;
} permutation;

static void merge_axes(permutation *p, const int64_t *shape, const int32_t *axes, int32_t rank) {
    int64_t steps[MAXIMAL_RANK], step = 1;
    for (int32_t axis = rank - 1; axis >= 0; axis--) {
        steps[axis] = step;
        step *= shape[axis];
    }
    p->rank = 0;
    for (int32_t i = 0; i < rank; i++) {
        int64_t size = shape[axes[i]], axis_step = steps[axes[i]];
        if (size == 1) continue;
        if (p->rank > 0 && p->steps[p->rank - 1] == axis_step * size) {
            p->shape[p->rank - 1] *= size;
            p->steps[p->rank - 1] = axis_step;
        } else {
            p->shape[p->rank] = size;
            p->steps[p->rank++] = axis_step;
        }
    }
}

/// Takes the last two axes out as the plane that a tile works on.
static int64_t take_plane(permutation *p) {
    p->width = p->rank > 0 ? p->shape[p->rank - 1] : 1;
    p->step = p->rank > 0 ? p->steps[p->rank - 1] : 1;
    p->rows = p->rank > 1 ? p->shape[p->rank - 2] : 1;
    p->row_step = p->rank > 1 ? p->steps[p->rank - 2] : 0;
    p->rank = p->rank > 2 ? p->rank - 2 : 0;
    int64_t planes = 1;
    for (int32_t axis = 0; axis < p->rank; axis++) planes *= p->shape[axis];
    return planes;
}

/// A plane of which x runs along the rows, in square blocks, so that both sides use whole cache lines.
static void transpose_rows(const permutation *p, const float *x, float *y, int64_t first, int64_t last) {
    for (int64_t column = 0; column < p->width; column += BLOCK) {
        int64_t end = tk_min(column + BLOCK, p->width);
        for (int64_t row = first; row < last; row++) {
            for (int64_t i = column; i < end; i++) y[row * p->width + i] = x[row * p->row_step + i * p->step];
        }
    }
}

static void permute_rows(const permutation *p, int64_t plane, int64_t first, int64_t last) {
    const float *x = p->x;
    float *y = p->y + plane * p->rows * p->width;
    for (int32_t axis = p->rank - 1; axis >= 0; axis--) {
        x += plane % p->shape[axis] * p->steps[axis];
        plane /= p->shape[axis];
    }
    if (p->step != 1) {
        for (int64_t row = first; row < last; row += BLOCK) {
            transpose_rows(p, x, y, row, tk_min(row + BLOCK, last));
        }
        return;
    }
    for (int64_t row = first; row < last; row++) {
        memcpy(y + row * p->width, x + row * p->row_step, (size_t)p->width * sizeof(float));
    }
}

static void permute_range(void *context, int64_t first, int64_t last) {
    const permutation *p = context;
    while (first < last) {
        int64_t plane = first / p->rows, row = first % p->rows;
        int64_t end = tk_min(p->rows, row + last - first);
        permute_rows(p, plane, row, end);
        first += end - row;
    }
}

void tk_permute(const float *x, float *y, const int64_t *shape, const int32_t *axes, int32_t rank) {
    permutation p = {.x = x, .y = y};
    for (int32_t axis = 0; axis < rank; axis++) {
        if (shape[axis] == 0) return;
    }
    merge_axes(&p, shape, axes, rank);
    int64_t planes = take_plane(&p);
    // A multiple of the block, so that tiles do not share the cache lines of a transposition.
    int64_t grain = tk_ceil_divide(tk_rows_per_tile(p.width), BLOCK) * BLOCK;
    tk_parallel_ranges(planes * p.rows, grain, permute_range, &p);
}
