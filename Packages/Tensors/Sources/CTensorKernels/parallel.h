// Splitting work into tiles, and scratch memory for them.
#pragma once

#include "CTensorKernels.h"

#include <stddef.h>

/// Elements of a tile of the loops that touch each element once: some microseconds of work.
enum { TK_ELEMENTS_PER_TILE = 16384 };

typedef void (*tk_range)(void *context, int64_t first, int64_t last);

/// Runs `body` over 0..<count in ranges of `grain`; a single range runs inline.
void tk_parallel_ranges(int64_t count, int64_t grain, tk_range body, void *context);

/// Rows per tile where each row has `width` elements.
static inline int64_t tk_rows_per_tile(int64_t width) {
    int64_t rows = TK_ELEMENTS_PER_TILE / (width > 0 ? width : 1);
    return rows > 0 ? rows : 1;
}

static inline int64_t tk_ceil_divide(int64_t a, int64_t b) { return (a + b - 1) / b; }
static inline int64_t tk_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t tk_max(int64_t a, int64_t b) { return a > b ? a : b; }

/// Scratch of the calling thread: what a function shares among its tiles, and what a tile needs for itself, are
/// different slots, because the caller runs tiles too.
typedef enum { TK_SCRATCH_SHARED, TK_SCRATCH_TILE, TK_SCRATCH_PRODUCT, TK_SCRATCH_PANEL, TK_SCRATCH_BLOCK, TK_SCRATCH_SLOTS } tk_scratch_slot;

/// At least `count` floats, aligned to 64 bytes, uninitialised, valid until the next call for the same slot.
float *tk_scratch(tk_scratch_slot slot, int64_t count);
