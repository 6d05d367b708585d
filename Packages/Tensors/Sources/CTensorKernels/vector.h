// Vectors of TK_LANES floats and the functions on them; included once per variant, hence no include guard.
//
// Exponential and logarithm are minimax polynomials after a reduction of the argument, within about 2 units in the last
// place, tanh and its like ratios of polynomials, within 4; the compiler fuses their products and sums where the variant
// has the instruction. All are bound by the length of their chains of operations, which is why these are kept short.

#include <math.h>
#include <stdint.h>
#include <string.h>

#undef V
#undef VI
#undef INLINE
#define V TK_FN(tk_floats)
#define VI TK_FN(tk_integers)
#define INLINE static inline __attribute__((always_inline, unused))

typedef float V __attribute__((ext_vector_type(TK_LANES)));
typedef int32_t VI __attribute__((ext_vector_type(TK_LANES)));

INLINE V TK_FN(load)(const float *p) {
    V v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE VI TK_FN(load_words)(const uint32_t *p) {
    VI v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void TK_FN(store)(float *p, V v) { memcpy(p, &v, sizeof v); }

/// The first `count` < TK_LANES elements, `rest` in the other lanes.
INLINE V TK_FN(load_some)(const float *p, int64_t count, float rest) {
    V v = (V)rest;
    for (int64_t i = 0; i < count; i++) v[i] = p[i];
    return v;
}

INLINE void TK_FN(store_some)(float *p, V v, int64_t count) {
    for (int64_t i = 0; i < count; i++) p[i] = v[i];
}

/// The first `count` elements, all lanes of them or fewer; 0 in the others.
INLINE V TK_FN(load_up_to)(const float *p, int64_t count) {
    return count >= TK_LANES ? TK_FN(load)(p) : TK_FN(load_some)(p, count, 0.0f);
}

INLINE void TK_FN(store_up_to)(float *p, V v, int64_t count) {
    if (count >= TK_LANES) {
        TK_FN(store)(p, v);
    } else {
        TK_FN(store_some)(p, v, count);
    }
}

INLINE V TK_FN(as_floats)(VI v) {
    V r;
    memcpy(&r, &v, sizeof r);
    return r;
}

INLINE VI TK_FN(as_integers)(V v) {
    VI r;
    memcpy(&r, &v, sizeof r);
    return r;
}

INLINE V TK_FN(select)(VI mask, V yes, V no) {
    return TK_FN(as_floats)((mask & TK_FN(as_integers)(yes)) | (~mask & TK_FN(as_integers)(no)));
}

INLINE V TK_FN(larger)(V a, V b) { return a > b ? a : b; }
/// x within [-bound, bound]; NaN stays NaN.
INLINE V TK_FN(clamp)(V x, float bound) {
    V v = x < -bound ? (V)-bound : x;
    return v > bound ? (V)bound : v;
}
INLINE V TK_FN(absolute)(V x) { return TK_FN(as_floats)(TK_FN(as_integers)(x) & (VI)0x7fffffff); }
/// -|x|
INLINE V TK_FN(minus_absolute)(V x) { return TK_FN(as_floats)(TK_FN(as_integers)(x) | (VI)INT32_MIN); }

/// Sum of the lanes, by halves.
INLINE float TK_FN(sum)(V v) {
    for (int half = TK_LANES / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; i++) v[i] += v[i + half];
    }
    return v[0];
}

INLINE float TK_FN(maximum)(V v) {
    float m = v[0];
    for (int i = 1; i < TK_LANES; i++) m = v[i] > m ? v[i] : m;
    return m;
}

/// 2^n for n in [-126, 127].
INLINE V TK_FN(power_of_two)(VI n) { return TK_FN(as_floats)((n + 127) << 23); }

/// 1.5 * 2^23: adding it rounds to an integer, which is left in the low bits.
#define TK_ROUNDER 12582912.0f

/// x - n ln 2 for the nearest integer n, which is left in the low bits of `shifted`; |x| at most some hundreds.
INLINE V TK_FN(exp_rest)(V x, V *shifted) {
    *shifted = x * 1.44269504f + TK_ROUNDER;
    V n = *shifted - TK_ROUNDER;
#if TK_WIDE
    // The float next to ln 2 is 2e-9 off; a fused product adds no error of its own.
    return x - n * 0.693147182f;
#else
    // ln 2 in two parts, the first short enough that its product with n is exact.
    V r = x - n * 0.693359375f;
    return r - n * -2.12194440e-4f;
#endif
}

/// e^r for |r| <= ln 2 / 2, by halves: a short chain of operations lets more vectors be under way at a time.
INLINE V TK_FN(exp_of_rest)(V r) {
    V square = r * r;
    V high = 0.00138141511f * square + (0.00836889653f * r + 0.0416684065f);
    return (high * square + (0.166665192f * r + 0.499999933f)) * square + (r + 1.0f);
}

/// e^x; 0 below the smallest subnormal, infinity above the largest float.
INLINE V TK_FN(exp)(V x) {
    // Clamped to where the result is 0 or infinity anyway, so that the integer arithmetic cannot overflow; NaN
    // passes through because the comparisons with it are false.
    V clamped = x < -105.0f ? (V)-105.0f : x;
    clamped = clamped > 90.0f ? (V)90.0f : clamped;
    V shifted;
    V y = TK_FN(exp_of_rest)(TK_FN(exp_rest)(clamped, &shifted));
    // In two factors: 2^n alone may be subnormal or exceed the range.
    VI n = TK_FN(as_integers)(shifted) - TK_FN(as_integers)((V)TK_ROUNDER);
    VI half = n >> 1;
    return y * TK_FN(power_of_two)(half) * TK_FN(power_of_two)(n - half);
}

/// 2^n for the n in [-126, 127] in the low bits of `shifted`: the others leave the word.
INLINE V TK_FN(power_of_shifted)(V shifted) {
    return TK_FN(as_floats)((TK_FN(as_integers)(shifted) << 23) + 0x3f800000);
}

/// v, and 0 where the mask is set.
INLINE V TK_FN(zero_where)(VI mask, V v) { return TK_FN(as_floats)(~mask & TK_FN(as_integers)(v)); }

/// e^x for x <= 0; 0 where that is below the normal numbers. NaN stays NaN.
INLINE V TK_FN(exp_of_negative)(V x) {
    V shifted;
    V y = TK_FN(exp_of_rest)(TK_FN(exp_rest)(x, &shifted));
    return TK_FN(zero_where)(x < -87.3365f, y * TK_FN(power_of_shifted)(shifted));
}

INLINE V TK_FN(log)(V x) {
    // Subnormals are scaled into the normal range first.
    VI subnormal = x < 1.17549435e-38f;
    V scaled = TK_FN(select)(subnormal, x * 8388608.0f, x);
    VI bits = TK_FN(as_integers)(scaled);
    // The mantissa in [sqrt(1/2), sqrt(2)): subtracting the bits of sqrt(1/2) carries into the exponent.
    VI n = (bits - 0x3f3504f3) >> 23;
    V m = TK_FN(as_floats)(bits - (n << 23)) - 1.0f;
    V e = __builtin_convertvector(n - (subnormal & (VI)23), V);
    V p = (V)0.0674673331f;
    p = p * m + -0.116758761f;
    p = p * m + 0.118882455f;
    p = p * m + -0.124055625f;
    p = p * m + 0.142195388f;
    p = p * m + -0.166679966f;
    p = p * m + 0.200021193f;
    p = p * m + -0.250000096f;
    p = p * m + 0.333333126f;
    V square = m * m;
    V y = p * (m * square) + e * -2.12194440e-4f;
    y = y - 0.5f * square;
    y = m + y + e * 0.693359375f;
    y = TK_FN(select)(x == 0.0f, (V)-INFINITY, y);
    y = TK_FN(select)(x == (V)INFINITY, x, y);
    return TK_FN(select)((x < 0.0f) | (x != x), (V)NAN, y);
}

/// c[0] + c[1] s + ... with 6 or 8 coefficients, by halves.
INLINE V TK_FN(polynomial)(V s, const float *c, int count) {
    V square = s * s;
    V low = (c[3] * s + c[2]) * square + (c[1] * s + c[0]);
    V high = c[5] * s + c[4];
    if (count == 8) high = (c[7] * s + c[6]) * square + high;
    return high * (square * square) + low;
}

/// x p(x^2) / q(x^2) for x within [-end, end], and what it is there beyond: minimax forms of odd functions that level off,
/// fitted by Tools/oracles/activation_ratios.py.
INLINE V TK_FN(odd_ratio)(V x, float end, const float *p, const float *q, int count) {
    V c = TK_FN(clamp)(x, end), s = c * c;
    return c * TK_FN(polynomial)(s, p, count) / TK_FN(polynomial)(s, q, count);
}

/// Exactly 1 from the end on, where the ratio is, and nowhere more.
INLINE V TK_FN(tanh)(V x) {
    static const float p[] = {1.0f, 0.141035616f, 0.00443175575f, 4.24239806e-05f, 1.12045406e-07f, 3.72933247e-11f};
    static const float q[] = {1.0f, 0.47436896f, 0.0292214062f, 0.000501952891f, 2.61786067e-06f, 2.98357716e-09f};
    return TK_FN(clamp)(TK_FN(odd_ratio)(x, 8.9f, p, q, 6), 1.0f);
}

/// 1 / (1 + e^-x), from e^-|x|, which cannot exceed the range.
INLINE V TK_FN(sigmoid)(V x) {
    V e = TK_FN(exp_of_negative)(TK_FN(minus_absolute)(x));
    return (x < 0.0f ? e : (V)1.0f) / (1.0f + e);
}

/// s (1 - s) for s = sigmoid(x): the difference 1 - s would lose the digits of a small factor.
INLINE V TK_FN(sigmoid_slope)(V x, V *sigmoid) {
    V e = TK_FN(exp_of_negative)(TK_FN(minus_absolute)(x));
    V t = 1.0f / (1.0f + e);
    *sigmoid = TK_FN(select)(x < 0.0f, e * t, t);
    return e * t * t;
}
