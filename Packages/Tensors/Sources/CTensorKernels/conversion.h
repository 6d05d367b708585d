// The widening loop of one run.
#pragma once

#include "CTensorKernels.h"

/// y = factor * x.
typedef void (*tk_widening_loop)(const void *x, float factor, float *y, int64_t count);
tk_widening_loop tk_loop_of_widening(tk_element element);
