// Comparing kernels: what every part of the check uses.
#pragma once

#include "CTensorKernels.h"

/// Numbers from -1 to 1 that depend on `seed` alone; freed with `free`.
float *numbers(int64_t count, uint64_t seed);

/// Counts a comparison; prints it if the norm of the difference is above `limit` times that of `expected`, or if they
/// are not infinite or no numbers in the same places.
void compare(const char *name, const float *actual, const float *expected, int64_t count, double limit);

/// Comparisons made, and how many failed.
extern int64_t comparisons, failures;

/// Every kernel with each variant against the portable one (variants.c).
void check_variants(void);
/// Products with packed weights against sums in double precision (products.c).
void check_packed_products(void);
/// Large float32 products against OpenBLAS (large_products.c).
void check_large_products(void);
/// Products of operands rounded to bfloat16 against the portable ones (rounded_products.c).
void check_rounded_products(void);
