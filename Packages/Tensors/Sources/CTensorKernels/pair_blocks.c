// Products of floats rounded to bfloat16, two at once for each sum: AVX512_BF16. The instruction takes subnormal numbers
// as 0.
#include "blocks.h"
#include "dot_instructions.h"
#include "parallel.h"

#if TK_HAS_X86
#pragma clang attribute push(__attribute__((target(TK_TARGET_BFLOAT16))), apply_to = function)
#define TK_FN(name) name##_pairs
#define TK_LANES 16
#define TK_WIDE 1
#include "vector.h"

#include "element_loops.h"

#define STEP 2

INLINE V TK_FN(multiply_add)(V sum, V left, V right) {
    return (V)TK_DOT_BFLOAT16((__m512)sum, (__m512bh)left, (__m512bh)right);
}

/// Words of two elements each, the first in the lower half.
INLINE V TK_FN(paired)(V first, V second) {
    return TK_FN(of_bits)(TK_FN(bits)(TK_FN(rounded)(first)) >> 16 | TK_FN(bits)(TK_FN(rounded)(second)));
}

INLINE V TK_FN(across)(const float *x, int64_t stride, int64_t elements, bool rounds) {
    return TK_FN(paired)(TK_FN(load)(x), elements > 1 ? TK_FN(load)(x + stride) : (V)0.0f);
}

INLINE V TK_FN(across_some)(const float *x, int64_t stride, int64_t elements, bool rounds, int64_t count) {
    V second = elements > 1 ? TK_FN(load_some)(x + stride, count, 0.0f) : (V)0.0f;
    return TK_FN(paired)(TK_FN(load_some)(x, count, 0.0f), second);
}

/// The words of neighbours that lie in two vectors.
INLINE V TK_FN(paired_run)(V a, V b) {
    V even = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    V odd = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    return TK_FN(paired)(even, odd);
}

static const float *TK_FN(along)(const float *x, int64_t elements, bool rounds, float *room) {
    int64_t i = 0, words = tk_ceil_divide(elements, 2);
    for (; i + 2 * TK_LANES <= elements; i += 2 * TK_LANES) {
        V v = TK_FN(paired_run)(TK_FN(load)(x + i), TK_FN(load)(x + i + TK_LANES));
        TK_FN(store)(room + i / 2, v);
    }
    if (i == elements) return room;
    if (words >= TK_LANES) {  // the last words as one vector, some of them again
        V b = TK_FN(load)(x + elements - TK_LANES), zero = (V)0.0f;
        if (elements % 2 != 0) {
            b = __builtin_shufflevector(b, zero, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        }
        TK_FN(store)(room + words - TK_LANES, TK_FN(paired_run)(TK_FN(load)(x + 2 * (words - TK_LANES)), b));
    } else {
        int64_t first = tk_min(elements, TK_LANES);
        V a = TK_FN(load_some)(x, first, 0.0f), b = TK_FN(load_some)(x + first, elements - first, 0.0f);
        TK_FN(store_some)(room, TK_FN(paired_run)(a, b), words);
    }
    return room;
}

#include "block_loops.h"
#pragma clang attribute pop

const tk_block_kernels *tk_pair_kernels(void) {
    return tk_has_extension(TK_BFLOAT16_PAIRS) ? &block_kernels_pairs : NULL;
}
#else
const tk_block_kernels *tk_pair_kernels(void) { return NULL; }
#endif
