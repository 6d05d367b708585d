// Products of floats, all of their bits or rounded to bfloat16 before; included once per variant.

#include "element_loops.h"

#undef STEP
#define STEP 1

INLINE V TK_FN(multiply_add)(V sum, V left, V right) { return left * right + sum; }

INLINE V TK_FN(across)(const float *x, int64_t stride, int64_t elements, bool rounds) {
    V v = TK_FN(load)(x);
    return rounds ? TK_FN(rounded)(v) : v;
}

INLINE V TK_FN(across_some)(const float *x, int64_t stride, int64_t elements, bool rounds, int64_t count) {
    V v = TK_FN(load_some)(x, count, 0.0f);
    return rounds ? TK_FN(rounded)(v) : v;
}

/// y = x rounded.
static void TK_FN(round_run)(const float *x, float *y, int64_t count) {
    int64_t i = 0;
    for (; i + TK_LANES <= count; i += TK_LANES) TK_FN(store)(y + i, TK_FN(across)(x + i, 0, 1, true));
    if (i < count) TK_FN(store_some)(y + i, TK_FN(across_some)(x + i, 0, 1, true, count - i), count - i);
}

INLINE const float *TK_FN(along)(const float *x, int64_t elements, bool rounds, float *room) {
    if (!rounds) return x;
    TK_FN(round_run)(x, room, elements);
    return room;
}

#include "block_loops.h"

/// Sums of runs in pairs.
static void TK_FN(add_parts)(const float *x, int64_t parts, int64_t stride, float beta, float *y, int64_t count) {
    for (int64_t i = 0; i < count; i += TK_LANES) {
        int64_t left = count - i;
        V sums[TK_MAXIMAL_PARTS];
        for (int64_t part = 0; part < parts; part++) {
            sums[part] = TK_FN(load_up_to)(x + part * stride + i, left);
        }
        for (int64_t step = 1; step < parts; step *= 2) {
            for (int64_t part = 0; part + step < parts; part += 2 * step) sums[part] += sums[part + step];
        }
        if (beta != 0.0f) sums[0] += beta * TK_FN(load_up_to)(y + i, left);
        TK_FN(store_up_to)(y + i, sums[0], left);
    }
}
