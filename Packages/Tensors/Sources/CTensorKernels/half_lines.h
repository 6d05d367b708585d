// Weights in a half storage type that are widened in registers, with an operand in float32; included once per variant
// after TK_FN(factor), which widens.

#define SUMS V
#define WORDS 2

INLINE V TK_FN(add)(V sum, VI word, VI factor) { return TK_FN(as_floats)(word) * TK_FN(as_floats)(factor) + sum; }

#include "packed_loops.h"

#undef SUMS
#undef WORDS

/// The elements of lines, a column of the panel after the other.
static void TK_FN(widen_lines)(const uint32_t *lines, int64_t count, const float *scales, float *y, int64_t y_row) {
    (void)scales;
    for (int64_t i = 0; i < count; i++, lines += TK_LINE_WORDS) {
        for (int p = 0; p < 2; p++, y += y_row) {
            for (int part = 0; part < LINE_VECTORS; part++) {
                TK_FN(store)(y + part * TK_LANES, TK_FN(as_floats)(TK_FN(factor)(lines, part, p)));
            }
        }
    }
}
