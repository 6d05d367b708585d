// Weights in bfloat16, whose lines hold two neighbours of each row in a word; included once per variant.

INLINE VI TK_FN(factor)(const uint32_t *line, const int part, const int p) {
    VI words = TK_FN(load_words)(line + part * TK_LANES);
    return p == 0 ? words << 16 : words & (VI)(int32_t)0xffff0000;
}

#include "half_lines.h"
