// Elements of the half storage types as floats, a vector or one at a time; included once per variant.

#undef VH
#define VH TK_FN(tk_halves)
typedef uint16_t VH __attribute__((ext_vector_type(TK_LANES)));
#undef VU
#define VU TK_FN(tk_bits)
typedef uint32_t VU __attribute__((ext_vector_type(TK_LANES)));

INLINE VU TK_FN(bits)(V x) { return (VU)TK_FN(as_integers)(x); }
INLINE V TK_FN(of_bits)(VU bits) { return TK_FN(as_floats)((VI)bits); }

/// A bfloat16 is the upper half of a float.
INLINE V TK_FN(of_bfloat16)(VH x) { return TK_FN(as_floats)(__builtin_convertvector(x, VI) << 16); }

/// To the nearest bfloat16, to even where two are as near, as a float; a NaN keeps its sign and becomes quiet.
INLINE V TK_FN(rounded)(V x) {
    VU bits = TK_FN(bits)(x);
    VU nearest = bits + (0x7fff + ((bits >> 16) & 1)), quiet = bits | 0x400000;
    VU number = (VU)(x == x);
    return TK_FN(of_bits)(((number & nearest) | (~number & quiet)) & 0xffff0000);
}

INLINE VH TK_FN(narrow_bfloat16)(V x) {
    return __builtin_convertvector(TK_FN(bits)(TK_FN(rounded)(x)) >> 16, VH);
}

#if TK_WIDE
INLINE V TK_FN(of_float16)(VH x) {
    typedef _Float16 narrow __attribute__((ext_vector_type(TK_LANES)));
    narrow v;
    memcpy(&v, &x, sizeof v);
    return __builtin_convertvector(v, V);
}
#else
INLINE V TK_FN(of_float16)(VH x) {
    VI bits = __builtin_convertvector(x, VI);
    VI sign = (bits & 0x8000) << 16, size = bits & 0x7fff;
    // The exponent and mantissa moved into place are 2^112 too small, subnormals included.
    V value = TK_FN(as_floats)(size << 13) * 0x1p112f;
    VI special = size >= 0x7c00;
    VI infinite = (size << 13) | 0x7f800000;
    return TK_FN(as_floats)(((special & infinite) | (~special & TK_FN(as_integers)(value))) | sign);
}
#endif

/// Defines the load of a vector, and of one element, which goes through a vector so that both have the same bits.
#define TK_HALF(name)                                  \
    INLINE V TK_FN(wide_##name)(const uint16_t *p) {   \
        VH v;                                          \
        memcpy(&v, p, sizeof v);                       \
        return TK_FN(of_##name)(v);                    \
    }                                                  \
    INLINE float TK_FN(one_##name)(const uint16_t *p) { \
        VH v = (VH)(uint16_t)0;                        \
        v[0] = *p;                                     \
        return TK_FN(of_##name)(v)[0];                 \
    }

TK_HALF(bfloat16)
TK_HALF(float16)
