// Float32 products on the calling thread.
#pragma once

#include "CTensorKernels.h"

/// Whether OpenBLAS runs kernels as wide as this processor's vectors.
bool tk_blas_knows_processor(void);

/// C[m, n] = alpha * op(A) op(B) + beta * C by OpenBLAS, or by own kernels if it doesn't know the processor.
void tk_multiply_on_thread(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                           const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc);
