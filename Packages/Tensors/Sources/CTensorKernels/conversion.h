// The widening loop of one run, for products with weights of 16 bits.
#pragma once

#include <stdint.h>

typedef void (*tk_widening_loop)(const uint16_t *x, float *y, int64_t count);
tk_widening_loop tk_loop_widening_bfloat16(void);
tk_widening_loop tk_loop_widening_float16(void);
