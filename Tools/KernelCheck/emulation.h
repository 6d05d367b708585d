// Included before every kernel, lets processors that have AVX2 alone run the loops written for others: vectors of 64
// bytes are compiled to pairs of 32, and the instructions that processors lack are loops, after their descriptions in
// Intel's "Architecture Instruction Set Extensions Programming Reference".
#pragma once

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TK_TARGET_AVX512 "avx2,fma,f16c"
#define TK_TARGET_BFLOAT16 TK_TARGET_AVX512
#define TK_TARGET_VNNI TK_TARGET_AVX512
#define TK_TARGET_AVX_VNNI TK_TARGET_AVX512
#define TK_SUPPORTS(feature) emulated(feature)
#define TK_IS_EMULATED true

/// Every instruction set but those named in WITHOUT.
static inline bool emulated(const char *feature) {
    const char *without = getenv("WITHOUT");
    return without == NULL || strstr(without, feature) == NULL;
}

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

typedef int32_t emulated_words __attribute__((ext_vector_type(16)));
typedef float emulated_floats __attribute__((ext_vector_type(16)));
typedef int32_t emulated_half __attribute__((ext_vector_type(8)));

#define TK_DOT_SHORTS_512(a, b) emulated_madd((emulated_words)(a), (emulated_words)(b))
#define TK_DOT_BYTES_512(sum, a, b) \
    emulated_dpbusd((emulated_words)(sum), (emulated_words)(a), (emulated_words)(b))
#define TK_DOT_BYTES_256(sum, a, b) emulated_dpbusd_256((emulated_half)(sum), (emulated_half)(a), (emulated_half)(b))
#define TK_DOT_BFLOAT16(sum, a, b) \
    emulated_dpbf16((emulated_floats)(sum), (emulated_words)(a), (emulated_words)(b))

/// VPMADDWD
static inline emulated_words emulated_madd(emulated_words a, emulated_words b) {
    return ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
}

/// One lane of VPDPBUSD: four unsigned bytes by four signed ones.
static inline int32_t emulated_bytes(int32_t sum, int32_t a, int32_t b) {
    uint32_t total = (uint32_t)sum;
    for (int i = 0; i < 32; i += 8) total += (uint32_t)((uint8_t)(a >> i) * (int8_t)(b >> i));
    return (int32_t)total;
}

static inline emulated_words emulated_dpbusd(emulated_words sum, emulated_words a, emulated_words b) {
    for (int lane = 0; lane < 16; lane++) sum[lane] = emulated_bytes(sum[lane], a[lane], b[lane]);
    return sum;
}

static inline emulated_half emulated_dpbusd_256(emulated_half sum, emulated_half a, emulated_half b) {
    for (int lane = 0; lane < 8; lane++) sum[lane] = emulated_bytes(sum[lane], a[lane], b[lane]);
    return sum;
}

static inline emulated_floats emulated_float(emulated_words bits) {
    emulated_floats v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/// VDPBF16PS: the products of the upper elements are added first.
static inline emulated_floats emulated_dpbf16(emulated_floats sum, emulated_words a, emulated_words b) {
    emulated_words mask = (emulated_words)(int32_t)0xffff0000;
    sum = __builtin_elementwise_fma(emulated_float(a & mask), emulated_float(b & mask), sum);
    return __builtin_elementwise_fma(emulated_float(a << 16), emulated_float(b << 16), sum);
}

#pragma clang attribute pop
