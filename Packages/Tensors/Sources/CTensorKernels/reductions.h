// The fixed tree that other sections add their partial sums with.
#pragma once

#include <stdint.h>

/// Adds `count` rows of `width` floats in pairs; the sum is left in the first row.
void tk_add_pairwise(float *partials, int64_t count, int64_t width);
