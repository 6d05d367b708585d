// Moving rows and axes.
#include "parallel.h"

#include <string.h>

typedef struct {
    const float *x;
    const int32_t *ids;
    float *y;
    int64_t count, width, x_stride, y_stride, pieces;
} rows;

/// Pieces of blocks: a few long blocks keep all threads busy too.
static void gather_range(void *context, int64_t first, int64_t last) {
    const rows *r = context;
    for (int64_t i = first; i < last; i++) {
        int64_t block = i / r->pieces, piece = i % r->pieces, source = r->ids != NULL ? r->ids[block] : block;
        int64_t start = r->width * piece / r->pieces, end = r->width * (piece + 1) / r->pieces;
        memcpy(r->y + block * r->y_stride + start, r->x + source * r->x_stride + start,
               (size_t)(end - start) * sizeof(float));
    }
}

/// Runs of `length` elements to every y_stride-th element: run i from element ids[i] * x_stride, or i * x_stride.
static void gather(const float *x, int64_t x_stride, const int32_t *ids, float *y, int64_t y_stride, int64_t blocks,
                   int64_t length) {
    int64_t pieces = tk_max(1, length / TK_ELEMENTS_PER_TILE);
    rows r = {.x = x, .ids = ids, .y = y, .width = length, .x_stride = x_stride, .y_stride = y_stride, .pieces = pieces};
    tk_parallel_ranges(blocks * pieces, tk_rows_per_tile(length / pieces), gather_range, &r);
}

void tk_gather_rows(const float *table, const int32_t *ids, float *y, int64_t count, int64_t width) {
    gather(table, width, ids, y, width, count, width);
}

/// Columns first..<last of every row: two rows with the same id meet within one tile, in the order of i.
static void scatter_range(void *context, int64_t first, int64_t last) {
    const rows *r = context;
    for (int64_t i = 0; i < r->count; i++) {
        const float *x = r->x + i * r->width;
        float *y = r->y + r->ids[i] * r->width;
        for (int64_t k = first; k < last; k++) y[k] += x[k];
    }
}

void tk_scatter_add_rows(const float *dy, const int32_t *ids, float *dtable, int64_t count, int64_t width) {
    enum { COLUMNS = 64 };
    rows r = {.x = dy, .ids = ids, .y = dtable, .count = count, .width = width};
    bool small = count * width < TK_ELEMENTS_PER_TILE;
    tk_parallel_ranges(width, small ? tk_max(width, 1) : COLUMNS, scatter_range, &r);
}

void tk_copy_blocks(const float *x, int64_t x_stride, float *y, int64_t y_stride, int64_t blocks, int64_t length) {
    gather(x, x_stride, NULL, y, y_stride, blocks, length);
}

static void add_blocks_range(void *context, int64_t first, int64_t last) {
    const rows *r = context;
    for (int64_t i = first; i < last; i++) {
        const float *x = r->x + i * r->x_stride;
        float *y = r->y + i * r->y_stride;
        for (int64_t k = 0; k < r->width; k++) y[k] += x[k];
    }
}

void tk_add_blocks(const float *x, int64_t x_stride, float *y, int64_t y_stride, int64_t blocks, int64_t length) {
    rows r = {.x = x, .y = y, .width = length, .x_stride = x_stride, .y_stride = y_stride};
    tk_parallel_ranges(blocks, tk_rows_per_tile(length), add_blocks_range, &r);
}
