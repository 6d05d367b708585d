// Products on one thread: what the tiles of larger products and of attention are made of.
#pragma once

#include "CTensorKernels.h"

/// C[m, n] = alpha * op(A) op(B) + beta * C, plus a bias for each column.
typedef struct {
    int64_t m, n, k;
    const float *a;
    int64_t a_row, a_step;  // element [i, p] of op(A) lies at i * a_row + p * a_step
    const float *b;
    int64_t b_row, b_step;  // element [p, j] of op(B) lies at p * b_row + j * b_step; one of the two is 1
    const float *panels;    // op(B) packed by tk_pack_panels, all k rows of it; NULL: packed here
    tk_operands operands;
    float alpha, beta;
    float *c;
    int64_t ldc;
    const float *bias;  // [n], or NULL
} tk_block;

/// Every element is a sum in the order of p, cut only where p passes a multiple of a fixed number, so that its bits
/// depend on neither m nor n.
void tk_multiply_block(const tk_block *block);

/// Floats that the panels of a [k, n] matrix take. Those of later columns begin there, if n is a multiple of 64.
int64_t tk_panel_floats(tk_operands operands, int64_t n, int64_t k);
/// Packs op(B) into panels, on the pool, rounded as `operands` says.
void tk_pack_panels(const float *b, int64_t b_row, int64_t b_step, int64_t n, int64_t k, tk_operands operands,
                    float *panels);

/// y[i] = sum of `parts` runs that lie `stride` apart, added in pairs, plus beta * y[i].
void tk_add_parts(const float *x, int64_t parts, int64_t stride, float beta, float *y, int64_t count);
enum { TK_MAXIMAL_PARTS = 8 };

/// A way of multiplying: floats with every variant, and pairs of bfloat16 on some processors.
typedef struct {
    int64_t step;   // elements of a word
    int64_t width;  // columns of a panel
    int64_t (*panel_row)(int64_t n, int64_t column);
    void (*pack)(const float *b, int64_t b_row, int64_t b_step, int64_t n, int64_t column, int64_t depth,
                 tk_operands operands, float *panel);
    void (*multiply)(const tk_block *block);
} tk_block_kernels;

/// NULL where instructions are missing or not allowed.
const tk_block_kernels *tk_pair_kernels(void);

enum {
    BLOCK_ROWS = 6,      // of a micro-kernel
    BLOCK_DEPTH = 384,   // words after which sums go to memory, so that a panel's part stays in the first cache
    UNROLLED_STEPS = 8,  // of a micro-kernel that are written out, where operands are packed or lie along memory
    FAR = 64,            // floats from which on neighbours in a column compete for the same lines of it
    COMPETING = 1024,    // floats of which a multiple from row to row makes rows compete for them
    NEAR = 80,           // depth up to which rows fit it as they lie
    PACKED_WORDS = 16,   // of a row that are packed at a time,
    PACKED_ROWS = 96,    // rows of op(A),
    PANEL_GROUP = 4,     // and panels
};
