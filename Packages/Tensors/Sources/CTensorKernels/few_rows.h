// Products of a few rows, in which memory bounds the product: the weight is read once, as it lies.
#pragma once

#include "CTensorKernels.h"

/// y [m, outputs] = x w^T + bias for weights in float32 or float16 and x [m, inputs], on the pool, where m is so small
/// that packing would not pay; false, and nothing done, where it is not. bias may be NULL.
bool tk_multiply_few_rows(const float *x, int64_t m, const tk_weights *weights, const float *bias, float *y);
