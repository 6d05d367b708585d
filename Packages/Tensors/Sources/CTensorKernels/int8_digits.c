// Products of int8 weights with unsigned bytes, four at once for each sum: AVX512_VNNI and AVX_VNNI.
#include "dot_instructions.h"
#include "packed.h"
#include "parallel.h"

#if TK_HAS_X86
#define SUMS VI
#define WORDS 1

#pragma clang attribute push(__attribute__((target(TK_TARGET_VNNI))), apply_to = function)
#define TK_FN(name) name##_512
#define TK_LANES 16
#include "vector.h"
INLINE VI TK_FN(factor)(const uint32_t *line, const int part, const int p) {
    return TK_FN(load_words)(line + part * TK_LANES);
}
INLINE VI TK_FN(add)(VI sum, VI word, VI factor) {
    return (VI)TK_DOT_BYTES_512((__m512i)sum, (__m512i)word, (__m512i)factor);
}
#include "packed_loops.h"
#undef TK_FN
#undef TK_LANES
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(TK_TARGET_AVX_VNNI))), apply_to = function)
#define TK_FN(name) name##_256
#define TK_LANES 8
#include "vector.h"
INLINE VI TK_FN(factor)(const uint32_t *line, const int part, const int p) {
    return TK_FN(load_words)(line + part * TK_LANES);
}
INLINE VI TK_FN(add)(VI sum, VI word, VI factor) {
    return (VI)TK_DOT_BYTES_256((__m256i)sum, (__m256i)word, (__m256i)factor);
}
#include "packed_loops.h"
#pragma clang attribute pop

const tk_way *tk_way_of_int8_digits(void) {
    if (tk_has_extension(TK_INT8_DIGITS_512)) return &way_512;
    return tk_has_extension(TK_INT8_DIGITS_256) ? &way_256 : NULL;
}
#else
const tk_way *tk_way_of_int8_digits(void) { return NULL; }
#endif
