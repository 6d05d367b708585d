// The widening loop of one run.
#pragma once

#include "CTensorKernels.h"

typedef void (*tk_widening_loop)(const void *x, float *y, int64_t count);
/// Of float32, bfloat16 and float16.
tk_widening_loop tk_loop_of_widening(tk_element element);
