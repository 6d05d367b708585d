// Instructions that multiply and add neighbours at once. The check of kernels that this processor lacks defines them
// itself.
#pragma once

#include "variant.h"

#if TK_HAS_X86
#include <immintrin.h>

#ifndef TK_DOT_SHORTS_512
#define TK_DOT_SHORTS_512(a, b) _mm512_madd_epi16(a, b)
#define TK_DOT_BYTES_512(sum, a, b) _mm512_dpbusd_epi32(sum, a, b)
#define TK_DOT_BYTES_256(sum, a, b) _mm256_dpbusd_avx_epi32(sum, a, b)
#define TK_DOT_BFLOAT16(sum, a, b) _mm512_dpbf16_ps(sum, a, b)
#endif
#endif
