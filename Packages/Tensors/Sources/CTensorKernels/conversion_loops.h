// Widening and narrowing of the 16-bit float formats; included once per variant.

#undef VH
#define VH TK_FN(tk_halves)
typedef uint16_t VH __attribute__((ext_vector_type(TK_LANES)));

INLINE VH TK_FN(load_halves)(const uint16_t *p) {
    VH v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE VH TK_FN(load_some_halves)(const uint16_t *p, int64_t count) {
    VH v = (VH)(uint16_t)0;
    for (int64_t i = 0; i < count; i++) v[i] = p[i];
    return v;
}

/// A bfloat16 is the upper half of a float.
INLINE V TK_FN(wide_bfloat16)(VH x) { return TK_FN(as_floats)(__builtin_convertvector(x, VI) << 16); }

INLINE V TK_FN(wide_float16)(VH x) {
    VI bits = __builtin_convertvector(x, VI);
    VI sign = (bits & 0x8000) << 16, size = bits & 0x7fff;
    // The exponent and mantissa moved into place are 2^112 too small, subnormals included.
    V value = TK_FN(as_floats)(size << 13) * 0x1p112f;
    VI special = size >= 0x7c00;
    VI infinite = (size << 13) | 0x7f800000;
    return TK_FN(as_floats)(((special & infinite) | (~special & TK_FN(as_integers)(value))) | sign);
}

/// Round to nearest even; a NaN keeps its sign and becomes quiet.
INLINE VH TK_FN(narrow_bfloat16)(V x) {
    VI bits = TK_FN(as_integers)(x);
    VI rounded = ((bits >> 16) & 0xffff) + ((((bits & 0xffff) + ((bits >> 16) & 1)) > 0x8000) & 1);
    VI quiet = ((bits >> 16) & 0xffff) | 0x40;
    VI nan = x != x;
    return __builtin_convertvector((nan & quiet) | (~nan & rounded), VH);
}

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

#define TK_WIDEN_LOOP(name)                                                                        \
    static void TK_FN(widen_##name)(const uint16_t *x, float *y, int64_t count) {                  \
        int64_t i = 0;                                                                             \
        for (; i + TK_LANES <= count; i += TK_LANES) {                                             \
            TK_FN(store)(y + i, TK_FN(wide_##name)(TK_FN(load_halves)(x + i)));                    \
        }                                                                                          \
        if (i < count) {                                                                           \
            TK_FN(store_some)(y + i, TK_FN(wide_##name)(TK_FN(load_some_halves)(x + i, count - i)), count - i); \
        }                                                                                          \
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
