// Widening from the half storage types, and narrowing to them and to int8; included once per variant.

#include "element_loops.h"

/// Round to nearest even; a NaN becomes quiet.
INLINE VH TK_FN(narrow_float16)(V x) {
    VI bits = TK_FN(as_integers)(x);
    VI sign = (bits >> 16) & 0x8000, size = bits & 0x7fffffff;
    // Normal: rebias the exponent and round the lower 13 bits to even; a carry runs into the exponent as it should.
    VI normal = (size - 0x38000000 + 0xfff + ((size >> 13) & 1)) >> 13;
    // Subnormal: adding 1/2 lets the float addition round at the weight of the last bit, 2^-24.
    VI small = TK_FN(as_integers)(TK_FN(as_floats)(size) + 0.5f) - 0x3f000000;
    VI result = size < 0x38800000 ? small : normal;
    result = size >= 0x477ff000 ? (VI)0x7c00 : result;
    result = size > 0x7f800000 ? (VI)0x7e00 : result;
    return __builtin_convertvector(result | sign, VH);
}

#define TK_WIDEN_LOOP(name)                                                                          \
    static void TK_FN(widen_##name)(const uint16_t *x, float *y, int64_t count) {                    \
        int64_t i = 0;                                                                               \
        for (; i + TK_LANES <= count; i += TK_LANES) TK_FN(store)(y + i, TK_FN(wide_##name)(x + i)); \
        for (; i < count; i++) y[i] = TK_FN(one_##name)(x + i);                                      \
    }

#define TK_NARROW_LOOP(name)                                                                       \
    static void TK_FN(narrow_##name##_run)(const float *x, uint16_t *y, int64_t count) {           \
        int64_t i = 0;                                                                             \
        for (; i + TK_LANES <= count; i += TK_LANES) {                                             \
            VH v = TK_FN(narrow_##name)(TK_FN(load)(x + i));                                       \
            memcpy(y + i, &v, sizeof v);                                                           \
        }                                                                                          \
        if (i < count) {                                                                           \
            VH v = TK_FN(narrow_##name)(TK_FN(load_some)(x + i, count - i, 0.0f));                 \
            for (int64_t k = 0; i + k < count; k++) y[i + k] = v[k];                               \
        }                                                                                          \
    }

TK_WIDEN_LOOP(bfloat16)
TK_WIDEN_LOOP(float16)
TK_NARROW_LOOP(bfloat16)
TK_NARROW_LOOP(float16)

/// A row as int8 and its scale.
static void TK_FN(quantize_run)(const float *x, int8_t *y, float *scale, int64_t count) {
    V magnitudes = (V)0.0f;
    for (int64_t i = 0; i < count; i += TK_LANES) {
        V v = TK_FN(load_up_to)(x + i, count - i);
        magnitudes = TK_FN(larger)(TK_FN(absolute)(v), magnitudes);
    }
    float greatest = TK_FN(maximum)(magnitudes);
    // A row of zeros, or of numbers that no float divides, keeps its zeros.
    float inverse = greatest > 0x1p-120f ? 127.0f / greatest : 0.0f;
    *scale = inverse > 0.0f ? greatest / 127.0f : 0.0f;
    for (int64_t i = 0; i < count; i++) {
        // Adding 1.5 * 2^23 rounds to the nearest whole number; not in one expression with the product, or some
        // variants would fuse the two and round a few numbers to others.
        float scaled = x[i] * inverse;
        float shifted = scaled + 12582912.0f;
        y[i] = (int8_t)(shifted - 12582912.0f);
    }
}

/// y = the greater of itself and the magnitudes of a column, for columns of `rows` rows that lie `stride` apart.
static void TK_FN(column_magnitudes)(const float *x, int64_t stride, int64_t rows, float *y, int64_t width) {
    for (int64_t row = 0; row < rows; row++, x += stride) {
        int64_t i = 0;
        for (; i + TK_LANES <= width; i += TK_LANES) {
            TK_FN(store)(y + i, TK_FN(larger)(TK_FN(absolute)(TK_FN(load)(x + i)), TK_FN(load)(y + i)));
        }
        for (; i < width; i++) y[i] = fabsf(x[i]) > y[i] ? fabsf(x[i]) : y[i];
    }
}
