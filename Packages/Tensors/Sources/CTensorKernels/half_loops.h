// The first operand of products with weights in bfloat16 and float16, and their results; included once per variant.

#include "element_loops.h"
#include "finish_loops.h"

/// A row as it is, or rounded to bfloat16, with a 0 at its end if its length is odd.
static void TK_FN(float_words)(const float *x, int64_t count, bool rounds, uint32_t *words) {
    float *y = (float *)words;
    for (int64_t i = 0; i < count; i += TK_LANES) {
        V v = TK_FN(load_up_to)(x + i, count - i);
        if (rounds) v = TK_FN(of_bfloat16)(TK_FN(narrow_bfloat16)(v));
        TK_FN(store_up_to)(y + i, v, count - i);
    }
    if (count % 2 != 0) y[count] = 0.0f;
}

/// A row rounded to bfloat16, two elements to a word.
static void TK_FN(pair_words)(const float *x, int64_t count, uint32_t *words) {
    uint16_t *y = (uint16_t *)words;
    for (int64_t i = 0; i < count; i += TK_LANES) {
        int64_t lanes = tk_min(TK_LANES, count - i);
        VH v = TK_FN(narrow_bfloat16)(TK_FN(load_up_to)(x + i, lanes));
        memcpy(y + i, &v, (size_t)(lanes + lanes % 2) * sizeof(uint16_t));
    }
}

/// y (+)= sums + bias.
static void TK_FN(finish_floats)(const tk_finish *f) {
    const float *sums = f->sums;
    for (int64_t j = 0; j < f->columns; j += TK_LANES) TK_FN(finish)(f, j, TK_FN(load)(sums + j));
}
