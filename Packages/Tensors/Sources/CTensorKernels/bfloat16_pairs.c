// Products of bfloat16 by bfloat16, two at once for each sum: AVX512_BF16.
#include "dot_instructions.h"
#include "packed.h"
#include "parallel.h"

#if TK_HAS_X86
#pragma clang attribute push(__attribute__((target(TK_TARGET_BFLOAT16))), apply_to = function)
#define TK_FN(name) name##_pairs
#define TK_LANES 16
#include "vector.h"

#define SUMS V
#define WORDS 1
INLINE VI TK_FN(factor)(const uint32_t *line, const int part, const int p) {
    return TK_FN(load_words)(line + part * TK_LANES);
}
INLINE V TK_FN(add)(V sum, VI word, VI factor) {
    return (V)TK_DOT_BFLOAT16((__m512)sum, (__m512bh)word, (__m512bh)factor);
}
#include "packed_loops.h"
#pragma clang attribute pop

const tk_way *tk_way_of_bfloat16_pairs(void) { return tk_has_extension(TK_BFLOAT16_PAIRS) ? &way_pairs : NULL; }
#else
const tk_way *tk_way_of_bfloat16_pairs(void) { return NULL; }
#endif
