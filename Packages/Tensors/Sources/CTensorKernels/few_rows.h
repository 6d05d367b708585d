// Products of a few rows, in which memory bounds the product: the weight is read once, as it lies.
#pragma once

#include "CTensorKernels.h"

/// y [rows, outputs] = x w^T + bias for x [rows, inputs], on the pool, where rows are so few that packing would not pay;
/// false, and nothing done, where they are not. bias may be NULL.
bool tk_multiply_few_rows(const float *x, const float *weight, const float *bias, float *y, int64_t rows, int64_t inputs,
                          int64_t outputs);
