// Vectors of TK_LANES floats and the functions on them; included once per variant, hence no include guard.
//
// Exponential, logarithm, tanh and the tail of the normal distribution are minimax polynomials after a reduction of
// the argument, within about 2 units in the last place; the compiler fuses their products and sums where the
// variant has the instruction.

#include <math.h>
#include <stdint.h>
#include <string.h>

#undef V
#undef VI
#undef INLINE
#undef TK_GAUSSIAN_END
#define V TK_FN(tk_floats)
#define VI TK_FN(tk_integers)
#define TK_GAUSSIAN_END 14.5f
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
INLINE V TK_FN(smaller)(V a, V b) { return a < b ? a : b; }
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

/// x - n ln 2 for the nearest integer n; |x| at most some hundreds.
INLINE V TK_FN(exp_rest)(V x, VI *n) {
    const float shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer, left in the low bits
    V shifted = x * 1.44269504f + shift;
    V rounded = shifted - shift;
    *n = TK_FN(as_integers)(shifted) - 0x4b400000;
    // ln 2 in two parts, the first short enough that its product with n is exact.
    V r = x - rounded * 0.693359375f;
    return r - rounded * -2.12194440e-4f;
}

/// e^r for |r| <= ln 2 / 2.
INLINE V TK_FN(exp_of_rest)(V r) {
    V p = (V)0.00138141511f;
    p = p * r + 0.00836889653f;
    p = p * r + 0.0416684065f;
    p = p * r + 0.166665192f;
    p = p * r + 0.499999933f;
    return p * (r * r) + r + 1.0f;
}

/// y * 2^n for y about 1 and n <= 127; 0 where that is below the normal numbers.
INLINE V TK_FN(scaled)(V y, VI n) {
    // The bits of 2^-127 in this form are those of 0.
    return y * TK_FN(power_of_two)(n < -127 ? (VI)-127 : n);
}

/// e^x; 0 below the smallest subnormal, infinity above the largest float.
INLINE V TK_FN(exp)(V x) {
    // Clamped to where the result is 0 or infinity anyway, so that the integer arithmetic cannot overflow; NaN
    // passes through because the comparisons with it are false.
    V clamped = x < -105.0f ? (V)-105.0f : x;
    clamped = clamped > 90.0f ? (V)90.0f : clamped;
    VI n;
    V y = TK_FN(exp_of_rest)(TK_FN(exp_rest)(clamped, &n));
    // In two factors: 2^n alone may be subnormal or exceed the range.
    VI half = n >> 1;
    return y * TK_FN(power_of_two)(half) * TK_FN(power_of_two)(n - half);
}

/// e^x for x <= 0; 0 where that is below the normal numbers. NaN stays NaN.
INLINE V TK_FN(exp_of_negative)(V x) {
    VI n;
    V y = TK_FN(exp_of_rest)(TK_FN(exp_rest)(x < -105.0f ? (V)-105.0f : x, &n));
    return TK_FN(scaled)(y, n);
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

INLINE V TK_FN(tanh)(V x) {
    V size = TK_FN(absolute)(x);
    V square = x * x;
    V p = (V)-0.0056669418f;
    p = p * square + 0.0206061505f;
    p = p * square + -0.0537300009f;
    p = p * square + 0.133313309f;
    p = p * square + -0.333332781f;
    V small = x + x * square * p;
    V e = TK_FN(exp_of_negative)(-2.0f * size);
    V large = (1.0f - e) / (1.0f + e);
    VI sign = TK_FN(as_integers)(x) & (VI)INT32_MIN;
    large = TK_FN(as_floats)(TK_FN(as_integers)(large) | sign);
    return TK_FN(select)(size < 0.625f, small, large);
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

/// e^(-x*x/2), accurate relative to itself also where it is tiny: the square comes with its rounding error, because
/// the error of the exponent is the relative error of the result. |x| <= TK_GAUSSIAN_END; 0 where it would be
/// subnormal.
INLINE V TK_FN(gaussian)(V x) {
#if TK_WIDE
    V square = x * x;
    V low = __builtin_elementwise_fma(x, x, -square);
#else
    V high = TK_FN(as_floats)(TK_FN(as_integers)(x) & (VI)0xfffff000);
    V square = high * high;
    V low = (x - high) * (x + high);
#endif
    VI n;
    V rest = TK_FN(exp_rest)(square * -0.5f, &n) + low * -0.5f;
    return TK_FN(scaled)(TK_FN(exp_of_rest)(rest), n);
}

/// Upper tail of the normal distribution at |x|, given gaussian(x): the ratio of the two is smooth.
INLINE V TK_FN(normal_tail)(V x, V gaussian) {
    V t = 1.0f / (1.0f + 0.3f * TK_FN(absolute)(x));
    V p = (V)0.0384059701f;
    p = p * t + -0.16930108f;
    p = p * t + 0.228939609f;
    p = p * t + -0.076826798f;
    p = p * t + 0.14275705f;
    p = p * t + 0.0945891124f;
    p = p * t + 0.121944491f;
    p = p * t + 0.119484308f;
    p = p * t + 7.36691381e-06f;
    return p * gaussian;
}
