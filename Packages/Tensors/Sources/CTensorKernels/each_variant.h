// Compiles the file named by TK_LOOPS once per processor variant: the names that it makes with TK_FN end in
// _portable, _avx2 and _avx512, and TK_PICK chooses among them. Include it after defining TK_LOOPS.

#include "variant.h"

#define TK_FN(name) name##_portable
#define TK_LANES 4
#define TK_WIDE 0
#include "vector.h"
#include TK_LOOPS
#undef TK_FN
#undef TK_LANES
#undef TK_WIDE

#if TK_HAS_X86

#pragma clang attribute push(__attribute__((target(TK_TARGET_AVX2))), apply_to = function)
#define TK_FN(name) name##_avx2
#define TK_LANES 8
#define TK_WIDE 1
#include "vector.h"
#include TK_LOOPS
#undef TK_FN
#undef TK_LANES
#undef TK_WIDE
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(TK_TARGET_AVX512))), apply_to = function)
#define TK_FN(name) name##_avx512
#define TK_LANES 16
#define TK_WIDE 1
#include "vector.h"
#include TK_LOOPS
#undef TK_FN
#undef TK_LANES
#undef TK_WIDE
#pragma clang attribute pop

#endif
