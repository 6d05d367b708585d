// Weights in bfloat16 that are widened in registers, with an operand in float32; included once per variant.

#include "element_loops.h"

#define SUMS V
#define WORDS 2

INLINE VI TK_FN(factor)(VI line, const int p) { return p == 0 ? line << 16 : line & (VI)(int32_t)0xffff0000; }
INLINE V TK_FN(add)(V sum, VI word, VI factor) { return TK_FN(as_floats)(word) * TK_FN(as_floats)(factor) + sum; }

#include "packed_loops.h"

#undef SUMS
#undef WORDS

/// A row as it is, or rounded to bfloat16, with a 0 at its end if its length is odd.
static void TK_FN(float_words)(const float *x, int64_t count, bool rounds, uint32_t *words) {
    float *y = (float *)words;
    for (int64_t i = 0; i < count; i += TK_LANES) {
        int64_t lanes = tk_min(TK_LANES, count - i);
        V v = lanes == TK_LANES ? TK_FN(load)(x + i) : TK_FN(load_some)(x + i, lanes, 0.0f);
        if (rounds) v = TK_FN(of_bfloat16)(TK_FN(narrow_bfloat16)(v));
        if (lanes == TK_LANES) {
            TK_FN(store)(y + i, v);
        } else {
            TK_FN(store_some)(y + i, v, lanes);
        }
    }
    if (count % 2 != 0) y[count] = 0.0f;
}

/// A row rounded to bfloat16, two elements to a word.
static void TK_FN(pair_words)(const float *x, int64_t count, uint32_t *words) {
    uint16_t *y = (uint16_t *)words;
    for (int64_t i = 0; i < count; i += TK_LANES) {
        int64_t lanes = tk_min(TK_LANES, count - i);
        VH v = TK_FN(narrow_bfloat16)(lanes == TK_LANES ? TK_FN(load)(x + i) : TK_FN(load_some)(x + i, lanes, 0.0f));
        memcpy(y + i, &v, (size_t)(lanes + lanes % 2) * sizeof(uint16_t));
    }
}

/// The elements of lines, a column of the panel after the other.
static void TK_FN(widen_bfloat16_lines)(const uint32_t *lines, int64_t count, const float *scales, float *y,
                                        int64_t y_row) {
    (void)scales;
    for (int64_t i = 0; i < count; i++, lines += TK_LINE_WORDS) {
        for (int p = 0; p < 2; p++, y += y_row) {
            for (int j = 0; j < TK_PANEL_ROWS; j += TK_LANES) {
                VI line;
                memcpy(&line, lines + j, sizeof line);
                TK_FN(store)(y + j, TK_FN(as_floats)(TK_FN(factor)(line, p)));
            }
        }
    }
}

static void TK_FN(finish_floats)(const tk_finish *f) {
    const float *sums = f->sums;
    for (int64_t j = 0; j < f->columns; j++) {
        float sum = f->adds ? sums[j] + f->y[j] : sums[j];
        f->y[j] = f->bias != NULL ? sum + f->bias[j] : sum;
    }
}
