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

/// Columns of a panel: the grain in which columns may be split among tiles that share packed panels.
int64_t tk_panel_width(void);
/// Floats that the panels of a [k, n] matrix take.
int64_t tk_panel_floats(int64_t n, int64_t k);
/// Packs op(B) into panels, on the pool, rounded as `operands` says.
void tk_pack_panels(const float *b, int64_t b_row, int64_t b_step, int64_t n, int64_t k, tk_operands operands,
                    float *panels);

/// y[i] = sum of `parts` runs that lie `stride` apart, added in pairs, plus beta * y[i].
void tk_add_parts(const float *x, int64_t parts, int64_t stride, float beta, float *y, int64_t count);
enum { TK_MAXIMAL_PARTS = 8 };
