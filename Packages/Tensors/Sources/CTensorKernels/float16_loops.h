// Weights in float16, whose lines hold an element of each row and then its neighbours, as the instructions that widen
// float16 want them; included once per variant.

#include "element_loops.h"

INLINE VI TK_FN(factor)(const uint32_t *line, const int part, const int p) {
    VH halves;
    memcpy(&halves, (const uint16_t *)line + p * TK_PANEL_ROWS + part * TK_LANES, sizeof halves);
    return TK_FN(as_integers)(TK_FN(of_float16)(halves));
}

#include "half_lines.h"
