// The activation loop of one run, for the products that apply it while a tile is in cache.
#pragma once

#include "CTensorKernels.h"

typedef void (*tk_activation_loop)(const float *x, float *y, int64_t count);

/// NULL for TK_IDENTITY.
tk_activation_loop tk_loop_of_activation(tk_activation activation);
