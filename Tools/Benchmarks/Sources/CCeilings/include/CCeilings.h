// What the machine can do at best, measured beside every benchmark: rates drift, on shared machines above all.
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// Floating-point operations a second of fused multiply-adds in registers, float32, on all threads together.
double ceiling_multiply_add_rate(int32_t threads);

/// The same of dot products of bfloat16 pairs, and of groups of four 8-bit numbers, in registers; 0 on a processor without
/// such instructions.
double ceiling_bfloat16_rate(int32_t threads);
double ceiling_int8_rate(int32_t threads);

/// Seconds that `threads` threads take for copying `bytes` bytes, each its share, with the C library's memcpy. The
/// best way a copy is known to go: large shares bypass the caches where that is faster.
double ceiling_copy_seconds(int32_t threads, const void *source, void *target, int64_t bytes);

/// C[m, n] = op(A) op(B), all three without gaps.
typedef struct {
    bool transpose_a, transpose_b;
    int64_t m, n, k;
    const float *a, *b;
    float *c;
} ceiling_product;

/// OpenBLAS on the calling thread alone.
void ceiling_blas_product(const ceiling_product *product);

/// Seconds of a product by OpenBLAS on one thread, while `threads` threads compute one each at once. There is room for a
/// result of each thread at c.
double ceiling_blas_seconds(int32_t threads, const ceiling_product *product);

/// The name by which OpenBLAS calls the kernels it has chosen.
const char *ceiling_blas_name(void);
